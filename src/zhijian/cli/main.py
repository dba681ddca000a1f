"""The `zhijian` command. This file must stay readable by old Pythons: it is where they are turned away."""

import sys

OLDEST = (3, 11)


def main() -> None:
    """Run the command line and end the process with its exit code."""
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:2])
        sys.stderr.write("需要 Python 3.11 或更新的版本，现在是 " + found + "。请换用新版本后重新运行。\n")
        sys.exit(1)
    from zhijian.cli.commandline import run  # noqa: PLC0415 -- not before the version is known to do

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
