"""Terms and look-backs by API: as the desk does it, with the rights of the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.api.callers import program_of
from tests.inspection.world import post

from zhijian.audit.models import Event
from zhijian.knowledge import actions as knowledge
from zhijian.lookback import actions
from zhijian.lookback.models import LookBack

if TYPE_CHECKING:
    from tests.inspection.world import Scene


def test_a_program_proposes_a_term_looks_back_by_it_and_reads_what_was_found(scene: Scene) -> None:
    county, officer = scene.watch.county.county, scene.officer
    program, second, outsider = (program_of(one) for one in (officer, scene.second, scene.stranger))
    scene.look(-5, 0, post(-2, "停水", "清澈河沿岸停水。"), post(-1, "放心", "水质正常。"))
    term = {"organisation_id": county.pk, "wrong": " 清澈河 ", "right": "清澈溪", "source": "县地名办通知"}

    status, made = program.post("/terms", term, key="a-1")
    assert (status, made["wrong"], made["state"], made["severity"]) == (201, "清澈河", "proposed", "warning")
    assert program.post("/terms", term, key="a-1")[1]["id"] == made["id"]
    assert program.post("/terms", term, key="a-2") == (
        409, {"reasons": ["“清澈河”已在用语表里（待审）。要改请先停用原来的一条。"]},
    )  # fmt: skip
    assert program.post("/terms", {**term, "wrong": "清\x00河"})[0] == 422
    assert outsider.get(f"/terms/{made['id']}")[0] == 404
    assert outsider.post("/terms", {**term, "wrong": "清澈渠"})[0] in {404, 409}
    assert second.get("/terms", q="清澈", state="proposed")[1]["total"] == 1
    assert second.get("/terms", state="retired")[1]["items"] == []

    # The term judges nothing and cannot be looked back by before a second person approved it on the desk.
    wanted = {"organisation_id": county.pk, "words": ["清澈河"]}
    status, told = program.post("/lookbacks", wanted)
    assert (status, "在用的用语，请核对。" in told["reasons"][0]) == (409, True)
    knowledge.approve_term(actor=scene.second, term_id=made["id"])
    status, begun = program.post("/lookbacks", wanted, key="b-1")
    assert (status, begun["state"], begun["done"], begun["expected_end"]) == (201, "running", 0, None)
    assert program.post("/lookbacks", wanted, key="b-1")[1]["id"] == begun["id"]
    assert LookBack.objects.filter(state="running").count() == 1
    assert program.post("/lookbacks", wanted, key="b-2")[0] == 409
    actions.carry_on(look_back_id=begun["id"])

    ended = program.get(f"/lookbacks/{begun['id']}")[1]
    assert (ended["state"], ended["done"], ended["total"], ended["found"]) == ("done", 2, 2, 1)
    found = program.get(f"/lookbacks/{begun['id']}/findings", size=1)[1]
    assert (found["total"], found["items"][0]["excerpt"], found["items"][0]["rule"]) == (1, "清澈河", made["rule"])
    assert program.get(f"/lookbacks/{begun['id']}/findings", state="mended")[1] == {"items": [], "total": 0}
    assert program.get(f"/lookbacks/{begun['id']}/findings", page=2)[1] == {"items": [], "total": 1}
    assert outsider.get(f"/lookbacks/{begun['id']}/findings")[0] == 404
    assert outsider.get("/lookbacks")[1] == {"items": [], "total": 0}
    names = Event.objects.filter(thing_kind="lookback.lookback", thing_id=str(begun["id"])).values_list(
        "name", flat=True
    )
    assert "lookback.lookback.started" in names
