from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src/zhijian"
VENDOR = SOURCE / "ui/static/vendor"
FONTS = SOURCE / "lib/typesetting/vendor"
LITERAL_ICON = re.compile(r"""(?:\{% icon |\bicon=|"icon": )["']([a-z0-9-]+)["']""")


def listed(home: Path) -> list[dict[str, object]]:
    packages: list[dict[str, object]] = json.loads((home / "vendor.json").read_text(encoding="utf-8"))["packages"]
    return packages


@pytest.mark.parametrize("home", [VENDOR, FONTS])
def test_every_vendored_file_is_the_one_that_was_fetched(home: Path) -> None:
    found = {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for package in listed(home)
        for path in (home / str(package["folder"])).iterdir()
    }
    stated = {
        f"{package['folder']}/{name}": digest
        for package in listed(home)
        for name, digest in dict(package["sha256"]).items()  # type: ignore[call-overload]  # a JSON object
    }
    assert found == stated


def test_every_package_states_its_version_and_carries_its_licence() -> None:
    shipped = [(home, package) for home in (VENDOR, FONTS) for package in listed(home)]
    assert [(package["name"], package["licence"]) for _, package in shipped] == [
        ("htmx.org", "0BSD"),
        ("@tabler/icons", "MIT"),
        ("@expo-google-fonts/noto-sans-sc", "OFL-1.1"),
    ]
    for home, package in shipped:
        assert re.fullmatch(r"\d+\.\d+\.\d+", str(package["version"]))
        assert (home / str(package["folder"]) / "LICENSE").stat().st_size > 200


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
