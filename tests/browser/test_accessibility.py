"""Every page in every state, looked at by axe: light and dark, elder mode, at a desk and on a phone.

How a page looks depends on the width of the screen and on two attributes of `<html>` alone (`ui/core.css`), so each
page is opened once and dressed in its looks. `make test` sees the first state of each address in two looks, once at a
desk and once on a phone, and its other states in one, by turns; `make test-slow` sees every state in every look, and
every list narrowed to nothing.
"""

from __future__ import annotations

import base64
import hmac
import time
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from django.test import Client
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, ViewportSize
from tests.browser import visits
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.visits import PLAN, NoPage, Visit
from tests.browser.world import PASSWORD, Desk, connect_accounts, fill_desk, make_offices, send_pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

pytestmark = pytest.mark.timeout(900)
# Elder mode changes sizes and colours, not the page: only these rules can come out differently.
OF_SIZE_AND_COLOUR = ("color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size")


@dataclass(frozen=True)
class Look:
    """How somebody sees a page: screen, colours, size; `rules` when only some can come out differently (else all)."""

    name: str
    screen: ViewportSize
    theme: str
    is_elder: bool = False
    rules: tuple[str, ...] = ()

    def put_on(self, page: Page) -> None:
        """Dress the open page."""
        page.set_viewport_size(self.screen)
        page.evaluate(DRESS, [self.theme, self.is_elder])


DRESS = """([theme, elder]) => {
  document.documentElement.dataset.theme = theme;
  if (elder) document.documentElement.dataset.elder = "1"; else delete document.documentElement.dataset.elder;
}"""
LOOKS = (
    Look("light, at a desk", DESKTOP["viewport"], "light"),
    Look("dark, on a phone", PHONE["viewport"], "dark"),
    Look("elder, on a phone", PHONE["viewport"], "light", is_elder=True, rules=OF_SIZE_AND_COLOUR),
    Look("elder and dark, at a desk", DESKTOP["viewport"], "dark", is_elder=True, rules=OF_SIZE_AND_COLOUR),
)
WITH_ALL_RULES = [look for look in LOOKS if not look.rules]
# Once at a desk and once on a phone, once plain and once in elder mode or dark.
PAIRS = ((LOOKS[0], LOOKS[2]), (LOOKS[1], LOOKS[3]))
MACHINE_ROUTES = ("api/", "hooks/")
SHARES = 3  # of the walk, for workers side by side
APP_ID, SECRET = "wx0123456789abcdef", "0123456789abcdef0123456789abcdef"
SANDBOX = ("/", "/followers/", f"/followers/?account={APP_ID}", "/s/none")
WIDER = "() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth"


class Walker:
    """Goes through pages with one browser page, and remembers every fault with the place it was seen."""

    def __init__(self, page: Page, site: str, axe: Callable[..., list[str]]) -> None:
        self.page, self.site, self.axe = page, site, axe
        self.faults: list[str] = []
        self.seen: set[str] = set()
        self.sessions: dict[str, str] = {}
        self.context = page.context
        page.emulate_media(reduced_motion="reduce")

    def become(self, who: str) -> None:
        """Go on as this person; signed in once, over the real form."""
        self.context.clear_cookies(name="sessionid")
        if not who:
            return
        if who not in self.sessions:
            client = Client()
            assert client.post("/sign-in/", {"login": who, "password": PASSWORD}).status_code == 302, who
            self.sessions[who] = client.cookies["sessionid"].value
        self.context.add_cookies([{"name": "sessionid", "value": self.sessions[who], "url": self.site}])

    def visit(self, one: Visit, path: str, looks: Sequence[Look] = LOOKS) -> None:
        """Open a page and look at it, with everything on it that unfolds."""
        self.page.set_viewport_size(DESKTOP["viewport"])
        place = f"{one.who or 'a visitor'} {path}{' sent empty' if one.act else ''}"
        try:
            answer = self.page.goto(path)
            if one.act is not None:
                with self.page.expect_navigation() as moved:
                    one.act(self.page)
                answer = moved.value
        except PlaywrightError as error:
            self.faults.append(f"{place}: {error.message.splitlines()[0]} ({self.page.title()})")
            return
        assert answer is not None
        if answer.status != one.status:
            self.faults.append(f"{place}: answered {answer.status}, expected {one.status}")
        self.look(place, looks)

    def look(self, place: str, looks: Sequence[Look] = LOOKS) -> None:
        """Look at the page in every look, then at each menu and dialog nobody has looked at yet."""
        self.page.evaluate("() => document.querySelectorAll('details:not(.menu)').forEach(one => { one.open = true; })")
        self._note(place, looks)
        for number, words in enumerate(self._texts("details.menu > summary")):
            if self._is_new(f"menu {words}"):
                self.page.locator("details.menu").nth(number).evaluate("one => { one.open = true; }")
                self._note(f"{place}, menu “{words}” open", LOOKS, "details.menu[open]")
                self.page.locator("details.menu").nth(number).evaluate("one => { one.open = false; }")
        for number, words in enumerate(self._texts("dialog h2")):
            if self._is_new(f"dialog {words}"):
                self.page.locator("dialog").nth(number).evaluate("one => one.showModal()")
                self._note(f"{place}, dialog “{words}” open", LOOKS, "dialog[open]")
                self.page.locator("dialog").nth(number).evaluate("one => one.close()")

    def _texts(self, selector: str) -> list[str]:
        found: list[str] = self.page.evaluate(
            "selector => [...document.querySelectorAll(selector)].map(one => one.textContent.trim())", selector
        )
        return found

    def _is_new(self, what: str) -> bool:
        new = what not in self.seen
        self.seen.add(what)
        return new

    def _note(self, place: str, looks: Sequence[Look], within: str = "") -> None:
        for look in looks:
            look.put_on(self.page)
            self.faults += [f"{place}, {look.name}: {fault}" for fault in self.axe(self.page, within, look.rules)]
            wider = self.page.evaluate(WIDER)
            if wider > 0:
                self.faults.append(f"{place}, {look.name}: {wider} pixels wider than the screen")


