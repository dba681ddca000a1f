"""Two bodies' people see nothing of each other on any address, form, export, file, search or API call.

Everything is walked: each route of the resolver, as each person of one body, with the ids of the other. A new route,
parameter or form field that the walk does not know makes it fail.
"""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.forms import BaseForm
from django.template import Context
from tests.isolation.neighbours import SHUT, Answer, Neighbours, own_values
from tests.isolation.reading import bytes_of, told_by, words_with
from tests.isolation.routes import Route, all_routes
from tests.isolation.world import address_values
from tests.registry.world import workbook

from zhijian.api.views import api
from zhijian.content.models import Article
from zhijian.lib import clock
from zhijian.organisations.enums import ADMIN_ROLES
from zhijian.workbench.models import SavedView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from zhijian.organisations.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]

BROKEN = 500
NOBODY = 987_654_321
NONSENSE = "zzqxv"
# What is asked of every page that opens: files instead of the page, the farthest page, garbage.
GARBAGE = "page=²&body=²&parent=²&article=²&account=²&sort=²&size=²&columns=²&anchor=²&q=%00%ff&old=²&new=²"
FILES = "export=csv"
QUERIES = (FILES, "export=xlsx", "page=100000", "columns=1", GARBAGE)
# Fields that come in a row of their own: one for each column of a sheet, gate of a stage, person of a roster, section.
SERIAL = ("use-", "col-", "gate_", "order_", "section_")
SEARCHED = (
    "piecedraft", "pieceapproved", "second", "brought", "filingdraft", "filinginreview", "preview", "imported", "row",
    "wrongproposed", "right", "stray", "contact", "nameeditor", "00001", "app",
)  # fmt: skip
# Pages that open with an id of one's own to nobody by a plain GET.
SHUT_TO_ALL = {
    "content:choose_comparison",  # wants the two versions beside the id
    "hooks:wechat",  # wants the platform's signature
    "portal:service",  # shows published services; the walk names a draft and a retired one
    "portal:bulletin",  # shows published bulletins; the walk names a draft
    "portal:bulletin_word",  # as above
    "portal:bulletin_pdf",  # as above
    "portal:case",  # wants the key of the citizen's private link
    "portal:case_code",  # as above
    "portal:case_photo",  # as above
    "portal:public_photo",  # serves published pictures; the walk names an unpublished one
    "portal:picture",  # serves published pictures; the walk names an unpublished one
    "style-layout",  # is off but for developers
}
# Their parameter is a word, no row of anybody: they are walked with the pages that open.
NAME_NO_ROW = {"notify:new_channel", "rules:rule"}
# What the neighbour's own people see, so that not finding it means something.
THEIR_WORDS = {
    "asked", "casenote", "reply",
    "00001", "aim", "app", "brought", "cancelled", "comeback", "contact", "faulty", "filingapproved", "filingdraft",
    "filinginreview", "filingreturned", "filingwithdrawn", "grounds", "imported.xlsx", "later", "leader",
    "mapping.xlsx", "message", "nameeditor", "nameall", "note", "pieceapproved", "piecediscarded", "piecedraft",
    "pieceinreview", "piecereturned", "positioning", "preview.xlsx", "query", "reason", "remark", "reviewer", "right",
    "row", "second", "sheet", "source", "stray", "token", "unknownbody", "unsaved", "verdict", "view", "why",
    "census", "asked2", "guidance", "head", "layout", "hidden", "told", "problem", "national", "settled",
    "vendor", "vcontact", "contract", "vscope", "keeper", "paper", "vperson", "vduties", "link",
    "chief", "unit", "purse", "staff", "scan", "licence", "issuer", "holder", "statute", "mark", "caller", "talked",
    "cameof",
    "drive", "driveguide", "keepwhy", "lookedone", "lookedtwo", "asidewhy", "allowed", "allowasked", "allowwhy",
    "wrongapproved", "wrongproposed", "wrongrejected", "wrongretired",
}  # fmt: skip
SEARCHES = {"portal:lookup", "portal:lookup_json", "portal:directory", "api:accounts"}


def leaked(neighbours: Neighbours, answer: Answer) -> set[str]:
    """Return what an answer tells of the neighbour: marked words, pictures."""
    words = words_with(neighbours.theirs.mark, answer.text)
    if any(picture in answer.body for picture in neighbours.pictures):
        words.add("(a picture)")
    return words


