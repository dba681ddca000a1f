"""The offline verifier of the register: files in, faults out. No database, no network, no settings.

Given the files of one edition and the pages of changes, it proves that the files are the publisher's (signatures), that
the history is whole (chain), and that folding the history gives exactly the register. Whatever of this was not given is
named as not proved.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from zhijian.lib.digests import canonical_json, sha256_hex
from zhijian.lib.signing import from_text, key_name
from zhijian.proof import documents
from zhijian.proof.documents import CHANGES, FIELD_NAMES, KEYS, MANIFEST, REGISTER, SHAPE_FIELDS, SIGNATURE, START
from zhijian.proof.enums import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from zhijian.lib.signing import CryptoProvider

MOST_NAMED: Final = 20
KEYS_OF: Final = {
    REGISTER: {"accounts", "format", "head", "publisher"},
    MANIFEST: {"accounts", "address", "files", "format", "head", "made_at", "platforms", "publisher", "states"},
    SIGNATURE: {"algorithm", "file", "format", "key", "signature"},
    KEYS: {"format", "keys"},
    CHANGES: {"after", "format", "seals"},
}
SIGNED: Final = ("register.json", "manifest.json")
OF_A_SEAL: Final = {"changes", "count", "digest", "key", "number", "previous", "sealed_at", "signature"}
OF_A_CHANGE: Final = {"at", "id", "kind", "number", "shape"}
OF_A_KEY: Final = {"algorithm", "endorsed_by", "endorsement", "key", "public", "since", "until"}
NEEDED: Final = {
    REGISTER: "register.json",
    MANIFEST: "manifest.json",
    KEYS: "keys.json",
    CHANGES: "变更页 changes.json",
}


@dataclass(slots=True)
class Report:
    """What was found. `faults` and `missing` are Chinese sentences; `head` is the anchor to keep for the next time."""

    faults: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    accounts: int = 0
    changes: int = 0
    seals: int = 0
    head: str = START.digest
    keys: tuple[str, ...] = ()

    @property
    def intact(self) -> bool:
        return not self.faults

    @property
    def is_proved(self) -> bool:
        """Tell whether everything was there and nothing was wrong."""
        return self.intact and not self.missing


@dataclass(slots=True)
class Given:
    """The files by what they are; `raw` their bytes by name."""

    raw: dict[str, bytes] = field(default_factory=dict)
    register: dict[str, Any] | None = None
    manifest: dict[str, Any] | None = None
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    signatures: dict[str, dict[str, Any]] = field(default_factory=dict)
    pages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    csv: bytes | None = None


class Verifier:
    """One examination. `anchor`: a digest noted earlier that must lie in the chain; `trusted`: a key's name."""

    def __init__(
        self, providers: Mapping[str, CryptoProvider], *, anchor: str = "", trusted: str = ""
    ) -> None:  # fmt: skip
        self.providers, self.anchor, self.trusted = providers, anchor, trusted
        self.report = Report()
        self.given = Given()
        self.register: dict[str, dict[str, Any]] = {}
        self.heads = {START.seal: START.digest}

    def verify(self, files: Iterable[tuple[str, bytes]]) -> Report:
        """Examine the files, (name, bytes) each, in any order."""
        for name, data in files:
            self._take(name, data)
        try:
            self._check()
        except (ValueError, KeyError, TypeError, AttributeError):
            self._fault("文件的内容不是登记册该有的样子：至少一份被改过。")
        self._tell_missing()
        return self.report

    def _check(self) -> None:
        made_at = self.given.manifest["made_at"] if self.given.manifest else ""
        self._check_keys()
        self._check_signed("manifest.json", made_at)
        self._check_signed("register.json", made_at)
        self._check_manifest()
        self._check_chain()
        self._check_register()
        self._check_csv()

    def _fault(self, sentence: str) -> None:
        self.report.faults.append(sentence)

    def _take(self, name: str, data: bytes) -> None:
        """Read a file; JSON must be in the one spelling it is published in."""
        if name.endswith(".csv"):
            self.given.csv = self.given.raw["register.csv"] = data
            return
        try:
            found = json.loads(data)
            _exactly(found, KEYS_OF[found["format"]])
            _require(documents.written(found) == data)
            self._sort(name, found, data)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self._fault(f"“{name}”不是登记册发布的文件，或者被改过。")

    def _sort(self, name: str, found: dict[str, Any], data: bytes) -> None:
        kind = found["format"]
        if kind == REGISTER:
            _check_shapes(found["accounts"])
            self.given.register = found
            self.given.raw["register.json"] = data
        elif kind == MANIFEST:
            self.given.manifest = found
            self.given.raw["manifest.json"] = data
        elif kind == KEYS:
            self.given.keys = {key["key"]: _exactly(key, OF_A_KEY) for key in found["keys"]}
            self.given.raw["keys.json"] = data
        elif kind == SIGNATURE:
            _require(found["file"] in SIGNED)
            self.given.signatures[found["file"]] = found
        else:
            for seal in found["seals"]:
                _exactly(seal, OF_A_SEAL)
                for change in seal["changes"]:
                    _check_change(change)
            self.given.pages.append((name, found))

    def _check_keys(self) -> None:
        """Each key bears the name its own bytes give; each but the first was handed over by the one before."""
        keys = list(self.given.keys.values())
        self.report.keys = tuple(key["key"] for key in keys)
        for number, key in enumerate(keys):
            before = keys[number - 1]["key"] if number else ""
            if key_name(self._public(key)) != key["key"] or key["endorsed_by"] != before:
                self._fault(f"密钥 {key['key']} 与它自己的名字或前一把密钥对不上。")
            elif before and not self._signed(before, documents.key_statement(key), key["endorsement"]):
                self._fault(f"密钥 {key['key']} 没有前一把密钥的签名。")
        if self.trusted and keys and self.trusted not in self.given.keys:
            self._fault(f"密钥里没有您记下的那一把（{self.trusted}）：登记册可能不是原来的发布单位发布的。")

    def _public(self, key: Mapping[str, Any]) -> bytes:
        try:
            return from_text(key["public"])
        except ValueError:
            return b""

    def _signed(self, name: str, message: bytes, signature: str, *, at: str = "") -> bool:
        """Tell whether a key signed a message, and was in force at that moment (ISO, UTC)."""
        key = self.given.keys.get(name)
        provider = self.providers.get(key["algorithm"]) if key else None
        if key is None or provider is None:
            return False
        in_force = not at or (key["since"] <= at and (not key["until"] or at <= key["until"]))
        try:
            return in_force and provider.verify(self._public(key), message, from_text(signature))
        except ValueError:
            return False

    def _check_signed(self, name: str, at: str) -> None:
        """Check the detached signature of a file over its bytes."""
        data, signature = self.given.raw.get(name), self.given.signatures.get(name)
        if data is None:
            return
        if signature is None:
            self.report.missing.append(f"没有给 {name}.sig，{name} 的签名没有核对。")
            return
        key = self.given.keys.get(signature["key"])
        if key is None and not self.given.keys:
            return
        if (
            key is None
            or key["algorithm"] != signature["algorithm"]
            or not self._signed(signature["key"], data, signature["signature"], at=at)
        ):
            self._fault(f"{name} 与它的签名对不上：文件或签名被改过，或者不是这个单位发布的。")

    def _check_manifest(self) -> None:
        """Compare the digests of the manifest with the files at hand."""
        manifest = self.given.manifest
        if manifest is None:
            return
        for name, facts in manifest["files"].items():
            data = self.given.raw.get(name)
            if data is not None and facts != {"bytes": len(data), "sha256": sha256_hex(data)}:
                self._fault(f"{name} 与清单里的指纹不一致：文件被改过，或者不是同一次发布的。")
        register = self.given.register
        if register is not None and (register["head"], len(register["accounts"]), register["publisher"]) != (
            manifest["head"], manifest["accounts"], manifest["publisher"],
        ):  # fmt: skip
            self._fault("清单与 register.json 的链尾、账号数或发布单位不一致。")

    def _check_chain(self) -> None:
        """Walk the seals from the first one and fold their changes."""
        pages = sorted(self.given.pages, key=lambda page: page[1]["after"])
        head, seen = START, set[int]()
        for name, page in pages:
            if page["after"] != head.seal:
                self._fault(f"“{name}”接不上：它从第 {page['after']} 号之后开始，前面到第 {head.seal} 号为止。")
                return
            for seal in page["seals"]:
                self._check_seal(seal, head, seen)
                head = documents.Head(seal["number"], seal["digest"])
                self.heads[head.seal] = head.digest
                self._fold(seal)
                self.report.seals += 1
        self.report.changes, self.report.head = len(seen), head.digest
        if self.anchor and pages and self.anchor not in self.heads.values():
            self._fault("变更链里找不到您记下的指纹：链尾被截断或被改写过。")

    def _check_seal(self, seal: Mapping[str, Any], head: documents.Head, seen: set[int]) -> None:
        label = f"第 {seal['number']} 号封存"
        if seal["number"] != head.seal + 1 or seal["previous"] != head.digest:
            self._fault(f"{label}与前一号接不上：中间的封存被删或被改。")
        ids = [change["id"] for change in seal["changes"]]
        if seal["count"] != len(ids) or len(set(ids)) != len(ids) or seen & set(ids) or ids != sorted(ids):
            self._fault(f"{label}里的变更有缺失、重复或换了次序。")
        seen.update(ids)
        if documents.seal_digest(seal["previous"], map(canonical_json, seal["changes"])) != seal["digest"]:
            self._fault(f"{label}内至少一条变更被改过：编号 {ids[0] if ids else 0} 至 {ids[-1] if ids else 0}。")
        if self.given.keys and not self._signed(
            seal["key"], documents.seal_statement(seal), seal["signature"], at=seal["sealed_at"]
        ):
            self._fault(f"{label}的签名不对。")

    def _fold(self, seal: Mapping[str, Any]) -> None:
        """Apply the changes of a seal, up to the seal the register was made at."""
        register = self.given.register
        if register is not None and seal["number"] > register["head"]["seal"]:
            return
        for change in seal["changes"]:
            number, kind = change["number"], change["kind"]
            if (kind == ChangeKind.ENTERED) == (number in self.register):
                self._fault(f"编号 {change['id']} 的变更说不通：{number}此前{_there(kind)}。")
            if kind == ChangeKind.LEFT:
                self.register.pop(number, None)
            else:
                self.register[number] = change["shape"]

    def _check_register(self) -> None:
        """Compare the register with what the folded changes give, account by account."""
        register = self.given.register
        if register is None:
            return
        self.report.accounts = len(register["accounts"])
        if not self.given.pages:
            return
        head = register["head"]
        if self.heads.get(head["seal"]) != head["digest"]:
            self._fault(f"变更里没有 register.json 所说的第 {head['seal']} 号封存：变更页不全，或被改过。")
            return
        shown = {account["number"]: account for account in register["accounts"]}
        if [account["number"] for account in register["accounts"]] != sorted(shown):
            self._fault("register.json 里的账号有重复或次序不对。")
        differing = sorted(
            number for number in shown.keys() | self.register.keys() if shown.get(number) != self.register.get(number)
        )
        for number in differing[:MOST_NAMED]:
            self._fault(_difference(number, shown.get(number), self.register.get(number)))
        if len(differing) > MOST_NAMED:
            self._fault(f"另有 {len(differing) - MOST_NAMED:,} 个账号与变更链不一致。")

    def _check_csv(self) -> None:
        """Write the CSV again from the register and compare."""
        manifest, register = self.given.manifest, self.given.register
        if self.given.csv is None or manifest is None or register is None:
            return
        rows = documents.register_rows(
            register["accounts"], platforms=manifest["platforms"], states=manifest["states"]
        )  # fmt: skip
        if b"".join(rows) != self.given.csv:
            self._fault("register.csv 与 register.json 不一致。")

    def _tell_missing(self) -> None:
        found = {
            REGISTER: self.given.register, MANIFEST: self.given.manifest, KEYS: self.given.keys,
            CHANGES: self.given.pages,
        }  # fmt: skip
        lacking = [NEEDED[kind] for kind, given in found.items() if not given]
        self.report.missing += [f"没有给 {name}，与它有关的没有核对。" for name in lacking]


