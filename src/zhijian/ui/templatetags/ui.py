"""`{% load ui %}`: the parts that pages are made of. Shapes of the arguments: `zhijian.ui.parts`."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from zhijian.lib.clock import now
from zhijian.ui import deadlines, words
from zhijian.ui.parts import TONES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.forms import BaseForm, BoundField
    from django.template.context import Context

register = template.Library()

ICON_NAMES = frozenset(
    (Path(__file__).parent.parent / "static/vendor/icons/names.txt").read_text(encoding="ascii").split()
)
MESSAGE_TONES = {"error": "danger", "warning": "warn", "success": "ok"}
BUTTON_TONES = {"plain": "", "primary": " primary", "danger": " danger", "quiet": " quiet", "filled": " danger filled"}
STAGE_MARKS = {
    "done": ("circle-check", "已完成"),
    "current": ("circle-dot", "正在这一步"),
    "waiting": ("circle-dashed", "未到"),
    "returned": ("arrow-back-up", "已退回"),
    "stopped": ("circle-x", "到此为止"),
    "skipped": ("circle-minus", "不需要"),
}
JOB_STATES = {
    "waiting": ("排队中", "quiet"),
    "running": ("进行中", "busy"),
    "done": ("已完成", "ok"),
    "failed": ("没有完成", "danger"),
    "cancelled": ("已取消", "quiet"),
}


@cache
def _sprite() -> str:
    return static("vendor/icons/sprite.svg")


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """Draw an icon of `static/vendor/icons/names.txt`. It is decoration: the words stand beside it."""
    known = name if name in ICON_NAMES else "point"
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" {extra}" if extra else "",
        _sprite(),
        known,
    )


@register.simple_tag
def badge(text: str, tone: str = "quiet") -> SafeString:
    """Show a state as shape, word and colour. `tone`: ok, warn, danger, info, busy, quiet."""
    return _badge(str(text), tone)


@lru_cache(1024)
def _badge(text: str, tone: str) -> SafeString:
    tone = tone if tone in TONES else "quiet"
    return format_html('<span class="badge {}">{}{}</span>', tone, icon(TONES[tone]), text)


@register.simple_block_tag
def note(content: SafeString, tone: str = "info") -> SafeString:
    """Set a paragraph apart. `tone` as for a badge, or a level of Django's messages."""
    tone = MESSAGE_TONES.get(tone, tone)
    tone = tone if tone in TONES else "info"
    role = mark_safe(' role="alert"') if tone == "danger" else ""
    return format_html('<div class="note {}"{}>{}<div>{}</div></div>', tone, role, icon(TONES[tone]), content)


@register.simple_tag
def moment(value: datetime | date | None, show: str = "both") -> SafeString:
    """Write a moment as `2026-11-22 09:30（3 小时前）`. `show`: both, absolute, relative."""
    if value is None or value == "":
        return mark_safe('<span class="soft">—</span>')
    absolute, relative = words.absolute(value), words.relative(value)
    if show == "relative":
        return format_html('<time datetime="{}" title="{}">{}</time>', words.machine(value), absolute, relative)
    tail = "" if show == "absolute" else format_html(' <span class="soft nowrap">（{}）</span>', relative)
    return format_html('<time datetime="{}">{}</time>{}', words.machine(value), absolute, tail)


@register.simple_tag
def moment_now() -> SafeString:
    """Write the present moment."""
    return moment(now(), "absolute")


@register.filter(name="moment")
def moment_filter(value: datetime | date | None) -> SafeString:
    """Use as `{{ value|moment }}`."""
    return moment(value)


@register.simple_tag(name="thousands")
def thousands_tag(number: object) -> str:
    """Write a number as `178,700`."""
    return words.thousands(number)


@register.filter(name="thousands")
def thousands_filter(number: object) -> str:
    """Use as `{{ number|thousands }}`."""
    return words.thousands(number)


