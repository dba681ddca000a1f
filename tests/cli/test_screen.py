"""`zhijian screen`: what it looks at, how it tells it, and with which exit code it ends."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from docx import Document

from zhijian.cli.commandline import MISUSED, run
from zhijian.cli.commands.screen import FOUND, NOT_LOOKED

if TYPE_CHECKING:
    from pathlib import Path

WRONG = "各镇街：\n人民攻府召开会议，身份证号11010519491231002X。\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "通知.txt").write_text(WRONG, encoding="utf-8")
    (tmp_path / "空的.txt").touch()
    inner = tmp_path / "附件"
    inner.mkdir()
    document = Document()
    document.add_paragraph("会议对防汛工作作出布署。")
    document.save(str(inner / "方案.docx"))
    (inner / "乱码.bin").write_bytes(bytes(range(256)))
    (inner / ".hidden").write_text("人民攻府", encoding="utf-8")
    return tmp_path


def test_a_folder_is_looked_through_and_every_finding_has_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["screen", str(folder), "--on", "2026-06-01"]) == FOUND
    told = capsys.readouterr().out.splitlines()
    assert [line.split("：")[0].removeprefix(f"{folder}/") for line in told] == [
        "通知.txt:2:1: 严重错误",
        "通知.txt:2:14: 错误",
        "附件/乱码.bin: 没有检查",
        "附件/方案.docx（正文第 1 段）: 错误",
        "查了 4 项，发现严重错误 1 处、错误 2 处，1 处没有检查。",
    ]


def test_json_carries_each_finding_whole(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    assert run(["screen", str(folder / "通知.txt"), "--format", "json", "--output", str(out)]) == FOUND
    told = json.loads(out.read_text(encoding="utf-8"))
    (source,) = told["sources"]
    assert (source["name"], source["not_looked"]) == (str(folder / "通知.txt"), [])
    first = source["findings"][0]
    assert {name: first[name] for name in ("place", "line", "column", "excerpt", "suggestions", "rule_id")} == {
        "place": "第 2 行", "line": 2, "column": 1, "excerpt": "人民攻府", "suggestions": ["人民政府"],
        "rule_id": "state-name.zhengfu",
    }  # fmt: skip


def test_sarif_names_rules_regions_and_what_was_not_looked_at(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["screen", str(folder), "--format", "sarif"]) == FOUND
    log = json.loads(capsys.readouterr().out)
    (told,) = log["runs"]
    assert (log["version"], told["columnKind"]) == ("2.1.0", "unicodeCodePoints")
    assert [rule["id"] for rule in told["tool"]["driver"]["rules"]] == [
        "privacy.resident-id", "state-name.zhengfu", "typo.bu-shu",
    ]  # fmt: skip
    first: dict[str, Any] = told["results"][0]
    assert (first["ruleId"], first["level"]) == ("state-name.zhengfu", "error")
    assert first["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 2, "startColumn": 1, "endColumn": 5, "snippet": {"text": "人民攻府"},
    }  # fmt: skip
    (fix,) = first["fixes"]
    assert fix["artifactChanges"][0]["replacements"] == [
        {"deletedRegion": {"startLine": 2, "startColumn": 1, "endColumn": 5}, "insertedContent": {"text": "人民政府"}}
    ]
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (note,) = told["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("没有检查：")


@pytest.mark.parametrize(
    ("words", "least", "code"),
    [
        ("没有问题。", "hint", 0),
        ("截止目前，各地已完成。", "error", FOUND),
        ("截止目前，各地已完成。", "veto", 0),
        ("人民攻府", "veto", FOUND),
        ("人民攻府", "never", 0),
    ],
)
def test_the_exit_code_follows_the_level_that_was_asked_for(
    words: str, least: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(words.encode())))
    assert run(["screen", "-", "--fail-on", least]) == code


def test_what_could_not_be_looked_at_is_never_clean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["screen", str(tmp_path / "nothing.txt")]) == NOT_LOOKED
    assert run(["screen", "http://127.0.0.1/"]) == NOT_LOOKED
    told = capsys.readouterr().out
    assert "没有这个文件。请检查路径。" in told
    assert "网址指向内部网络" in told


def test_a_page_that_was_tampered_with_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "a.html"
    hidden = '<div style="position:absolute;left:-9999px">澳门赌场|真人百家乐|棋牌娱乐|老虎机</div>'
    page.write_text(f"<html><title>通知</title><body><p>停水通知</p>{hidden}</body></html>", encoding="utf-8")
    assert run(["screen", str(page)]) == FOUND
    assert f"{page}（网页源码）: 严重错误" in capsys.readouterr().out


def test_probable_typing_errors_are_told_when_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "a.txt"
    text.write_text("会议强调，各乡镇要深入开展安全声产大检查，确保人民群众生命财产安全。", encoding="utf-8")
    assert run(["screen", str(text), "--fail-on", "hint"]) == 0
    assert run(["screen", str(text), "--fail-on", "hint", "--typos"]) == FOUND
    assert f"{text}:1:16: 提醒：“声”疑为“生”之误" in capsys.readouterr().out


def test_rules_of_ones_own_are_added_and_bad_ones_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, rules = tmp_path / "a.txt", tmp_path / "own.toml"
    text.write_text("清河新城", encoding="utf-8")
    head = 'category = "typo"\n[defaults]\nseverity = "error"\nmessage = "“{found}”应为“{right}”。"\nsource = "s"\n'
    rules.write_text(f'{head}[[rule]]\nid = "own.1"\nwrong = ["清河新城"]\nright = ["清河新区"]\n', encoding="utf-8")
    assert run(["screen", str(text)]) == 0
    assert run(["screen", str(text), "--rules", str(rules)]) == FOUND
    assert "“清河新城”应为“清河新区”。［own.1，s］" in capsys.readouterr().out
    rules.write_text(f'{head}[[rule]]\nid = "own.1"\n', encoding="utf-8")
    assert run(["screen", str(text), "--rules", str(rules)]) == MISUSED
    assert "二者选一" in capsys.readouterr().err
    good = 'id = "own.1"\nwrong = ["清河新城"]\nright = ["清河新区"]\n'
    for more, sentence in (
        ('examples_hit = ["清河新区"]', "examples_hit 里的“清河新区”没有查出来"),
        ('examples_pass = ["清河新城"]', "examples_pass 里的“清河新城”被查了出来"),
        ('message = "应写作{rihgt}"', "“{rihgt}”填不上，可以写：{found}、{right}、{note}"),
    ):
        rules.write_text(f"{head}[[rule]]\n{good}{more}\n", encoding="utf-8")
        assert run(["screen", str(text), "--rules", str(rules)]) == MISUSED
        assert sentence in capsys.readouterr().err
    rules.write_bytes(f"{head}[[rule]]\n{good}".encode("gbk"))
    assert run(["screen", str(text), "--rules", str(rules)]) == MISUSED
    assert "另存为 UTF-8" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["a.txt", "--rules", "none.toml"], "请检查路径和权限"),
        (["a.txt", "--on", "明天"], "不是日期"),
        (["a.txt", "--on", "2026-13-40"], "不是日期"),
        (["a.txt", "--output", "none/out.json"], "请检查文件夹在不在"),
        (["empty"], "没有可以检查的文件"),
        (["a.txt", ""], "有一个对象是空的"),
    ],
)
def test_a_command_that_was_written_wrongly_never_ends_like_one_that_found_something(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("人民攻府", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    assert run(["screen", *words]) == MISUSED
    assert sentence in capsys.readouterr().err


def test_what_is_empty_or_was_not_read_is_not_called_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "空.txt").touch()
    assert run(["screen", str(tmp_path / "空.txt")]) == NOT_LOOKED
    assert "是空的" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert run(["screen", "-"]) == NOT_LOOKED
    assert "是空的" in capsys.readouterr().out
    assert run(["screen", "ftp://a.cn/b.txt", str(tmp_path / "none.txt")]) == NOT_LOOKED
    told = capsys.readouterr().out
    assert "只能打开 http:// 和 https:// 的网址" in told
    assert told.endswith("没有查到任何内容，2 处没有检查。\n")


@pytest.mark.parametrize("form", ["json", "sarif", "text"])
def test_personal_information_is_masked_unless_it_is_asked_for(
    folder: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["screen", str(folder / "通知.txt"), "--format", form]
    assert run(asked) == FOUND
    told = capsys.readouterr().out
    assert "11010519491231002X" not in told
    assert "11*************02X" in told
    assert run([*asked, "--show-personal"]) == FOUND
    assert ("11010519491231002X" in capsys.readouterr().out) is (form != "text")


def test_without_anything_to_look_at_the_command_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        run(["screen"])
    assert end.value.code == MISUSED
    assert "还缺：对象。" in capsys.readouterr().err


def test_a_folder_with_nothing_to_look_at_is_not_clean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "elsewhere").mkdir()
    inner = tmp_path / "inner"
    inner.mkdir()
    assert run(["screen", str(inner)]) == MISUSED
    (inner / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert run(["screen", str(inner)]) == NOT_LOOKED
    assert "没有进去" in capsys.readouterr().out
