from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.proof.sm2 import Sm2
from tests.proof.world import documents

from zhijian.lib.errors import Refused
from zhijian.lib.signing import Ed25519, as_text, from_text, known_providers, load_provider
from zhijian.proof.actions import rotate_key
from zhijian.proof.models import SigningKey
from zhijian.proof.verifying import Verifier

if TYPE_CHECKING:
    from tests.proof.world import Register

    from zhijian.lib.signing import CryptoProvider

SM2 = "tests.proof.sm2.Sm2"


@pytest.mark.parametrize("provider", [Ed25519(), Sm2()], ids=lambda one: one.algorithm)
def test_a_provider_signs_what_it_verifies_and_nothing_else(provider: CryptoProvider) -> None:
    pair, other = provider.generate(), provider.generate()
    signature = provider.sign(pair.private, b"register")
    assert provider.verify(pair.public, b"register", signature)
    assert not provider.verify(pair.public, b"registes", signature)
    assert not provider.verify(other.public, b"register", signature)
    for broken in (b"", b"x", signature[:-1], bytes(64), signature + b"x"):
        assert not provider.verify(pair.public, b"register", broken)
        assert not provider.verify(broken, b"register", signature)


def test_a_provider_of_ones_own_signs_the_register_when_the_setting_names_it(register: Register, settings: Any) -> None:
    settings.ZHIJIAN_SIGNING_PROVIDER = SM2
    files = documents()
    assert SigningKey.objects.get().algorithm == "SM2"
    assert Verifier(known_providers(SM2)).verify(files).is_proved
    settings.ZHIJIAN_SIGNING_PROVIDER = "nowhere.Sm2"
    with pytest.raises(Refused, match="加载不了"):
        rotate_key()
    without = Verifier(known_providers("")).verify(files)
    assert "第 1 号封存的签名不对。" in without.faults


@pytest.mark.parametrize("name", ["nowhere.Sm2", "tests.proof.sm2.Nothing", "json", "json.JSONDecoder"])
def test_a_provider_that_cannot_be_loaded_is_one_sentence(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        load_provider(name)


def test_a_key_or_signature_has_one_spelling_only() -> None:
    assert from_text(as_text(b"\x00\xff")) == b"\x00\xff"
    for wrong in ("AP8", "AP9=", "AP 8=", "AP8=\n", "汉"):
        with pytest.raises(ValueError, match="base64"):
            from_text(wrong)
