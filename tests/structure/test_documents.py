"""Documents say what is true: links lead somewhere, commands exist, every setting is told of."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
ELSEWHERE = re.compile(r"^[a-z]+:")
SETTING = re.compile(r"\bZHIJIAN_[A-Z_]+\b")


def _documents() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "*.md"],  # noqa: S607 -- git of the machine
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file() and "vendor" not in path.parts]


def _anchor(heading: str) -> str:
    """Spell a heading the way GitHub and most readers do."""
    plain = re.sub(r"[`*_]|\[([^]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", plain))


def _anchors(path: Path) -> set[str]:
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    return {_anchor(heading) for heading in HEADING.findall(text)}


def _is_broken(document: Path, target: str) -> bool:
    path, _, anchor = unquote(target).partition("#")
    found = (document.parent / path).resolve() if path else document
    if not found.exists() or not found.is_relative_to(ROOT):
        return True
    return bool(anchor) and found.suffix == ".md" and anchor.lower() not in _anchors(found)


def test_every_link_leads_somewhere() -> None:
    documents = _documents()
    assert documents
    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in documents
        for target in LINK.findall(FENCE.sub("", document.read_text(encoding="utf-8")))
        if not ELSEWHERE.match(target) and _is_broken(document, target)
    ]
    assert broken == []


def test_every_make_command_of_the_documents_exists() -> None:
    rules = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    told = {
        command
        for document in _documents()
        for command in re.findall(r"`(?:[A-Z_]+=\S+ )*make ([a-z-]+)", document.read_text(encoding="utf-8"))
    }
    assert told - rules == set()


def test_every_zhijian_command_of_the_documents_exists() -> None:
    commands = {path.stem for path in (ROOT / "src/zhijian/cli/commands").glob("[a-z]*.py")}
    told = {
        command
        for document in _documents()
        for command in re.findall(r"`(?:\.venv/bin/)?zhijian ([a-z]+)", document.read_text(encoding="utf-8"))
    }
    assert told - commands == set()


def test_every_setting_is_documented_and_every_documented_setting_is_read() -> None:
    places = [*(ROOT / "src").rglob("*.py"), *(ROOT / "scripts").glob("*.sh"), *(ROOT / "tests").rglob("conftest.py")]
    read = {
        name for path in places for name in re.findall(r"[\"{]\$?(ZHIJIAN_[A-Z_]+)", path.read_text(encoding="utf-8"))
    }
    told = {name for document in _documents() for name in SETTING.findall(document.read_text(encoding="utf-8"))}
    assert read - told == set()
    assert told - read == set()


def test_every_row_of_the_threat_model_has_its_proof() -> None:
    lines = (ROOT / "docs/dev/threat-model.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")][1:]
    assert len(rows) > 10
    assert [row[1] for row in rows if len(row) != len(rows[0]) or not _proofs(row[-1])] == []
    assert [proof for row in rows for proof in _proofs(row[-1]) if not _is_there(proof)] == []


def _proofs(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def _is_there(proof: str) -> bool:
    path, _, test = proof.partition("::")
    file = ROOT / path
    return file.is_file() and (not test or f"def {test}(" in file.read_text(encoding="utf-8"))


def test_version_has_a_heading_in_the_changelog() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    headings = HEADING.findall((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert any(version in heading or "未发布" in heading for heading in headings)