def is_shut(neighbours: Neighbours, person: User, answer: Answer, again: Callable[[], Answer]) -> bool:
    """Tell whether a door is shut: refused, or it leads to a refusal, or it answers as for a row that is nowhere."""
    if answer.status in SHUT:
        return True
    if answer.status == 302 and answer.place.startswith("/sign-in/"):
        return True
    if answer.status == 302:
        return neighbours.ask(person, answer.place).status in SHUT
    nowhere = again()
    return answer.status == 409 and (nowhere.status, nowhere.reasons) == (409, answer.reasons)


def to_nowhere(route: Route) -> str:
    values = {name: [NOBODY] for name in route.parameters} | {"sha256": ["0" * 64], "number": [1]}
    return next(route.addresses(values))


def test_every_address_with_a_neighbours_id_is_shut_for_every_person(neighbours: Neighbours) -> None:
    """Every row is tried by the one who holds every role, the first row of an address by others: see `_others`."""
    _knock_everywhere(neighbours, everybody=False)


@pytest.mark.slow
def test_every_address_with_a_neighbours_id_is_shut_for_each_role_by_itself(neighbours: Neighbours) -> None:
    _knock_everywhere(neighbours, everybody=True)


def _knock_everywhere(neighbours: Neighbours, *, everybody: bool) -> None:
    values = own_values(neighbours.theirs)
    first = {name: found[:1] for name, found in values.items()}
    others = _others(neighbours.ours.people, everybody=everybody)
    faults: list[str] = []
    for route in all_routes():
        if route.is_public or not route.parameters or route.name in NAME_NO_ROW:
            continue
        for number, address in enumerate(route.addresses(values)):
            # The same view answers HEAD as GET: once for each address pattern is enough.
            methods = ("GET", "POST") if number else ("GET", "HEAD", "POST")
            faults += _knock(neighbours, neighbours.all_rounder, route, address, methods)
        for person in next(others):
            faults += _knock(neighbours, person, route, next(route.addresses(first)), ("GET", "POST"))
    assert not faults, "\n".join(dict.fromkeys(faults))


def _others(people: dict[str, User], *, everybody: bool) -> Iterator[list[User]]:
    """Yield, for one address after the other, who knocks beside the all-rounder.

    Scopes add up over the roles a person holds, so what the all-rounder may not no single role may. The three
    administrators, whose roles nobody may add to others, try every address; of the others one, by turns.
    """
    alone = [person for name, person in people.items() if name in ADMIN_ROLES]
    together = [person for name, person in people.items() if name not in {*ADMIN_ROLES, "all"}]
    while True:
        for person in together:
            yield [*alone, *together] if everybody else [*alone, person]


def _knock(
    neighbours: Neighbours, person: User, route: Route, address: str, methods: Iterable[str]
) -> Iterator[str]:  # fmt: skip
    as_json = _reads_json(route, address)
    sent = neighbours.json if as_json else neighbours.form
    for method in methods:
        data = sent if method == "POST" else None
        answer = neighbours.ask(person, address, method=method, data=data, json=as_json)
        again = partial(neighbours.ask, person, to_nowhere(route), method=method, data=data, json=as_json)
        if not is_shut(neighbours, person, answer, again):
            yield f"{method} {route.pattern} as {person.username}: {answer.status} {answer.place}"
        if found := leaked(neighbours, answer):
            yield f"{method} {route.pattern} as {person.username} tells {found}"
        if answer.changed:
            yield f"{method} {route.pattern} as {person.username} changed {answer.changed}"


def test_no_page_file_or_feed_that_opens_tells_of_the_neighbour(neighbours: Neighbours) -> None:
    theirs = urlencode({name: found[0] for name, found in _query_names(neighbours).items()})
    faults: list[str] = []
    opened, asked = set[str](), set[str]()
    for route, role, person, address in _pages(neighbours):
        plain = neighbours.ask(person, address)
        faults += _told(neighbours, route, role, address, plain)
        if plain.status == 200:
            # The page of another row reads the same queries; only a list answers them with rows of its own.
            again = role == "all" and route.name in asked and not _is_list(plain)
            opened.add(route.name)
            asked |= {route.name} if role == "all" else set()
            for query in () if again else _queries(role, theirs, plain):
                answer = neighbours.ask(person, f"{address}?{query}")
                faults += _told(neighbours, route, role, f"{address}?{query}", answer)
    assert not faults, "\n".join(dict.fromkeys(faults))
    assert len(opened) > 60, opened


