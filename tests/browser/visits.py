"""Which pages there are, and how each is visited: by whom, in which state, with which answer.

`PLAN` names every address of the project. A new one without a plan fails `test_every_address_has_a_plan`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import URLResolver, get_resolver
from tests.browser.world import review_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.urls import URLPattern
    from playwright.sync_api import Page
    from tests.browser.world import Desk

NOBODY = ""
GONE = 999_999


@dataclass(frozen=True)
class Visit:
    """One look at one page: `who` opens `path` (from the desk), does `act`, and the page answers `status`.

    `seldom` marks what other visits show as well: the long walk goes there, the daily one does not.
    """

    who: str
    path: Callable[[Desk], str]
    act: Callable[[Page], None] | None = None
    status: int = 200
    seldom: bool = False


@dataclass(frozen=True)
class NoPage:
    """An address people do not look at: an act (405 to a visit), or an answer for machines and files."""

    kind: str


ACT = NoPage("answers only to a form")
MACHINE = NoPage("answers programs")
FILE = NoPage("gives a file or a picture")


def send_empty(page: Page) -> None:
    """Empty every field of the page's own form and send it."""
    page.locator("main form:has(.form-end)").first.evaluate(
        """form => {
          for (const field of form.querySelectorAll("input:not([type=hidden]), textarea")) {
            if (field.type === "checkbox" || field.type === "radio") field.checked = false;
            else field.value = "";
          }
          form.noValidate = true;
          form.requestSubmit(form.querySelector(".form-end .primary, .form-end .danger"));
        }"""
    )
    page.wait_for_load_state("load")


def name_no_body(page: Page) -> None:
    """Send the form that takes a body into a reform without a body."""
    page.locator("form:has(#id_successor)").evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    page.wait_for_load_state("load")


def save_upon_an_older_version(page: Page) -> None:
    """Save other words upon version 1 of a piece that has a later one."""
    page.locator(".edit-form").evaluate(
        """form => {
          form.elements.base_number.value = "1";
          form.elements.title.value = "停水改到周日的通知";
          form.requestSubmit(form.querySelector("[name=save]"));
        }"""
    )
    page.wait_for_load_state("load")


def at(who: str, path: str, act: Callable[[Page], None] | None = None, status: int = 200) -> Visit:
    """Visit a fixed address."""
    return Visit(who, lambda _: path, act, status)


def on(
    who: str, path: str, thing: Callable[[Desk], Any], act: Callable[[Page], None] | None = None, status: int = 200
) -> Visit:
    """Visit the page of a thing: `{}` in `path` is its primary key."""
    return Visit(who, lambda desk: path.format(thing(desk).pk), act, status)


def form(who: str, path: str, thing: Callable[[Desk], Any] | None = None, *, wrong: int = 409) -> list[Visit]:
    """Visit a form twice: as it opens, and sent with nothing in it."""
    if thing is None:
        return [at(who, path), at(who, path, send_empty, wrong)]
    return [on(who, path, thing), on(who, path, thing, send_empty, wrong)]


def _of(kind: str, name: str) -> Callable[[Desk], Any]:
    return lambda desk: getattr(desk, kind)[name]


def shelved(kind: str, name: str) -> Callable[[Desk], Any]:
    """Take an answer or a service from the shelf."""
    return lambda desk: getattr(desk.shelf, kind)[name]


def each(who: str, path: str, kind: str, *names: str) -> list[Visit]:
    """Visit the page of several things of one kind."""
    return [on(who, path, _of(kind, name)) for name in names]


def listing(who: str, path: str) -> list[Visit]:
    """Visit a list as it is, and narrowed to nothing: the same few lines in every list, see EMPTY_FOR."""
    return [at(who, path), Visit(who, lambda _: f"{path}?q=没有这样的内容", seldom=True)]


def case(who: str, path: str, *names: str, act: Callable[[Page], None] | None = None, status: int = 200) -> list[Visit]:
    """Visit the page of messages by the names of their states; `{}` is the key of the case."""
    return [Visit(who, lambda desk, name=name: path.format(desk.cases[name].case.pk), act, status) for name in names]


def mine(more: str, *names: str) -> list[Visit]:
    """Visit messages as the citizens who wrote them."""
    return [
        Visit(NOBODY, lambda desk, name=name: f"/messages/{desk.cases[name].case.number}/{desk.cases[name].key}/{more}")
        for name in names
    ]


OFFICER, HOST, EDITOR, FIRST, FINAL, HEAD = "chenlian", "zhouwenjing", "hemin", "fangyuan", "songbai", "tangli"
ANSWERER = "jiangan"
SYSTEM, SECURITY, AUDITOR = "xitong", "anquan", "shenji"

