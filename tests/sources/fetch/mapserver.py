"""MapServer's own `mapserv` as the WFS: nobody here wrote how it reads a request and answers."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd

from tests.sources.fetch.replay import Answer, Call

PLAIN = ("STORAGE=stream", "FORM=simple")
"""Without these MapServer packs the reply in a zip."""

CONFIG = """
CONFIG
  ENV
    MS_MAPFILE "{mapfile}"
    MS_MAP_PATTERN "."
  END
END
"""
MAPFILE = """
MAP
  NAME "scb"
  EXTENT 200000 6100000 1000000 7700000
  PROJECTION "init=epsg:3006" END
  OUTPUTFORMAT
    NAME "geojson"
    DRIVER "OGR/GEOJSON"
    MIMETYPE "application/json"
    {options}
  END
  WEB
    METADATA
      "wfs_title" "Gränser"
      "wfs_enable_request" "*"
      "wfs_srs" "EPSG:3006 EPSG:4326"
      "wfs_onlineresource" "https://geodata.scb.se/geoserver/stat/wfs"
    END
  END
  LAYER
    NAME "{name}"
    TYPE POLYGON
    STATUS ON
    CONNECTIONTYPE OGR
    CONNECTION "{data}"
    DATA "{table}"
    PROJECTION "init=epsg:3006" END
    METADATA
      "wfs_title" "{name}"
      "gml_include_items" "all"
      "gml_types" "auto"
      "wfs_getfeature_formatlist" "geojson"
    END
  END
END
"""


@dataclass(frozen=True)
class MapServer:
    """One layer, served by the CGI program from a file that GDAL reads."""

    program: Path
    folder: Path
    config: Path

    def answer(self, call: Call) -> Answer:
        """Run the program once, as a web server does for CGI."""
        done = subprocess.run(
            [self.program],
            check=True,
            capture_output=True,
            timeout=600,
            env={
                "PATH": os.environ.get("PATH", ""),
                "GATEWAY_INTERFACE": "CGI/1.1",
                "REQUEST_METHOD": call.method,
                "QUERY_STRING": call.query_string,
                "MAPSERVER_CONFIG_FILE": str(self.config),
            },
        )
        return _from_cgi(done.stdout)


def map_server(
    program: Path,
    folder: Path,
    areas: gpd.GeoDataFrame,
    *,
    data: str = "areas.gpkg",
    options: tuple[str, ...] = PLAIN,
) -> MapServer:
    """Write the areas and a map file, and return the server of them."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / data
    if not path.exists():
        areas.to_file(path)
    mapfile, config = folder / "layer.map", folder / "mapserver.conf"
    mapfile.write_text(
        MAPFILE.format(
            name="DeSO_2018",
            data=path,
            table=path.stem,
            options="\n    ".join(f'FORMATOPTION "{option}"' for option in options),
        ),
        encoding="utf-8",
    )
    config.write_text(CONFIG.format(mapfile=mapfile), encoding="utf-8")
    return MapServer(program, folder, config)


def _from_cgi(output: bytes) -> Answer:
    """Return the reply that CGI headers and a body stand for."""
    headers: dict[str, str] = {}
    while True:
        line, _, output = output.partition(b"\n")
        if not line.strip():
            break
        name, _, value = line.decode().partition(":")
        headers[name.strip()] = value.strip()
    status = int(headers.pop("Status", "200").split()[0])
    return Answer(output, status, headers)
