from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "src/zhijian/ui/static/vendor"
SOURCE = Path(__file__).resolve().parents[2] / "src/zhijian"
LITERAL_ICON = re.compile(r"""(?:\{% icon |\bicon=|"icon": )["']([a-z0-9-]+)["']""")


def listed() -> list[dict[str, object]]:
    packages: list[dict[str, object]] = json.loads((VENDOR / "vendor.json").read_text(encoding="utf-8"))["packages"]
    return packages


def test_every_vendored_file_is_the_one_that_was_fetched() -> None:
    found = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for package in listed()
        for path in (VENDOR / str(package["folder"])).iterdir()
    }
    stated = {
        f"{package['folder']}/{name}": digest
        for package in listed()
        for name, digest in dict(package["sha256"]).items()  # type: ignore[call-overload]  # a JSON object
    }
    assert found == stated


def test_every_package_states_its_version_and_carries_its_licence() -> None:
    assert [(package["name"], package["licence"]) for package in listed()] == [
        ("htmx.org", "0BSD"),
        ("@tabler/icons", "MIT"),
    ]
    for package in listed():
        assert re.fullmatch(r"\d+\.\d+\.\d+", str(package["version"]))
        assert (VENDOR / str(package["folder"]) / "LICENSE").stat().st_size > 200


def test_the_sprite_holds_exactly_the_named_icons() -> None:
    names = (VENDOR / "icons/names.txt").read_text(encoding="ascii").split()
    drawn = re.findall(r'<symbol id="([^"]+)"', (VENDOR / "icons/sprite.svg").read_text(encoding="utf-8"))
    assert drawn == sorted(names)
    assert len(set(names)) == len(names)


def test_every_icon_a_room_asks_for_is_in_the_sprite() -> None:
    names = set((VENDOR / "icons/names.txt").read_text(encoding="ascii").split())
    asked = {
        (name, str(path.relative_to(SOURCE)))
        for path in [*SOURCE.rglob("*.html"), *SOURCE.rglob("*.py")]
        for name in LITERAL_ICON.findall(path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 30
    assert {(name, path) for name, path in asked if name not in names} == set()
