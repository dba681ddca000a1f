"""`zhijian up`: start everything, say where it is, keep it running, stop everything."""

from __future__ import annotations

import http.client
import os
import socket
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhijian.cli import database, datafolder, project
from zhijian.cli.problems import StartupProblem
from zhijian.cli.supervisor import Process, Server, Supervisor
from zhijian.cli.terminal import ask, say

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from zhijian.cli.postgres import Cluster
    from zhijian.cli.supervisor import Part

HELP = "启动全部：数据库、网页、后台任务和平台沙箱；按 Ctrl-C 停止"
ANSWER_SECONDS = 30
READY_SECONDS = 90
USUAL_PORT, LAST_PORT = 8000, 65_535
DEMONSTRATION, EMPTY = "demonstration", "empty"
QUESTION = (
    "第一次启动，请选择：\n"
    "  1  演示县：一个虚构的县，有单位、人员、账号和稿件，随时可以移除（默认）\n"
    "  2  空白安装：打开网页后由向导一步步建立\n"
    f"请输入 1 或 2（{ANSWER_SECONDS} 秒内不选即为 1）："
)


@dataclass(frozen=True)
class Addresses:
    """Where the parts listen."""

    host: str
    port: int
    sandbox_port: int

    @property
    def web(self) -> str:
        shown = "127.0.0.1" if self.host in ("", "0.0.0.0", "::") else self.host  # noqa: S104 -- compared, not bound
        return f"http://{shown}:{self.port}"

    @property
    def sandbox(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the answer to the first start's question."""
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--demo", dest="choice", action="store_const", const=DEMONSTRATION, help="第一次启动装入演示县")
    choice.add_argument("--empty", dest="choice", action="store_const", const=EMPTY, help="第一次启动为空白安装")


def run(options: argparse.Namespace) -> int:
    """Start, supervise and stop. Every obstacle is a `StartupProblem` raised before anything is left running."""
    folder = datafolder.prepare()
    addresses = read_addresses()
    with datafolder.held(folder):
        _require_free_ports(addresses)
        say("正在启动……")
        choice = _choose(folder, options.choice)
        _complete_environment(addresses, choice)
        with database.ready() as cluster:
            _prepare_project(folder, choice)
            supervisor = Supervisor(_parts(folder, addresses, cluster), folder / "log")
            supervisor.run(when_ready=lambda running: _announce(running, addresses, choice))
            say("正在停止……")
    say("已全部停止。")
    return 0


def read_addresses() -> Addresses:
    """Read `ZHIJIAN_HOST`, `ZHIJIAN_PORT` and `ZHIJIAN_SANDBOX_PORT`. Raises `StartupProblem` for a bad number."""
    host = os.environ.get("ZHIJIAN_HOST", "127.0.0.1")
    port, sandbox_port = _port("ZHIJIAN_PORT", USUAL_PORT), _port("ZHIJIAN_SANDBOX_PORT", 8100)
    if port == sandbox_port:
        raise StartupProblem(f"ZHIJIAN_PORT 和 ZHIJIAN_SANDBOX_PORT 都是 {port}。请给沙箱换一个端口。")
    return Addresses(host, port, sandbox_port)


def _port(name: str, default: int) -> int:
    given = os.environ.get(name, str(default))
    if not given.isascii() or not given.isdigit() or not 0 < int(given) <= LAST_PORT:
        raise StartupProblem(f"{name} 应为 1 到 65535 之间的整数，现在是“{given}”。")
    return int(given)


def _is_production() -> bool:
    return os.environ.get("ZHIJIAN_MODE") == "production"


def _require_free_ports(addresses: Addresses) -> None:
    _require_free(addresses.host, addresses.port, "ZHIJIAN_PORT", other=addresses.sandbox_port)
    if not _is_production():
        _require_free("127.0.0.1", addresses.sandbox_port, "ZHIJIAN_SANDBOX_PORT", other=addresses.port)


def _require_free(host: str, port: int, variable: str, *, other: int) -> None:
    try:
        _take(host, port)
    except PermissionError as error:
        raise StartupProblem(f"没有权限使用端口 {port}。请换一个：{variable}=8080 make run") from error
    except socket.gaierror as error:
        raise StartupProblem(f"ZHIJIAN_HOST“{host}”不是本机的地址。请改为 127.0.0.1 或本机的网络地址。") from error
    except OSError as error:
        above = range(port + 1, LAST_PORT + 1)
        free = next((one for one in above if one != other and _is_free(host, one)), USUAL_PORT)
        raise StartupProblem(
            f"端口 {port} 已被占用。请停掉占用它的程序，或换一个端口：{variable}={free} make run"
        ) from error


def _take(host: str, port: int) -> None:
    """Take a port and let it go again. Raises OSError when somebody has it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def _is_free(host: str, port: int) -> bool:
    try:
        _take(host, port)
    except OSError:
        return False
    return True


def _choose(folder: Path, given: str | None) -> str:
    """Return what this installation is: noted earlier, or asked for; the demonstration when nobody answers."""
    if _is_production():
        return EMPTY
    noted = datafolder.remembered(folder).get("choice")
    if noted in (DEMONSTRATION, EMPTY):
        return str(noted)
    choice = given or os.environ.get("ZHIJIAN_FIRST_START") or _answer()
    if choice not in (DEMONSTRATION, EMPTY):
        raise StartupProblem(f"ZHIJIAN_FIRST_START 只能是 {DEMONSTRATION} 或 {EMPTY}，现在是“{choice}”。")
    datafolder.remember(folder, choice=choice, loaded=choice == EMPTY)
    return choice


def _answer() -> str:
    return EMPTY if ask(QUESTION, seconds=ANSWER_SECONDS) == "2" else DEMONSTRATION


def _complete_environment(addresses: Addresses, choice: str) -> None:
    """Tell every child process the same things; what the operator set stays as it is."""
    os.environ.setdefault("ZHIJIAN_MODE", "demonstration" if choice == DEMONSTRATION else "development")
    os.environ.setdefault("ZHIJIAN_BASE_URL", addresses.web)
    os.environ.setdefault("ZHIJIAN_SANDBOX_URL", addresses.sandbox)


def _prepare_project(folder: Path, choice: str) -> None:
    project.set_up()
    if project.has_pending_migrations():
        say("正在建立数据表……")
        project.apply_migrations()
    project.require_sound()
    project.collect_static(folder)
    if choice == DEMONSTRATION and not datafolder.remembered(folder).get("loaded"):
        from zhijian.cli import demo  # noqa: PLC0415 -- only once the rooms are loaded

        say("正在装入演示县，约需一分钟……")
        demo.load(say=say)
        datafolder.remember(folder, loaded=True)
    project.forget_connections()


def _parts(folder: Path, addresses: Addresses, cluster: Cluster | None) -> list[Part]:
    logs = folder / "log"
    parts: list[Part] = [Server(cluster)] if cluster else []
    if not _is_production():
        state = ["--state-file", str(folder / "sandbox.json")]
        arguments = ["-m", "zhijian.sandbox", "--port", str(addresses.sandbox_port), *state]
        parts.append(Process("平台沙箱", [sys.executable, *arguments], logs / "sandbox.log"))
    parts.append(Process("后台任务", [sys.executable, "-m", "zhijian.cli.main", "worker"], logs / "worker.log"))
    parts.append(Process("网页服务", _gunicorn(addresses), logs / "web.log"))
    return parts


def _gunicorn(addresses: Addresses) -> list[str]:
    """Two processes of eight threads: enough for an office on two cores; larger ones set WEB_CONCURRENCY."""
    host = f"[{addresses.host}]" if ":" in addresses.host else addresses.host
    processes = os.environ.get("WEB_CONCURRENCY", "2")
    shape = ["--worker-class", "zhijian.cli.webworker.Worker", "--workers", processes, "--threads", "8"]
    limits = ["--limit-request-line", "8190"]
    manners = ["--preload", "--no-control-socket", "--graceful-timeout", "10", "--timeout", "60"]
    bind = ["--bind", f"{host}:{addresses.port}"]
    return [sys.executable, "-m", "gunicorn", "zhijian.config.wsgi:application", *bind, *shape, *limits, *manners]


def _announce(running: Supervisor, addresses: Addresses, choice: str) -> None:
    """Wait until the pages answer, then say where they are and who can sign in."""
    if not _wait_for_pages(running, addresses):
        return
    say()
    say(f"指尖已启动：{addresses.web}/")
    say(f"  工作台：{addresses.web}/desk/")
    if not _is_production():
        say(f"  平台沙箱（看粉丝收到了什么）：{addresses.sandbox}/")
    say(f"  日志：{running.logs}")
    if choice == DEMONSTRATION:
        _introduce_accounts()
        _show_sign_ins()
    else:
        _show_wizard(addresses)
    say("按 Ctrl-C 停止。")


def _show_wizard(addresses: Addresses) -> None:
    code = project.pending_setup_code()
    if code:
        say(f"这是空白安装：打开 {addresses.web}/setup/ ，填启动码 {code}，按向导建立。")


def _introduce_accounts() -> None:
    """Make the demonstration's accounts known to the pretend platforms, which may have been emptied meanwhile."""
    from zhijian.cli import demo  # noqa: PLC0415 -- only once the rooms are loaded

    demo.announce_to_sandbox()
    project.forget_connections()


def _show_sign_ins() -> None:
    from zhijian.cli import demo  # noqa: PLC0415 -- only once the rooms are loaded

    say("演示登录（角色、登录名、密码）：")
    for role, username, password in demo.sign_ins():
        say(f"  {role}\t{username}\t{password}")


def _wait_for_pages(running: Supervisor, addresses: Addresses) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while not running.stopping:
        running.look()
        if _answers(addresses):
            return True
        if time.monotonic() > deadline:
            raise StartupProblem(f"网页服务 {READY_SECONDS} 秒内没有响应，已全部停下。原因见“{running.logs}”里的日志。")
        time.sleep(0.2)
    return False


def _answers(addresses: Addresses) -> bool:
    host = addresses.web.removeprefix("http://").rpartition(":")[0]
    connection = http.client.HTTPConnection(host.strip("[]"), addresses.port, timeout=20)
    try:
        connection.request("HEAD", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
