"""Questions and answers, and services, for every citizen: found in their own words, without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from zhijian.knowledge.actions import note_vote
from zhijian.knowledge.queries import answers_of, find_answers, public_answer, public_questions
from zhijian.search.enums import Topic
from zhijian.services.enums import Audience
from zhijian.services.queries import find_services, public_service, public_services

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

PAGE = 20
FOUND = 20
BESIDE = 3
LONGEST = 100
LONGEST_TITLE = 80
TONES = {"opens": "ok", "broken": "danger", "not_looked": "warn", "unknown": "quiet"}


@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """Find answers as a citizen types, or list them by topic. `part=1` asks for the results alone.

    What was asked may be something to do: services like it stand below.
    """
    asked, topic = _asked(request), _one_of(request.GET.get("topic", ""), Topic.values)
    page = None
    if asked:
        found = find_answers(text=asked, limit=FOUND)
    else:
        page = Paginator(public_questions(topic=topic), PAGE).get_page(request.GET.get("page"))
        found = answers_of(page)
    context = {
        "title": "问答", "q": asked, "topic": topic, "topics": Topic.choices, "answers": found, "page": page,
        "query": urlencode({"topic": topic}) if topic else "", "write_url": write_url(asked),
        "services": find_services(text=asked, limit=BESIDE) if asked else [],
    }  # fmt: skip
    return _whole_or_part(request, "answers", context)


def _asked(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:LONGEST]


def _one_of(text: str, known: list[str]) -> str:
    return text if text in known else ""


def _whole_or_part(request: HttpRequest, name: str, context: Mapping[str, object]) -> HttpResponse:
    template = f"portal/{name}_found.html" if request.GET.get("part") == "1" else f"portal/{name}.html"
    return render(request, template, dict(context))


def write_url(title: str = "", **more: str | int) -> str:
    """Return where a citizen writes a message, with the first words (and `text`, `organisation`) put in."""
    begun: dict[str, str | int] = {"title": title[:LONGEST_TITLE], **more} if title else more
    return f"{reverse('portal:write')}?{urlencode(begun)}" if begun else reverse("portal:write")


@require_safe
def answer(request: HttpRequest, question_id: int) -> HttpResponse:
    """Show one answer: what it rests on, how long it holds, who gives it."""
    shown = public_answer(question_id)
    context = {
        "title": shown.question, "answer": shown,
        "write_url": write_url(shown.question, organisation=shown.organisation_id),
        "thanked": request.GET.get("thanked", "")[:1],
        "services": find_services(text=shown.question, limit=BESIDE),
    }  # fmt: skip
    return render(request, "portal/answer.html", context)


@require_POST
def vote(request: HttpRequest, question_id: int) -> HttpResponse:
    """Take a visitor's word on whether an answer helped: once a day, without a name."""
    helped = request.POST.get("helped") == "yes"
    note_vote(question_id=question_id, helped=helped, voter=request.META.get("REMOTE_ADDR", ""))
    return redirect(f"{reverse('portal:answer', args=[question_id])}?thanked={'y' if helped else 'n'}#helped")


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """Find services in a citizen's own words, or list them. `part=1` asks for the results alone.

    What is looked for may be answered already: answers like it stand below.
    """
    asked = _asked(request)
    topic = _one_of(request.GET.get("topic", ""), Topic.values)
    audience = _one_of(request.GET.get("audience", ""), [Audience.PERSON, Audience.COMPANY])
    page = None
    if asked:
        found = find_services(text=asked, limit=FOUND, topic=topic, audience=audience)
    else:
        page = Paginator(public_services(topic=topic, audience=audience), PAGE).get_page(request.GET.get("page"))
        found = list(page)
    narrowed = {name: value for name, value in (("topic", topic), ("audience", audience)) if value}
    context = {
        "title": "办事服务", "q": asked, "topic": topic, "audience": audience, "topics": Topic.choices,
        "audiences": [(Audience.PERSON, "个人办事"), (Audience.COMPANY, "企业办事")],
        "services": found, "page": page, "query": urlencode(narrowed), "write_url": write_url(asked),
        "answers": find_answers(text=asked, limit=BESIDE) if asked else [],
    }  # fmt: skip
    return _whole_or_part(request, "services", context)


@require_safe
def service(request: HttpRequest, service_id: int) -> HttpResponse:
    """Show one service: how, where, with what, and whether its entrance opened when it was last looked at."""
    shown = public_service(service_id)
    report = write_url(
        f"“{shown.name}”的网上入口打不开",
        text=f"我打不开这个入口：{shown.entrance_url}\n（公开页面：{request.build_absolute_uri(request.path)}）",
        organisation=shown.organisation_id,
    )
    context = {
        "title": shown.name, "service": shown, "tone": TONES[shown.health], "report_url": report,
        "answers": find_answers(text=shown.name, limit=BESIDE),
    }  # fmt: skip
    return render(request, "portal/service.html", context)
