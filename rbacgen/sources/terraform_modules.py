"""Module calls between the folders of a directory: which folders are applied, and what may be hidden behind a call."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from rbacgen.sources.collector import Collector
from rbacgen.sources.resources import OTHER_ACCESS
from rbacgen.sources.terraform_statements import REMEDY, Statement, TerraformModule


def normal_folder(folder: str) -> str:
    """A folder in the form that module calls are compared in: without `.` and `..`, and empty for the current one."""
    normal = posixpath.normpath(folder)
    return "" if normal == "." else normal


def _called(statement: Statement, folder: str) -> str | None:
    """The folder that a module call in this folder leads to; None where its source is not a local path."""
    attributes = statement.body.attributes
    source = attributes["source"].value if "source" in attributes else None
    if not isinstance(source, str) or not source.startswith(("./", "../")):
        return None
    return normal_folder(posixpath.join(folder, source))


def may_contain_access(statement: Statement) -> bool:
    """Whether a statement is a resource of access, or calls a module that may contain one."""
    is_resource = statement.words[0] == "resource" and statement.words[1] not in OTHER_ACCESS
    return is_resource or statement.words[0] == "module"


def _called_folders(module: TerraformModule) -> Iterator[str]:
    for statement in module.statements:
        if statement.words[0] == "module" and (called := _called(statement, module.folder)) is not None:
            yield called


def reached_folders(modules: Mapping[str, TerraformModule]) -> set[str]:
    """The folders whose content is applied: those without Terraform files in a folder above, and those that their calls lead to."""
    open_ = [folder for folder in modules if not any(above in modules for above in _above(folder))]
    reached: set[str] = set()
    while open_:
        folder = open_.pop()
        if folder in modules and folder not in reached:
            reached.add(folder)
            open_.extend(_called_folders(modules[folder]))
    return reached


def pass_on_access(modules: Mapping[str, TerraformModule]) -> None:
    """Sets `has_access` of each module that calls one with access, through any number of calls."""
    callers: dict[str, list[str]] = {}
    for folder, module in modules.items():
        for called in _called_folders(module):
            callers.setdefault(called, []).append(folder)
    open_ = [folder for folder, module in modules.items() if module.has_access]
    while open_:
        for caller in callers.get(open_.pop(), ()):
            if not modules[caller].has_access:
                modules[caller].has_access = True
                open_.append(caller)


def _above(folder: str) -> Iterator[str]:
    """Every folder above, the nearest first."""
    while folder not in ("", "/"):
        folder = posixpath.dirname(folder)
        yield folder


def check_calls(module: TerraformModule, modules: Mapping[str, TerraformModule], gathered: Collector) -> None:
    """Adds module calls as unread that may contain access which was not read, or was read once and is created several times."""
    for statement in module.statements:
        if statement.words[0] != "module":
            continue
        place = str(statement.at)
        folder = _called(statement, module.folder)
        if folder is None:
            gathered.refuse(
                place, f"{statement.address} is a module that is not a local folder, so it was not read", REMEDY
            )
            continue
        called = modules.get(folder)
        if called is None:
            gathered.refuse(place, f"{statement.address} is a module outside this directory", REMEDY)
        elif called.has_access:
            attributes = statement.body.attributes
            repeated = next((name for name in ("for_each", "count") if name in attributes), "")
            if repeated:
                gathered.refuse(
                    place, f"{statement.address} is called by `{repeated}`, which only Terraform can evaluate", REMEDY
                )
