from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.content import actions as content
from zhijian.content.queries import checked
from zhijian.lookback import actions, queries
from zhijian.lookback.models import Finding, RuleDay
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from django.test import Client
    from tests.publishing.pressroom import Pressroom


def test_what_a_rule_found_and_what_was_set_aside_is_counted_by_day_and_body(press: Pressroom, client: Client) -> None:
    words = "截止目前，已办结三百件。"
    article = press.piece("办理情况", words)
    content.create_article(actor=press.editor, organisation=press.body, draft=press.draft("另一篇", words))
    found = next(one for one in checked(article, article.newest).open if one.excerpt == "截止目前")
    content.waive_finding(actor=press.editor, article_id=article.pk, finding_id=found.id, reason="引用旧标题。")
    actions.fold_days(days=2)
    actions.fold_days(days=2)
    row = RuleDay.objects.get(rule_id=found.rule)
    assert (row.organisation, row.drafts, row.posts, row.waived) == (press.body, 2, 0, 1)

    county = press.newsroom.county
    officer = county.person("figures", county.county, Role.SUPERVISING_OFFICER, subtree=True)
    RuleDay.objects.filter(pk=row.pk).update(drafts=30, waived=20)
    told = queries.rule_figures(actor=officer).get(rule_id=found.rule)
    assert (told.hits_drafts, told.hits, told.aside, told.share, told.advised) == (30, 30, 20, 66, True)
    client.force_login(officer)
    page = client.get("/desk/lookback/rules/?advised=1").content.decode()
    assert (found.rule in page, "建议停用" in page) == (True, True)
    assert '<a href="/desk/rules/' in page
    assert "不到 1" not in page
    RuleDay.objects.filter(pk=row.pk).update(drafts=300, waived=1)
    for asked, is_there in (("截止目前", True), (found.rule, True), ("无此词语", False)):
        page = client.get("/desk/lookback/rules/", {"q": asked}).content.decode()
        assert (f">{found.rule}<" in page, "不到 1" in page) == (is_there, is_there), asked
    RuleDay.objects.filter(pk=row.pk).update(rule_id="numbers.weekday-no-year")
    page = client.get("/desk/lookback/rules/").content.decode()
    assert ("按文中的…" in page, "{note}" in page) == (True, False)
    client.force_login(press.editor)
    assert client.get("/desk/lookback/rules/").status_code == 409
    assert Finding.objects.count() == 0
