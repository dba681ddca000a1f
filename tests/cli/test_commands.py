"""The command as a person types it: real processes, exit codes and the sentences they print."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from zhijian.cli import datafolder
from zhijian.cli.commandline import MISUSED, build_parser

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PLACES = Path("/tmp")  # noqa: S108 -- the system user of a root start must reach it

SANDBOX_PORT = 8100
# Root obeys the modes of files once it has given up the right to pass them by.
POWERLESS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


@pytest.fixture
def data() -> Iterator[Path]:
    folder = PLACES / f"zhijian-commands-test-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _free_ports() -> dict[str, str]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        return {"ZHIJIAN_PORT": str(one.getsockname()[1]), "ZHIJIAN_SANDBOX_PORT": str(two.getsockname()[1])}


def _zhijian(
    *arguments: str, data: Path, typed: str = "", before: Sequence[str] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ZHIJIAN_", "DJANGO_"))}
    kept.pop("DATABASE_URL", None)
    return subprocess.run(  # noqa: S603 -- our own command
        [*before, sys.executable, "-m", "zhijian.cli.main", *arguments],
        env=kept | {"ZHIJIAN_DATA": str(data)} | environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_help_is_chinese_throughout(data: Path) -> None:
    for arguments in (["--help"], ["up", "--help"], ["audit", "verify", "--help"], ["demo", "--help"]):
        told = _zhijian(*arguments, data=data)
        assert told.returncode == 0
        assert told.stdout.startswith("用法：zhijian")
        assert not {"usage", "options", "positional", "optional", "show"} & set(told.stdout.replace(":", " ").split())


def test_misspelt_command_points_to_the_help(data: Path) -> None:
    told = _zhijian("demo", "lode", data=data)
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.endswith("没有“lode”。是不是“load”？请看说明：zhijian demo --help\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["xyz"], "没有“xyz”。"),
        (["up", "--prot", "80"], "看不懂“--prot 80”。"),
        (["import"], "还缺：文件、--as。"),
        (["import", "--as"], "“--as”后面要写一个值。"),
    ],
)
def test_the_word_that_is_wrong_is_named(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args(arguments)
    assert ended.value.code == MISUSED
    assert capsys.readouterr().err.splitlines()[-1].startswith(f"{sentence}请看说明：zhijian")


def test_taken_port_is_one_sentence_and_starts_nothing(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = _zhijian("up", "--empty", data=data, ZHIJIAN_PORT=str(port))
    assert told.returncode == 1
    advice = rf"端口 {port} 已被占用。请停掉占用它的程序，或换一个端口：ZHIJIAN_PORT=([0-9]+) make run\n"
    found = re.fullmatch(advice, told.stderr)
    assert found is not None
    assert int(found[1]) not in {port, SANDBOX_PORT}
    assert not (data / "postgres").exists()


def test_port_that_is_no_number_is_one_sentence(data: Path) -> None:
    told = _zhijian("up", data=data, ZHIJIAN_PORT="八千")
    assert (told.returncode, told.stderr) == (1, "ZHIJIAN_PORT 应为 1 到 65535 之间的整数，现在是“八千”。\n")


@pytest.mark.parametrize("command", ["up", "check"])
def test_one_port_for_both_is_one_sentence(data: Path, command: str) -> None:
    told = _zhijian(command, data=data, ZHIJIAN_PORT="8100", ZHIJIAN_SANDBOX_PORT="8100")
    assert (told.returncode, told.stderr) == (
        1, "ZHIJIAN_PORT 和 ZHIJIAN_SANDBOX_PORT 都是 8100。请给沙箱换一个端口。\n"
    )  # fmt: skip


def test_data_folder_in_use_is_one_sentence_naming_the_process(data: Path) -> None:
    data.mkdir()
    with datafolder.held(data):
        told = _zhijian("up", data=data)
    assert told.returncode == 1
    assert told.stderr == (
        f"数据文件夹“{data}”正在使用（进程号 {os.getpid()}）。请先停掉它，或用 ZHIJIAN_DATA 换一个文件夹。\n"
    )


def test_lock_is_gone_with_its_holder(data: Path) -> None:
    data.mkdir()
    with datafolder.held(data):
        pass
    with datafolder.held(data):
        assert (data / "running.lock").read_text() == str(os.getpid())


def test_data_folder_inside_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told = _zhijian("up", data=tmp_path / "file" / "data")
    assert told.returncode == 1
    assert told.stderr.startswith(f"数据文件夹“{tmp_path}/file/data”不能使用（")
    assert told.stderr.count("\n") == 1


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root needs setpriv to be refused")
def test_unreadable_data_folder_is_one_sentence(data: Path) -> None:
    data.mkdir(mode=0o000)
    told = _zhijian("up", data=data, before=POWERLESS if os.geteuid() == 0 else ())
    assert told.returncode == 1
    assert told.stderr == f"没有读写“{data}”的权限。请修改它的权限，或把 ZHIJIAN_DATA 指向别的文件夹。\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_full_disk_is_one_sentence(data: Path) -> None:
    data.mkdir()
    (data / "start.new").symlink_to("/dev/full")
    told = _zhijian("up", "--empty", data=data, **_free_ports())
    assert told.returncode == 1
    assert told.stderr == f"磁盘空间不足，无法写入“{data}”。请腾出至少 300 MB 后重新启动。\n"


def test_unreachable_database_is_named_without_its_password(data: Path) -> None:
    told = _zhijian("check", data=data, DATABASE_URL="postgresql://me:geheim@127.0.0.1:1/zhijian")
    assert told.returncode == 1
    assert told.stderr == (
        "连不上 DATABASE_URL 指定的数据库（127.0.0.1:1/zhijian）。请确认它已启动，地址、用户和密码正确。\n"
    )


def test_unknown_mode_is_one_sentence(data: Path) -> None:
    told = _zhijian("migrate", data=data, ZHIJIAN_MODE="prod")
    assert told.returncode == 1
    assert told.stderr == ("设置有误：ZHIJIAN_MODE 只能是 demonstration、development、production，现在是“prod”。\n")


def test_tables_are_made_once_and_the_server_is_not_left_running(data: Path) -> None:
    first = _zhijian("migrate", data=data)
    assert (first.returncode, first.stdout, first.stderr) == (0, "表结构已更新。\n", "")
    second = _zhijian("migrate", data=data)
    assert (second.returncode, second.stdout, second.stderr) == (0, "表结构已是最新，没有要更新的。\n", "")
    assert not (data / "postgres" / "postmaster.pid").exists()
    empty = _zhijian("createadmin", "admin", "--name", "张三", data=data, typed="a-long-password\n")
    assert (empty.returncode, empty.stderr) == (1, "还没有任何单位。请先打开网页完成安装向导，或核对编码。\n")
    indexed = _zhijian("reindex", data=data)
    assert (indexed.returncode, indexed.stdout) == (0, "索引已重建：答问 0 条，办事 0 项。\n")
    exported = _zhijian("audit", "export", str(data / "log.jsonl"), data=data)
    again = _zhijian("audit", "export", str(data / "log.jsonl"), data=data)
    assert (again.returncode, again.stderr) == (1, f"文件“{data / 'log.jsonl'}”已经存在，没有覆盖。请换一个文件名。\n")
    assert (exported.returncode, (data / "log.jsonl").read_text()) == (0, "")


def test_export_of_operations_is_verified_without_a_database(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text("")
    whole = _zhijian("audit", "verify", str(tmp_path / "log.jsonl"), data=tmp_path / "none")
    assert whole.returncode == 0
    assert whole.stdout.splitlines()[-1] == "操作记录完整，没有被改动。"
    assert not (tmp_path / "none").exists()
    cut = _zhijian("audit", "verify", str(tmp_path / "log.jsonl"), "--anchor", "ab" * 32, data=tmp_path / "none")
    assert cut.returncode == 1
    assert cut.stdout.splitlines()[-1] == "操作记录不完整。请保留现场，并通知审计管理员。"
    mistyped = _zhijian("audit", "verify", str(tmp_path / "log.jsonl"), "--anchor", "zzz", data=tmp_path / "none")
    assert (mistyped.returncode, mistyped.stderr) == (
        1, "--anchor 应是 64 位的封存指纹（数字和 a 到 f），请从以前的记录里整段复制。\n"
    )  # fmt: skip
    (tmp_path / "bad.jsonl").write_text("{}\n")
    bad = _zhijian("audit", "verify", str(tmp_path / "bad.jsonl"), data=tmp_path / "none")
    assert (bad.returncode, bad.stderr) == (1, "第 1 行不是操作记录的导出格式。请重新导出后再核对。\n")
