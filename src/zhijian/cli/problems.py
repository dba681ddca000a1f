"""Why a start is impossible, as one Chinese sentence an operator can act on."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from pathlib import Path


class StartupProblem(Exception):  # noqa: N818 -- it is a sentence for the operator, not a programming error
    """The command cannot go on; `str()` of it is the Chinese sentence to print, `code` what the command ends with."""

    code: ClassVar[int] = 1


class Misused(StartupProblem):
    """The command was written wrongly: for commands whose 1 says something else."""

    code = 2


def disk_full(folder: Path) -> StartupProblem:
    """Return the sentence for a volume without room."""
    return StartupProblem(f"磁盘空间不足，无法写入“{folder}”。请腾出至少 300 MB 后重新启动。")


def explained(error: OSError, folder: Path) -> StartupProblem:
    """Turn a file system error met at `folder` into the operator's sentence."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(folder)
    if error.errno == errno.EROFS:
        return StartupProblem(f"“{folder}”所在的磁盘是只读的。请把 ZHIJIAN_DATA 指向可以写入的位置。")
    if error.errno in (errno.EACCES, errno.EPERM):
        return StartupProblem(f"没有读写“{folder}”的权限。请修改它的权限，或把 ZHIJIAN_DATA 指向别的文件夹。")
    return StartupProblem(f"数据文件夹“{folder}”不能使用（{error.strerror}）。请把 ZHIJIAN_DATA 指向一个普通文件夹。")
