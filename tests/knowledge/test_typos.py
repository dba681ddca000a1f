"""The model of typing errors warns while a person writes, spares the names of the house, and can be switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.people import make_county

from zhijian.knowledge.actions import TermDraft, approve_term, propose_term
from zhijian.knowledge.queries import judge_writing, ruleset_for
from zhijian.organisations.enums import Role
from zhijian.screening import Severity

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper
    from tests.people import County

    from zhijian.screening import Finding

TEXT = "会议强调，各乡镇要深入开展安全声产大检查，人民攻府要压实责任。"


@pytest.fixture
def county(db: None) -> County:
    return make_county()


def judged(county: County, text: str) -> list[Finding]:
    return judge_writing(organisation=county.water, text=text, ruleset=ruleset_for(county.water))


def test_probable_errors_are_warnings_beside_what_the_rules_know(county: County) -> None:
    found = [(one.rule_id, one.excerpt, one.suggestions, one.severity) for one in judged(county, TEXT)]
    assert found == [
        ("typo.model", "声", ("生",), Severity.WARNING),
        ("state-name.zhengfu", "人民攻府", ("人民政府",), Severity.VETO),
    ]


def test_the_right_words_of_terms_are_names_the_model_leaves_alone(county: County) -> None:
    author = county.person("author", county.water, Role.EDITOR)
    reviewer = county.person("reviewer", county.water, Role.FIRST_REVIEWER)
    draft = TermDraft(wrong="安全生产号", right="安全声产", source="云岭县水务局内部刊物名")
    term = propose_term(actor=author, organisation=county.water, draft=draft)
    approve_term(actor=reviewer, term_id=term.pk)
    assert [one.rule_id for one in judged(county, TEXT)] == ["state-name.zhengfu"]


def test_switched_off_only_the_rules_speak(county: County, settings: SettingsWrapper) -> None:
    settings.ZHIJIAN_TYPO_MODEL = False
    assert [one.rule_id for one in judged(county, TEXT)] == ["state-name.zhengfu"]
