"""Fetch the front-end packages again and rewrite `ui/static/vendor`: files, licences, icon sprite, checksums.

Packages come through the machine's own npm client, by name and version; which registry that is, is npm's configuration.
To add an icon: write its name into `icons/names.txt` and run this script. To move to a new version: change it here.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "src/zhijian/ui/static/vendor"
BLANK_SQUARE = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')
BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


@dataclass(frozen=True)
class Package:
    """One npm package and the files of it that we ship, as {path in the package: path in its vendor folder}."""

    name: str
    version: str
    licence: str
    folder: str
    files: dict[str, str]


PACKAGES = (
    Package("htmx.org", "2.0.11", "0BSD", "htmx", {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"}),
    Package("@tabler/icons", "3.51.0", "MIT", "icons", {"LICENSE": "LICENSE"}),
)


def main() -> None:
    """Refresh every package and the list of checksums."""
    listed = []
    with tempfile.TemporaryDirectory() as scratch:
        for package in PACKAGES:
            unpacked = _unpack(package, Path(scratch) / package.folder)
            _copy(package, unpacked)
            if package.folder == "icons":
                _write_sprite(unpacked)
            listed.append(_entry(package))
    text = json.dumps({"packages": listed}, indent=2, ensure_ascii=False)
    (VENDOR / "vendor.json").write_text(text + "\n", encoding="utf-8")
    print(f"{len(listed)} packages written to {VENDOR}")


def _unpack(package: Package, target: Path) -> Path:
    target.mkdir()
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is needed to refresh the vendored files.")
    command = [npm, "pack", "--silent", "--pack-destination", str(target), f"{package.name}@{package.version}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - fixed arguments
    archive = next(target.glob("*.tgz"))
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    return target / "package"


def _copy(package: Package, unpacked: Path) -> None:
    folder = VENDOR / package.folder
    folder.mkdir(parents=True, exist_ok=True)
    for source, destination in package.files.items():
        shutil.copyfile(unpacked / source, folder / destination)


def _write_sprite(unpacked: Path) -> None:
    names = (VENDOR / "icons/names.txt").read_text(encoding="utf-8").split()
    symbols = [_symbol(name, unpacked / "icons/outline" / f"{name}.svg") for name in sorted(set(names))]
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"
    (VENDOR / "icons/sprite.svg").write_text(sprite, encoding="utf-8")


def _symbol(name: str, path: Path) -> str:
    found = BODY.search(path.read_text(encoding="utf-8"))
    if found is None:
        raise SystemExit(f"{path} is not an SVG file.")
    drawing = re.sub(r"\s*\n\s*", "", BLANK_SQUARE.sub("", found.group(1)))
    return f'<symbol id="{name}" viewBox="0 0 24 24">{drawing}</symbol>'


def _entry(package: Package) -> dict[str, object]:
    folder = VENDOR / package.folder
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}
    return {
        "name": package.name,
        "version": package.version,
        "licence": package.licence,
        "folder": package.folder,
        "sha256": files,
    }


if __name__ == "__main__":
    main()
