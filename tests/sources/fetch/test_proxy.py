"""A user's own proxy and certificates: kept to on the way to the official addresses themselves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from geoprio.errors import SourceError
from geoprio.sources.fetch import Ask, Client, Patience
from geoprio.sources.fetch.client import is_json
from tests.sources.fetch.conftest import Time
from tests.sources.fetch.proxy import VARIABLES, Proxy, behind_proxy, certified
from tests.sources.fetch.replay import Answer, Replay, serving

URL = "https://www.val.se/a.json"
BODY = b'{"a": [1, 2, 3]}'


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what the environment of the tests themselves says."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def told() -> Replay:
    replay = Replay()
    replay.apps["/val"] = lambda _: Answer(BODY)
    return replay


@pytest.fixture
def proxy(told: Replay, tmp_path: Path) -> Iterator[Proxy]:
    with behind_proxy(told, tmp_path) as started:
        yield started


def save(folder: Path, route: dict[str, str] | None = None) -> bytes:
    passing = Time()
    client = Client(
        frozenset({"www.val.se"}),
        route=route or {},
        patience=Patience(connect=5.0, read=5.0),
        clock=passing.clock,
        sleep=passing.sleep,
    )
    return client.save(Ask(URL, is_json), folder / "got", most=1000).path.read_bytes()


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_certificate_of_the_users_own_authority_is_trusted_where_it_is_named(
    tmp_path: Path, told: Replay, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    context, bundle = certified(tmp_path)
    with serving(told, context):
        route = {"https://www.val.se": told.base + "/val"}
        with pytest.raises(SourceError, match=r"certificate is not trusted .* name its CA bundle"):
            save(tmp_path, route)
        assert not told.calls
        monkeypatch.setenv(variable, str(bundle))
        assert save(tmp_path, route) == BODY
    assert [call.path for call in told.calls] == ["/val/a.json"]


def test_the_official_address_is_reached_through_the_users_proxy(
    tmp_path: Path, told: Replay, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in proxy.environment.items():
        monkeypatch.setenv(name, value)
    assert save(tmp_path) == BODY
    assert proxy.tunnels == ["www.val.se:443"]
    assert [call.path for call in told.calls] == ["/val/a.json"]
    assert told.calls[0].headers["host"] == "www.val.se"


def test_a_proxy_whose_authority_is_not_named_is_told_of_and_not_asked_again(
    tmp_path: Path, told: Replay, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.address)
    with pytest.raises(SourceError, match=r"behind a proxy, name its CA bundle in REQUESTS_CA_B"):
        save(tmp_path)
    assert len(proxy.tunnels) == 1
    assert not told.calls


@pytest.mark.parametrize("refusal", [403, 407])
def test_a_proxy_that_refuses_is_told_of(
    tmp_path: Path, told: Replay, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, refusal: int
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.address)
    proxy.refusal = refusal
    with pytest.raises(SourceError, match=rf"the proxy of HTTPS_PROXY refuses with {refusal} \w+"):
        save(tmp_path)
    assert not told.calls
