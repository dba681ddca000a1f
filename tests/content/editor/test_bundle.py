import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).parents[3]
VENDOR = ROOT / "src" / "zhijian" / "content" / "static" / "content" / "vendor"


def test_the_bundle_is_the_one_its_list_describes() -> None:
    listed = json.loads((VENDOR / "prosemirror.json").read_text(encoding="utf-8"))
    assert hashlib.sha256((VENDOR / "prosemirror.js").read_bytes()).hexdigest() == listed["sha256"]
    assert {package["license"] for package in listed["packages"]} == {"MIT"}


def test_the_bundle_holds_the_versions_the_recipe_pins() -> None:
    pinned = json.loads((ROOT / "scripts" / "editor" / "package.json").read_text(encoding="utf-8"))["dependencies"]
    listed = json.loads((VENDOR / "prosemirror.json").read_text(encoding="utf-8"))["packages"]
    assert {package["name"]: package["version"] for package in listed if package["name"] in pinned} == pinned
