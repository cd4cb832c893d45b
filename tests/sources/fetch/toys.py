"""Toy layers, files and lists that the replay server gives, and the sources that describe them."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import CertificateBuilder, Name, NameAttribute
from cryptography.x509.oid import NameOID

from geoprio.sources import Source
from tests.sources.fetch.replay import Answer, Call
from tests.sources.toy import area_source, square

GEO = "https://geodata.scb.se/geoserver/stat/wfs"
VAL = "https://www.val.se"
RESULTS = "https://resultat.val.se/resultatfiler/val2026"


@dataclass
class GeoServer:
    """One layer of squares, 1 km wide, with `desokod` and `lanskod`."""

    counties: tuple[str, ...] = ("01",) * 5 + ("03",) * 2
    exception: str = ""
    """Text of an XML exception that comes with status 200."""
    swapped: bool = False
    most: int = 1000
    stuck: bool = False
    """Whether it gives its first page whatever page is asked for."""
    features: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.features = [
            {
                "type": "Feature",
                "id": f"DeSO_2018.{number}",
                "geometry": square(660_000 + 1000 * number, 6_599_000),
                "geometry_name": "sp_geometry",
                "properties": {
                    "desokod": f"{county}14A{number:04d}",
                    "regsokod": f"{county}14R001",
                    "lanskod": county,
                    "kommunkod": f"{county}14",
                },
            }
            for number, county in enumerate(self.counties, 1)
        ]

    def answer(self, call: Call) -> Answer:
        if self.exception:
            return xml(
                '<?xml version="1.0"?><ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows"'
                f"><ows:ExceptionText>{self.exception}</ows:ExceptionText></ows:ExceptionReport>"
            )
        chosen = [one for one in self.features if fits(one["properties"], call)]
        if call.one("resultType") == "hits":
            return xml(f'<wfs:FeatureCollection numberMatched="{len(chosen)}" numberReturned="0"/>')
        start = 0 if self.stuck else int(call.one("startIndex", "0"))
        page = chosen[start : start + min(self.most, int(call.one("count", "1000")))]
        return Answer.json(
            {
                "type": "FeatureCollection",
                "features": [turned(one) for one in page] if self.swapped else page,
                "totalFeatures": len(chosen),
                "numberMatched": len(chosen),
                "numberReturned": len(page),
                "timeStamp": f"2026-11-22T12:00:{len(page):02d}Z",
                "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}},
            }
        )


def fits(properties: Mapping[str, str], call: Call) -> bool:
    asked = call.one("CQL_FILTER")
    either = [re.fullmatch(r"(\w+)='(\w+)'", part) for part in asked.split(" OR ")]
    pattern = r"ValueReference>(\w+)</.*?Literal>(\w+)</"
    pairs = [found.groups() for found in either if found]
    pairs += re.findall(pattern, call.one("FILTER"))
    return not pairs or any(properties[name] == value for name, value in pairs)


def turned(feature: dict[str, Any]) -> dict[str, Any]:
    (ring,) = feature["geometry"]["coordinates"]
    shape = {"type": "Polygon", "coordinates": [[[y, x] for x, y in ring]]}
    return {**feature, "geometry": shape}


def xml(text: str) -> Answer:
    return Answer(text.encode(), 200, {"Content-Type": "application/xml"})


@dataclass
class Site:
    """Published files by path, with the time that each was last changed."""

    folder: str
    files: dict[str, bytes] = field(default_factory=dict)
    modified: str = "Wed, 14 Oct 2026 07:00:00 GMT"

    def answer(self, call: Call) -> Answer:
        path = call.path.removeprefix(self.folder)
        if path not in self.files:
            return Answer(b"<html>Sidan finns inte</html>", 404, {"Content-Type": "text/html"})
        if call.headers.get("if-modified-since") == self.modified:
            return Answer(b"", 304)
        return Answer(self.files[path], 200, {"Last-Modified": self.modified})


def zipped(members: Mapping[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return held.getvalue()


def checksums(files: Mapping[str, bytes]) -> bytes:
    lines = [f"{hashlib.md5(body).hexdigest()}  ./{path}" for path, body in files.items()]
    return ("\n".join(lines) + "\n").encode()


@dataclass(frozen=True)
class Authority:
    """Whoever signs results as the authority does: a key, and the certificate of it."""

    key: RSAPrivateKey
    pem: bytes

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.pem).hexdigest()

    def signed(self, members: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return files with a signature beside each that is JSON."""
        beside = {
            name.removesuffix(".json") + "_sign.sha256": self.key.sign(body, PKCS1v15(), SHA256())
            for name, body in members.items()
            if name.endswith(".json")
        }
        return {**members, **beside}


@cache
def authority() -> Authority:
    """Return one whose key is made anew for each session: none stands in the repository."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    name = Name([NameAttribute(NameOID.COMMON_NAME, "Valmyndigheten (prov)")])
    made = (
        CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 5, 25, tzinfo=UTC))
        .not_valid_after(datetime(2028, 7, 25, tzinfo=UTC))
        .sign(key, SHA256())
    )
    return Authority(key, made.public_bytes(Encoding.PEM))


def source(fetch: Mapping[str, Any], **changes: Any) -> Source:
    """Return a source of areas that is fetched as `fetch` says."""
    table: dict[str, Any] = {
        "vintage": 2018,
        "area_set": "deso_2018",
        "files": ["toy.geojson"],
        "key": {"column": "desokod", "width": 9, "pattern": r"\d{4}[ABC]\d{4}"},
        "texts": {"parent_code": "regsokod", "municipality_code": "kommunkod"},
        "fetch": dict(fetch),
    }
    return area_source(**{**table, **changes})


def layer(**changes: Any) -> dict[str, Any]:
    origin = {
        "kind": "wfs",
        "url": GEO,
        "layer": "stat:DeSO_2018",
        "filter_by": "lanskod",
        "sort_by": "desokod",
        "page_size": 2,
    }
    return {**origin, **changes}


def as_json(content: Any) -> bytes:
    return json.dumps(content).encode()
