"""What screening finds in a version, at the exact words."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from zhijian.content.document import PICTURE_GAP, plain_text
from zhijian.content.models import ScreeningReport, Waiver
from zhijian.content.queries.drafts import draft_of
from zhijian.content.queries.pictures import picture_findings, unlooked_pictures
from zhijian.knowledge.queries import judge_writing, ruleset_for
from zhijian.screening import Category, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.content.models import Article, Revision
    from zhijian.content.queries.drafts import Draft
    from zhijian.content.queries.pictures import PictureState
    from zhijian.organisations.models import Organisation
    from zhijian.screening import Finding, RuleSet

LONGEST_EXCERPT = 200
LONGEST_NAMED = 40
MOST_NAMED = 3
GAP_RULE = "content.picture_gap"
GAP_CATEGORY = "picture_gap"
UNREAD_RULE = "content.picture_unread"
UNREAD_CATEGORY = "picture_unread"
_OWN_LABELS = {GAP_CATEGORY: "图片占位", UNREAD_CATEGORY: "图片没有读完"}


@dataclass(frozen=True, slots=True)
class Found:
    """One finding in a version. `part` is title, digest, text, caption, alt, picture or cover.

    `start` and `end` are code points inside that part: of the title or digest, or of the inline content of the block
    at `block` (index at each depth). `id` is stable while the words before it in its block do not move.
    """

    id: str
    rule: str
    category: str
    severity: str
    message: str
    why: str
    source: str
    suggestions: tuple[str, ...]
    excerpt: str
    part: str
    block: tuple[int, ...]
    start: int
    end: int
    file: str = ""

    @property
    def severity_label(self) -> str:
        return Severity(self.severity).label

    @property
    def category_label(self) -> str:
        return _OWN_LABELS.get(self.category) or Category(self.category).label

    @property
    def is_gap(self) -> bool:
        """Tell whether this is the line of a lost picture, which nobody can set aside."""
        return self.rule == GAP_RULE

    @property
    def is_unread(self) -> bool:
        """Tell whether this is a picture nobody has read, which a reviewer sets aside by looking at it."""
        return self.rule == UNREAD_RULE

    @property
    def is_private(self) -> bool:
        """Tell whether these words are somebody's personal data."""
        return self.category == Category.PRIVACY

    @property
    def masked(self) -> str:
        """Return the words, personal data masked as the rule suggests."""
        if not self.is_private:
            return self.excerpt
        return (self.suggestions and self.suggestions[0]) or "*" * len(self.excerpt)

    @property
    def place(self) -> str:
        """Name the place in Chinese: title, digest, or the block counted from 1 as the page shows it."""
        return {"title": "标题里", "digest": "摘要里", "cover": "封面图上"}.get(
            self.part
        ) or f"第 {self.block[0] + 1} 段"

    @property
    def blocks(self) -> bool:
        """Tell whether the piece cannot go to review with it, unless somebody set it aside."""
        return Severity(self.severity).blocks

    @property
    def key(self) -> tuple[str, str]:
        """What a waiver is bound to: the rule and the words, or the whole digest of a picture nobody has read."""
        if self.is_unread:
            return (self.rule, f"图片 {self.file}")
        return (self.rule, self.excerpt[:LONGEST_EXCERPT])

    def as_data(self) -> dict[str, Any]:
        """Return the finding as JSON values, as reports keep it."""
        return {**asdict(self), "suggestions": list(self.suggestions), "block": list(self.block)}

    def for_editor(self) -> dict[str, Any]:
        """Return the finding in the shape the editor's script takes: `field` for title and digest, else `block`.

        `part` tells the words of a picture ("caption", "alt") from what is drawn on it.
        """
        in_field = self.part in {"title", "digest"}
        names = ("id", "rule", "part", "severity", "message", "source", "why", "excerpt")
        return {
            **{name: getattr(self, name) for name in names},
            "suggestions": list(self.suggestions),
            "field": self.part if in_field else None,
            "block": None if in_field or not self.block else list(self.block),
            "from": self.start,
            "to": self.end,
        }


def found_from_data(data: dict[str, Any]) -> Found:
    """Read a finding back from a stored report."""
    return Found(**{**data, "suggestions": tuple(data["suggestions"]), "block": tuple(data["block"])})


def screen_draft(*, organisation: Organisation, draft: Draft) -> tuple[str, list[Found]]:
    """Judge title, digest and body together by the rules of the body; return the rules' version and the findings.

    One text is scanned, so that rules that compare title and text see both.
    """
    ruleset = ruleset_for(organisation)
    screened = Screened(draft)
    judged = judge_writing(organisation=organisation, text=screened.text, ruleset=ruleset)
    found = [screened.located(finding) for finding in judged]
    on_pictures = _on_pictures(draft, ruleset)
    return ruleset.version, [*(one for one in found if one is not None), *picture_gaps(draft), *on_pictures]


