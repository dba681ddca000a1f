"""The command anybody runs on downloaded files, in a process of its own, with neither database nor settings."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.proof.world import documents

from zhijian.proof.models import Seal, SigningKey

if TYPE_CHECKING:
    from pathlib import Path

    from tests.proof.world import Register


def told(folder: Path, *more: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "zhijian.cli.main", "verify-register", str(folder), *more]
    done = subprocess.run(  # noqa: S603 -- our own command
        command, capture_output=True, text=True, check=False, env={"PATH": "", "PYTHONPATH": ":".join(sys.path)}
    )
    return done.returncode, done.stdout + done.stderr


def test_downloaded_files_are_verified_with_no_database_at_hand(register: Register, tmp_path: Path) -> None:
    for name, data in documents():
        (tmp_path / name).write_bytes(data)
    code, words = told(tmp_path, "--key", SigningKey.objects.get().name, "--anchor", Seal.objects.get().digest)
    assert (code, words.splitlines()[-1]) == (0, "登记册完整，没有被改过。")
    assert "账号 3 个，变更 3 条，封存 1 次。" in words
    page = tmp_path / "changes-0.json"
    page.write_bytes(page.read_bytes().replace("东溪教育".encode(), "东溪退费".encode()))
    code, words = told(tmp_path)
    assert code == 1
    assert "第 1 号封存内至少一条变更被改过" in words
    assert f"{register.accounts['wechat'].number}：名称与变更链不一致。" in words
    page.unlink()
    code, words = told(tmp_path)
    assert (code, words.splitlines()[-1]) == (
        3, "给了的文件都对得上，但没有给全，不能证明整本登记册没有被改过。",
    )  # fmt: skip
    assert told(tmp_path / "none")[0] == 2
    assert told(tmp_path, "--anchor", "xyz")[0] == 2