PLAN: dict[str, list[Visit] | NoPage] = {
    "portal:home": [at(NOBODY, "/"), at(NOBODY, "/no-such-page/", status=404)],
    "portal:lookup": [
        at(NOBODY, "/lookup/"), at(NOBODY, "/lookup/?q=青禾水务"), at(NOBODY, "/lookup/?q=青禾水物"),
        at(NOBODY, "/lookup/?q=远方百货商城"),
    ],
    "portal:lookup_json": MACHINE,
    "portal:lookup_code": NoPage("leads to the answer; the wrong picture is in test_proof"),
    "portal:register_json": FILE,
    "portal:register_signature": FILE,
    "portal:register_csv": FILE,
    "portal:register_manifest": FILE,
    "portal:register_manifest_signature": FILE,
    "portal:register_keys": FILE,
    "portal:register_changes": MACHINE,
    "portal:register_well_known": MACHINE,
    "portal:badge": FILE,
    "portal:directory": [at(NOBODY, "/directory/"), at(NOBODY, "/directory/?q=没有这样的账号")],
    "portal:account": [
        Visit(NOBODY, lambda desk: f"/directory/{desk.accounts['wechat 青禾水务'].number}/"),
        at(NOBODY, "/directory/ZX000000000/", status=404),
    ],
    "portal:account_code": FILE,
    "portal:notices": [at(NOBODY, "/notices/"), at(NOBODY, "/notices/?year=2018")],
    "portal:notice": [
        on(NOBODY, "/notices/{}/", lambda desk: desk.notice), at(NOBODY, f"/notices/{GONE}/", status=404),
    ],
    "portal:notice_feed": MACHINE,
    "portal:exemptions": [at(NOBODY, "/directory/exemptions/")],
    "portal:pieces": [at(NOBODY, "/pieces/"), at(NOBODY, f"/pieces/?body={GONE}", status=404)],
    "portal:piece": [
        *each(NOBODY, "/pieces/{}/", "articles", "approved"), at(NOBODY, f"/pieces/{GONE}/", status=404),
    ],
    "portal:picture": FILE,
    "portal:feed": MACHINE,
    "portal:messages": [at(NOBODY, "/messages/"), at(NOBODY, "/messages/?q=没有这样的留言")],
    "portal:messages_feed": MACHINE,
    "portal:write": form(NOBODY, "/messages/write/"),
    "portal:report": form(NOBODY, "/messages/report/"),
    "portal:follow": form(NOBODY, "/messages/follow/"),
    "portal:public_case": [
        Visit(NOBODY, lambda desk: f"/messages/public/{desk.cases['public'].case.publication.pk}/"),
        at(NOBODY, f"/messages/public/{GONE}/", status=404),
    ],
    "portal:public_photo": FILE,
    "portal:case": [
        *mine("", "received", "working", "waiting", "answered", "redirected", "late", "photo"),
        *mine("?sent=1", "secret"),
        at(NOBODY, "/messages/2026-0000001-1/AAAABBBBCCCC/", status=404),
    ],
    "portal:case_add": ACT,
    "portal:case_rate": ACT,
    "portal:case_reopen": ACT,
    "portal:case_code": FILE,
    "portal:case_photo": FILE,
    "portal:accessibility": [at(NOBODY, "/accessibility/")],
    "portal:data": [at(NOBODY, "/data/")],
    "ui:appearance": ACT,
    "style": [at(NOBODY, "/desk/style/")],
    "style-layout": [
        at(NOBODY, "/desk/style/portal/"), at(NOBODY, "/desk/style/plain/"),
        *(at(NOBODY, f"/desk/style/{number}/", status=number) for number in (400, 403, 404, 409, 413, 429, 500, 503)),
    ],
    "account_login": form(NOBODY, "/sign-in/", wrong=200),
    "account_logout": [at(EDITOR, "/sign-in/out/")],
    "account_change_password": form(EDITOR, "/sign-in/password/", wrong=200),
    "account_reauthenticate": form(EDITOR, "/sign-in/again/", wrong=200),
    "account_inactive": [at(NOBODY, "/sign-in/inactive/")],
    "mfa_index": [at(EDITOR, "/sign-in/two-factor/")],
    # These follow each other: test_two_steps_of_signing_in_have_no_faults
    "mfa_activate_totp": [],
    "mfa_authenticate": [],
    "mfa_reauthenticate": [],
    "mfa_deactivate_totp": [],
    "mfa_view_recovery_codes": [],
    "mfa_generate_recovery_codes": [],
    "mfa_download_recovery_codes": FILE,
    "files:file": FILE,
    "files:upload": ACT,
    "setup": [],  # before anything is founded: test_the_setup_wizard_has_no_faults
    "workbench:home": [at(who, "/desk/") for who in (EDITOR, FIRST, HOST, OFFICER, AUDITOR)],
    "workbench:audit": [*listing(AUDITOR, "/desk/audit/"), at(EDITOR, "/desk/audit/", status=404)],
    "workbench:check": form(EDITOR, "/desk/check/"),
    "workbench:audit_verify": [at(AUDITOR, "/desk/audit/verify/"), at(AUDITOR, "/desk/audit/verify/?anchor=abc")],
    "workbench:audit_export": FILE,
    "workbench:views": [at(EDITOR, "/desk/views/")],
    "workbench:save_view": ACT,
    "workbench:drop_view": ACT,
    "language_model:setting": [
        at(SYSTEM, "/desk/language-model/"), at(SECURITY, "/desk/language-model/"),
        at(EDITOR, "/desk/language-model/", status=404),
    ],
    "language_model:edit": form(SYSTEM, "/desk/language-model/edit/"),
    "language_model:try": ACT,
    "language_model:consent": ACT,
    "language_model:stop": ACT,
    "organisations:list": listing(SYSTEM, "/desk/organisations/"),
    "organisations:new": form(OFFICER, "/desk/organisations/new/", wrong=422),
    "organisations:body": [on(OFFICER, "/desk/organisations/{}/", lambda desk: desk.offices.bodies["water"])],
    "organisations:edit": form(
        OFFICER, "/desk/organisations/{}/edit/", lambda desk: desk.offices.bodies["water"], wrong=422
    ),
    "organisations:rules": [on(OFFICER, "/desk/organisations/{}/rules/", lambda desk: desk.offices.bodies["water"])],
    "organisations:people": listing(SYSTEM, "/desk/organisations/people/"),
    "organisations:new_person": form(SYSTEM, "/desk/organisations/people/new/", wrong=422),
    "organisations:person": [
        *each(SYSTEM, "/desk/organisations/people/{}/", "people", EDITOR),
        *form(SECURITY, "/desk/organisations/people/{}/", _of("people", FIRST), wrong=422),
    ],
    "organisations:deactivate": each(SYSTEM, "/desk/organisations/people/{}/deactivate/", "people", EDITOR),
    "organisations:mark_of_vendor": [
        *each(SYSTEM, "/desk/organisations/people/{}/vendor/", "people", EDITOR),
        *each(SYSTEM, "/desk/organisations/people/{}/vendor/", "contracted", "luxi"),
    ],
    "organisations:reset_second_factor": each(
        SECURITY, "/desk/organisations/people/{}/second-factor/", "people", EDITOR
    ),
    "organisations:reset_password": form(
        SYSTEM, "/desk/organisations/people/{}/password/", _of("people", EDITOR), wrong=422
    ),
    "organisations:revoke": ACT,
    "organisations:tokens": form(EDITOR, "/desk/organisations/tokens/", wrong=422),
    "organisations:revoke_token": ACT,
    "registry:list": listing(OFFICER, "/desk/accounts/"),
    "registry:account": [
        *each(HOST, "/desk/accounts/{}/", "accounts", "wechat 青禾水务", "weibo 青禾水务热线", "approved"),
        *each(HOST, "/desk/accounts/{}/", "accounts", "baijiahao 青禾水务"),
    ],
    "registry:edit": [
        on(HOST, "/desk/accounts/{}/edit/", _of("accounts", "wechat 青禾水务")),
        *form(OFFICER, "/desk/accounts/{}/edit/", _of("accounts", "wechat 青禾水务")),
    ],
    "registry:register": form(HOST, "/desk/accounts/{}/register/", _of("accounts", "approved")),
    "registry:findings": listing(OFFICER, "/desk/accounts/findings/"),
    "registry:filings": listing(OFFICER, "/desk/accounts/filings/"),
    "registry:new_filing": [
        at(HOST, "/desk/accounts/filings/new/"), *form(HOST, "/desk/accounts/filings/new/?kind=opening"),
        *form(HOST, "/desk/accounts/filings/new/?kind=change&account={}", _of("accounts", "wechat 青禾水务")),
        on(HOST, "/desk/accounts/filings/new/?kind=merging&account={}", _of("accounts", "weibo 青禾水务热线")),
        *form(HOST, "/desk/accounts/filings/new/?kind=deregister&account={}", _of("accounts", "baijiahao 青禾水务")),
        at(EDITOR, "/desk/accounts/filings/new/", status=409),
    ],
    "registry:filing": each(
        HOST, "/desk/accounts/filings/{}/", "filings", "draft", "in_review", "returned", "approved", "closing", "change"
    ),
    "registry:edit_filing": form(HOST, "/desk/accounts/filings/{}/edit/", _of("filings", "returned")),
    "registry:submit_filing": ACT,
    "registry:filing_paper": FILE,
    "registry:check": [*form(HOST, "/desk/accounts/{}/check/", _of("accounts", "wechat 青禾水务"))],
    "registry:give_up": each(HOST, "/desk/accounts/{}/give-up/", "accounts", "approved"),
    "registry:exemptions": [at(HOST, "/desk/accounts/exemptions/")],
    "registry:must_have": [at(OFFICER, "/desk/accounts/must-have/")],
    "registry:notices": [at(HOST, "/desk/accounts/notices/")],
    "registry:withdraw_filing": each(HOST, "/desk/accounts/filings/{}/withdraw/", "filings", "draft"),
    "registry:ledgers": listing(OFFICER, "/desk/accounts/ledgers/"),
    "registry:new_ledger": form(OFFICER, "/desk/accounts/ledgers/new/"),
    "registry:ledger": each(
        OFFICER, "/desk/accounts/ledgers/{}/", "ledgers", "imported", "columns", "preview", "reading", "discarded"
    ),
    "registry:ledger_columns": ACT,
    "registry:ledger_guess": ACT,
    "registry:ledger_progress": MACHINE,
    "registry:ledger_bodies": ACT,
    "registry:ledger_confirm": ACT,
    "registry:ledger_discard": ACT,
    "registry:ledger_undo": each(OFFICER, "/desk/accounts/ledgers/{}/undo/", "ledgers", "imported", "preview"),
    "registry:ledger_faulty": FILE,
    "review:list": [at(FIRST, "/desk/review/"), at(FINAL, "/desk/review/")],
    "review:all": listing(FIRST, "/desk/review/all/"),
    "review:page": [
        on(FIRST, "/desk/review/{}/", lambda desk: desk.review("in_review")),
        on(FIRST, "/desk/review/{}/", lambda desk: desk.review("in_review"), send_empty, 409),
        on(FINAL, "/desk/review/{}/", lambda desk: desk.review("in_review")),
        on(FINAL, "/desk/review/{}/", lambda desk: desk.review("approved")),
        on(OFFICER, "/desk/review/{}/", lambda desk: review_of("assessment.bulletin", desk.bulletins["in_review"].pk)),
        on(HEAD, "/desk/review/{}/", lambda desk: review_of("census.sheet", desk.asked["water"].pk)),
        on(HEAD, "/desk/review/{}/", lambda desk: desk.filing_review("in_review")),
        on(FIRST, "/desk/review/{}/", lambda desk: review_of("inbox.answer", desk.cases["in_review"].case.pk)),
        on(FINAL, "/desk/review/{}/", lambda desk: review_of(
            "inbox.publication", desk.cases["public"].case.publication.pk
        )),
    ],
    "lookback:list": listing(OFFICER, "/desk/lookback/"),
    "lookback:new": [
        *form(OFFICER, "/desk/lookback/new/"), on(FINAL, "/desk/lookback/new/?term={}", _of("terms", "approved")),
        at(EDITOR, "/desk/lookback/new/"),
    ],
    "lookback:look_back": each(
        OFFICER, "/desk/lookback/{}/", "looked", "proposed", "running", "done", "nothing"
    ),
    "lookback:found_in": each(OFFICER, "/desk/lookback/{}/findings/", "looked", "done", "nothing"),
    "lookback:progress": MACHINE,
    "lookback:act": ACT,
    "lookback:figures": [*listing(OFFICER, "/desk/lookback/rules/"), at(EDITOR, "/desk/lookback/rules/", status=409)],
    "lookback:findings": [
        *listing(OFFICER, "/desk/lookback/findings/"), at(EDITOR, "/desk/lookback/findings/?state=open"),
    ],
    "lookback:finding": [
        *each(OFFICER, "/desk/lookback/findings/{}/", "looked", "serious", "plain", "aside"),
        *form(EDITOR, "/desk/lookback/findings/{}/", _of("looked", "plain")),
        on(EDITOR, "/desk/lookback/findings/{}/", _of("looked", "serious")),
        at(OFFICER, f"/desk/lookback/findings/{GONE}/", status=404),
    ],
    "drives:list": [*listing(OFFICER, "/desk/drives/"), at(HOST, "/desk/drives/"), at(EDITOR, "/desk/drives/")],
    "drives:new": form(OFFICER, "/desk/drives/new/"),
    "drives:proposals": [
        *listing(OFFICER, "/desk/drives/proposals/"),
        at(OFFICER, "/desk/drives/proposals/?reason=low_use"),
        at(HOST, "/desk/drives/proposals/", status=409),
    ],
    "drives:take": [at(OFFICER, "/desk/drives/take/?reason=low_use")],
    "drives:answers": listing(HOST, "/desk/drives/answers/"),
    "drives:agree_many": ACT,
    "drives:agree": ACT,
    "drives:remove": ACT,
    "drives:target": [
        *each(OFFICER, "/desk/drives/targets/{}/", "drives", "asked", "waiting", "proposed"),
        *each(HOST, "/desk/drives/targets/{}/", "drives", "asked", "waiting"),
    ],
    "drives:ask": form(HOST, "/desk/drives/targets/{}/ask/", _of("drives", "waiting")),
    "drives:decide": form(OFFICER, "/desk/drives/targets/{}/decide/", _of("drives", "asked")),
    "drives:drive": [
        *each(OFFICER, "/desk/drives/{}/", "drives", "draft", "empty", "sent", "closed"),
        *each(HOST, "/desk/drives/{}/", "drives", "sent"),
    ],
    "drives:edit": form(OFFICER, "/desk/drives/{}/edit/", _of("drives", "draft")),
    "drives:targets": [
        *each(OFFICER, "/desk/drives/{}/targets/", "drives", "draft", "empty", "sent"),
        *each(HOST, "/desk/drives/{}/targets/", "drives", "sent"),
        on(OFFICER, "/desk/drives/{}/targets/?late=1", _of("drives", "sent")),
    ],
    "drives:add": [
        *each(OFFICER, "/desk/drives/{}/add/", "drives", "draft"),
        on(OFFICER, "/desk/drives/{}/add/?q=青禾", _of("drives", "draft")),
        on(OFFICER, "/desk/drives/{}/add/?q=没有这样的内容", _of("drives", "draft")),
    ],
    "drives:send": each(OFFICER, "/desk/drives/{}/send/", "drives", "draft", "empty"),
    "drives:extend": form(OFFICER, "/desk/drives/{}/extend/", _of("drives", "sent")),
    "drives:close": each(OFFICER, "/desk/drives/{}/close/", "drives", "sent", "closed"),
    "drives:delete": each(OFFICER, "/desk/drives/{}/delete/", "drives", "draft"),
    "drives:report": FILE,
    "vendors:list": [
        *listing(HOST, "/desk/vendors/"),
        at(OFFICER, "/desk/vendors/?state=ends_soon"),
        at(HOST, "/desk/vendors/?faulty=1"),
    ],
    "vendors:uncovered": listing(OFFICER, "/desk/vendors/accounts/"),
    "vendors:new": form(HOST, "/desk/vendors/new/"),
    "vendors:vendor": each(HOST, "/desk/vendors/companies/{}/", "contracted", "vendor"),
    "vendors:contract": [
        *each(HOST, "/desk/vendors/{}/", "contracted", "running", "soon", "over", "bare"),
        *each(HEAD, "/desk/vendors/{}/", "contracted", "running"),
    ],
    "vendors:edit": form(HOST, "/desk/vendors/{}/edit/", _of("contracted", "running")),
    "vendors:accounts": each(HOST, "/desk/vendors/{}/accounts/", "contracted", "running"),
    "vendors:papers": form(HOST, "/desk/vendors/{}/papers/", _of("contracted", "bare")),
    "vendors:name_person": form(HOST, "/desk/vendors/{}/people/", _of("contracted", "bare")),
    "vendors:leave": [
        Visit(
            HOST,
            lambda desk: (
                f"/desk/vendors/{desk.contracted['running'].pk}/people/{desk.contracted['person'].pk}/leave/"
            ),
        )
    ],
    "vendors:link_domain": form(HOST, "/desk/vendors/{}/domains/", _of("contracted", "bare")),
    "vendors:take_off": ACT,
    "vendors:end": form(HOST, "/desk/vendors/{}/end/", _of("contracted", "running")),
    "resources:list": [
        *listing(OFFICER, "/desk/resources/"),
        at(OFFICER, "/desk/resources/?lack=any"),
        at(HOST, "/desk/resources/"),
    ],
    "resources:branches": [at(OFFICER, "/desk/resources/branches/"), at(HOST, "/desk/resources/branches/")],
    "resources:licences": [
        *listing(HOST, "/desk/resources/licences/"), at(OFFICER, "/desk/resources/licences/?ends=1"),
    ],
    "resources:rules": [
        *listing(HOST, "/desk/resources/rules/"), at(OFFICER, "/desk/resources/rules/?state=review_due"),
    ],
    "resources:liaison": [*listing(HOST, "/desk/resources/liaison/"), at(OFFICER, "/desk/resources/liaison/?due=1")],
    "resources:contacts": listing(HOST, "/desk/resources/liaison/contacts/"),
    "resources:body": [
        on(HOST, "/desk/resources/bodies/{}/", lambda desk: desk.offices.bodies["water"]),
        on(OFFICER, "/desk/resources/bodies/{}/", lambda desk: desk.offices.bodies["school"]),
    ],
    "resources:means": [
        Visit(HOST, lambda desk: f"/desk/resources/bodies/{desk.offices.bodies['water'].pk}/means/2026/"),
        Visit(
            HOST, lambda desk: f"/desk/resources/bodies/{desk.offices.bodies['water'].pk}/means/2024/", send_empty, 409
        ),
    ],
    "resources:new_licence": form(
        HOST, "/desk/resources/bodies/{}/licences/", lambda desk: desk.offices.bodies["water"]
    ),
    "resources:new_rule": form(HOST, "/desk/resources/bodies/{}/rules/", lambda desk: desk.offices.bodies["water"]),
    "resources:new_talk": form(HOST, "/desk/resources/bodies/{}/liaison/", lambda desk: desk.offices.bodies["water"]),
    "resources:licence": each(HOST, "/desk/resources/licences/{}/", "equipped", "soon", "old", "endless", "renewed"),
    "resources:correct_licence": form(HOST, "/desk/resources/licences/{}/correct/", _of("equipped", "soon")),
    "resources:renew_licence": form(HOST, "/desk/resources/licences/{}/renew/", _of("equipped", "soon")),
    "resources:give_up_licence": form(HOST, "/desk/resources/licences/{}/give-up/", _of("equipped", "soon")),
    "resources:rule": each(HOST, "/desk/resources/rules/{}/", "equipped", "due", "replaced", "replacing"),
    "resources:correct_rule": form(HOST, "/desk/resources/rules/{}/correct/", _of("equipped", "due")),
    "resources:replace_rule": form(HOST, "/desk/resources/rules/{}/replace/", _of("equipped", "due")),
    "resources:review_rule": form(HOST, "/desk/resources/rules/{}/review/", _of("equipped", "due")),
    "resources:abolish_rule": form(HOST, "/desk/resources/rules/{}/abolish/", _of("equipped", "due")),
    "resources:matter": each(HOST, "/desk/resources/liaison/{}/", "equipped", "talk", "newest"),
    "resources:follow_up": form(HOST, "/desk/resources/liaison/{}/next/", _of("equipped", "newest")),
    "resources:correct_entry": form(HOST, "/desk/resources/liaison/{}/correct/", _of("equipped", "newest")),
    "reform:list": listing(OFFICER, "/desk/reforms/"),
    "reform:new": form(OFFICER, "/desk/reforms/new/"),
    "reform:reform": [
        on(OFFICER, "/desk/reforms/{}/", _of("reforms", "planned")),
        on(OFFICER, "/desk/reforms/{}/", _of("reforms", "planned"), name_no_body, 409),
        on(OFFICER, "/desk/reforms/{}/", _of("reforms", "running")),
    ],
    "reform:remove_part": ACT,
    "reform:change_plan": ACT,
    "reform:hand_over": [
        Visit(
            OFFICER,
            lambda desk: f"/desk/reforms/{desk.reforms['running'].pk}/parts/{desk.reforms['part'].pk}/hand-over/",
        )
    ],
    "reform:start": each(OFFICER, "/desk/reforms/{}/start/", "reforms", "planned"),
    "reform:discard": each(OFFICER, "/desk/reforms/{}/discard/", "reforms", "planned"),
    "reform:finish": ACT,
    "organisations:end": [on(OFFICER, "/desk/organisations/{}/end/", lambda desk: desk.offices.bodies["water"])],
    "organisations:move": [on(SYSTEM, "/desk/organisations/people/{}/move/", lambda desk: desk.people["hemin"])],
    "portal:report_impostor": form(NOBODY, "/report/"),
    "portal:impostor_reported": [at(NOBODY, "/report/done/")],
    "impostors:list": listing(OFFICER, "/desk/impostors/"),
    "impostors:compare": [
        at(HOST, "/desk/impostors/compare/"),
        at(HOST, "/desk/impostors/compare/", send_empty, 409),
        at(HOST, "/desk/impostors/compare/?q=青禾水雾"),
    ],
    "impostors:new": form(OFFICER, "/desk/impostors/new/"),
    "impostors:figures": [at(OFFICER, "/desk/impostors/figures/")],
    "impostors:allowed": listing(OFFICER, "/desk/impostors/allowed/"),
    "impostors:allow": form(OFFICER, "/desk/impostors/allowed/new/"),
    "impostors:end_allowance": ACT,
    "impostors:case": [
        *each(
            HOST,
            "/desk/impostors/{}/",
            "imitated",
            "new",
            "verifying",
            "confirmed",
            "requested",
            "refused",
            "removed",
            "unfounded",
        ),
        at(HOST, f"/desk/impostors/{GONE}/", status=404),
    ],
    "impostors:act": ACT,
    "impostors:letter": FILE,
    "impostors:evidence": FILE,
    "review:together": [at(OFFICER, "/desk/review/together/"), at(FIRST, "/desk/review/together/")],
    "review:delegations": form(HEAD, "/desk/review/delegations/"),
    "review:end_delegation": ACT,
    "review:withdraw": [on(EDITOR, "/desk/review/{}/withdraw/", lambda desk: desk.review("in_review"))],
    "content:list": listing(EDITOR, "/desk/articles/"),
    "content:new": [at(EDITOR, "/desk/articles/new/"), at(FIRST, "/desk/articles/new/")],
    "content:write": form(EDITOR, "/desk/articles/new/write/"),
    "content:paste": form(EDITOR, "/desk/articles/new/paste/"),
    "content:upload": form(EDITOR, "/desk/articles/new/upload/"),
    "content:article": [
        *each(
            EDITOR, "/desk/articles/{}/", "articles",
            "draft", "imported", "in_review", "returned", "approved", "discarded",
        ),
        *each(HOST, "/desk/articles/{}/", "articles", "approved"),
        at(EDITOR, f"/desk/articles/{GONE}/", status=404),
    ],
    "content:imported": each(EDITOR, "/desk/articles/{}/import/", "articles", "imported"),
    "content:restore": ACT,
    "content:settle": ACT,
    "content:edit": [
        *each(EDITOR, "/desk/articles/{}/edit/", "articles", "draft", "returned", "in_review"),
        on(EDITOR, "/desk/articles/{}/edit/", _of("articles", "draft"), save_upon_an_older_version, 409),
    ],
    "content:autosave": ACT,
    "content:opinions": ACT,
    "content:screen": ACT,
    "content:presence": ACT,
    "content:drop_copy": ACT,
    "content:widen": ACT,
    "content:preview": [
        *each(EDITOR, "/desk/articles/{}/preview/", "articles", "draft", "approved"),
        *each(EDITOR, "/desk/articles/{}/preview/?platform=website", "articles", "approved"),
        *each(EDITOR, "/desk/articles/{}/preview/?platform=handoff", "articles", "approved"),
    ],
    "content:submit": ACT,
    "content:discard": each(EDITOR, "/desk/articles/{}/discard/", "articles", "draft"),
    "content:waive": ACT,
    "content:read_again": ACT,
    "content:version": each(EDITOR, "/desk/articles/{}/versions/1/", "articles", "draft"),
    "content:choose_comparison": NoPage("leads to the comparison"),
    "content:compare": each(EDITOR, "/desk/articles/{}/compare/1/2/", "articles", "draft"),
    "content:picture": FILE,
    "content:picture_boxes": FILE,
    "inbox:list": [*listing(ANSWERER, "/desk/inbox/"), at(OFFICER, "/desk/inbox/"), at(EDITOR, "/desk/inbox/")],
    "inbox:register": form(ANSWERER, "/desk/inbox/new/"),
    "inbox:case": [
        *case(
            ANSWERER, "/desk/inbox/{}/", "received", "working", "waiting", "in_review", "answered", "redirected",
            "public", "returned", "late", "secret", "photo",
        ),
        *case(OFFICER, "/desk/inbox/{}/", "late", "in_review"),
        *case(EDITOR, "/desk/inbox/{}/", "received", status=404),
    ],
    "inbox:answer": [
        *case(ANSWERER, "/desk/inbox/{}/answer/", "working", "returned", "received"),
        *case(ANSWERER, "/desk/inbox/{}/answer/", "working", act=send_empty, status=409),
    ],
    "inbox:publish": [
        *case(ANSWERER, "/desk/inbox/{}/publish/", "answered", "public", "hidden", "public_in_review"),
        *case(ANSWERER, "/desk/inbox/{}/publish/", "answered", act=send_empty, status=409),
    ],
    "inbox:hide": ACT,
    "inbox:contact": ACT,
    "inbox:destroy": case(HEAD, "/desk/inbox/{}/destroy/", "answered"),
    "inbox:photo": FILE,
    "inbox:act": ACT,
    "inspection:home": [at(OFFICER, "/desk/inspection/"), at(HOST, "/desk/inspection/")],
    "inspection:accounts": [*listing(OFFICER, "/desk/inspection/accounts/"), at(HOST, "/desk/inspection/accounts/")],
    "inspection:account": [
        *each(OFFICER, "/desk/inspection/accounts/{}/", "inspected", "account"),
        *each(HOST, "/desk/inspection/accounts/{}/", "inspected", "account"),
        on(OFFICER, "/desk/inspection/accounts/{}/", _of("accounts", "website 青禾水务网")),
    ],
    "inspection:check": form(OFFICER, "/desk/inspection/accounts/{}/check/", _of("inspected", "account")),
    "inspection:findings": listing(OFFICER, "/desk/inspection/findings/"),
    "inspection:finding": [
        *each(
            OFFICER, "/desk/inspection/findings/{}/", "inspected", "open", "ordered", "answered", "closed", "appealed"
        ),
        *each(HOST, "/desk/inspection/findings/{}/", "inspected", "ordered", "appealed"),
        at(OFFICER, f"/desk/inspection/findings/{GONE}/", status=404),
    ],
    "inspection:act": ACT,
    "inspection:evidence": FILE,
    "inspection:appeals": listing(OFFICER, "/desk/inspection/appeals/"),
    "inspection:decide": ACT,
    "inspection:false_alarms": [at(OFFICER, "/desk/inspection/false-alarms/")],
    "inspection:runs": listing(OFFICER, "/desk/inspection/runs/")[:1],
    "inspection:run": each(OFFICER, "/desk/inspection/runs/{}/", "inspected", "run", "stumbled", "running"),
    "inspection:progress": MACHINE,
    "inspection:start": ACT,
    "census:list": [*listing(OFFICER, "/desk/census/"), at(HOST, "/desk/census/")],
    "census:new": form(OFFICER, "/desk/census/new/"),
    "census:campaign": [
        *each(OFFICER, "/desk/census/{}/", "asked", "draft", "running", "over"),
        *each(HOST, "/desk/census/{}/", "asked", "running"),
    ],
    "census:edit": [
        *form(OFFICER, "/desk/census/{}/edit/", _of("asked", "draft")),
        *each(OFFICER, "/desk/census/{}/edit/", "asked", "running"),
    ],
    "census:bodies": each(OFFICER, "/desk/census/{}/bodies/", "asked", "draft"),
    "census:open": each(OFFICER, "/desk/census/{}/open/", "asked", "draft"),
    "census:opening": MACHINE,
    "census:campaign_sheets": each(OFFICER, "/desk/census/{}/sheets/", "asked", "running"),
    "census:extend": form(OFFICER, "/desk/census/{}/extend/", _of("asked", "running")),
    "census:close": each(OFFICER, "/desk/census/{}/close/", "asked", "running"),
    "census:chase": ACT,
    "census:figures": [
        *each(OFFICER, "/desk/census/{}/figures/", "asked", "running", "over"),
        *each(HOST, "/desk/census/{}/figures/", "asked", "running"),
    ],
    "census:comparisons": [
        *each(OFFICER, "/desk/census/{}/comparisons/", "asked", "running"),
        *each(OFFICER, "/desk/census/{}/comparisons/", "asked", "over"),
    ],
    "census:report": each(OFFICER, "/desk/census/reports/{}/", "asked", "report"),
    "census:report_progress": MACHINE,
    "census:report_file": FILE,
    "census:comparison": each(OFFICER, "/desk/census/comparisons/{}/", "asked", "comparison"),
    "census:compare_again": ACT,
    "census:settle": form(OFFICER, "/desk/census/differences/{}/settle/", _of("asked", "difference")),
    "census:reopen": ACT,
    "census:apply": ACT,
    "census:sheets": listing(HOST, "/desk/census/sheets/"),
    "census:sheet": [
        *each(OFFICER, "/desk/census/sheets/{}/", "asked", "water", "school", "town"),
        *each(HOST, "/desk/census/sheets/{}/", "asked", "water"),
    ],
    "census:add_row": form(OFFICER, "/desk/census/sheets/{}/add/", _of("asked", "school")),
    "census:row": [
        Visit(HOST, lambda desk: f"/desk/census/sheets/{desk.asked['water'].pk}/rows/{desk.asked['row'].pk}/"),
        Visit(HOST, lambda desk: f"/desk/census/sheets/{desk.asked['water'].pk}/rows/{desk.asked['added'].pk}/"),
    ],
    "census:remove_row": ACT,
    "census:submit": ACT,
    "census:sign_empty": each(HEAD, "/desk/census/sheets/{}/sign-empty/", "asked", "water"),
    "census:return": form(OFFICER, "/desk/census/sheets/{}/return/", _of("asked", "water")),
    "census:layouts": listing(OFFICER, "/desk/census/layouts/"),
    "census:new_layout": form(OFFICER, "/desk/census/layouts/new/"),
    "census:layout": each(OFFICER, "/desk/census/layouts/{}/", "asked", "layout"),
    "census:dumps": listing(OFFICER, "/desk/census/dumps/"),
    "census:new_dump": form(OFFICER, "/desk/census/dumps/new/"),
    "census:dump": each(OFFICER, "/desk/census/dumps/{}/", "asked", "mapping", "dump"),
    "census:dump_progress": MACHINE,
    "assessment:list": listing(OFFICER, "/desk/bulletins/"),
    "assessment:new": form(OFFICER, "/desk/bulletins/new/"),
    "assessment:bulletin": each(OFFICER, "/desk/bulletins/{}/", "bulletins", "draft", "in_review", "published"),
    "assessment:edit": form(OFFICER, "/desk/bulletins/{}/edit/", _of("bulletins", "draft")),
    "assessment:submit": ACT,
    "assessment:withdraw": ACT,
    "assessment:word": FILE,
    "assessment:pdf": FILE,
    "portal:bulletins": [at(NOBODY, "/bulletins/")],
    "portal:bulletin": [
        *each(NOBODY, "/bulletins/{}/", "bulletins", "published"), at(NOBODY, f"/bulletins/{GONE}/", status=404),
    ],
    "portal:bulletin_word": FILE,
    "portal:bulletin_pdf": FILE,
    "proof:list": [*listing(OFFICER, "/desk/proof/"), at(OFFICER, "/desk/proof/?state=never")],
    "proof:account": form(HOST, "/desk/proof/{}/", _of("accounts", "wechat 青禾水务")),
    "proof:evidence": FILE,
    "proof:chain": [at(OFFICER, "/desk/proof/chain/")],
    "observation:list": [*listing(OFFICER, "/desk/observation/"), at(EDITOR, "/desk/observation/")],
    "observation:new_source": form(OFFICER, "/desk/observation/sources/new/"),
    "observation:source": each(
        OFFICER, "/desk/observation/sources/{}/", "watched", "feed", "failing", "hand", "stopped", "own"
    ),
    "observation:edit_source": form(OFFICER, "/desk/observation/sources/{}/edit/", _of("watched", "feed")),
    "observation:stop_source": ACT,
    "observation:resume_source": ACT,
    "observation:look_now": ACT,
    "observation:hand_look": form(OFFICER, "/desk/observation/looks/new/"),
    "observation:posts": listing(OFFICER, "/desk/observation/posts/"),
    "observation:post": [
        *each(OFFICER, "/desk/observation/posts/{}/", "watched", "changed", "vanished", "undated"),
        at(OFFICER, f"/desk/observation/posts/{GONE}/", status=404),
    ],
    "observation:evidence": FILE,
    "observation:coverage": [at(OFFICER, "/desk/observation/coverage/"), at(EDITOR, "/desk/observation/coverage/")],
    "observation:platforms": [at(OFFICER, "/desk/observation/platforms/")],
    "observation:histories": listing(OFFICER, "/desk/observation/histories/"),
    "observation:new_history": form(OFFICER, "/desk/observation/histories/new/"),
    "observation:history": each(
        OFFICER, "/desk/observation/histories/{}/", "watched", "mapping", "preview", "reading", "imported"
    ),
    "observation:history_columns": ACT,
    "observation:history_progress": MACHINE,
    "observation:history_confirm": ACT,
    "observation:history_discard": ACT,
    "knowledge:list": listing(EDITOR, "/desk/terms/"),
    "knowledge:new": form(EDITOR, "/desk/terms/new/"),
    "knowledge:import": form(EDITOR, "/desk/terms/import/"),
    "knowledge:allowances": listing(EDITOR, "/desk/terms/allowed/"),
    "knowledge:new_allowance": form(EDITOR, "/desk/terms/allowed/new/"),
    "knowledge:allowance": [
        *each(EDITOR, "/desk/terms/allowed/{}/", "terms", "allowed"),
        *each(FINAL, "/desk/terms/allowed/{}/", "terms", "allowed", "asked"),
    ],
    "knowledge:decide_allowance": ACT,
    "knowledge:end_allowance": ACT,
    "rules:list": [
        at(EDITOR, "/desk/rules/"), at(EDITOR, "/desk/rules/?q=截止目前"), at(EDITOR, "/desk/rules/?q=没有这样的内容"),
    ],
    "rules:rule": [
        at(EDITOR, "/desk/rules/confusable.jie-zhi-mu-qian/"), at(EDITOR, "/desk/rules/no.such.rule/", status=404),
    ],
    "knowledge:term": [
        *each(EDITOR, "/desk/terms/{}/", "terms", "proposed", "approved", "retired"),
        *each(FINAL, "/desk/terms/{}/", "terms", "proposed", "approved"),
    ],
    "answers:list": listing(EDITOR, "/desk/answers/"),
    "answers:new": form(EDITOR, "/desk/answers/new/"),
    "answers:import": form(EDITOR, "/desk/answers/import/"),
    "answers:suggest": NoPage("is a part of the case's page"),
    "answers:conflicts": listing(HOST, "/desk/answers/conflicts/"),
    "answers:conflict": [on(HOST, "/desk/answers/conflicts/{}/", lambda desk: desk.shelf.conflicts["open"])],
    "answers:answer": [
        on(who, "/desk/answers/{}/", shelved("answers", name))
        for who in (HOST, EDITOR)
        for name in ("draft", "in_review", "returned", "approved", "withdrawn")
    ],
    "answers:edit": form(EDITOR, "/desk/answers/{}/edit/", shelved("answers", "draft")),
    "answers:submit": ACT,
    "answers:confirm": ACT,
    "answers:withdraw": ACT,
    "services:list": listing(HOST, "/desk/services/"),
    "services:new": form(HOST, "/desk/services/new/"),
    "services:import": form(HOST, "/desk/services/import/"),
    "services:check_import": ACT,
    "services:service": [
        on(HOST, "/desk/services/{}/", shelved("services", name))
        for name in ("draft", "opens", "not_looked", "broken", "retired")
    ],
    "services:edit": form(HOST, "/desk/services/{}/edit/", shelved("services", "opens")),
    "services:publish": ACT,
    "services:retire": ACT,
    "portal:answers": [
        at(NOBODY, "/answers/"), at(NOBODY, "/answers/?q=水卡丢了"), at(NOBODY, "/answers/?q=没有这样的问题啊啊"),
    ],
    "portal:answer": [
        on(NOBODY, "/answers/{}/", shelved("answers", "approved")),
        on(NOBODY, "/answers/{}/?thanked=n", shelved("answers", "approved")),
        at(NOBODY, f"/answers/{GONE}/", status=404),
    ],
    "portal:vote": ACT,
    "portal:services": [
        at(NOBODY, "/services/"), at(NOBODY, "/services/?q=通水"), at(NOBODY, "/services/?q=没有这样的服务啊啊"),
    ],
    "portal:service": [
        *(
            on(NOBODY, "/services/{}/", shelved("services", name))
            for name in ("unknown", "opens", "not_looked", "broken")
        ),
        at(NOBODY, f"/services/{GONE}/", status=404),
    ],
    "knowledge:decide": ACT,
    "knowledge:retire": ACT,
    "duty:month": [
        at(HEAD, "/desk/duty/"), at(EDITOR, "/desk/duty/"), at(OFFICER, "/desk/duty/?month=2026-10"),
        at(EDITOR, f"/desk/duty/?body={GONE}", status=404),
    ],
    "duty:shifts": listing(HEAD, "/desk/duty/shifts/"),
    "duty:generate": form(HEAD, "/desk/duty/{}/generate/", lambda desk: desk.offices.bodies["water"]),
    "duty:new_shift": form(HEAD, "/desk/duty/{}/new/", lambda desk: desk.offices.bodies["water"]),
    "duty:shift": [
        *each(EDITOR, "/desk/duty/shifts/{}/", "duty", "now", "later"),
        *each(HEAD, "/desk/duty/shifts/{}/", "duty", "now"),
    ],
    "duty:change": each(HEAD, "/desk/duty/shifts/{}/people/", "duty", "later"),
    "duty:cancel": each(HEAD, "/desk/duty/shifts/{}/cancel/", "duty", "later"),
    "duty:ask_swap": ACT,
    "duty:hand_over": form(EDITOR, "/desk/duty/shifts/{}/hand-over/", _of("duty", "now")),
    "duty:swap": [
        *each(FIRST, "/desk/duty/swaps/{}/", "duty", "swap"), *each(EDITOR, "/desk/duty/swaps/{}/", "duty", "swap"),
    ],
    "duty:decide_swap": ACT,
    "duty:alarms": listing(HEAD, "/desk/duty/alarms/"),
    "duty:alarm": each(EDITOR, "/desk/duty/alarms/{}/", "duty", "open", "taken", "closed"),
    "duty:acknowledge": ACT,
    "duty:close_alarm": ACT,
    "duty:handovers": listing(HEAD, "/desk/duty/handovers/"),
    "duty:handover": [
        *each(FIRST, "/desk/duty/handovers/{}/", "duty", "handover"),
        *each(EDITOR, "/desk/duty/handovers/{}/", "duty", "handover"),
    ],
    "duty:take_over": ACT,
    "duty:log": listing(HEAD, "/desk/duty/log/"),
    "duty:write_log": form(HEAD, "/desk/duty/{}/log/", lambda desk: desk.offices.bodies["water"]),
    "notify:list": [*listing(EDITOR, "/desk/notices/"), at(HOST, "/desk/notices/")],
    "notify:read_all": ACT,
    "notify:notice": NoPage("leads to what it tells of"),
    "notify:preferences": [at(EDITOR, "/desk/notices/settings/")],
    "notify:channels": listing(HOST, "/desk/notices/channels/"),
    "notify:new_channel": [
        *form(HOST, "/desk/notices/channels/new/email/"), *form(HOST, "/desk/notices/channels/new/dingtalk/"),
        at(HOST, "/desk/notices/channels/new/fax/", status=404),
    ],
    "notify:channel": each(HOST, "/desk/notices/channels/{}/", "ways_out", "mail", "bot"),
    "notify:edit_channel": form(HOST, "/desk/notices/channels/{}/edit/", _of("ways_out", "bot")),
    "notify:test_channel": ACT,
    "notify:pause_channel": each(HOST, "/desk/notices/channels/{}/pause/", "ways_out", "bot"),
    "notify:resume_channel": ACT,
    "channels:list": listing(HOST, "/desk/channels/"),
    "channels:choose": [at(HOST, "/desk/channels/new/"), at(HOST, "/desk/channels/new/?account=", status=200)],
    "channels:connect": [
        *form("luolan", "/desk/channels/new/{}/", _of("accounts", "wechat 青禾教育")),
        *each(HOST, "/desk/channels/new/{}/", "accounts", "approved"),
    ],
    "channels:connection": each(HOST, "/desk/channels/{}/", "connections", "wechat", "website", "hand"),
    "channels:secrets": form(HOST, "/desk/channels/{}/secrets/", _of("connections", "wechat")),
    "channels:probe": ACT,
    "channels:pause": each(HOST, "/desk/channels/{}/pause/", "connections", "wechat"),
    "channels:resume": ACT,
    "publishing:list": [*listing(HOST, "/desk/deliveries/"), at(OFFICER, "/desk/deliveries/")],
    "publishing:plan": [
        *form(HOST, "/desk/deliveries/plan/"),
        on(HOST, "/desk/deliveries/plan/?article={}", _of("articles", "fourth")),
        at(FIRST, "/desk/deliveries/plan/", status=409),
    ],
    "publishing:strays": [at(HOST, "/desk/deliveries/strays/")],
    "publishing:scan": [at(HOST, "/desk/deliveries/strays/scan/")],
    "publishing:clean": [on(HOST, "/desk/deliveries/strays/{}/clean/", lambda desk: desk.stray)],
    "publishing:delivery": each(
        HOST, "/desk/deliveries/{}/", "deliveries",
        "site", "push", "hand", "unknown", "failed", "stopped", "planned", "cancelled",
    ),
    "publishing:cancel": each(HOST, "/desk/deliveries/{}/cancel/", "deliveries", "planned"),
    "publishing:retry": ACT,
    "publishing:look": ACT,
    "publishing:report": ACT,
    "publishing:down": form(HOST, "/desk/deliveries/{}/down/", _of("deliveries", "site"), wrong=409),
    "publishing:hand": form(HOST, "/desk/deliveries/{}/hand/", _of("deliveries", "hand"), wrong=409),
    "publishing:package": FILE,
    "publishing:picture": FILE,
}  # fmt: skip


def addresses() -> Iterator[tuple[str, str]]:
    """Yield the full name and the route of every address of the project."""
    yield from _walk(get_resolver().url_patterns, "", "")


def _walk(patterns: list[URLPattern | URLResolver], spaces: str, before: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        route = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = f"{spaces}{pattern.namespace}:" if pattern.namespace else spaces
            yield from _walk(pattern.url_patterns, inner, route)
        else:
            yield f"{spaces}{pattern.name}", route


def sample(route: str) -> str:
    """Return an address that fits a route."""
    key = re.sub(r"\(\?P<case_number>[^)]*\)/\(\?P<case_key>[^)]*\)", "2026-0000001-1/ABCDEFGH2345", route)
    return "/" + re.sub(r"<int:\w+>", "1", re.sub(r"<(str|slug):\w+>", "x", key)).strip("^$")
