"""Print, as JSON, what a loaded or removed demonstration holds. Run as a process of its own, over its own database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from zhijian.cli import project

project.set_up()

from django.db import connection  # noqa: E402 -- not before Django is set up
from django.urls import reverse  # noqa: E402 -- as above

from zhijian.audit.queries import all_events, verify_database  # noqa: E402 -- as above
from zhijian.cli import demo  # noqa: E402 -- as above
from zhijian.content.queries import checked, visible_articles  # noqa: E402 -- as above
from zhijian.knowledge.queries import find_answers  # noqa: E402 -- as above
from zhijian.organisations.models import Organisation, Relation, RoleAssignment, User  # noqa: E402 -- as above
from zhijian.organisations.queries import installation  # noqa: E402 -- as above
from zhijian.proof.actions import register_folder  # noqa: E402 -- as above
from zhijian.proof.queries import newest_edition, unsealed  # noqa: E402 -- as above
from zhijian.registry.queries import public_accounts  # noqa: E402 -- as above
from zhijian.resources.models import (  # noqa: E402 -- as above
    LiaisonEntry,
    Licence,
    RuleDocument,
    Statement,
)
from zhijian.workbench.queries import work_today  # noqa: E402 -- as above

if TYPE_CHECKING:
    from collections.abc import Sequence

ASKED = ("身份证丢了", "老板不发工资怎么办")


def rows(sql: str) -> list[list[Any]]:
    """Return the rows of a question to the database, sorted."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return sorted([list(row) for row in cursor.fetchall()], key=str)


def counted(pairs: Sequence[Sequence[Any]]) -> dict[str, int]:
    """Return the counts of a grouped question by their name."""
    return {" ".join(str(part) for part in pair[:-1]): int(pair[-1]) for pair in pairs}


def work_of(person: User) -> list[str]:
    """Return what a person has to do, as kinds."""
    return sorted({item.kind for item in work_today(actor=person)})


def worst_findings() -> dict[str, list[str]]:
    """Return, by state of the piece, how severe the findings are that nobody set aside."""
    found: dict[str, set[str]] = {}
    reader = User.objects.filter(username="zhuban").first()
    for article in visible_articles(actor=reader) if reader else []:
        open_ones = checked(article, article.newest).open
        found.setdefault(article.state, set()).update(str(one.severity) for one in open_ones)
    return {state: sorted(severities) for state, severities in found.items()}


def sees(username: str) -> list[str]:
    """Return the bodies whose pieces a person sees."""
    person = User.objects.filter(username=username).first()
    return sorted({row.organisation.short_name for row in visible_articles(actor=person)}) if person else []


def register_facts() -> dict[str, Any]:
    """Return what the published register holds beside what is true, and how accounts lead back."""
    edition = newest_edition()
    return {
        "accounts": edition.accounts if edition else 0,
        "public": public_accounts().count(),
        "files": sorted(path.name for path in (register_folder() / edition.folder).iterdir()) if edition else [],
        "unsealed": len(unsealed(10)),
        "links": counted(rows("SELECT state, count(*) FROM proof_linkback GROUP BY 1")),
    }


founded = installation()
facts = {
    "founded": founded is not None,
    "is_demonstration": founded is not None and founded.is_demonstration,
    "bodies": list(Organisation.objects.order_by("code").values_list("code", "name")),
    "relations": sorted(set(Relation.objects.values_list("kind", flat=True))),
    "people": sorted(User.objects.values_list("username", "display_name")),
    "real_people": User.objects.filter(is_demonstration=False).count(),
    "passwords": User.objects.order_by().values("password").distinct().count(),
    "roles": sorted({str(row) for row in RoleAssignment.objects.values_list("role", flat=True)}),
    "work": {
        person.username: {"roles": sorted({row.role for row in person.assignments}), "kinds": work_of(person)}
        for person in User.objects.filter(username__in=[sign_in[1] for sign_in in demo.sign_ins()])
    },
    "accounts": rows(
        "SELECT b.code, a.platform, a.name, a.state, a.platform_uid FROM registry_account a"
        " JOIN organisations_organisation b ON b.id = a.organisation_id"
    ),
    "account_findings": counted(rows("SELECT kind, count(*) FROM registry_finding WHERE closed_at IS NULL GROUP BY 1")),
    "filings": counted(rows("SELECT state, count(*) FROM registry_filing GROUP BY 1")),
    "filing_kinds": counted(rows("SELECT kind, count(*) FROM registry_filing GROUP BY 1")),
    "notices": counted(rows("SELECT kind, count(*) FROM registry_notice GROUP BY 1")),
    "reforms": counted(rows("SELECT state, count(*) FROM reform_reform GROUP BY 1")),
    "drives": counted(rows("SELECT state, count(*) FROM drives_target GROUP BY 1")),
    "contracts": rows("SELECT title, ended_on IS NULL AND ends_on >= current_date FROM vendors_contract"),
    "equipped": [
        Statement.objects.count(),
        Licence.objects.count(),
        RuleDocument.objects.count(),
        LiaisonEntry.objects.count(),
    ],
    "ledgers": counted(rows("SELECT state, count(*) FROM registry_ledger GROUP BY 1")),
    "look_backs": counted(rows("SELECT state, count(*) FROM lookback_lookback GROUP BY 1")),
    "looked_at": counted(rows("SELECT state, count(*) FROM lookback_finding GROUP BY 1")),
    "terms": counted(rows("SELECT state, count(*) FROM knowledge_term GROUP BY 1")),
    "answers": counted(rows("SELECT state, count(*) FROM knowledge_question GROUP BY 1")),
    "conflicts": counted(rows("SELECT state, count(*) FROM knowledge_conflict GROUP BY 1")),
    "services": counted(rows("SELECT health, count(*) FROM services_service WHERE state = 'published' GROUP BY 1")),
    "found": [one.question for words in ASKED for one in find_answers(text=words, limit=1)],
    "pieces": rows(
        "SELECT r.title, r.content_hash, a.state, length(r.plain_text) FROM content_revision r"
        " JOIN content_article a ON a.current_revision_id = r.id"
    ),
    "stages": counted(rows("SELECT code, count(*) FROM review_stage WHERE state = 'current' GROUP BY 1")),
    "deliveries": counted(rows("SELECT connector, state, count(*) FROM publishing_delivery GROUP BY 1, 2")),
    "strays": len(rows("SELECT id FROM publishing_straydraft WHERE cleaned_at IS NULL")),
    "findings": worst_findings(),
    "seen_by_office": sees("caibian"),
    "seen_by_water": sees("shuiwu-caibian"),
    "register": register_facts(),
    "log_is_whole": verify_database().intact,
    "events": all_events().count(),
    "texts": rows("SELECT title || plain_text FROM content_revision"),
    "home": reverse("portal:home"),
}
print(json.dumps(facts, ensure_ascii=False))  # noqa: T201 -- what this script is for
