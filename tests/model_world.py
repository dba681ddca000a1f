"""The pretend language model of the sandbox, set up, consented to, and watched: what reached it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2

from zhijian.knowledge.actions.language_model import ModelDraft, consent_to_model, set_up_model
from zhijian.organisations.enums import Role
from zhijian.sandbox.language_model import KEY
from zhijian.sandbox.server import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.people import County

    from zhijian.organisations.models import Organisation, User


@dataclass
class ModelHouse:
    """Where the model is, and the two administrators who decide about it."""

    site: str
    county: County
    system: User
    security: User

    @property
    def address(self) -> str:
        return f"{self.site}/model/v1"

    def draft(self, *bodies: Organisation, name: str = "office", **more: Any) -> ModelDraft:
        """Return a setting that lets these bodies in."""
        told = {"address": self.address, "key": KEY, **more}
        return ModelDraft(name=name, bodies=tuple(body.pk for body in bodies), **told)

    def set_up(self, *bodies: Organisation, name: str = "office", **more: Any) -> None:
        """Set the model up, without a consent."""
        set_up_model(actor=self.system, draft=self.draft(*bodies, name=name, **more))

    def open(self, *bodies: Organisation, name: str = "office", **more: Any) -> None:
        """Set the model up and consent to it."""
        row = set_up_model(actor=self.system, draft=self.draft(*bodies, name=name, **more))
        if row.consented_by is None:
            consent_to_model(actor=self.security, stamp=row.stamp)

    def chats(self) -> list[dict[str, Any]]:
        """Return every question that reached the model."""
        ledger = httpx2.get(f"{self.site}/_ctl/ledger").json()
        entries = ledger if isinstance(ledger, list) else ledger["entries"]
        return [entry for entry in entries if entry["kind"] == "model_asked"]

    def fault(self, **what: Any) -> None:
        """Let the next call of the model fail in this way."""
        httpx2.post(f"{self.site}/_ctl/faults", json={"match": "/model/", **what}).raise_for_status()


@contextmanager
def model_house(county: County, settings: Any) -> Iterator[ModelHouse]:
    """Run the sandbox; outside production its address is open to the guard."""
    with running() as site:
        settings.ZHIJIAN_SANDBOX_URL = site
        system = county.person("xitong", county.city, Role.SYSTEM_ADMIN)
        yield ModelHouse(site, county, system, county.person("anquan", county.city, Role.SECURITY_ADMIN))
