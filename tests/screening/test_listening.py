"""A plug-in writes down what is said; what it does wrong is told and brings nothing down."""

from __future__ import annotations

import io
import os
import wave
from typing import TYPE_CHECKING

import pytest

from zhijian.screening.looking import look_at

if TYPE_CHECKING:
    from pathlib import Path

    from zhijian.screening import RuleSet

PLUGIN = """
import os, subprocess, sys, time

def talk(path):
    assert open(path, "rb").read(4) == b"RIFF"
    print("loading a model")
    yield 3, 5.5, "今天到会的有人民"
    yield 5.5, 8, "攻府的同志"
    yield 70, 72, "大家好"

def broken(path):
    yield 0, 1, "大家好"
    raise RuntimeError("no model")

def hangs(path):
    subprocess.Popen(["sleep", "60"])
    time.sleep(60)
    return []

def no_time(path):
    return [(float("nan"), 1, "大家好")]

def floods(path):
    while True:
        yield 0, 1, "大家好" * 1000

def dies(path):
    os._exit(0)
"""


@pytest.fixture
def sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(b"\0\0" * 8_000)
    return out.getvalue()


@pytest.fixture(autouse=True)
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "our_listener.py").write_text(PLUGIN, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))


def test_what_is_said_is_judged_at_its_time_also_over_a_pause(sound: bytes, packaged: RuleSet) -> None:
    looked = look_at(sound, packaged, name="talk.wav", listener="our_listener:talk")
    (seen,) = looked.seen
    assert (seen.place, seen.finding.excerpt) == ("00:00:03 的声音", "人民攻府")
    assert [one.frame for one in looked.marked] == [-1]
    assert looked.sentence_of_looks == "没有看画面，由插件听了声音（3 段话）。"
    assert not [sentence for sentence in looked.not_looked if "声音" in sentence]


@pytest.mark.parametrize("name", ["broken", "no_time", "floods", "missing", "dies"])
def test_a_listener_that_fails_is_told_and_never_taken_for_silence(name: str, sound: bytes, packaged: RuleSet) -> None:
    looked = look_at(sound, packaged, name="talk.wav", listener=f"our_listener:{name}")
    assert looked.seen == ()
    assert "听声音的插件出错，声音没有听。请管理员查看运行日志，并自己听一遍。" in looked.not_looked


def test_a_listener_that_hangs_is_stopped_and_nobody_listening_is_said(sound: bytes, packaged: RuleSet) -> None:
    from zhijian.screening.recordings.reading import read_recording  # noqa: PLC0415 - beside what it is compared with

    told = read_recording(sound, seconds=1, listener="our_listener:hangs")
    assert (told.heard, told.not_looked[0]) == (None, "听声音的插件用时过长，已停下，声音没有听完。请自己听一遍。")
    assert "没有听声音，请自己听一遍。" in look_at(sound, packaged, name="talk.wav").not_looked
