"""Bringing a text in from outside: read, cleaned, its pictures stored, and told about."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.content.actions.writing import LONGEST, begin_article, locked_article, save_revision
from zhijian.content.document import Document, Node, from_blocks, paragraph, replace_image_files
from zhijian.content.enums import ImportKind, ItemClass, Origin
from zhijian.content.importing import (
    Imported,
    ImportRefused,
    Notice,
    full_width_punctuation,
    import_file,
    import_html,
    import_text,
)
from zhijian.content.models import ImportRecord
from zhijian.content.queries import THING_KIND, Draft, draft_of
from zhijian.files.actions import store_picture
from zhijian.lib import clock
from zhijian.lib.digests import sha256_hex
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from zhijian.content.models import Article, Revision
    from zhijian.organisations.models import Organisation, User

BlockPath = tuple[int, ...]
KINDS = {".docx": ImportKind.DOCX, ".docm": ImportKind.DOCX, ".html": ImportKind.HTML, ".htm": ImportKind.HTML}


def import_article(*, actor: User, organisation: Organisation, name: str, data: bytes) -> Article:
    """Begin a piece from a .txt, .html or .docx file. Raises Refused with what to do instead; nothing is half-saved."""
    require(Permission.ARTICLE_CREATE, actor=actor, thing=organisation)
    imported = _read(lambda: import_file(name, data))
    kind = KINDS.get(Path(name).suffix.lower(), ImportKind.TXT)
    return _bring(actor, organisation, imported, kind=kind, name=Path(name).name, sha256=sha256_hex(data))


def import_pasted(*, actor: User, organisation: Organisation, text: str, html: str = "") -> Article:
    """Begin a piece from what was pasted; `html`, where the browser gave it, keeps headings, lists and tables."""
    require(Permission.ARTICLE_CREATE, actor=actor, thing=organisation)
    imported = _read(lambda: import_html(html) if html.strip() else import_text(text))
    digest = sha256_hex((html or text).encode("utf-8", "surrogatepass"))
    return _bring(actor, organisation, imported, kind=ImportKind.PASTE, name="", sha256=digest)


def _read(reading: Callable[[], Imported]) -> Imported:
    try:
        return reading()
    except ImportRefused as error:
        raise Refused(str(error)) from error


@transaction.atomic
def _bring(
    actor: User, organisation: Organisation, imported: Imported, *, kind: ImportKind, name: str, sha256: str
) -> Article:
    document, notices = _with_pictures(actor, organisation, imported)
    draft, more = _draft(imported, document, organisation)
    article = begin_article(actor=actor, organisation=organisation, draft=draft, note=f"导入{kind.label}")
    ImportRecord.objects.create(
        article=article, kind=kind, name=name[:200], sha256=sha256, metadata=[list(pair) for pair in imported.metadata],
        notices=[_notice_data(notice) for notice in (*imported.notices, *notices, *more)],
        original=imported.original.replace("\x00", ""), imported_by=actor, imported_at=clock.now(),
    )  # fmt: skip
    record(
        EventName.ARTICLE_IMPORTED,
        actor=actor,
        organisation_id=organisation.pk,
        thing_kind=THING_KIND,
        thing_id=article.pk,
        data={"kind": str(kind), "sha256": sha256},
    )
    return article


def _draft(imported: Imported, document: Document, organisation: Organisation) -> tuple[Draft, list[Notice]]:
    own = {organisation.name, organisation.short_name}
    reprint = bool(imported.source) and imported.source not in own
    draft = Draft(
        title=imported.title[: LONGEST["title"]],
        author=imported.author[: LONGEST["author"]],
        document=document,
        item_class=ItemClass.REPRINT if reprint else ItemClass.ORDINARY,
        origin=Origin.REPRINT if reprint else Origin.ORIGINAL,
        source_name=imported.source[: LONGEST["source_name"]],
    )
    notices: list[Notice] = []
    if len(imported.title) > LONGEST["title"]:
        notices.append(Notice("title", f"标题超过 {LONGEST['title']} 个字，多出的部分请核对。", (imported.title,)))
    if reprint:
        notices.append(
            Notice(
                "metadata", f"文中写明来源是“{imported.source}”，已按转载登记。送审前请补上原文地址；如是原创请改回。"
            )
        )
    return draft, notices


def _with_pictures(actor: User, organisation: Organisation, imported: Imported) -> tuple[Document, list[Notice]]:
    """Store the pictures; one that cannot be used leaves a marked line where it stood, and a notice."""
    stored: dict[str, str] = {}
    notices: list[Notice] = []
    for number, picture in enumerate(imported.images):
        try:
            with transaction.atomic():
                row = store_picture(
                    actor=actor, organisation=organisation, name=picture.alt or f"图片 {number + 1}", data=picture.data
                )
            stored[f"import:{number}"] = row.sha256
        except Refused as refused:
            notices.append(Notice("image", f"第 {number + 1} 张图片没有导入：{refused}"))
    document = replace_image_files(imported.document, stored)
    return from_blocks(_without_lost_pictures(document.blocks)), notices


def _without_lost_pictures(blocks: Iterable[Node]) -> Iterable[Node]:
    for block in blocks:
        if block.kind == "image" and str(block.attribute("file")).startswith("import:"):
            yield paragraph(f"（这里有一张图片没有导入：{block.attribute('alt') or '无说明'}）", marked="missing_image")
        elif block.content and not block.is_textblock:
            yield replace(block, content=tuple(_without_lost_pictures(block.content)))
        else:
            yield block


def _notice_data(notice: Notice) -> dict[str, object]:
    return {"kind": notice.kind, "message": notice.message, "removed": list(notice.removed)}


def restore_removed(*, actor: User, article_id: int, notice: int, base_number: int) -> Revision:
    """Put the lines an import took out back at the end of the piece, as a new version. Raises like save_revision."""
    with transaction.atomic():
        article = locked_article(actor, article_id)
        lines = _removed_lines(article, notice)
        draft = draft_of(article.newest)
        blocks = [*draft.document.blocks, *(paragraph(line.strip()) for line in lines if line.strip())]
        restored = replace(draft, document=from_blocks(blocks))
        return save_revision(
            actor=actor, article_id=article_id, base_number=base_number, draft=restored, note="放回导入时取出的内容"
        )


def _removed_lines(article: Article, notice: int) -> list[str]:
    found = ImportRecord.objects.filter(article=article).first()
    if found is None or not 0 <= notice < len(found.notices) or not found.notices[notice]["removed"]:
        raise Refused("这条提示没有可以放回的内容。请刷新页面。")
    return [str(line) for line in found.notices[notice]["removed"]]


def widen_punctuation(*, actor: User, article_id: int, base_number: int) -> Revision:
    """Make half-width signs beside Chinese characters full-width, as a new version. Raises like save_revision."""
    with transaction.atomic():
        draft = draft_of(locked_article(actor, article_id).newest)
        widened = replace(draft, document=full_width_punctuation(draft.document))
        return save_revision(
            actor=actor, article_id=article_id, base_number=base_number, draft=widened, note="半角标点改为全角"
        )


def settle_marked(*, actor: User, article_id: int, drop: Iterable[BlockPath], base_number: int) -> Revision:
    """Delete the marked blocks at the paths of `drop` and keep all the others, as a new version.

    Raises like save_revision.
    """
    with transaction.atomic():
        article = locked_article(actor, article_id)
        draft = draft_of(article.newest)
        blocks = _settled(draft.document.blocks, (), frozenset(drop))
        settled = replace(draft, document=from_blocks(blocks))
        return save_revision(
            actor=actor, article_id=article_id, base_number=base_number, draft=settled, note="处理导入时标出的内容"
        )


def _settled(blocks: Iterable[Node], above: BlockPath, drop: frozenset[BlockPath]) -> Iterable[Node]:
    for index, block in enumerate(blocks):
        path = (*above, index)
        if path in drop and block.kind != "text" and block.marked:
            continue
        yield _unmarked(block, path, drop)


def _unmarked(block: Node, path: BlockPath, drop: frozenset[BlockPath]) -> Node:
    if block.kind in {"text", "hard_break"}:
        return block
    kept = block if block.is_textblock else replace(block, content=tuple(_settled(block.content, path, drop)))
    return kept.with_attributes(marked=None) if kept.marked else kept
