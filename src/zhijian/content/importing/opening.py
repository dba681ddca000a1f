from pathlib import PurePath
from typing import Final

from zhijian.content.importing.cleaning import clean
from zhijian.content.importing.plain import decode, read_text
from zhijian.content.importing.results import IMPORT_LIMITS, Imported, ImportRefused, Notice, Page
from zhijian.content.importing.webpage import read_html
from zhijian.content.importing.word import read_docx

OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
SIGNATURES: Final = (
    (b"%PDF", "这是 PDF 文件，不能直接导入。请用 WPS 或 Word 打开，另存为 .docx 后再导入。"),
    (b"{\\rtf", "这是 RTF 文件。请用 WPS 或 Word 打开，另存为 .docx 后再导入。"),
    (b"\xff\xd8\xff", "这是图片，不是文稿。请在编辑器里用“插入图片”。"),
    (b"\x89PNG", "这是图片，不是文稿。请在编辑器里用“插入图片”。"),
    (b"Rar!", "这是压缩包。请解压后导入里面的文稿。"),
    (b"7z\xbc\xaf", "这是压缩包。请解压后导入里面的文稿。"),
)
ENCODING_NAMES: Final = {"GB18030": "国标（GB18030）", "UTF-16": "UTF-16", "UTF-16-LE": "UTF-16", "UTF-16-BE": "UTF-16"}
SENTENCE_FOR_OTHERS: Final = "只能导入 .docx、.txt、.html 文件。请先另存为其中一种。"


def import_file(name: str, data: bytes) -> Imported:
    """Read a .txt, .html, .htm or .docx file; what it is, is judged by its bytes first and its name second.

    Raises ``ImportRefused`` with one Chinese sentence for anything else, too large, damaged or protected files.
    """
    if not data.strip():
        raise ImportRefused("这个文件是空的。请选择有内容的文件。")
    if len(data) > IMPORT_LIMITS.file_bytes:
        raise ImportRefused(f"文件超过 {IMPORT_LIMITS.file_bytes // 1024 // 1024} MB。请压缩里面的图片后再导入。")
    suffix = PurePath(name).suffix.lower()
    _refuse_others(suffix, data)
    if data.startswith(b"PK\x03\x04"):
        return clean(_word_page(suffix, data))
    return clean(_text_page(suffix, data))


def _refuse_others(suffix: str, data: bytes) -> None:
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise ImportRefused("这个文件加了打开密码。请用 WPS 或 Word 打开，取消密码后另存，再导入。")
        raise ImportRefused("这是旧格式的 .doc 或 .wps 文件。请用 WPS 或 Word 打开，另存为 .docx 后再导入。")
    for signature, sentence in SIGNATURES:
        if data.startswith(signature):
            raise ImportRefused(sentence)
    if suffix in {".docx", ".docm"} and not data.startswith(b"PK"):
        raise ImportRefused("这个 .docx 文件已损坏。请用 WPS 或 Word 打开，另存一份后再导入。")
    if (
        suffix in {".doc", ".wps", ".pdf", ".odt", ".ofd", ".xls", ".xlsx", ".ppt", ".pptx", ".zip"}
        and not data[:1] == b"<"
    ):
        raise ImportRefused(SENTENCE_FOR_OTHERS)


def _word_page(suffix: str, data: bytes) -> Page:
    if suffix not in {".docx", ".docm", ".doc", ".wps", ""}:
        raise ImportRefused(SENTENCE_FOR_OTHERS)
    return read_docx(data)


def _text_page(suffix: str, data: bytes) -> Page:
    if len(data) > IMPORT_LIMITS.text_bytes:
        raise ImportRefused(f"文字超过 {IMPORT_LIMITS.text_bytes // 1024 // 1024} MB。请只保留要发布的部分再导入。")
    markup = suffix in {".html", ".htm", ".mht"} or data.lstrip()[:200].lower().startswith(
        (b"<!doctype html", b"<html")
    )
    if markup:
        return read_html(data)
    text, encoding = decode(data)
    page = read_text(text)
    if encoding in ENCODING_NAMES:
        page.notices.append(
            Notice("encoding", f"按{ENCODING_NAMES[encoding]}编码读取。如有乱码，请另存为 UTF-8 后再导入。")
        )
    return page


def import_text(text: str) -> Imported:
    """Read pasted plain text; raises ``ImportRefused``."""
    if not text.strip():
        raise ImportRefused("没有粘贴到文字。请重新复制。")
    if len(text) > IMPORT_LIMITS.text_bytes:
        raise ImportRefused("粘贴的文字太长。请分成几次。")
    return clean(read_text(text))


def import_html(html: str) -> Imported:
    """Read HTML pasted from a web page, WeChat, Word or WPS; raises ``ImportRefused``."""
    if not html.strip():
        raise ImportRefused("没有粘贴到内容。请重新复制。")
    if len(html) > IMPORT_LIMITS.file_bytes:
        raise ImportRefused("粘贴的内容太大。请把图片单独上传。")
    return clean(read_html(html))
