"""Reads a directory of Terraform files: the values that they write out, and what only Terraform can compute as unread."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from rbacgen.authorization.catalog import Catalog
from rbacgen.model.source import Source, SourceKind
from rbacgen.model.state import EVERYTHING
from rbacgen.sources.collector import Collector
from rbacgen.sources.resource_values import Resource
from rbacgen.sources.resources import ASSIGNMENTS, AZAPI, OTHER_ACCESS, PrincipalNames, gather
from rbacgen.sources.terraform_modules import (
    check_calls,
    may_contain_access,
    normal_folder,
    pass_on_access,
    reached_folders,
)
from rbacgen.sources.terraform_statements import REMEDY, Statement, TerraformModule, read_file
from rbacgen.sources.terraform_values import ModuleNames, settled_body

_UNCALLED = "no module call leads to this folder, so it is not known whether its content is ever applied"
_CALL = "if Terraform is run in it, give it as a source of its own; if it is no longer used, delete it"


def parse(name: str, files: Mapping[str, str], catalog: Catalog) -> Source:
    """The access that the files of a directory, and of those below it, write out. The keys are paths, which name places in messages.

    Nothing is dropped: what is not written out is unread, with its place.
    """
    gathered = Collector()
    modules: dict[str, TerraformModule] = {}
    for path in sorted(files):
        folder = normal_folder(posixpath.dirname(path))
        module = modules.setdefault(folder, TerraformModule(folder))
        read_file(path, files[path], module, gathered)
    resources: list[Resource] = []
    reached = reached_folders(modules)
    for module in modules.values():
        _index(module)
        if module.folder not in reached:
            if any(map(may_contain_access, module.statements)):
                gathered.refuse(module.folder, _UNCALLED, _CALL)
            continue
        names = ModuleNames(module, catalog)
        for statement in module.statements:
            if statement.words[0] == "resource":
                resources.extend(_resource(statement, names, gathered))
    pass_on_access(modules)
    for folder in sorted(reached):
        check_calls(modules[folder], modules, gathered)
    read = gather(resources, PrincipalNames(), catalog, REMEDY)
    read.unread += gathered.unread
    return read.source(SourceKind.TERRAFORM_FILES, name, EVERYTHING)


def _index(module: TerraformModule) -> None:
    """Fills in what references within the module can lead to."""
    subscriptions = set()
    for statement in module.statements:
        attributes = statement.body.attributes
        if statement.words[0] == "provider" and "alias" not in attributes:
            given = attributes["subscription_id"].value if "subscription_id" in attributes else None
            subscriptions.add(given if isinstance(given, str) else "")
        elif statement.words[0] in ("resource", "data"):
            module.has_access = module.has_access or (
                statement.words[0] == "resource" and statement.words[1] in ASSIGNMENTS | AZAPI
            )
            if "count" not in attributes and "for_each" not in attributes:
                module.literal[statement.words] = statement.body
    if len(subscriptions) == 1:
        module.subscription = subscriptions.pop().lower()


def _resource(statement: Statement, names: ModuleNames, gathered: Collector) -> Iterator[Resource]:
    type_ = statement.words[1]
    place = str(statement.at)
    attributes = statement.body.attributes
    repeated = next((name for name in ("for_each", "count") if name in attributes), "")
    if repeated and type_ not in OTHER_ACCESS:
        gathered.refuse(
            place, f"{statement.address} is created by `{repeated}`, which only Terraform can evaluate", REMEDY
        )
        return
    values = settled_body(statement.body, names)
    yield Resource(type_, statement.address, place, values, statement.at)
