"""A visit to a page in a real Chromium that may ask nothing of the world."""

from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Route

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}


class Visit:
    """An open page and what it complained of or asked for."""

    def __init__(self, context: BrowserContext, path: Path, fragment: str = "") -> None:
        context.route("**/*", self._answer)
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.size = self.page.viewport_size
        self.open(path, fragment)

    def open(self, path: Path, fragment: str = "") -> None:
        """Go to a page that knows nothing of the one before, and keep what is said of it."""
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.home = path.as_uri()
        self.page.goto(f"{self.home}#{fragment}" if fragment else self.home)
        self.page.locator("#rows tr").first.wait_for(state="attached")

    def again(self, path: Path, fragment: str = "") -> None:
        """Open a page in the window of another, as a new window would show it."""
        self.page.goto("about:blank")
        self.page.emulate_media(media="null")
        if self.size:
            self.page.set_viewport_size(self.size)
        self.page.mouse.move(0, 0)
        self.open(path, fragment)

    def _answer(self, route: Route) -> None:
        if route.request.url.split("#")[0] == self.home:
            route.continue_()
        else:
            self.requests.append(route.request.url)
            route.abort()

    def texts(self, selector: str) -> list[str]:
        """Return what a reader sees of each element."""
        return self.page.locator(selector).all_inner_texts()

    def drawn(self) -> None:
        """Wait until the browser has drawn what it was told."""
        frame = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        self.page.evaluate(f"() => {frame}")

    def picture(self) -> bytes:
        """Return a picture of the map's west half, where no legend lies over it."""
        self.drawn()
        box = self.page.locator("#map_areas").bounding_box()
        assert box
        return self.page.screenshot(clip={**box, "width": box["width"] / 2})
