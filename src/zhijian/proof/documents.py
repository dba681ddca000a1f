"""The public documents of the register: how each is written, byte by byte. Pure, so that a verifier needs nothing else.

Every JSON document is canonical (`lib.digests.canonical_json`: sorted keys, no spaces, UTF-8) and ends with one line
feed.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final, NamedTuple

from zhijian.lib.digests import GENESIS, canonical_json, link_digest
from zhijian.ui.listing.exports import neutralised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

REGISTER: Final = "zhijian-register/1"
MANIFEST: Final = "zhijian-register-manifest/1"
SIGNATURE: Final = "zhijian-register-signature/1"
KEYS: Final = "zhijian-register-keys/1"
CHANGES: Final = "zhijian-register-changes/1"
SEAL: Final = "zhijian-register-seal/1"
KEY: Final = "zhijian-register-key/1"
SHAPE_FIELDS: Final = (
    "body", "handle", "is_main", "kind", "name", "number", "opened_on", "platform", "state", "url", "verified_subject",
)  # fmt: skip
FIELD_NAMES: Final = {
    "body": "主办单位", "handle": "账号", "is_main": "主账号", "kind": "类型", "name": "名称", "number": "登记号",
    "opened_on": "开设日期", "platform": "平台", "state": "状态", "url": "主页", "verified_subject": "认证主体",
}  # fmt: skip
CSV_HEAD: Final = (
    "登记号", "名称", "平台", "主办单位", "状态", "账号", "主页", "认证主体", "开设日期", "主账号",
)  # fmt: skip


class Head(NamedTuple):
    """The end of the chain: the number of the last seal, 0 before the first, and its digest."""

    seal: int
    digest: str

    def as_json(self) -> dict[str, object]:
        return {"digest": self.digest, "seal": self.seal}


START: Final = Head(0, GENESIS)


def written(document: Mapping[str, object]) -> bytes:
    """Return a document as its bytes."""
    return f"{canonical_json(document)}\n".encode()


def change_line(*, number: str, change_id: int, at: str, kind: str, shape: str) -> str:
    """Return the canonical line of a change; `shape` is canonical JSON already, `number` a register number."""
    return f'{{"at":"{at}","id":{change_id},"kind":"{kind}","number":"{number}","shape":{shape}}}'


def seal_digest(previous: str, lines: Iterable[str]) -> str:
    """Return the digest of a batch: SHA-256 over the previous digest and the canonical line of each change."""
    return link_digest(previous, lines)


def seal_statement(seal: Mapping[str, object]) -> bytes:
    """Return what the signature of a seal is over."""
    fields = ("count", "digest", "key", "number", "previous", "sealed_at")
    return canonical_json({**{field: seal[field] for field in fields}, "what": SEAL}).encode()


def key_statement(key: Mapping[str, object]) -> bytes:
    """Return what the key before signs when it hands over to this one."""
    fields = ("algorithm", "key", "public", "since")
    return canonical_json({**{field: key[field] for field in fields}, "what": KEY}).encode()


def register_pieces(*, publisher: str, head: Head, shapes: Iterable[str]) -> Iterator[bytes]:
    """Yield register.json in pieces: the canonical shapes of all accounts, in the order of their numbers."""
    yield b'{"accounts":['
    first = True
    for shape in shapes:
        yield (shape if first else f",{shape}").encode()
        first = False
    tail = canonical_json({"format": REGISTER, "head": head.as_json(), "publisher": publisher})
    yield f"],{tail[1:]}\n".encode()


def register_rows(
    accounts: Iterable[Mapping[str, object]], *, platforms: Mapping[str, str], states: Mapping[str, str]
) -> Iterator[bytes]:
    """Yield register.csv line by line, with a byte order mark so that spreadsheets read Chinese; no cell is a formula.

    `platforms` = `{"platform:kind": name}`, `states` = `{code: name}`, both as the manifest gives them.
    """
    yield b"\xef\xbb\xbf" + csv_line(CSV_HEAD)
    for account in accounts:
        kind = f"{account['platform']}:{account['kind']}"
        cells = (
            account["number"], account["name"], platforms.get(kind, account["platform"]), account["body"],
            states.get(str(account["state"]), account["state"]), account["handle"], account["url"],
            account["verified_subject"], account["opened_on"], "是" if account["is_main"] else "",
        )  # fmt: skip
        yield csv_line([str(cell) for cell in cells])


def csv_line(cells: Sequence[str]) -> bytes:
    """Return one line of CSV, formulas neutralised."""
    line = io.StringIO()
    csv.writer(line).writerow([neutralised(cell) for cell in cells])
    return line.getvalue().encode()
