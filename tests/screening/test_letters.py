from __future__ import annotations

from datetime import date
from email.message import EmailMessage

import pytest

from zhijian.screening import compile_ruleset, default_rules
from zhijian.screening.attachments import BadAttachment, Kind, judge_attachment, read_attachment

RULES = compile_ruleset([one for one in default_rules() if one.id.startswith("privacy.mobile")], on=date(2026, 6, 1))
PHONE = "联系手机13800138000"
PNG = b"\x89PNG\r\n\x1a\nrest"


def letter() -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = f"通知 {PHONE}"
    made["From"] = "办公室 <office@example.gov.cn>"
    made.set_content(f"各科室：\n{PHONE}\n", charset="gb2312", cte="base64")
    made.add_alternative(
        "<html><p>聯絡手機13800138000</p></html>", subtype="html", charset="big5", cte="quoted-printable"
    )
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="名单.pdf")
    made.add_attachment(PNG, maintype="image", subtype="png", filename="海报.png")
    return made


def places(data: bytes, name: str = "通知.eml") -> list[str]:
    return [one.place for one in judge_attachment(read_attachment(data, name=name), RULES)]


def test_a_letter_is_read_in_its_encoded_texts_and_what_hangs_on_it_is_told() -> None:
    data = letter().as_bytes()
    assert PHONE.encode() not in data
    read = read_attachment(data, name="通知.eml")
    assert (read.kind, read.kind.label, read.notes) == (Kind.EML, "邮件文件", ())
    told = places(data)
    assert told == ["邮件的主题", "邮件第 2 部分第 2 行", "第 1 段"]
    assert [(one.place, one.why) for one in read.unread] == [
        ("邮件第 4 部分（名单.pdf）", "是邮件的附件，没有打开。请单独另存后检查")
    ]
    assert [(one.place, one.data) for one in read.pictures] == [("邮件第 5 部分（海报.png）的图片", PNG)]
    assert places(data, "通知.txt") == told
    assert "内容其实是邮件文件" in read_attachment(data, name="通知.txt").notes[-1]


def test_a_letter_passed_on_is_read_too_and_one_without_heads_as_text() -> None:
    outer = EmailMessage()
    outer.set_content("转发。")
    outer.add_attachment(letter())
    assert places(outer.as_bytes()).count("邮件的主题") == 1
    assert len(places(outer.as_bytes())) == 3
    assert places(f"\n{PHONE}\n".encode()) == ["邮件第 1 行"]


def test_what_cannot_be_decoded_is_told_and_what_is_tangled_refused() -> None:
    head = "Subject: a\nMIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: "
    for body in ("x-own\n\nabc", "base64\n\n!!!!a"):
        read = read_attachment(f"{head}{body}".encode(), name="a.eml")
        assert [(one.place, one.why[:5]) for one in read.unread] == [("邮件", "编码认不出")]
    with pytest.raises(BadAttachment, match="套得太多"):
        read_attachment(b"MIME-Version: 1.0\nContent-Type: multipart/mixed\n" * 40, name="a.eml")
    with pytest.raises(BadAttachment, match="行数太多"):
        read_attachment(b"MIME-Version: 1.0\n" + b"\n" * 500_000, name="a.eml")


def test_heads_nobody_can_read_are_told_and_cost_no_more_than_the_limits() -> None:
    odd = b"Subject: =?u\xfftf-8?B?eHg=?=\nMIME-Version: 1.0\n"
    odd += b"Content-Disposition: attachment; a*=1; a*0*=2; a*1=3; a*x=4\n\nx"
    assert read_attachment(odd, name="a.eml").kind is Kind.EML
    null = b"MIME-Version: 1.0\nContent-Type: text/plain; charset*=utf-8%00''%ff\n\nx"
    assert read_attachment(null, name="a.eml").kind is Kind.EML
    long = b"Subject: " + b"=?utf-8?q?a?= " * 200_000 + b"\n\nx"
    assert [one.place for one in read_attachment(long, name="a.eml").unread] == ["邮件的主题"]
    for head in (b"; a=b" * 100_000, b";\n a=b" * 1_000):
        with pytest.raises(BadAttachment, match="套得太多"):
            read_attachment(b"Content-Type: text/plain" + head + b"\n\nx", name="a.eml")
