"""The demonstration's library and catalogue hold something in every state."""

from __future__ import annotations

from collections import Counter

import pytest

from zhijian.cli.demo.answering import make_answers_and_services
from zhijian.cli.demo.bodies import make_bodies
from zhijian.cli.demo.people import make_people
from zhijian.knowledge.models import Conflict, Question
from zhijian.knowledge.queries import find_answers
from zhijian.services.models import Service


@pytest.mark.django_db
def test_the_county_has_answers_and_services_in_every_state() -> None:
    bodies = make_bodies()
    people = make_people(bodies)
    said: list[str] = []
    make_answers_and_services(bodies, people, said.append)
    assert said == ["  答问 60 条、办事服务 80 项已建立"]
    states = Counter(Question.objects.values_list("state", flat=True))
    assert set(states) == {"draft", "in_review", "returned", "approved", "withdrawn"}
    assert Conflict.objects.filter(state="open").count() >= 1
    assert [one.question for one in find_answers(text="身份证丢了", limit=1)] == ["身份证丢了怎么补办？"]
    assert [one.question for one in find_answers(text="老板不发工资怎么办", limit=1)] == ["老板拖欠工资找谁？"]
    shown = Service.objects.filter(state="published")
    assert set(shown.values_list("health", flat=True)) == {"unknown", "opens", "broken", "not_looked"}
    assert shown.filter(health="broken").count() == 1