def _told(neighbours: Neighbours, route: Route, role: str, address: str, answer: Answer) -> Iterator[str]:
    if answer.status >= BROKEN:
        yield f"{address} as {role}: {answer.status}"
    if found := leaked(neighbours, answer):
        yield f"{address} as {role} tells {found}"
    strange = _fields(answer) - neighbours.fields
    if strange and not route.pattern.startswith("sign-in/"):
        yield f"{route.pattern} asks for {strange}: name the neighbour's rows there too, in form_about"


def _queries(role: str, theirs: str, plain: Answer) -> tuple[str, ...]:
    """Return what else is asked of a page: everything where a person sees most, the file of a list everywhere."""
    if role == "all":
        return (*QUERIES, theirs)
    return (FILES,) if _is_list(plain) else ()


def _is_list(answer: Answer) -> bool:
    return answer.context is not None and "listing" in answer.context


def _query_names(neighbours: Neighbours) -> dict[str, list[Any]]:
    found = {name.removesuffix("_id"): values for name, values in address_values(neighbours.theirs).items()}
    return found | {"body": found["organisation"], "parent": found["organisation"]}


def _pages(neighbours: Neighbours) -> Iterator[tuple[Route, str, User | None, str]]:
    """Yield every page as a visitor, as the all-rounder, and those without an id as everybody of our body."""
    ours, theirs = own_values(neighbours.ours), own_values(neighbours.theirs)
    for route in all_routes():
        people: dict[str, User | None] = {"a visitor": None, "all": neighbours.all_rounder}
        if not route.parameters or route.name in NAME_NO_ROW:
            people |= neighbours.ours.people
        for role, person in people.items():
            values = theirs if route.is_public else {name: found[:2] for name, found in ours.items()}
            for address in route.addresses(values):
                yield route, role, person, address


def test_no_search_finds_a_row_of_the_neighbour(neighbours: Neighbours) -> None:
    words = [neighbours.theirs.word(word) for word in SEARCHED]
    searched, faults = [], []
    ours = own_values(neighbours.ours)
    for route in all_routes():
        for address in islice(route.addresses(ours), 1):
            if not _searches(neighbours, route, address):
                continue
            searched.append(route.name)
            nothing = _found(neighbours.ask(neighbours.all_rounder, f"{address}?q={NONSENSE}"))
            for word in words:
                answer = neighbours.ask(neighbours.all_rounder, f"{address}?q={word}")
                told = words_with(neighbours.theirs.mark, answer.text.replace(word, ""))
                if told or _found(answer) != nothing:
                    faults.append(f"{address}?q={word}: {answer.status} {told}")
    assert not faults, "\n".join(dict.fromkeys(faults))
    assert len(searched) > len(SEARCHES) + 8


def _searches(neighbours: Neighbours, route: Route, address: str) -> bool:
    if route.name in SEARCHES:
        return True
    answer = neighbours.ask(neighbours.all_rounder, address)
    return _is_list(answer) and answer.context["listing"].declared.search is not None


def _found(answer: Answer) -> int | None:
    if _is_list(answer):
        return int(answer.context["listing"].page.total)
    return None


def test_no_form_that_names_a_neighbours_row_reaches_it(neighbours: Neighbours) -> None:
    ours = {name: found[:4] for name, found in own_values(neighbours.ours).items()}
    reached: dict[str, set[int]] = {}
    faults: list[str] = []
    for route in all_routes():
        for address in route.addresses(ours):
            for data, as_json in _bodies(neighbours, route, address):
                answer = neighbours.ask(neighbours.all_rounder, address, method="POST", data=data, json=as_json)
                reached.setdefault(route.name, set()).add(answer.status)
                if answer.status >= BROKEN:
                    faults.append(f"POST {address}: {answer.status}")
                if found := leaked(neighbours, answer):
                    faults.append(f"POST {address} tells {found}")
                if answer.changed:
                    faults.append(f"POST {address} changed {answer.changed}")
    assert not faults, "\n".join(dict.fromkeys(faults))
    assert sum(bool(statuses - SHUT) for statuses in reached.values()) > 40, reached


def _bodies(neighbours: Neighbours, route: Route, address: str) -> Iterator[tuple[bytes, bool]]:
    yield neighbours.form, False
    if _reads_json(route, address):
        yield neighbours.json, True


