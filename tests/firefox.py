"""Debian's Firefox, told what to do by WebDriver BiDi: the protocol that it speaks of itself."""

import asyncio
import itertools
import json
import subprocess
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from tornado.websocket import WebSocketClientConnection, websocket_connect

PATIENCE = 240
"""Seconds: other tests may have the processor meanwhile."""


class Firefox:
    """One page; `asked` are the addresses that it asked for, `complaints` what its console says."""

    def __init__(self, program: str, profile: Path, **settings: object) -> None:
        profile.mkdir(parents=True)
        lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in settings.items())
        (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        given = ["--headless", "--remote-debugging-port=0", "--no-remote", "--profile", profile]
        self._process = subprocess.Popen(
            [program, *given], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        # Playwright's own loop runs in this thread.
        self._loop, self._numbers = asyncio.new_event_loop(), itertools.count()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self._socket = self._done(self._connected(profile / "WebDriverBiDiServer.json"))
        self.tell("session.new", capabilities={})
        self.tell("session.subscribe", events=["network.beforeRequestSent", "log.entryAdded"])
        self.page = self.tell("browsingContext.getTree")["contexts"][0]["context"]

    async def _connected(self, told: Path) -> WebSocketClientConnection:
        while not (told.exists() and told.stat().st_size):
            await asyncio.sleep(0.05)
        port = json.loads(told.read_text(encoding="utf-8"))["ws_port"]
        return await websocket_connect(f"ws://127.0.0.1:{port}/session", max_message_size=2**27)

    def tell(self, method: str, **parameters: object) -> dict[str, Any]:
        """Return what a command answers; what the page does meanwhile is kept."""
        answer: dict[str, Any] = self._done(self._told(method, parameters))
        return answer

    def _done(self, work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    async def _told(self, method: str, parameters: dict[str, object]) -> dict[str, Any]:
        number = next(self._numbers)
        await self._socket.write_message(
            json.dumps({"id": number, "method": method, "params": parameters})
        )
        while True:
            answer = json.loads(await self._socket.read_message() or "null")
            if answer.get("id") == number:
                assert answer["type"] == "success", answer
                return dict(answer["result"])
            if answer.get("method") == "network.beforeRequestSent":
                self.asked.append(answer["params"]["request"]["url"])
            elif answer.get("method") == "log.entryAdded":
                self.complaints.append(answer["params"]["text"])

    def open(self, address: str, width: int, height: int) -> None:
        """Show a page and wait until it is drawn."""
        size = {"width": width, "height": height}
        self.tell("browsingContext.setViewport", context=self.page, viewport=size)
        self.tell("browsingContext.navigate", context=self.page, url=address, wait="complete")
        self.run("until(() => document.documentElement.dataset.ready)")

    def run(self, script: str) -> Any:  # noqa: ANN401
        """Return an expression's value, as JSON; `until` waits for something to be true."""
        frame = "new Promise((go) => requestAnimationFrame(go))"
        until = f"async (what) => {{ while (!what()) await {frame}; }}"
        whole = (
            f"(async () => {{ const until = {until}; return JSON.stringify(await {script}); }})()"
        )
        answer = self.tell(
            "script.evaluate",
            expression=whole,
            target={"context": self.page},
            awaitPromise=True,
        )
        assert answer["type"] == "success", answer
        value = answer["result"].get("value")
        return None if value is None else json.loads(value)

    def click(self, x: float, y: float) -> None:
        """Click at a place of the window, as a mouse does."""
        steps = [
            {"type": "pointerMove", "x": round(x), "y": round(y)},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        mouse = {"type": "pointer", "id": "mouse", "actions": steps}
        self.tell("input.performActions", context=self.page, actions=[mouse])

    def type(self, text: str) -> None:
        """Press keys."""
        steps = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        keys = {"type": "key", "id": "keys", "actions": steps}
        self.tell("input.performActions", context=self.page, actions=[keys])

    def close(self) -> None:
        """End the browser."""
        self._loop.call_soon_threadsafe(self._socket.close)
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()
