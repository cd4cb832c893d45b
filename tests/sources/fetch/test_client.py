"""The one place that opens the network: patience, limits, and what it refuses."""

import gzip
import hashlib
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from geoprio.errors import SourceError
from geoprio.sources.fetch import Ask, Client, Patience
from geoprio.sources.fetch.client import (
    Limit,
    Limiter,
    RefusedError,
    UnreachableError,
    anything,
    is_json,
)
from tests.sources.fetch.conftest import Time
from tests.sources.fetch.replay import Answer, Fault, Replay

Make = Callable[..., Client]
URL = "https://www.val.se/a.json"
BODY = b'{"a": [1, 2, 3]}'


@pytest.fixture(autouse=True)
def one_file(replay: Replay) -> None:
    replay.apps["/val"] = lambda _: Answer(BODY)


def save(client: Client, path: Path, *, most: int = 1000, url: str = URL) -> bytes:
    reply = client.save(Ask(url, is_json), path / "got", most=most)
    assert reply.sha256 == hashlib.sha256(BODY).hexdigest()
    return reply.path.read_bytes()


def test_a_busy_server_is_asked_again_after_the_time_it_names(
    tmp_path: Path, replay: Replay, passing: Time, client: Make
) -> None:
    busy = Answer(b"API calls quota exceeded!", 429, {"Retry-After": "7"})
    replay.faults.append(Fault("/a.json", busy, times=2))
    assert save(client(), tmp_path) == BODY
    assert passing.slept == [7.0, 7.0]


def test_a_retry_after_that_is_a_date_is_kept(
    tmp_path: Path, replay: Replay, passing: Time, client: Make
) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    replay.faults.append(Fault("/a.json", Answer(b"", 503, {"Retry-After": later})))
    assert save(client(), tmp_path) == BODY
    assert 20 < passing.slept[0] <= 30


def test_a_wait_longer_than_is_waited_is_told_at_once(
    tmp_path: Path, replay: Replay, passing: Time, client: Make
) -> None:
    replay.faults.append(Fault("/a.json", Answer(b"", 429, {"Retry-After": "3600"}), times=9))
    with pytest.raises(UnreachableError, match=r"asks to come back in 3600 s \(1 times\)"):
        save(client(), tmp_path)
    assert not passing.slept


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failing_server_is_asked_again_with_growing_waits(
    tmp_path: Path, replay: Replay, passing: Time, client: Make, status: int
) -> None:
    replay.faults.append(Fault("/a.json", Answer(b"oj", status), times=4))
    assert save(client(), tmp_path) == BODY
    assert passing.slept == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("hide_length", [False, True], ids=["announced", "silent"])
def test_a_body_that_is_cut_off_is_asked_for_again(
    tmp_path: Path, replay: Replay, client: Make, *, hide_length: bool
) -> None:
    cut = Answer(BODY, cut=9, hide_length=hide_length)
    replay.faults.append(Fault("/a.json", cut, times=2))
    assert save(client(), tmp_path) == BODY
    assert len(replay.calls) == 3


def test_a_server_that_hangs_is_asked_again(tmp_path: Path, replay: Replay, client: Make) -> None:
    replay.faults.append(Fault("/a.json", Answer(BODY, seconds=1.0)))
    assert save(client(patience=Patience(read=0.3)), tmp_path) == BODY
    assert len(replay.calls) == 2


def test_a_server_that_never_answers_is_given_up_once(
    tmp_path: Path, replay: Replay, client: Make
) -> None:
    replay.faults.append(Fault("/", Answer(b"oj", 503), times=99))
    asking = client()
    with pytest.raises(UnreachableError, match=r"answers 503 .* \(6 times\); check the network"):
        save(asking, tmp_path)
    with pytest.raises(UnreachableError, match=r"not asked; .* answers 503"):
        save(asking, tmp_path, url="https://www.val.se/b.json")
    assert len(replay.calls) == 6
    assert not list(tmp_path.iterdir())


