"""A browser's window on the served city, with somebody's session in it; it notes whatever goes wrong."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.shown.city import Shown

#: What a page may weigh as HTML.
WEIGHT_MAX = 200_000


@dataclass
class Window:
    """A page of a browser; `faults` is what its console complains of, `foreign` what it asked of other machines."""

    context: BrowserContext
    page: Page
    shown: Shown
    faults: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    heavy: list[str] = field(default_factory=list)

    def open(self, place: str, status: int = 200) -> None:
        """Open a place (names in braces are ids) and see that its answer has the status."""
        response = self.page.goto(self.shown.address + self.shown.locate(place))
        assert response is not None
        assert response.status == status, f"{place}: {response.status}"

    def watch(self) -> None:
        """Begin to note faults, foreign requests and heavy pages."""
        home = urlsplit(self.shown.address).netloc
        self.page.on("console", lambda said: self._note(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("requestfailed", lambda request: self._note_failure(request.url, request.failure))
        self.context.on(
            "request",
            lambda request: (
                self.foreign.append(request.url)
                if urlsplit(request.url).scheme in ("http", "https", "ws") and urlsplit(request.url).netloc != home
                else None
            ),
        )
        self.page.on("response", self._weigh)

    def _note(self, text: str) -> None:
        if "status of 422" not in text:  # a form that was refused: the browser says so, nothing is wrong
            self.faults.append(text)

    def _note_failure(self, url: str, failure: str | None) -> None:
        if failure != "net::ERR_ABORTED":  # a page that was left stops loading
            self.faults.append(f"{url}: {failure}")

    def _weigh(self, response: Response) -> None:
        if response.headers.get("content-type", "").startswith("text/html"):
            size = int(response.headers.get("content-length", 0))
            if size > WEIGHT_MAX:
                self.heavy.append(f"{response.url}: {size}")


def open_window(
    browser: Browser, shown: Shown, login: str, *, width: int = 1440, lang: str = "zh", height: int = 900
) -> Window:
    """Return a window in which `login` (empty: nobody) is logged in."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN" if lang == "zh" else "en",
        reduced_motion="reduce",  # what is looked at stands still
    )
    if login:
        context.add_cookies([{"name": "session", "value": shown.cookie(login), "url": shown.address}])
    context.add_cookies([{"name": "lang", "value": lang, "url": shown.address}])
    window = Window(context, context.new_page(), shown)
    window.watch()
    return window
