"""The WeChat calls we use, one function each, with the token kept by the account's token store."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from zhijian.connectors import transport
from zhijian.connectors.contract import ErrKind
from zhijian.connectors.wechat.errors import error_from
from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from zhijian.connectors.contract import Account, MediaRef, Token

# The platform renews its token five minutes early and honours both meanwhile; we change over inside that window.
RENEW_BEFORE = timedelta(minutes=4)
PAGE = 20
MOST_PAGES = 10
UPLOAD_TIMEOUT = 60.0


def access_token(account: Account, *, refused: Token | None = None) -> Token:
    """Return a usable token. One process refreshes, the others wait and take what it got.

    `refused` is the token the platform has just turned down; it is not handed out again without asking the platform.
    """
    held = account.tokens.read(account.key)
    if held is not None and _usable(held, refused):
        return held
    with account.tokens.lock(account.key):
        held = account.tokens.read(account.key)
        if held is not None and _usable(held, refused):
            return held
        return _renew(account, held)


def call(
    account: Account,
    path: str,
    body: Mapping[str, Any] | None = None,
    *,
    mutates: bool,
    files: Mapping[str, tuple[str, bytes, str]] | None = None,
    params: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Call one endpoint under /cgi-bin/ and return its answer. A refused token is renewed once, then it is an error.

    Raises PlatformError.
    """
    token = access_token(account)

    def once() -> dict[str, Any]:
        return _send(account, path, body, mutates=mutates, files=files, params={**(params or {}), _TOKEN: token.value})

    answer = once()
    error = error_from(answer, mutates=mutates)
    if error is not None and error.kind is ErrKind.TOKEN:
        token = access_token(account, refused=token)
        answer = once()
        error = error_from(answer, mutates=mutates)
    if error is not None:
        raise error
    return answer


def upload_body_image(account: Account, media: MediaRef) -> str:
    """Upload a picture for use inside articles; return its address on the platform."""
    answer = call(account, "media/uploadimg", mutates=True, files=_file(media))
    return needed(answer, "url")


def upload_cover(account: Account, media: MediaRef) -> str:
    """Add a permanent picture to the library; return its media id. The file name carries the digest of the picture."""
    answer = call(account, "material/add_material", mutates=True, files=_file(media), params={"type": "image"})
    return needed(answer, "media_id")


def find_cover(account: Account, media: MediaRef) -> str:
    """Return the media id of a cover that an unanswered upload may have left in the library, or ""."""
    body = {"type": "image", "offset": 0, "count": PAGE}
    listed = call(account, "material/batchget_material", body, mutates=False)
    for item in _dicts(listed.get("item")):
        if item.get("name") == media.filename:
            return str(item.get("media_id", ""))
    return ""


def add_draft(account: Account, articles: list[dict[str, Any]]) -> str:
    """Add a draft; return its media id."""
    return needed(call(account, "draft/add", {"articles": articles}, mutates=True), "media_id")


def get_draft(account: Account, draft_id: str) -> list[dict[str, Any]]:
    """Return the articles of a draft. Raises NOT_FOUND when it is gone."""
    return _dicts(call(account, "draft/get", {"media_id": draft_id}, mutates=False).get("news_item"))


def delete_draft(account: Account, draft_id: str) -> None:
    """Delete a draft. Raises NOT_FOUND when it is already gone."""
    call(account, "draft/delete", {"media_id": draft_id}, mutates=True)


def submit(account: Account, draft_id: str) -> dict[str, Any]:
    """Queue a draft for publishing; return `publish_id` and, where given, `msg_data_id`."""
    answer = call(account, "freepublish/submit", {"media_id": draft_id}, mutates=True)
    needed(answer, "publish_id")
    return answer


def publish_status(account: Account, publish_id: str) -> dict[str, Any]:
    """Return how a queued publication fares."""
    return call(account, "freepublish/get", {"publish_id": publish_id}, mutates=False)


def delete_publication(account: Account, article_id: str, *, piece: int | None) -> None:
    """Delete one piece (0-based) or all (None). The platform counts from 1, and 0 would delete everything."""
    index = 0 if piece is None else piece + 1
    call(account, "freepublish/delete", {"article_id": article_id, "index": index}, mutates=True)


