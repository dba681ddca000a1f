"""The long campaign: coverage-guided bytes against texts, pages, addresses and files."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "fuzz_screening.py"
SECONDS = 120


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is made for Linux only")
@pytest.mark.parametrize("target", ["text", "page", "link", "file"])
def test_no_bytes_bring_it_down_or_hold_it_up(target: str, tmp_path: Path) -> None:
    options = [f"-max_total_time={SECONDS}", "-timeout=10", "-max_len=20000", f"-artifact_prefix={tmp_path}/"]
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(SCRIPT), target, *options],
        check=False, capture_output=True, text=True, timeout=SECONDS * 5, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert list(tmp_path.iterdir()) == []
