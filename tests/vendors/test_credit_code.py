from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.vendors.credit_code import LENGTH, SIGNS, check_sign, read_credit_code


def test_the_example_of_the_standard_is_read_however_it_is_typed() -> None:
    assert read_credit_code(" 91350100m000 100y43 ") == "91350100M000100Y43"


@given(st.text(SIGNS, min_size=LENGTH - 1, max_size=LENGTH - 1), st.data())
def test_one_sign_copied_wrongly_is_found(first: str, data: st.DataObject) -> None:
    code = first + check_sign(first)
    assert read_credit_code(code) == code
    place = data.draw(st.integers(0, LENGTH - 1))
    sign = data.draw(st.sampled_from(SIGNS.replace(code[place], "")))
    with pytest.raises(ValueError, match="校验位不对"):
        read_credit_code(code[:place] + sign + code[place + 1 :])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "这里是 0 位"),
        ("9135010OM000100Y43", "没有“O”"),
        ("91350100M000100Y4", "这里是 17 位"),
        ("９" * 18, "没有“９”"),
    ],
)
def test_what_is_no_code_is_refused_in_words(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_credit_code(text)