def drafts(account: Account) -> Iterator[dict[str, Any]]:
    """Walk through the draft box, newest first, without the bodies."""
    return _pages(lambda body: call(account, "draft/batchget", body, mutates=False))


def publications(account: Account, *, pages: int = MOST_PAGES) -> Iterator[dict[str, Any]]:
    """Walk through what was published, newest first, without the bodies. 100 calls a day: stop early."""
    return _pages(lambda body: call(account, "freepublish/batchget", body, mutates=False), pages=pages)


def send_customer_text(account: Account, openid: str, text: str) -> None:
    """Send a text to one follower; the platform takes it within 48 hours of what the follower last wrote.

    It cannot be read back: after UNKNOWN_OUTCOME it must not be sent again. Raises PlatformError.
    """
    body = {"touser": openid, "msgtype": "text", "text": {"content": text}}
    call(account, "message/custom/send", body, mutates=True)


def quota(account: Account, path: str) -> dict[str, Any]:
    """Return `daily_limit`, `used` and `remain` of one endpoint."""
    answer = call(account, "openapi/quota/get", {"cgi_path": f"/cgi-bin/{path}"}, mutates=False)
    found = answer.get("quota")
    return found if isinstance(found, dict) else {}


def callback_addresses(account: Account) -> list[str]:
    """Return the addresses WeChat calls us from."""
    found = call(account, "getcallbackip", mutates=False).get("ip_list")
    return [str(address) for address in found] if isinstance(found, list) else []


def needed(answer: Mapping[str, Any], name: str) -> str:
    """Return a member a success must have. Without it we cannot know what happened: UNKNOWN_OUTCOME."""
    value = answer.get(name)
    if not isinstance(value, (str, int)) or value == "":
        raise transport.doubtful(mutates=True, code="bad_answer", message=f"The answer lacks {name}.")
    return str(value)


_TOKEN = "access_token"  # noqa: S105 -- the name of the query parameter, not a secret


def _usable(held: Token, refused: Token | None) -> bool:
    if refused is not None and held.version == refused.version:
        return False
    return held.expires_at - RENEW_BEFORE > clock.now()


def _renew(account: Account, held: Token | None) -> Token:
    # stable_token in normal mode: asking again gives the same token, so an unanswered request does no harm.
    body = {
        "grant_type": "client_credential",
        "appid": account.uid,
        "secret": account.credentials.get("secret", ""),
    }
    answer = transport.decode(
        transport.send("POST", f"{account.base_url}/cgi-bin/stable_token", mutates=False, json_body=body), mutates=False
    )
    error = error_from(answer, mutates=False)
    if error is not None:
        raise error
    value, lifetime = answer.get(_TOKEN), answer.get("expires_in", 7200)
    if not isinstance(value, str) or not value or not isinstance(lifetime, int):
        raise transport.doubtful(mutates=False, code="bad_answer", message="The token answer has no token.")
    expires_at = clock.now() + timedelta(seconds=lifetime)
    return account.tokens.replace(account.key, seen=held.version if held else None, value=value, expires_at=expires_at)


def _send(
    account: Account,
    path: str,
    body: Mapping[str, Any] | None,
    *,
    mutates: bool,
    files: Mapping[str, tuple[str, bytes, str]] | None,
    params: Mapping[str, str],
) -> dict[str, Any]:
    answer = transport.send(
        "GET" if body is None and files is None else "POST",
        f"{account.base_url}/cgi-bin/{path}",
        mutates=mutates,
        params=params,
        json_body=body,
        files=files,
        timeout=float(account.settings.get("timeout", UPLOAD_TIMEOUT if files else 20.0)),
    )
    return transport.decode(answer, mutates=mutates)


def _pages(fetch: Callable[[dict[str, Any]], dict[str, Any]], *, pages: int = MOST_PAGES) -> Iterator[dict[str, Any]]:
    for page in range(pages):
        answer = fetch({"offset": page * PAGE, "count": PAGE, "no_content": 1})
        items = _dicts(answer.get("item"))
        yield from items
        if len(items) < PAGE:
            return


def _file(media: MediaRef) -> dict[str, tuple[str, bytes, str]]:
    return {"media": (media.filename, media.read(), media.media_type)}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
