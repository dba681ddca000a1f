"""The script that makes the environment, where it can be asked without installing anything."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_machine_without_a_fitting_python_is_told_what_to_install(tmp_path: Path) -> None:
    """The only `python3` on this path says it is too old, as Debian 11's would."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("dirname", "cat", "rm"):
        found = shutil.which(name)
        assert found is not None
        (tools / name).symlink_to(found)
    (tools / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tools / "python3").chmod(0o755)
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "environment.sh", tmp_path / "scripts")
    told = subprocess.run(  # noqa: S603 -- our own script
        ["/bin/sh", tmp_path / "scripts" / "environment.sh", "run"],
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.splitlines()[0] == "没有找到可用的 Python：需要 3.11 至 3.14，并带有 venv 模块。"
    assert not (tmp_path / ".venv").exists()
