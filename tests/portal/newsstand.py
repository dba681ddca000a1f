"""A county with a register and a website: what citizens find, put there as the rooms below put it."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PIL import Image
from tests.drawn import take_as_read
from tests.people import REVIEWERS, County, make_county

from zhijian.channels.actions import connect_account
from zhijian.content import actions as content
from zhijian.content.document import from_blocks, heading, paragraph
from zhijian.content.document.nodes import node
from zhijian.content.queries import Draft
from zhijian.files.actions import store_picture
from zhijian.lib import clock
from zhijian.organisations.actions import found_installation
from zhijian.organisations.enums import Role
from zhijian.publishing import actions as publishing
from zhijian.publishing.models import Delivery
from zhijian.registry.actions.accounts import take_numbers
from zhijian.registry.models import Account, PastName
from zhijian.registry.queries import fill_search_fields
from zhijian.review import actions as review

if TYPE_CHECKING:
    from zhijian.channels.models import Connection
    from zhijian.content.models import Article
    from zhijian.files.models import StoredFile
    from zhijian.organisations.models import Organisation, User


@dataclass
class Newsstand:
    county: County
    editor: User
    officer: User
    reviewers: list[User]
    site: Connection

    def account(self, body: Organisation, platform: str, name: str, **more: Any) -> Account:
        """Register an account; in use unless `state` says otherwise."""
        row = Account(
            organisation=body, number=take_numbers(1)[0], platform=platform, platform_group=f"{platform}-{name}",
            name=name, created_at=clock.now(), changed_at=clock.now(), **more,
        )  # fmt: skip
        fill_search_fields(row)
        row.save()
        return row

    def rename(self, account: Account, name: str) -> None:
        """Give an account another name; the old one is kept."""
        PastName.objects.create(account=account, name=account.name, until=clock.now())
        account.name = name
        fill_search_fields(account)
        account.save()

    def picture(self, colour: str) -> StoredFile:
        out = io.BytesIO()
        Image.new("RGB", (32, 24), colour).save(out, "PNG")
        return store_picture(
            actor=self.editor, organisation=self.county.water, name=f"{colour}.png", data=out.getvalue()
        )

    def written(self, title: str, *words: str, picture: str = "") -> Article:
        """Write a piece nobody has reviewed."""
        blocks = [heading("安排"), *(paragraph(line) for line in words or ("请提前做好准备。",))]
        if picture:
            blocks.append(node("image", file=picture, alt="施工现场"))
        draft = Draft(title=title, document=from_blocks(blocks), author="水务局", digest=f"{title}的摘要")
        return content.create_article(actor=self.editor, organisation=self.county.water, draft=draft)

    def approve(self, article: Article) -> None:
        opened = content.submit_article(actor=self.editor, article_id=article.pk)
        take_as_read()
        for stage in opened.stages.order_by("position"):
            person = next(one for one in self.reviewers if set(stage.roles) & one.roles_at(stage.organisation))
            review.sign(
                review_id=opened.pk, decision="approve", version_hash=opened.version_hash, comment="", actor=person,
                gates={gate["code"]: True for gate in stage.gates},
            )  # fmt: skip

    def put_out(self, article: Article) -> Delivery:
        """Put the present version, which is approved, before the readers."""
        article.refresh_from_db()
        assert article.current_revision_id is not None
        delivery = publishing.plan_delivery(
            actor=self.editor, connection_id=self.site.pk, revision_ids=[article.current_revision_id]
        )
        assert publishing.run_delivery(delivery_id=delivery.pk) == "published"
        return delivery

    def put_out_of(self, article: Article) -> Delivery:
        """Return the delivery by which a piece is out."""
        return Delivery.objects.filter(items__article=article).latest("pk")

    def published(self, title: str, *words: str, picture: str = "") -> Article:
        article = self.written(title, *words, picture=picture)
        self.approve(article)
        self.put_out(article)
        return article

    def edit(self, article: Article, title: str, *words: str) -> None:
        """Write another version, whatever approval there was."""
        article.refresh_from_db()
        number = article.newest.number
        draft = Draft(title=title, document=from_blocks(paragraph(line) for line in words or ("改过的话。",)))
        content.save_revision(
            actor=self.editor, article_id=article.pk, base_number=number, draft=replace(draft, author="水务局"),
            gives_up_review=True,
        )  # fmt: skip


def make_newsstand() -> Newsstand:
    """Make 云岭县 with the website of its 水务局 and nothing on it yet."""
    found_installation(government_name="云岭县人民政府", is_demonstration=False)
    county = make_county()
    stand = Newsstand(
        county=county,
        editor=county.person("editor", county.water, Role.EDITOR),
        officer=county.person("officer", county.water, Role.HOST_OFFICER),
        reviewers=[county.person(f"r{number}", county.water, role) for number, role in enumerate(REVIEWERS)],
        site=None,  # type: ignore[arg-type]  # filled in two lines below, needs the officer
    )
    site = stand.account(county.water, "website", "云岭水务网", url="https://shuiwu.yunling.example.cn/")
    stand.site = connect_account(actor=stand.officer, account_id=site.pk)
    return stand