@register.inclusion_tag("ui/tags/button.html", takes_context=True)
def button(context: Context, label: str, **options: Any) -> dict[str, Any]:
    """Draw a button, a link that looks like one, or a one-button form.

    Options: `tone` (plain, primary, danger, quiet, filled), `icon`, `small`; `href` makes a link, `post` a form of its
    own that posts there, otherwise it submits the form around it with `name` and `value`; `dialog` names the dialog to
    open (give `href` of the fallback page too). `reasons` (from why_not): if any, the button is grey and lists them.
    """
    tone = str(options.pop("tone", "plain"))
    reasons = list(options.pop("reasons", None) or ())
    return {
        **options,
        "label": label,
        "tone_class": BUTTON_TONES.get(tone, "") + (" small" if options.get("small") else ""),
        "reasons": reasons,
        "reasons_id": f"why-{uuid4().hex[:8]}",
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("ui/tags/confirm.html", takes_context=True)
def confirm(context: Context, label: str, url: str, **options: Any) -> dict[str, Any]:
    """Draw a button that asks first. `url` answers POST with the act, and GET with `ui.confirm.confirmation`.

    Options: `title`, `text`, `act` (verb on the button in the dialog), `tone`, `icon`, `reasons` as for a button.
    """
    return {
        "tone": "danger",
        "title": f"{label}？",
        "act": label,
        **options,
        "label": label,
        "url": url,
        "dialog_id": f"ask-{uuid4().hex[:8]}",
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("ui/tags/field.html")
def field(bound: BoundField, **options: Any) -> dict[str, Any]:
    """Draw a form field: label, help, error, wired with aria-describedby. Options: `narrow`."""
    name = bound.auto_id or bound.html_name
    described = [f"{name}_help"] if bound.help_text else []
    described += [f"{name}_error"] if bound.errors else []
    attributes: dict[str, Any] = {"aria-describedby": " ".join(described) or None}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    kind = getattr(bound.field.widget, "input_type", "")
    grouped = bool(bound.field.widget.use_fieldset)
    return {
        **options,
        "bound": bound,
        "name": name,
        "grouped": grouped,
        "tick": kind == "checkbox" and not grouped,
        "described": attributes["aria-describedby"],
        "widget": bound.as_widget(attrs={key: value for key, value in attributes.items() if value and not grouped}),
    }


@register.inclusion_tag("ui/tags/form_errors.html")
def form_errors(form: BaseForm, more: Sequence[str] = (), *, brief: bool = False) -> dict[str, Any]:
    """Sum up what must be mended, with links to the fields. Shows nothing while there is nothing to mend.

    `more` are sentences about the whole, after the form's own; `brief` names the fields and leaves what is wrong with
    each to the field.
    """
    entries = [
        {"label": bound.label, "target": bound.id_for_label or bound.auto_id, "errors": bound.errors}
        for bound in form.visible_fields()
        if bound.errors
    ]
    hidden = [error for bound in form.hidden_fields() for error in bound.errors]
    general = [*form.non_field_errors(), *hidden]
    number = len(entries) + len(general) + len(more)
    return {"entries": entries, "general": general, "more": more, "brief": brief, "number": number}


@register.inclusion_tag("ui/tags/timeline.html")
def timeline(events: Iterable[Any]) -> dict[str, Any]:
    """Show what happened, in the order given: entries like `parts.Happening`."""
    return {"events": list(events), "tones": TONES}


@register.filter
def tone_icon(tone: str) -> str:
    """Name the shape that goes with a tone."""
    return TONES.get(tone, "point")


@register.inclusion_tag("ui/tags/stepper.html")
def stepper(stages: Iterable[Any]) -> dict[str, Any]:
    """Show the stages of a route: entries like `parts.Stage`."""
    return {"stages": [{"stage": stage, "mark": STAGE_MARKS[_get(stage, "state")]} for stage in stages]}


@register.inclusion_tag("ui/tags/progress.html", takes_context=True)
def progress(context: Context, job: Any) -> dict[str, Any]:
    """Show a long job: `parts.Job`. While it runs, htmx asks `refresh_url` for the same part every two seconds."""
    state = _get(job, "state")
    label, tone = JOB_STATES[state]
    return {
        "job": job,
        "state_label": label,
        "tone": tone,
        "open": state in {"waiting", "running"},
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("ui/tags/empty_state.html")
def empty_state(title: str, text: str = "", label: str = "", url: str = "", **options: Any) -> dict[str, Any]:
    """Say that there is nothing, why, and what to do. Options: `icon`, `heading` (h2 or h3), `reasons`."""
    return {"icon": "inbox", "heading": "h2", **options, "title": title, "text": text, "label": label, "url": url}


@register.inclusion_tag("ui/tags/tabs.html")
def tabs(entries: Iterable[Any], label: str = "分页") -> dict[str, Any]:
    """Show tabs as links: entries like `parts.Tab`."""
    return {"entries": list(entries), "label": label}


@register.inclusion_tag("ui/tags/breadcrumbs.html")
def breadcrumbs(steps: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Show the way to this page: (label, url) of the pages above, nearest last."""
    return {"steps": steps}


@register.inclusion_tag("ui/tags/facts.html")
def facts(pairs: Iterable[tuple[str, object]]) -> dict[str, Any]:
    """Show (term, value) pairs. Values may be SafeString; moments and numbers are written in the house style."""
    return {"pairs": [(term, _written(value)) for term, value in pairs]}


@register.simple_tag
def diff(segments: Iterable[tuple[str, str]]) -> SafeString:
    """Show a difference: (kind, text) with kind equal, insert, delete. Marks are read out, not only coloured."""
    marks = {"insert": ("ins", "〔新增："), "delete": ("del", "〔删去：")}
    html = format_html_join("", "{}", ((_difference(kind, text, marks),) for kind, text in segments))
    return format_html('<div class="diff">{}</div>', html)


def _difference(kind: str, text: str, marks: Mapping[str, tuple[str, str]]) -> SafeString:
    if kind not in marks:
        return format_html("{}", text)
    tag, spoken = marks[kind]
    opening, closing = _spoken(spoken), _spoken("〕")
    return format_html("<{}>{}{}{}</{}>", mark_safe(tag), opening, text, closing, mark_safe(tag))  # noqa: S308 - one of two constants


def _spoken(text: str) -> SafeString:
    return format_html('<span class="visually-hidden">{}</span>', text)


@register.inclusion_tag("ui/tags/deadline.html")
def deadline(due: datetime | date | None, **options: Any) -> dict[str, Any]:
    """Show how much time is left, by word, shape and colour.

    Options: `working_days` (int, as the calendar counted them; negative when late), `steps` (sentences that explain how
    the deadline was computed, shown on demand), `finished` (the clock no longer runs).
    """
    return {"due": due, **deadlines.describe(due, **options)}


@register.inclusion_tag("ui/tags/pagination.html", takes_context=True)
def pagination(context: Context, page: Any) -> dict[str, Any]:
    """Show the turns of a listing page (`ui.listing.Page`)."""
    return {"page": page, "listing": context.get("listing")}


@register.inclusion_tag("ui/tags/saved_views.html", takes_context=True)
def saved_views(context: Context, listing: Any) -> dict[str, Any]:
    """Show the saved views of a list, if a room put `saved_views` (and `save_view_url`) into the context."""
    return {
        "listing": listing,
        "views": context.get("saved_views") or (),
        "save_view_url": context.get("save_view_url", ""),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("ui/tags/copy.html")
def copy(text: str, label: str = "复制") -> dict[str, Any]:
    """Show text with a button that copies it; without script the text can still be selected."""
    return {"text": text, "label": label, "name": f"copy-{uuid4().hex[:8]}"}


def _written(value: object) -> object:
    if value is None or value == "":
        return mark_safe('<span class="soft">—</span>')
    if isinstance(value, datetime | date):
        return moment(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return words.thousands(value) if isinstance(value, int) else value


def _get(thing: Any, name: str) -> Any:
    return thing[name] if isinstance(thing, dict) else getattr(thing, name)
