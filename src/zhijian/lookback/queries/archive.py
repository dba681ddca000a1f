"""What is out, read by ids in batches: pieces that were sent, answers in force, what accounts show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from zhijian.content.queries import waived_in
from zhijian.knowledge.queries import questions_in_force
from zhijian.lib.digests import sha256_hex
from zhijian.lookback.enums import Kind
from zhijian.observation.enums import Method
from zhijian.observation.queries import count_posts, newest_posts, posts_in_order, standing_posts, versions_for
from zhijian.publishing.queries import items_by_id, items_out
from zhijian.registry.queries import all_accounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from zhijian.knowledge.models import Question
    from zhijian.observation.models import Post, PostVersion
    from zhijian.organisations.models import Organisation
    from zhijian.publishing.models import DeliveryItem
    from zhijian.registry.models import Account

LONGEST_TITLE: Final = 200
LONGEST_URL: Final = 1_000
ACCOUNTS_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Text:
    """One text that is out. `words` None: it is out no more. `whole` False: a part of it, which clears nothing.

    `waived` are the (rule, excerpt) that somebody set aside in the piece already.
    """

    kind: Kind
    thing_id: int
    version_id: int
    organisation: Organisation
    account: Account | None
    title: str
    words: str | None
    url: str
    desk_url: str
    published_at: datetime | None
    whole: bool = True
    waived: frozenset[tuple[str, str]] = frozenset()

    @property
    def sha256(self) -> str:
        """Return the digest of the words that are scanned."""
        return sha256_hex((self.words or "").encode())


def count_texts(*, path: str) -> int:
    """Count what a look-back of a branch will read."""
    return items_out(path=path).count() + questions_in_force(path=path).count() + count_posts(path=path)


def articles_after(*, path: str, after: int, limit: int) -> tuple[list[Text], int]:
    """Return the next pieces that were sent out, and the id to go on from."""
    rows = list(items_out(path=path).filter(pk__gt=after).order_by("pk")[:limit])
    return article_texts(rows), rows[-1].pk if rows else after


def article_texts(rows: Sequence[DeliveryItem]) -> list[Text]:
    """Return the words of pieces as they were sent."""
    waived = waived_in(article_ids=[row.article_id for row in rows])
    return [
        Text(
            kind=Kind.ARTICLE, thing_id=row.pk, version_id=row.revision_id, organisation=row.account.organisation,
            account=row.account, title=row.title[:LONGEST_TITLE],
            words=f"{row.revision.title}\n{row.revision.digest}\n{row.revision.plain_text}", url=row.url[:LONGEST_URL],
            desk_url=f"/desk/articles/{row.article_id}/", published_at=row.delivery.published_at,
            waived=waived.get(row.article_id, frozenset()),
        )
        for row in rows
    ]  # fmt: skip


def answers_after(*, path: str, after: int, limit: int) -> tuple[list[Text], int]:
    """Return the next answers in force, and the id to go on from."""
    rows = list(questions_in_force(path=path).filter(pk__gt=after).order_by("pk")[:limit])
    return [_answer(row) for row in rows], rows[-1].pk if rows else after


def _answer(row: Question) -> Text:
    version = row.approved_version
    if version is None:
        raise ValueError("An entry in force has a version in force.")
    words = "\n".join([version.question, *version.similar, version.answer])
    return Text(
        kind=Kind.ANSWER, thing_id=row.pk, version_id=version.pk, organisation=row.organisation, account=None,
        title=version.question[:LONGEST_TITLE], words=words, url=f"/answers/{row.pk}/",
        desk_url=f"/desk/answers/{row.pk}/", published_at=version.created_at,
    )  # fmt: skip


def posts_after(*, path: str, account: int, post: int, limit: int) -> tuple[list[Text], int, tuple[int, int]]:
    """Return the next texts of accounts, how many posts were read for them, and (account, post) to go on from.

    `account` is the account being read, `post` the last of its posts that was. Each account is read by its own index,
    so that a batch costs the same at the end of a province's archive as at its beginning.
    """
    found: list[tuple[Post, Account]] = []
    accounts = all_accounts().filter(organisation__path__startswith=path, pk__gte=account).order_by("pk")
    for row in accounts[:ACCOUNTS_AT_ONCE]:
        start = post if row.pk == account else 0
        found += [(one, row) for one in posts_in_order(account_id=row.pk, after=start, limit=limit - len(found))]
        account, post = row.pk, found[-1][0].pk if found and found[-1][1].pk == row.pk else start
        if len(found) >= limit:
            return post_texts(found), len(found), (account, post)
    return post_texts(found), len(found), (account + 1, 0)


def more_accounts(*, path: str, account: int) -> bool:
    """Tell whether accounts are left from this id on."""
    return all_accounts().filter(organisation__path__startswith=path, pk__gte=account).exists()


def post_texts(posts: Iterable[tuple[Post, Account]]) -> list[Text]:
    """Return the newest standing words of posts; one that vanished has none.

    What we sent ourselves is left out while it stands as it was sent: it is read as the piece, and found once.
    """
    listed = list(posts)
    versions = versions_for(post_ids=[post.pk for post, _ in listed])
    newest = {pk: max(rows, key=lambda row: (row.whole, row.pk)) for pk, rows in versions.items() if rows}
    return [
        _post(post, account, newest[post.pk])
        for post, account in listed
        if post.pk in newest and not _as_sent(newest[post.pk], versions[post.pk])
    ]


def _as_sent(newest: PostVersion, versions: Sequence[PostVersion]) -> bool:
    words = newest.text.split()
    return any(row.look.source.method == Method.OWN_DELIVERY and row.text.split() == words for row in versions)


def _post(post: Post, account: Account, version: PostVersion) -> Text:
    return Text(
        kind=Kind.POST, thing_id=post.pk, version_id=version.pk, organisation=account.organisation, account=account,
        title=version.title[:LONGEST_TITLE], words=None if post.vanished_at else f"{version.title}\n{version.text}",
        url=post.url[:LONGEST_URL], desk_url=f"/desk/observation/posts/{post.pk}/", published_at=post.published_at,
        whole=version.whole,
    )  # fmt: skip


def newest_texts(*, path: str, limit: int) -> list[Text]:
    """Return the newest pieces and posts of a branch, at most `limit` of each: for telling what a rule would find."""
    items = list(items_out(path=path).order_by("-pk")[:limit])
    posts = newest_posts(path=path, limit=limit)
    accounts = all_accounts().in_bulk({post.account_id for post in posts})
    return [*article_texts(items), *post_texts([(post, accounts[post.account_id]) for post in posts])]


def texts_now(things: Mapping[Kind, Sequence[int]]) -> tuple[list[Text], set[tuple[str, int]]]:
    """Return some texts as they are now, by kind and id, and those of which nothing is out any more."""
    items = items_by_id(things.get(Kind.ARTICLE, ()))
    posts = standing_posts(post_ids=things.get(Kind.POST, ()))
    accounts = all_accounts().in_bulk({post.account_id for post in posts.values()})
    entries = questions_in_force(path="").in_bulk(list(things.get(Kind.ANSWER, ())))
    found = [
        *article_texts(list(items.values())),
        *post_texts([(post, accounts[post.account_id]) for post in posts.values()]),
        *map(_answer, entries.values()),
    ]
    there = {Kind.ARTICLE: set(items), Kind.POST: set(posts), Kind.ANSWER: set(entries)}
    return found, {(kind, pk) for kind, ids in things.items() for pk in ids if pk not in there[kind]}
