"""Every code we know lands in its class, and every class tells a person what to do."""

from __future__ import annotations

from datetime import datetime

import pytest

from zhijian.connectors.contract import ErrKind
from zhijian.connectors.redaction import redact, redact_text
from zhijian.connectors.wechat.errors import error_from, hint_for, kind_of
from zhijian.lib import clock

TABLE = {
    ErrKind.TRANSIENT: [-1, 50001, 61450, 9001002],
    ErrKind.TOKEN: [40001, 40014, 42001],
    ErrKind.AUTH: [40013, 40125, 41002, 41004, 40164, 40243, 89503, 89506, 89507, 42007, 50004, 50007],
    ErrKind.RATE: [45011, 45066],
    ErrKind.QUOTA: [45009, 45028, 45047, 45015, 48006],
    ErrKind.PERMISSION: [48001, 48004, 48008, 50002, 88000],
    ErrKind.CONTENT: [53503, 53504, 53505, 45166, 87014],
    ErrKind.INVALID: [40003, 40012, 40033, 40035, 44003, 45001, 45003, 45008, 47001, 40114, 41039, 123456],
    ErrKind.DUPLICATE: [45065],
    ErrKind.NOT_FOUND: [40007, 46001, 46004, 88001],
}


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, codes in TABLE.items() for code in codes])
def test_code_is_classified_and_has_a_hint_in_chinese(kind: ErrKind, code: int) -> None:
    assert kind_of(code) is kind
    hint = hint_for(code)
    assert hint.endswith("。")
    assert str(code) not in hint


def test_success_has_an_errcode_of_nought_or_none() -> None:
    assert [error_from(answer, mutates=True) for answer in ({}, {"errcode": 0}, {"errcode": "0"})] == [None, None, None]


def test_request_id_is_kept_for_the_operator_and_secrets_are_not() -> None:
    answer = {"errcode": 40013, "errmsg": "invalid appid access_token=abc rid: 65a1-22-c3"}
    error = error_from(answer, mutates=False)
    assert error is not None
    assert (error.trace_id, error.message) == ("65a1-22-c3", "invalid appid access_token=*** rid: 65a1-22-c3")


def test_busy_leaves_a_change_in_doubt_but_not_a_look() -> None:
    kinds = [error_from({"errcode": -1}, mutates=mutates) for mutates in (True, False)]
    assert [error.kind for error in kinds if error] == [ErrKind.UNKNOWN_OUTCOME, ErrKind.TRANSIENT]


def test_an_unreadable_errcode_is_no_success() -> None:
    error = error_from({"errcode": "strange"}, mutates=True)
    assert error is not None
    assert error.kind is ErrKind.UNKNOWN_OUTCOME


def test_a_used_up_quota_waits_for_the_next_beijing_day() -> None:
    with clock.at(datetime(2026, 6, 1, 23, 58, tzinfo=clock.BEIJING)):
        error = error_from({"errcode": 45009}, mutates=False)
    assert error is not None
    assert error.retry_after == datetime(2026, 6, 2, 0, 5, tzinfo=clock.BEIJING)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("GET https://x/y?access_token=AbC-1&type=image", "GET https://x/y?access_token=***&type=image"),
        ("secret=q appid=wx1", "secret=*** appid=wx1"),
        ('{"secret": "a\'b", "appid": "wx1"}', '{"secret": "***", "appid": "wx1"}'),
        ("{'access_token': 'zzz'}", "{'access_token': '***'}"),
        ("msg_signature=1&signature=2&nonce=3", "msg_signature=***&signature=***&nonce=3"),
    ],
)
def test_secret_values_are_masked_in_text(given: str, expected: str) -> None:
    assert redact_text(given) == expected


def test_secret_members_are_masked_at_any_depth() -> None:
    given = {"a": [{"access_token": "x", "n": 1}], "url": "https://x/?access_token=x", "Secret": {"deep": 1}}
    assert redact(given) == {
        "a": [{"access_token": "***", "n": 1}],
        "url": "https://x/?access_token=***",
        "Secret": "***",
    }
