"""The house's conventions, read from the running project: names have rules, acts leave traces, rows have owners."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ProjectState
from django.db.models import ForeignKey, Model
from django.utils import translation

from zhijian.access import rules
from zhijian.access.permissions import Permission
from zhijian.audit.events import EventName
from zhijian.organisations.models import Organisation

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src" / "zhijian"

# Rows that name a body but are not a body's own: why no scope is asked for when they are read.
NOT_OWNED = {
    "inbox.Clock": "the time a body had for a case: read with the case, whose scope is asked for",
    "inbox.Entry": "a line of a case's history names who acted: read with the case",
    "inbox.Answer": "names the body a citizen should ask instead; the owner is the case's",
    "registry.LedgerRow": "a line of a ledger: the body is what the line says, the owner is the ledger's",
    "organisations.PastBodyName": "a name a body bore before, read only through the page of a body in scope",
    "organisations.Relation": "a line between two bodies, read only through the pages of a body in scope",
    "organisations.RoleAssignment": "the scopes themselves are computed from these rows",
}


def _rooms_code(room: str) -> list[ast.Module]:
    files = [path for path in (SOURCES / room).rglob("*.py") if "migrations" not in path.parts]
    return [ast.parse(path.read_text(encoding="utf-8")) for path in files]


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} | {
        part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)
    }


def test_every_permission_has_exactly_one_rule() -> None:
    assert set(Permission) - rules.registered() == set()


def test_names_of_permissions_and_events_have_three_parts() -> None:
    assert [name for name in Permission if len(name.value.split(":")) != 3] == []
    assert [name for name in EventName if len(name.value.split(".")) != 3] == []


def test_every_permission_is_asked_for_and_every_event_is_written_somewhere() -> None:
    used: dict[str, set[str]] = {"Permission": set(), "EventName": set()}
    for room in (path.parent.name for path in SOURCES.glob("*/__init__.py")):
        for module in _rooms_code(room):
            rule_lines = _decorator_nodes(module)
            for node in ast.walk(module):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node not in rule_lines:
                    used.get(node.value.id, set()).add(node.attr)
    assert {name.name for name in EventName} - used["EventName"] == set()
    assert {name.name for name in Permission} - used["Permission"] == set()


def _decorator_nodes(module: ast.Module) -> set[ast.AST]:
    """Every node inside a decorator: `@rule(Permission.X)` gives a permission its rule, it does not ask for it."""
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    return {part for function in functions for decorator in function.decorator_list for part in ast.walk(decorator)}


def _facts(model: type[Model]) -> Any:
    """Return Django's description of a model; it is public in all but its name."""
    return model._meta  # noqa: SLF001 -- documented by Django under this name


def _owned_models() -> list[type[Model]]:
    """Models of ours with a foreign key to the body that owns the row."""
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith("zhijian.")
        and any(isinstance(field, ForeignKey) and field.related_model is Organisation for field in _facts(model).fields)
        and model is not Organisation
    ]


@pytest.mark.parametrize("model", _owned_models(), ids=lambda model: _facts(model).label)
def test_rows_of_a_body_are_read_within_a_scope(model: type[Model]) -> None:
    """A model that names a body has, in its room, a function that takes the actor, names the model and asks the scope.

    Together with the test below (pages never touch models) this means that a list or a page can only be made from
    rows the actor may see; whether the filter is right is shown by the test in which two bodies walk every page.
    """
    if _facts(model).label in NOT_OWNED:
        return
    scoped = [
        function.name
        for module in _rooms_code(_facts(model).app_label)
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef)
        and {"actor"} & {argument.arg for argument in [*function.args.args, *function.args.kwonlyargs]}
        and model.__name__ in _names(function)
        and {"in_scope", "bodies_in_scope", "holds_role", "find_body"} & _names(function)
    ]
    assert scoped


def test_exceptions_from_the_scope_are_still_models() -> None:
    assert set(NOT_OWNED) - {_facts(model).label for model in _owned_models()} == set()


def test_pages_never_touch_models() -> None:
    """Views, forms and templates' helpers get rows from `queries` and change them through `actions`."""
    pages = [*SOURCES.glob("*/views.py"), *SOURCES.glob("*/views/*.py"), *SOURCES.glob("api/*.py")]
    pages.remove(SOURCES / "api" / "actions.py")
    guilty = [
        str(path.relative_to(SOURCES))
        for path in pages
        for module in _imported(path)
        if module.endswith(".models") and (module != "zhijian.organisations.models" or "organisations" in path.parts)
    ]
    assert guilty == []


def test_rooms_touch_the_models_of_no_other_room() -> None:
    """`organisations.models` is the one exception (rooms above it); names for the type checker are none."""
    guilty = [
        f"{path.relative_to(SOURCES)}: {module}"
        for path in SOURCES.rglob("*.py")
        for module in _imported(path)
        if module.split(".")[2:3] == ["models"]
        and module.split(".")[1] not in {path.relative_to(SOURCES).parts[0], "organisations"}
    ]
    assert guilty == []


def _imported(path: Path) -> list[str]:
    """Return our own modules that a file imports from when it runs."""
    nodes = _runtime_nodes(ast.parse(path.read_text(encoding="utf-8")))
    modules = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return [module for module in modules if module.startswith("zhijian.")]


def _runtime_nodes(module: ast.Module) -> list[ast.AST]:
    """Every node outside `if TYPE_CHECKING:`."""
    hidden = {
        part
        for node in ast.walk(module)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for part in ast.walk(node)
    }
    return [node for node in ast.walk(module) if node not in hidden]


def test_rooms_import_downwards_only() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 -- the linter
    assert checked.returncode == 0, checked.stdout


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    loader = MigrationLoader(None)
    questioner = NonInteractiveMigrationQuestioner(dry_run=True)
    with translation.override(None):  # Django's own texts stand in the migrations untranslated
        autodetector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps), questioner)
        found = autodetector.changes(graph=loader.graph)
    ours = {app: changes for app, changes in found.items() if apps.get_app_config(app).name.startswith("zhijian.")}
    assert ours == {}