def _reads_json(route: Route, address: str) -> bool:
    return route.is_api or "/edit/" in address


def _fields(answer: Answer) -> set[str]:
    # Of a page drawn by one template alone the test client gives the context itself, not a list of one.
    layers = [answer.context] if isinstance(answer.context, Context) else answer.context or []
    forms = [value for layer in layers for value in dict(layer.flatten()).values() if isinstance(value, BaseForm)]
    return {name for form in forms for name in form.fields if not name.startswith(SERIAL)}


def test_a_ledger_that_names_the_neighbours_accounts_learns_and_changes_nothing(neighbours: Neighbours) -> None:
    theirs, officer = neighbours.theirs, neighbours.all_rounder
    uids = {account.platform_uid for account in theirs.accounts.values() if account.platform_uid}
    assert uids
    rows = [[theirs.body.name, "微信公众号", "换个名字", uid, "新的备注"] for uid in uids]
    rows += [[neighbours.ours.body.name, "微信公众号", "换个名字", uid, "新的备注"] for uid in uids]
    file = SimpleUploadedFile(
        "台账.xlsx", workbook(("台账", [["主办单位", "平台", "账号名称", "平台账号标识", "备注"], *rows]))
    )
    with transaction.atomic():
        client = neighbours.clients[officer.pk]
        upload = {"organisation": neighbours.ours.body.pk, "file": file}
        page = client.post("/desk/accounts/ledgers/new/", upload).headers["Location"]
        columns = client.get(page).context["form"]
        chosen = {name: bound.initial for name, bound in columns.fields.items() if bound.initial}
        client.post(f"{page}columns/", chosen)
        shown = client.get(page)
        confirmed = client.post(f"{page}confirm/", {"skip_faulty": "1"}, follow=True)
        back = client.get(f"{page}faulty.xlsx")
        told = "".join(told_by(answer, bytes_of(answer)) for answer in (shown, confirmed, back))
        assert "换个名字" in told
        assert words_with(theirs.mark, told) <= {uid.removeprefix(f"gh_{theirs.mark}") for uid in uids}
        assert neighbours.changes() == []
        transaction.set_rollback(True)


def test_their_own_people_and_the_officer_above_see_what_the_walk_must_not_find(neighbours: Neighbours) -> None:
    seen, theirs = neighbours.seen, neighbours.theirs
    unseen = {route.name for route in all_routes() if route.parameters and not seen.statuses[route.name] & {200, 302}}
    # The three administrators are kept out of business altogether, before anybody asks for the method.
    only_posted = {name for name in unseen if seen.statuses[name] - {403} == {405}}
    assert unseen - only_posted == SHUT_TO_ALL
    assert THEIR_WORDS - seen.words == set()
    above = ""
    for address in ("accounts/", "accounts/findings/", "accounts/filings/", "accounts/ledgers/", "review/all/",
                    "channels/", "deliveries/", "deliveries/strays/", "terms/"):  # fmt: skip
        text = neighbours.ask(neighbours.worlds.overseer, f"/desk/{address}").text
        missing = {party.mark for party in (neighbours.ours, theirs) if party.mark not in text}
        above += f"{address} {missing}" if missing else ""
    assert above == ""


def test_the_watch_sees_a_row_that_is_changed_joined_or_taken_away(neighbours: Neighbours) -> None:
    theirs, draft = neighbours.theirs, neighbours.theirs.articles["draft"]
    for act, tables in (
        (lambda: Article.objects.filter(pk=draft.pk).update(state="discarded"), ["content_article"]),
        (lambda: SavedView.objects.filter(user=theirs.editor()).delete(), ["workbench_savedview"]),
        (
            lambda: SavedView.objects.create(
                user=theirs.editor(), name="x", path="/desk/", listing="x", query="", created_at=clock.now()
            ),
            ["workbench_savedview.user_id"],
        ),
    ):
        with transaction.atomic():
            act()
            assert [name for name in neighbours.changes() if name in tables] == tables
            transaction.set_rollback(True)
        assert neighbours.changes() == []


def test_every_operation_of_the_api_was_walked() -> None:
    walked = {"/" + route.pattern.replace("<", "{").replace(">", "}") for route in all_routes() if route.is_api}
    told = set(api.get_openapi_schema()["paths"])
    assert told
    assert told - {path.replace("{int:", "{") for path in walked} == set()
