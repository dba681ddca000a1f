"""What no file of the project may hold, and what every exception must say."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src" / "zhijian"
TEXT = {".py", ".toml", ".md", ".html", ".css", ".js", ".json", ".csv", ".sh", ".txt", ".in", ".cfg", ".yml", ".svg"}
# Files of other people, kept as they came, and the built editor.
FOREIGN = re.compile(r"(^|/)(vendor|licen[cs]es?)/|package-lock\.json$|\.min\.(js|css)$")
REASON = r"[\s#-]+(?!noqa|type:)[^\s#-].{3,}"


def _files() -> dict[str, str]:
    """Every text file of the project by its path: those git knows, and new ones it does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607 -- git of the machine
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    names = [name for name in listed.split("\0") if name and not FOREIGN.search(name)]
    paths = {name: ROOT / name for name in names}
    return {
        name: path.read_text(encoding="utf-8")
        for name, path in paths.items()
        if path.is_file() and (path.suffix in TEXT or path.name in {"Makefile", "run"})
    }


def _places(pattern: str, names: str = r".*") -> list[str]:
    """Every line that matches, as `file:line: text`; this file, which spells the patterns out, is left aside."""
    wanted, fitting = re.compile(pattern), re.compile(names)
    here = str(Path(__file__).relative_to(ROOT))
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in _files().items()
        if name != here and fitting.fullmatch(name)
        for number, line in enumerate(text.splitlines(), start=1)
        if wanted.search(line)
    ]


def test_every_silenced_check_names_its_code_and_its_reason() -> None:
    noqa = r"#\s*(ruff:\s*)?noqa(?!:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*" + REASON + ")"
    ignore = r"#\s*type:\s*ignore(?!\[[a-z-]+(,\s*[a-z-]+)*\]" + REASON + ")"
    assert _places(noqa, r".*\.py") == []
    assert _places(ignore, r".*\.py") == []


def test_nothing_is_left_to_do() -> None:
    assert _places(r"\b(TODO|FIXME|XXX|HACK)\b", r".*\.(py|html|js|css|toml|md|sh)|Makefile") == []


def test_no_file_names_a_package_host() -> None:
    hosts = "|".join(
        ["py" + "pi.org", "pythonhosted", "npm" + "js.(org|com)", "npmmirror", "tuna.tsinghua", "aliyun.com"]
    )
    assert _places(hosts) == []


def test_locked_requirements_hold_no_address_and_every_version_a_hash() -> None:
    locked = re.compile(r"^\S+==\S+( ; .+)? \\$")
    for name in ("requirements.txt", "dev.txt", "tools.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if re.search(r"://|index-url|find-links", line)] == []
        starts = [number for number, line in enumerate(lines) if line[:1] not in {" ", "#", ""}]
        assert starts
        assert [lines[number] for number in starts if not locked.match(lines[number])] == []
        assert [lines[number] for number in starts if "--hash=sha256:" not in lines[number + 1]] == []


def test_every_wanted_package_is_locked() -> None:
    for name in ("requirements", "dev", "tools"):
        locked = re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / f"{name}.txt").read_text(encoding="utf-8"), re.MULTILINE)
        wanted = re.findall(r"^([A-Za-z0-9._-]+)", (ROOT / f"{name}.in").read_text(encoding="utf-8"), re.MULTILINE)
        plain = {re.sub(r"[-_.]+", "-", package).lower() for package in locked}
        missing = {re.sub(r"[-_.]+", "-", package).lower() for package in wanted if package != "-r"} - plain
        assert missing == set()


def test_no_file_knows_a_path_of_somebodys_machine() -> None:
    assert _places(r"(?<![\w./])/(work|root|home/\w+|Users/\w+|opt/pypi\S*|opt/wheels)(/|\b)(?!\w*/?\*)") == []


def test_templates_hold_no_inline_script_or_style() -> None:
    inline = r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<style\b|\sstyle=|\son[a-z]+\s*=|javascript:"
    assert _places(inline, r"src/.*/templates/.*\.html") == []


def test_migrations_are_named_and_import_no_room() -> None:
    names = [path for path in SOURCES.glob("*/migrations/*.py") if path.name != "__init__.py"]
    assert [str(path) for path in names if "_auto" in path.name or not re.match(r"\d{4}_[a-z]", path.name)] == []
    assert _places(r"^\s*(from|import)\s+zhijian\b", r"src/zhijian/[a-z]+/migrations/.*\.py") == []


def test_rooms_tell_what_they_are_for() -> None:
    empty = [
        path.parent.name
        for path in SOURCES.glob("*/__init__.py")
        if not path.read_text(encoding="utf-8").lstrip().startswith('"""')
    ]
    assert empty == []


def test_the_word_for_password_is_one() -> None:
    """An API token (接口令牌) happens to hold the same two characters in a row."""
    assert _places(r"(?<!接)口令", r".*\.(py|md|toml|html|js|txt)$") == []
