"""Run the sandbox: python -m zhijian.sandbox --port 8900 [--state-file sandbox.json]."""

from __future__ import annotations

import argparse
from pathlib import Path

from zhijian.sandbox.server import HOST, serve

DEFAULT_PORT = 8900


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(
        prog="python -m zhijian.sandbox", description="模拟平台（沙箱），仅用于开发、演练和测试。"
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="端口")
    parser.add_argument("--state-file", type=Path, default=None, help="保存状态的文件；不填则只在内存里")
    options = parser.parse_args()
    print(f"沙箱已启动：http://{HOST}:{options.port}/")  # noqa: T201 -- the address is what the person at the terminal needs
    serve(port=options.port, state_file=options.state_file)


if __name__ == "__main__":
    main()