def test_a_host_that_cannot_be_reached_is_given_up_sooner(
    tmp_path: Path, passing: Time, client: Make
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        route = {"https://www.val.se": f"http://127.0.0.1:{free.getsockname()[1]}"}
        with pytest.raises(UnreachableError, match=r"ConnectionError \(3 times\)"):
            save(client(route=route), tmp_path)
    assert passing.slept == [1.0, 2.0]


def test_a_refusal_is_told_with_the_servers_words(
    tmp_path: Path, replay: Replay, client: Make
) -> None:
    words = b'{"type": "Parameter error", "title": "Non-existent variable", "status": 400}'
    replay.faults.append(Fault("/a.json", Answer(words, 400)))
    with pytest.raises(RefusedError, match=r"refused with 400 .*Non-existent variable"):
        save(client(), tmp_path)
    assert len(replay.calls) == 1


@pytest.mark.parametrize(
    "url",
    [
        *("http://www.val.se/a.json", "https://val.se/a.json", "https://www.val.se.evil.se/a.json"),
        *("file:///etc/passwd", "https://user@evil.se/www.val.se", "ftp://www.val.se/a.json"),
        # Two readers take these for two hosts.
        *("https://evil.example\\@www.val.se/a.zip", "https://www.val.se\\.evil.example/a.zip"),
        *("https://evil.example@www.val.se/a.zip", "https://www.val.se:8443/a.zip"),
        " https://www.val.se/a.zip",
    ],
)
def test_only_https_to_named_hosts(tmp_path: Path, replay: Replay, client: Make, url: str) -> None:
    with pytest.raises(SourceError, match="refused; expected https to a host that a source names"):
        save(client(), tmp_path, url=url)
    assert not replay.calls


def test_a_redirect_to_another_host_is_refused(
    tmp_path: Path, replay: Replay, client: Make
) -> None:
    away = Answer(b"", 302, {"Location": "https://elsewhere.invalid/a.json"})
    replay.faults.append(Fault("/a.json", away))
    with pytest.raises(SourceError, match=r"https://elsewhere\.invalid/a\.json: refused"):
        save(client(), tmp_path)


def test_a_redirect_on_the_same_host_is_followed(
    tmp_path: Path, replay: Replay, client: Make
) -> None:
    replay.faults.append(Fault("/a.json", Answer(b"", 301, {"Location": "/b.json"})))
    assert save(client(), tmp_path) == BODY
    assert replay.calls[-1].path == "/val/b.json"


def test_a_redirect_in_a_circle_ends(tmp_path: Path, replay: Replay, client: Make) -> None:
    replay.faults.append(Fault("/", Answer(b"", 302, {"Location": URL}), times=99))
    with pytest.raises(SourceError, match="more than 3 redirects"):
        save(client(), tmp_path)


def test_offline_asks_nobody(tmp_path: Path, replay: Replay, client: Make) -> None:
    with pytest.raises(SourceError, match="the network is closed by --offline"):
        save(client(offline=True), tmp_path)
    assert not replay.calls


@pytest.mark.parametrize(
    "page",
    [
        b"<!DOCTYPE html><html><body>Underh\xc3\xa5ll p\xc3\xa5g\xc3\xa5r</body></html>",
        b'\xef\xbb\xbf<?xml version="1.0"?><fel>Underh\xc3\xa5ll</fel>',
    ],
    ids=["html", "xml"],
)
def test_a_page_where_json_was_asked_for_is_refused_and_quoted(
    tmp_path: Path, replay: Replay, client: Make, page: bytes
) -> None:
    replay.faults.append(Fault("/a.json", Answer(page)))
    with pytest.raises(SourceError, match="expected JSON; found XML or HTML that says: 'Underhåll"):
        save(client(), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_body_over_the_maximum_is_refused_though_it_is_packed(
    tmp_path: Path, replay: Replay, client: Make
) -> None:
    packed = gzip.compress(b'"' + b"a" * 1_000_000 + b'"')
    replay.faults.append(Fault("/a.json", Answer(packed, 200, {"Content-Encoding": "gzip"})))
    with pytest.raises(SourceError, match="larger than 50,000 bytes, the source's stated maximum"):
        save(client(), tmp_path, most=50_000)
    assert not list(tmp_path.iterdir())


def test_the_users_proxy_is_asked(
    tmp_path: Path, replay: Replay, client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", replay.base)
    # The name does not exist: only the proxy can have answered.
    route = {"https://www.val.se": "http://only-behind-the-proxy.invalid/val"}
    assert save(client(route=route), tmp_path) == BODY
    assert [call.path for call in replay.calls] == ["/val/a.json"]


def test_a_ca_bundle_that_is_not_there_is_told(
    tmp_path: Path, replay: Replay, client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    route = {"https://www.val.se": replay.base.replace("http:", "https:")}
    with pytest.raises(SourceError, match=r"none\.pem"):
        save(client(route=route), tmp_path)


def test_passwords_of_the_netrc_are_not_sent(
    tmp_path: Path, replay: Replay, client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    save(client(), tmp_path)
    assert "authorization" not in replay.calls[0].headers


def test_no_more_calls_in_any_window_than_the_server_states_less_a_fifth() -> None:
    passing = Time()
    limiter = Limiter(Limit(calls=10, seconds=10.0), clock=passing.clock, sleep=passing.sleep)
    sent = []
    for _ in range(50):
        limiter.wait()
        sent.append(passing.now)
        passing.now += 0.1
    assert all(sum(start <= at < start + 10 for at in sent) <= 8 for start in sent)
    # Nor is it slower than it must be: eight in each window of ten seconds.
    assert sent[-1] < 62


def test_a_limit_of_three_a_second_leaves_two() -> None:
    assert Limit(calls=3, seconds=1.0).used == 2
    assert Limit(calls=1, seconds=1.0).used == 1


def test_a_host_that_states_nothing_is_asked_eight_times_in_ten_seconds(
    tmp_path: Path, passing: Time, client: Make
) -> None:
    asking = client()
    for _ in range(9):
        asking.save(Ask(URL, anything), tmp_path / "x", most=100)
    assert passing.now == pytest.approx(10.0)


def test_an_interrupt_leaves_nothing_half_written(
    tmp_path: Path, replay: Replay, client: Make
) -> None:
    def stop(_: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client().save(Ask(URL, stop), tmp_path / "x", most=100)
    assert not list(tmp_path.iterdir())
    assert replay.calls


@pytest.mark.parametrize(
    "how", [{"headers": {"Content-Encoding": "gzip"}}, {"cut": 5}], ids=["no gzip", "cut off"]
)
@pytest.mark.parametrize("status", [403, 404])
def test_a_refusal_whose_words_cannot_be_read_is_one(
    tmp_path: Path, replay: Replay, client: Make, how: dict[str, Any], status: int
) -> None:
    replay.faults.append(Fault("/a.json", Answer(b"not for you", status, **how)))
    with pytest.raises(RefusedError, match=f"refused with {status}"):
        save(client(), tmp_path)


@pytest.mark.parametrize("to", ["https://[::1", "//[", "https://www.val.se:x/", "https://"])
def test_a_redirect_to_no_address_is_told(
    tmp_path: Path, replay: Replay, client: Make, to: str
) -> None:
    replay.faults.append(Fault("/a.json", Answer(b"", 302, {"Location": to}), times=9))
    with pytest.raises(SourceError):
        save(client(), tmp_path)
