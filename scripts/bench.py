"""List the benchmarks of `bench/`, or run one: `bench.py [name]`.

A benchmark prints what it likes; its last line is one JSON object: `{"figure": {"value", "goal", "better"}}`.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "bench"


def main(names: list[str]) -> int:
    """Run the named benchmark, or list all of them with the first line of their docstring."""
    found = {path.stem: path for path in sorted(FOLDER.glob("[a-z]*.py"))}
    if not names:
        for name, path in found.items():
            about = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            print(f"make bench NAME={name:<14} {about.partition(chr(10))[0]}")
        return 0
    if names[0] not in found:
        print(f"没有名为“{names[0]}”的性能测试，可选：{'、'.join(found) or '（还没有）'}。", file=sys.stderr)
        return 2
    return subprocess.run([sys.executable, found[names[0]], *names[1:]], check=False).returncode  # noqa: S603 -- our own file


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
