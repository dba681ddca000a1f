from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from django.http import HttpRequest

    from zhijian.ui.listing.exports import Export


class AuditConfig(AppConfig):
    name = "zhijian.audit"
    label = "audit"
    verbose_name = "审计"

    def ready(self) -> None:
        """Hear of every list that leaves as a file, whichever room shows it."""
        from zhijian.ui.listing.exports import hear_exports  # noqa: PLC0415 - the models are there only now

        hear_exports(_record_file)


def _record_file(request: HttpRequest, file: Export) -> None:
    from zhijian.audit.actions import record_export  # noqa: PLC0415 - as above

    record_export(
        actor=request.user, what=file.name, file_format=file.file_format, rows=file.rows,
        narrowed={**file.narrowed, **({"q": True} if file.searched else {})},
    )  # fmt: skip