def _on_pictures(draft: Draft, ruleset: RuleSet) -> list[Found]:
    found = picture_findings(draft=draft, ruleset=ruleset)
    return [
        _on_picture(file, part, block, number, one.finding) for number, (file, part, block, one) in enumerate(found)
    ]


def _on_picture(file: str, part: str, block: tuple[int, ...], number: int, finding: Finding) -> Found:
    found = _found(finding, part, block, 0, 1)
    words = found.excerpt.replace("\n", "")
    return replace(
        found, id=f"{found.id}:{number}", file=file, excerpt=words, message=f"图片上：{finding.message}"
    )  # fmt: skip


def _unread(state: PictureState) -> Found:
    return Found(
        id=f"{UNREAD_RULE}:{state.sha256}",
        rule=UNREAD_RULE,
        category=UNREAD_CATEGORY,
        severity=Severity.ERROR.value,
        message=f"图片上的字没有读完：{state.reason}",
        why="图片上的字没有经过检查，发出去之前要有人看过。",
        source="先审后发，图片上的字也算",
        suggestions=(),
        excerpt=f"图片 {state.sha256[:12]}",
        part=state.part,
        block=state.block,
        start=0,
        end=1,
        file=state.sha256,
    )


def picture_gaps(draft: Draft) -> list[Found]:
    """Find the lines of lost pictures, whether their mark was kept, settled or typed away.

    They are no wording rule: no body can change them and no waiver sets them aside.
    """
    body = plain_text(draft.document)
    parts: list[tuple[str, tuple[int, ...], str]] = [("title", (), draft.title), ("digest", (), draft.digest)]
    parts += [(one.part, one.path, body.text[one.start : one.end]) for one in body.segments]
    return [
        _gap(part, path, gap.start(), gap.group()) for part, path, words in parts for gap in PICTURE_GAP.finditer(words)
    ]


def _gap(part: str, block: tuple[int, ...], start: int, words: str) -> Found:
    return Found(
        id=f"{GAP_RULE}@{part}:{'.'.join(map(str, block)) or part}:{start}",
        rule=GAP_RULE,
        category=GAP_CATEGORY,
        severity=Severity.ERROR.value,
        message="这里还留着图片占位，请补上图片或删掉这一行。",
        why="导入时图片没有带来，这一行只是记号，发出去读者会看到。",
        source="导入时留下的记号",
        suggestions=(),
        excerpt=words,
        part=part,
        block=block,
        start=start,
        end=start + len(words),
    )


class Screened:
    """The words of a draft as one text, and the way back to title, digest and blocks."""

    def __init__(self, draft: Draft) -> None:
        title, digest, body = draft.title, draft.digest, plain_text(draft.document)
        self.body = body
        self.spans = [("title", 0, len(title)), ("digest", len(title) + 1, len(title) + 1 + len(digest))]
        self.body_start = len(title) + len(digest) + 2
        self.text = f"{title}\n{digest}\n{body.text}"

    def located(self, finding: Finding) -> Found | None:
        """Return the finding at its place, None when it lies in no words of the piece (between two blocks)."""
        for part, start, end in self.spans:
            if start <= finding.start < max(end, start + 1) and finding.start < end:
                return _found(finding, part, (), finding.start - start, min(finding.end, end) - start)
        return self._in_body(finding)

    def _in_body(self, finding: Finding) -> Found | None:
        start = max(finding.start - self.body_start, 0)
        ranges = self.body.locate(start, max(finding.end - self.body_start, start))
        if not ranges:
            return None
        first = ranges[0]
        return _found(finding, first.part, first.path, first.start, first.end)