@pytest.fixture
def desk(sandbox: str, transactional_db: None) -> Desk:
    offices = make_offices()
    full = fill_desk(offices)
    facts = {"appid": APP_ID, "secret": SECRET, "name": "青禾水务", "verified": True}
    httpx2.post(f"{sandbox}/_ctl/accounts", json=facts).raise_for_status()
    connect_accounts(full, appid=APP_ID, secret=SECRET)

    def spoil(match: str, kind: str, **more: Any) -> None:
        httpx2.post(f"{sandbox}/_ctl/faults", json={"match": match, "kind": kind, **more}).raise_for_status()

    send_pieces(full, spoil)
    return full


@pytest.fixture
def walker(page: Page, site: str, axe: Callable[..., list[str]], settings: Any) -> Iterator[Walker]:
    settings.ZHIJIAN_STYLE_PAGE = True
    one = Walker(page, site, axe)
    yield one
    if one.faults:
        pytest.fail("\n".join(one.faults), pytrace=False)


def test_every_address_has_a_plan() -> None:
    known = {name for name, route in visits.addresses() if not route.startswith(MACHINE_ROUTES)}
    assert known ^ set(PLAN) == set()


def test_what_is_called_an_act_answers_no_visit(client: Client, transactional_db: None) -> None:
    client.force_login(make_offices().people[visits.EDITOR])
    routes = {name: route for name, route in visits.addresses() if PLAN.get(name) is visits.ACT}
    answers = {name: client.get(visits.sample(route)).status_code for name, route in routes.items()}
    assert answers == dict.fromkeys(routes, 405)


@pytest.mark.parametrize("share", range(SHARES))
def test_pages_have_no_faults(walker: Walker, desk: Desk, sandbox: str, share: int) -> None:
    walk(walker, desk, sandbox, share, by_turns=True)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("share", range(SHARES))
def test_pages_have_no_faults_in_any_look(walker: Walker, desk: Desk, sandbox: str, share: int) -> None:
    walk(walker, desk, sandbox, share, by_turns=False)


def walk(walker: Walker, desk: Desk, sandbox: str, share: int, *, by_turns: bool) -> None:
    """Visit a share of the plan and of the sandbox's pages.

    With `by_turns` the first state of an address is seen in two looks, the others in one, what is `seldom` not at all.
    """
    turns, pairs = cycle(WITH_ALL_RULES), cycle(PAIRS)
    plans = [plan for plan in PLAN.values() if not isinstance(plan, NoPage)]
    planned = [
        (one, LOOKS if not by_turns else [next(turns)] if number else next(pairs))
        for plan in plans
        for number, one in enumerate(plan)
        if not (by_turns and one.seldom)
    ]
    for one, looks in sorted(planned[share::SHARES], key=lambda pair: pair[0].who):
        walker.become(one.who)
        walker.visit(one, one.path(desk), looks)
    for path in SANDBOX[share::SHARES]:
        walker.page.goto(sandbox + path)
        walker.look(f"sandbox {path}")


EMPTY_FOR = {
    "": ("/", "/lookup/", "/directory/", "/pieces/"),
    visits.EDITOR: ("/desk/", "/desk/articles/", "/desk/terms/", "/desk/organisations/tokens/"),
    visits.FIRST: ("/desk/", "/desk/review/", "/desk/review/all/"),
    visits.HOST: ("/desk/channels/", "/desk/channels/new/"),
    visits.OFFICER: (
        "/desk/accounts/",
        "/desk/accounts/findings/",
        "/desk/accounts/filings/",
        "/desk/accounts/ledgers/",
    ),
}


def test_empty_pages_have_no_faults(walker: Walker, transactional_db: None) -> None:
    make_offices()
    for who, paths in EMPTY_FOR.items():
        walker.become(who)
        for path in paths:
            walker.visit(visits.at(who, path), path)


def test_the_setup_wizard_has_no_faults(walker: Walker, transactional_db: None) -> None:
    for one in visits.form("", "/setup/", wrong=422):
        walker.visit(one, "/setup/")


def test_two_steps_of_signing_in_have_no_faults(walker: Walker, transactional_db: None) -> None:
    make_offices()
    walker.become(visits.EDITOR)
    page = walker.page
    page.goto("/sign-in/two-factor/totp/activate/")
    for one in visits.form(visits.EDITOR, "", wrong=200):
        walker.visit(one, "/sign-in/two-factor/totp/activate/")
    secret = (page.locator("code").first.text_content() or "").strip()
    page.locator("input[name=code]").fill(one_time_code(secret))
    page.get_by_role("main").get_by_role("button", name="启用").click()
    for path in ("", "recovery-codes/", "recovery-codes/generate/", "totp/deactivate/"):
        walker.visit(visits.at(visits.EDITOR, path), f"/sign-in/two-factor/{path}")
    for one in visits.form(visits.EDITOR, "", wrong=200):
        walker.visit(one, "/sign-in/two-factor/reauthenticate/")
    walker.become("")
    page.goto("/sign-in/")
    page.locator("input[name=login]").fill(visits.EDITOR)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/authenticate/**")
    for one in visits.form(visits.EDITOR, "", wrong=200):
        walker.visit(one, "/sign-in/two-factor/authenticate/")


def one_time_code(secret: str) -> str:
    """Return the six digits an authenticator application shows now (RFC 6238)."""
    counter = int(time.time() // 30).to_bytes(8, "big")
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"
