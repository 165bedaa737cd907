"""Reads what `terraform show -json` prints of a state or of a plan."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec import Raw, Struct, field

from rbacgen.authorization.catalog import Catalog
from rbacgen.model.problems import RbacgenError
from rbacgen.model.source import Source, SourceKind
from rbacgen.model.state import EVERYTHING
from rbacgen.sources.collector import Collector, instant_of
from rbacgen.sources.resource_values import Resource, Unclear, Value
from rbacgen.sources.resources import (
    ASSIGNMENTS,
    AZAPI,
    DEFINITION,
    DIRECTORY,
    OTHER_ACCESS,
    PrincipalNames,
    gather,
)

_READ = ASSIGNMENTS | AZAPI | OTHER_ACCESS | {DEFINITION}
_REMEDY = {
    SourceKind.TERRAFORM_STATE: "check it by hand, or read live Azure",
    SourceKind.TERRAFORM_PLAN: "apply the plan, then give `terraform show -json` of the state, or read live Azure",
}


class _Resource(Struct):
    """A resource of a state; `values` are decoded only where the type matters."""

    address: str
    type: str
    mode: str = "managed"
    values: Raw = Raw(b"{}")


class _StateModule(Struct):
    resources: list[_Resource] = field(default_factory=list)
    child_modules: list[_StateModule] = field(default_factory=list)


class _Values(Struct):
    root_module: _StateModule = field(default_factory=_StateModule)


class _State(Struct):
    values: _Values | None = None


class _Change(Struct):
    after_unknown: Raw = Raw(b"{}")


class _ResourceChange(Struct):
    address: str
    type: str
    change: _Change = field(default_factory=_Change)


class _Deferred(Struct):
    resource_change: _ResourceChange | None = None


class _Document(Struct):
    """Both forms in one: a state has `values`, a plan has `planned_values`.

    https://developer.hashicorp.com/terraform/internals/json-format
    """

    values: _Values | None = None
    planned_values: _Values | None = None
    prior_state: _State | None = None
    resource_changes: list[_ResourceChange] = field(default_factory=list)
    deferred_changes: list[_Deferred] = field(default_factory=list)
    timestamp: str = ""
    errored: bool = False
    complete: bool = True


def parse(name: str, text: str | bytes, catalog: Catalog) -> Source:
    """The access in a state, or the access after a plan is applied. Raises RbacgenError where the text is damaged."""
    try:
        document = msgspec.json.decode(text, type=_Document)
        return _read(name, document, catalog)
    except (msgspec.ValidationError, RecursionError) as fault:
        raise RbacgenError(
            f"{name} looks like the output of `terraform show -json`, but its parts do not have the form that Terraform writes",
            "write it again: `terraform show -json > state.json`, or `terraform show -json PLAN > plan.json`",
        ) from fault


def _read(name: str, document: _Document, catalog: Catalog) -> Source:
    is_plan = document.planned_values is not None
    kind = SourceKind.TERRAFORM_PLAN if is_plan else SourceKind.TERRAFORM_STATE
    actual = document.planned_values if is_plan else document.values
    remedy = _REMEDY[kind]
    unknown = {
        change.address: change.change.after_unknown for change in document.resource_changes if change.type in _READ
    }
    names = PrincipalNames()
    if document.prior_state is not None:
        for resource in _resources(document.prior_state.values):
            if resource.type in DIRECTORY:
                names.add(resource.type, _decoded(resource.values))
    resources = []
    for resource in _resources(actual):
        if resource.type in DIRECTORY:
            names.add(resource.type, _decoded(resource.values))
        elif resource.mode == "managed" and resource.type in _READ:
            values = _decoded(resource.values)
            if resource.address in unknown:
                _mark(values, msgspec.json.decode(unknown[resource.address]))
            resources.append(Resource(resource.type, resource.address, resource.address, values))
    gathered = gather(resources, names, catalog, remedy)
    if next(_resources(actual), None) is None:
        gathered.note(f"{name} contains no resources: it may be from another directory or workspace")
    _check_completeness(name, document, gathered)
    return gathered.source(kind, name, EVERYTHING, instant_of(document.timestamp))


def _check_completeness(name: str, document: _Document, gathered: Collector) -> None:
    """Adds what a plan leaves out as unread."""
    for deferred in document.deferred_changes:
        change = deferred.resource_change
        if change is not None and change.type in _READ:
            gathered.refuse(
                change.address, f"{change.address} is deferred to a later plan", "apply this plan, then plan again"
            )
    if document.errored:
        gathered.refuse(name, "the plan failed, so it is incomplete", "fix the error and plan again")
    elif not document.complete:
        gathered.refuse(
            name, "the plan is partial (made with -target, or with deferred changes)", "plan without -target"
        )


def _resources(values: _Values | None) -> Iterator[_Resource]:
    """Every resource of a state, with those of child modules, in the order of the file."""
    modules = [values.root_module] if values is not None else []
    while modules:
        module = modules.pop()
        yield from module.resources
        modules.extend(reversed(module.child_modules))


def _decoded(raw: Raw) -> dict[str, Value]:
    values = msgspec.json.decode(raw)
    return values if isinstance(values, dict) else {}


def _mark(values: dict[str, Value], unknown: object) -> None:
    """Marks the values that a plan does not know yet, and therefore leaves out."""
    if not isinstance(unknown, dict):
        return
    for name, mark in unknown.items():
        if mark is True:
            values[name] = Unclear("is known only after the apply")
        elif isinstance(mark, list) and isinstance(inner := values.get(name), list):
            for item, item_mark in zip(inner, mark, strict=False):
                if isinstance(item, dict):
                    _mark(item, item_mark)
