from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.views.decorators.http import require_GET

from zhijian.content import queries
from zhijian.content.enums import ArticleState, ItemClass
from zhijian.content.rules import WRITERS
from zhijian.organisations.enums import BUSINESS_ROLES
from zhijian.organisations.queries import bodies_in_scope
from zhijian.ui.listing import Choice, Choices, Column, Dates, Empty, Flag, Listing
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from typing import Any

    from django.db.models import QuerySet
    from django.http.response import HttpResponseBase

    from zhijian.content.models import Article
    from zhijian.lib.requests import StaffRequest
    from zhijian.organisations.models import User

STATE_TONES = {
    ArticleState.DRAFT: "quiet",
    ArticleState.IN_REVIEW: "busy",
    ArticleState.RETURNED: "warn",
    ArticleState.APPROVED: "ok",
    ArticleState.DISCARDED: "quiet",
}


def state_badge(article: Article) -> Badge:
    """Show the state of a piece as word and tone."""
    return Badge(article.get_state_display(), STATE_TONES[ArticleState(article.state)])


COLUMNS = (
    Column(
        key="title",
        label="标题",
        value=lambda row: row.title or "（没有标题）",
        sort="sort_key",
        link=lambda row: f"/desk/articles/{row.pk}/",
    ),
    Column(key="state", label="状态", value=state_badge, sort="state"),
    Column(key="item_class", label="类别", value="get_item_class_display", sort="item_class"),
    Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="by", label="起草人", value="created_by.display_name", sort="created_by__display_name"),
    Column(key="changed", label="最近更新", value="changed_at", sort="changed_at"),
    Column(key="number", label="版次", value="current_revision.number", numeric=True, shown=False),
    Column(key="created", label="起草时间", value="created_at", sort="created_at", shown=False),
)


@require_GET
@login_required
def article_list(request: StaffRequest) -> HttpResponseBase:
    """List the pieces of the person's scope, newest first."""
    actor = request.user
    rows = queries.visible_articles(actor=actor).defer("current_revision__document", "current_revision__plain_text")
    bodies = bodies_in_scope(actor=actor, roles=BUSINESS_ROLES)
    listing = Listing(
        name="articles",
        title="采编",
        rows=rows,
        columns=COLUMNS,
        sort="-changed",
        filters=[
            Choices(key="state", label="状态", choices=ArticleState.choices),
            Choice(key="item_class", label="类别", choices=ItemClass.choices),
            Choice(
                key="body", label="单位", lookup="organisation_id",
                choices=lambda: [(body.pk, body.short_name) for body in bodies[:500]],
            ),
            Flag(key="mine", label="起草", lookup=lambda some, yes: _mine(some, actor, yes=yes),
                 choices=((True, "我起草的"), (False, "别人起草的"))),
            Dates(key="changed", label="更新日期", lookup="changed_at"),
        ],
        search=lambda some, text: some.filter(title__icontains=text),
        search_hint="按标题搜索",
        actions=_actions(actor),
        empty=Empty("还没有稿件", "可以直接写一篇，也可以粘贴或上传现成的文稿。", "写稿", "/desk/articles/new/"),
    )  # fmt: skip
    return listing.respond(request)


def _mine(rows: QuerySet[Article], actor: User, *, yes: bool) -> QuerySet[Article]:
    return rows.filter(created_by=actor) if yes else rows.exclude(created_by=actor)


def _actions(actor: User) -> list[dict[str, Any]]:
    writes = actor.holds(*WRITERS)
    reasons = [] if writes else ["写稿需要采编或主办人员角色，请联系本单位安全管理员。"]
    return [{"label": "写稿", "url": "/desk/articles/new/", "tone": "primary", "icon": "pencil", "reasons": reasons}]
