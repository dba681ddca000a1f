"""Reading somebody's file or pasted text into an article: structure kept, page noise taken out and told about.

Pure: bytes in, an ``Imported`` out; nothing is fetched and nothing is stored. The rest of the project imports from
this package, not from its modules.
"""

from zhijian.content.importing.opening import import_file, import_html, import_text
from zhijian.content.importing.punctuation import full_width_punctuation
from zhijian.content.importing.results import IMPORT_LIMITS, Imported, ImportedImage, ImportRefused, Notice

__all__ = [
    "IMPORT_LIMITS",
    "ImportRefused",
    "Imported",
    "ImportedImage",
    "Notice",
    "full_width_punctuation",
    "import_file",
    "import_html",
    "import_text",
]
