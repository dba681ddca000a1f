"""A process that has loaded the product once and gives birth to workers: each is a process of its own to be killed.

Lines on standard input: `start <delivery>` forks a worker for one delivery and answers with its process id;
`wait <pid>` answers once that process has ended. A worker does what `zhijian worker` does for a job: one call.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhijian.config.settings"
    import django  # noqa: PLC0415 -- the settings are named first

    django.setup()
    from zhijian.publishing.actions import run_delivery  # noqa: PLC0415 -- only once the rooms are loaded

    print("ready", flush=True)  # noqa: T201 -- the answer the campaign waits for
    for line in sys.stdin:
        verb, number = line.split()
        if verb == "wait":
            os.waitpid(int(number), 0)
            print("ended", flush=True)  # noqa: T201 -- as above
            continue
        child = os.fork()
        if child == 0:
            run_delivery(delivery_id=int(number))
            os._exit(0)
        print(child, flush=True)  # noqa: T201 -- as above


if __name__ == "__main__":
    main()
