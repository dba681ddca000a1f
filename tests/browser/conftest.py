"""A real Chromium against a real server: `page`, `phone_page`, `sign_in`, `axe`, `sandbox`, `shoot`.

Every page of these tests is watched: an error of a script, a breach of the content security policy or a request to
another host fails the test that opened the page.
"""

from __future__ import annotations

import io
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# Playwright's synchronous API keeps an event loop in this thread; Django would refuse the test its own queries.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

HERE = Path(__file__).resolve().parent
AXE = HERE.parent / "vendor" / "axe" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOK = """async ([place, options]) => {
  const found = await window.axe.run(place ? document.querySelector(place) : document, options);
  return found.violations.map(({ id, help, nodes }) => {
    return { id, help, nodes: nodes.map(({ target, html }) => ({ target, html })) };
  });
}"""
QUICK = {"selectors": False, "elementRef": True}
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 -- asked for its size only
ROOMY = 1 << 30
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _executables() -> list[str]:
    """Return the browsers of this machine, the quickest first."""
    found = (shutil.which(name) for name in [os.environ.get("ZHIJIAN_CHROMIUM", ""), *NAMES, MACOS] if name)
    return [path for path in found if path]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session. Missing: the test is skipped, or fails where CI=true."""
    executables = _executables()
    if not executables:
        sentence = "Chromium is missing: install it (Debian: apt-get install chromium fonts-noto-cjk)."
        if os.environ.get("CI") == "true":
            pytest.fail(sentence, pytrace=False)
        pytest.skip(sentence)
    with sync_playwright() as playwright:
        started = _first_that_starts(playwright, executables)
        yield started
        started.close()


def _first_that_starts(playwright: Playwright, executables: list[str]) -> Browser:
    roomy = SHARED_MEMORY.exists() and shutil.disk_usage(SHARED_MEMORY).free > ROOMY
    flags = FLAGS if roomy else [*FLAGS, "--disable-dev-shm-usage"]
    *rather, last = executables
    for executable in rather:
        with suppress(PlaywrightError):
            return playwright.chromium.launch(executable_path=executable, args=flags)
    return playwright.chromium.launch(executable_path=last, args=flags)


def _watch(page: Page) -> list[str]:
    """Return a list that fills with what must not happen on any page."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"script error on {page.url}: {error}"))

    def read_console(message: Any) -> None:
        if "Content Security Policy" in message.text:
            faults.append(f"policy breach on {page.url}: {message.text}")

    def read_request(request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in {"127.0.0.1", "localhost"}:
            faults.append(f"request to another host from {page.url}: {request.url}")

    page.on("console", read_console)
    page.on("request", read_request)
    return faults


def _open(browser: Browser, base_url: str, shape: dict[str, Any]) -> Iterator[Page]:
    context = browser.new_context(base_url=base_url, locale="zh-CN", timezone_id="Asia/Shanghai", **shape)
    context.set_default_timeout(60_000)
    expect.set_options(timeout=30_000)
    page = context.new_page()
    faults = _watch(page)
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    """The address of the running site, e.g. `http://localhost:41235`; `ZHIJIAN_BASE_URL` says the same."""
    settings.ZHIJIAN_BASE_URL = live_server.url
    return str(live_server.url)


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """An empty page of a fresh visitor at a desk (1440 by 900); `page.goto("/desk/")` is relative to the site."""
    yield from _open(browser, site, DESKTOP)


@pytest.fixture
def phone_page(browser: Browser, site: str) -> Iterator[Page]:
    """An empty page of a fresh visitor with a phone (390 by 844)."""
    yield from _open(browser, site, PHONE)


@pytest.fixture
def sign_in() -> Callable[..., None]:
    """`sign_in(page, username, password)`: through the real form, as a person does."""

    def do(page: Page, username: str, password: str) -> None:
        page.goto("/sign-in/")
        page.locator("input[name=login]").fill(username)
        page.locator("input[name=password]").fill(password)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda url: not urlsplit(url).path.startswith("/sign-in/"))

    return do


def told(page: Page, words: str) -> None:
    """Wait until the page that an act leads to says what came of it: a later step must not overtake the act."""
    expect(page.locator(".messages")).to_contain_text(words)


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """`axe(page)` gives every accessibility fault of the page as it stands, one line each; [] is the goal.

    `within` looks at one part only: an open menu covers what lies below it, which is no fault of that. `rules` names
    the rules to try instead of all of AXE_TAGS.
    """
    source = AXE.read_text(encoding="utf-8")

    def look(page: Page, within: str = "", rules: Sequence[str] = ()) -> list[str]:
        if not page.evaluate("() => typeof window.axe !== 'undefined'"):
            page.evaluate(source)
        chosen = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": AXE_TAGS}
        options = {"runOnly": chosen, "resultTypes": ["violations"], "preload": False}
        # Writing selectors for every node that was looked at takes a third of the time: only faults need them.
        faults = page.evaluate(LOOK, [within, options | QUICK])
        if faults:
            faults = page.evaluate(LOOK, [within, options]) or faults
        return [
            f"{fault['id']}: {fault['help']} | {' '.join(map(str, node['target']))} | {node['html'][:160]}"
            for fault in faults
            for node in fault["nodes"]
        ]

    return look


@pytest.fixture
def sandbox(settings: Any) -> Iterator[str]:
    """The address of the pretend platforms, listening on a port of their own; the settings point at them."""
    from zhijian.sandbox import server  # noqa: PLC0415 -- only the tests that publish need it

    with server.running() as address:
        settings.ZHIJIAN_SANDBOX_URL = address
        yield address


@pytest.fixture
def shoot(request: pytest.FixtureRequest) -> Callable[..., None]:
    """`shoot(page, "desk")`: with ZHIJIAN_SCREENSHOTS=folder a picture for the guide, else nothing.

    The whole page, or with `whole=False` what the screen shows of it.
    """
    folder = os.environ.get("ZHIJIAN_SCREENSHOTS")

    def take(page: Page, name: str, *, whole: bool = True) -> None:
        if folder:
            target = request.config.rootpath / folder
            target.mkdir(parents=True, exist_ok=True)
            picture = Image.open(io.BytesIO(page.screenshot(full_page=whole, animations="disabled")))
            picture.quantize(128, dither=Image.Dither.NONE).save(target / f"{name}.png", optimize=True)

    return take