def _found(finding: Finding, part: str, block: tuple[int, ...], start: int, end: int) -> Found:
    place = ".".join(map(str, block)) or part
    return Found(
        id=f"{finding.rule_id}@{part}:{place}:{start}",
        rule=finding.rule_id,
        category=finding.category.value,
        severity=finding.severity.value,
        message=finding.message,
        why=finding.why,
        source=finding.source,
        suggestions=finding.suggestions,
        excerpt=finding.excerpt,
        part=part,
        block=block,
        start=start,
        end=end,
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """The screening report of a version as a page shows it: what stands, and what was set aside by whom.

    `unread` are the pictures nobody has read by now and nobody looked at and signed for.
    """

    report: ScreeningReport | None
    open: tuple[Found, ...]
    waived: tuple[tuple[Found, Waiver], ...]
    unread: tuple[Found, ...] = ()
    unlooked: tuple[PictureState, ...] = ()

    @property
    def can_ask(self) -> bool:
        """Tell whether some picture is read again only when a person asks."""
        return any(state.asks for state in self.unlooked)

    @property
    def answered_for(self) -> tuple[tuple[Found, Waiver], ...]:
        """What was set aside and still has to be looked at: errors, personal data, pictures nobody has read."""
        return tuple((one, waiver) for one, waiver in self.waived if one.blocks or one.is_private)

    @property
    def lightly_waived(self) -> tuple[tuple[Found, Waiver], ...]:
        return tuple((one, waiver) for one, waiver in self.waived if not (one.blocks or one.is_private))

    @property
    def answered_sentence(self) -> str:
        """Say who answers for the errors and personal data that were set aside; empty when there are none."""
        if not self.answered_for:
            return ""
        kinds = dict.fromkeys(_kind_of(one) for one, _ in self.answered_for)
        people = dict.fromkeys(str(waiver.waived_by) for _, waiver in self.answered_for)
        return f"有 {len(self.answered_for)} 处{'或'.join(kinds)}由{'、'.join(people)}放行，请核对。"

    @property
    def blocking(self) -> tuple[Found, ...]:
        return tuple(one for one in self.open if one.blocks)

    @property
    def sentence(self) -> str:
        """Return the result as one Chinese sentence; "not looked at" is never "nothing found"."""
        if self.report is None:
            return "还没有检查。"
        if not self.open:
            return self._nothing_open
        counts = {severity: sum(one.severity == severity for one in self.open) for severity in Severity}
        parts = [f"{severity.label} {count} 处" for severity, count in counts.items() if count]
        waived = f"；另有 {len(self.waived)} 处已放行" if self.waived else ""
        return f"发现{'、'.join(parts)}{waived}。"

    @property
    def _nothing_open(self) -> str:
        if self.waived:
            return f"没有未处理的问题，{len(self.waived)} 处已放行。"
        return "文字没有发现问题。" if self.unlooked else "没有发现问题。"


def _kind_of(found: Found) -> str:
    if found.is_private:
        return "个人信息"
    return "没有读完的图片" if found.is_unread else found.severity_label


def named(found: Sequence[Found]) -> str:
    """Name findings by their words, each once: whole where a part would mislead, such as a number of a document."""
    words = list(dict.fromkeys(one.excerpt for one in found))
    shown = [word if len(word) <= LONGEST_NAMED else f"{word[:LONGEST_NAMED]}……" for word in words[:MOST_NAMED]]
    more = (
        f"等 {len(found)} 处"
        if len(words) > MOST_NAMED
        else (f"（{len(found)} 处）" if len(found) > len(words) else "")
    )
    return "、".join(f"“{word}”" for word in shown) + more


def checked(article: Article, revision: Revision) -> Checked:
    """Return the screening report of one version of a piece, waivers applied."""
    report = ScreeningReport.objects.filter(revision=revision).first()
    if report is None:
        return Checked(None, (), ())
    waivers, unlooked = waivers_of(article), tuple(unlooked_pictures(draft_of(revision)))
    open_ones, waived = _split([found_from_data(data) for data in report.findings], waivers)
    unread, signed = _split([_unread(state) for state in unlooked], waivers)
    return Checked(report, open_ones, (*waived, *signed), unread, unlooked)


def found_on_pictures(article: Article, revision: Revision) -> tuple[Found, ...]:
    """Return what the rules of today find on the pictures of a version and nobody set aside.

    Asked before a signature: a picture may have been read after the report was written.
    """
    found = _on_pictures(draft_of(revision), ruleset_for(article.organisation))
    return without_waived(found, waivers_of(article)) if found else ()


def waivers_of(article: Article) -> list[Waiver]:
    """Return what was set aside in a piece."""
    return list(Waiver.objects.filter(article=article).select_related("waived_by").order_by("id"))


def waived_in(*, article_ids: Sequence[int]) -> dict[int, frozenset[tuple[str, str]]]:
    """Return what was set aside in some pieces as (rule, excerpt), by article id. Scope: the caller's to ask for."""
    found: dict[int, set[tuple[str, str]]] = {}
    for waiver in Waiver.objects.filter(article__in=list(article_ids)):
        found.setdefault(waiver.article_id, set()).add((waiver.rule_id, waiver.excerpt))
    return {pk: frozenset(keys) for pk, keys in found.items()}


def without_waived(found: Sequence[Found], waivers: Sequence[Waiver]) -> tuple[Found, ...]:
    """Return the findings nobody set aside."""
    return _split(found, waivers)[0]


def _split(
    found: Sequence[Found], waivers: Sequence[Waiver]
) -> tuple[tuple[Found, ...], tuple[tuple[Found, Waiver], ...]]:
    by_key = {(waiver.rule_id, waiver.excerpt): waiver for waiver in waivers}
    open_ones = tuple(one for one in found if one.key not in by_key)
    return open_ones, tuple((one, by_key[one.key]) for one in found if one.key in by_key)