def _there(kind: str) -> str:
    return "已在登记册里" if kind == ChangeKind.ENTERED else "不在登记册里"


def _require(holds: bool) -> None:  # noqa: FBT001 - reads as what must hold
    if not holds:
        raise ValueError("This is not as the publisher writes it.")


def _exactly(found: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    _require(set(found) == keys)
    return found


def _check_shapes(accounts: Sequence[dict[str, Any]]) -> None:
    for account in accounts:
        _exactly(account, set(SHAPE_FIELDS))


def _check_change(change: dict[str, Any]) -> None:
    _exactly(change, OF_A_CHANGE)
    kind, shape = ChangeKind(change["kind"]), change["shape"]
    if kind == ChangeKind.LEFT:
        _exactly(shape, {"closed_on", "state"})
    else:
        _require(_exactly(shape, set(SHAPE_FIELDS))["number"] == change["number"])


def _difference(number: str, shown: Mapping[str, Any] | None, folded: Mapping[str, Any] | None) -> str:
    if shown is None or folded is None:
        return f"{number}：{'登记册里没有，变更链里有' if shown is None else '登记册里有，变更链里没有'}。"
    names = "、".join(FIELD_NAMES[name] for name in SHAPE_FIELDS if shown[name] != folded[name])
    return f"{number}：{names}与变更链不一致。"
