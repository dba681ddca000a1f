from zhijian.services.views.catalogue import (
    edit_service,
    new_service,
    publish,
    retire,
    service_list,
    show_service,
)
from zhijian.services.views.importing import check_import, import_services

__all__ = [
    "check_import",
    "edit_service",
    "import_services",
    "new_service",
    "publish",
    "retire",
    "service_list",
    "show_service",
]
