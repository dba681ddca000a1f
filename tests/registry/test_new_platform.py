"""A new platform is data: named in a file, it can be filed, registered, imported, looked up and carried over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.checks import run_checks
from tests.registry.filing_desk import approved, imported

from zhijian.lib.errors import Refused
from zhijian.policy.queries import BadData, load_platforms, use_folder
from zhijian.publishing.queries.packages import guide_of
from zhijian.registry.actions import register_account
from zhijian.registry.queries import public_lookup

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.registry.world import World

NEW = """
[[platform]]
code = "xinhao"
name = "新号"
synonyms = ["新号平台"]
hosts = ["xinhao.example"]
connector = "handoff"
third_party = true
editable_after_sending = true
title_chars = 30
images = 9

[[platform.kind]]
code = "xinhao"
name = "新号"
id_name = "新号ID"
id_pattern = '\\d{8,12}'
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "platforms.toml").write_text(NEW, encoding="utf-8")
    use_folder(tmp_path)
    yield tmp_path
    use_folder(None)


def test_a_platform_named_in_a_file_is_known_everywhere(world: World, folder: Path) -> None:
    opened = approved(world.officer, "opening", body=world.education, platform="xinhao", kind="xinhao").account
    assert opened is not None
    with pytest.raises(Refused, match="不是新号的新号ID"):
        register_account(actor=world.officer, account_id=opened.pk, platform_uid="abc")
    register_account(
        actor=world.officer, account_id=opened.pk, platform_uid="12345678", url="https://www.xinhao.example/u/12345678"
    )
    found = public_lookup("https://xinhao.example/u/12345678?from=share")
    assert (found.verdict, [match.platform_name for match in found.matches]) == ("official", ["新号"])
    (brought,) = imported(world, "石桥镇人民政府,新号平台,石桥发布,87654321,")
    assert (brought.platform, brought.platform_group) == ("xinhao", "xinhao")
    guide = guide_of("xinhao", "xinhao")
    assert (guide.name_zh, guide.title_chars, guide.text_chars, guide.images) == ("新号", 30, None, 9)


def test_a_file_with_a_fault_stops_the_start_and_says_where(folder: Path) -> None:
    (folder / "platforms.toml").write_text(NEW.replace("images = 9", "images = -1"), encoding="utf-8")
    with pytest.raises(BadData, match="图片张数要在 1 到"):
        load_platforms()
    assert [fault.id for fault in run_checks() if fault.id == "zhijian.E009"] == ["zhijian.E009"]
