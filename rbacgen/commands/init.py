"""The steps of `init`: a first project file from a mapping, or a project and its mapping from existing access.

What is written is written whole or not at all, and nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from rbacgen.analysis import bootstrap
from rbacgen.analysis.bootstrap import FirstProject
from rbacgen.authorization import catalog
from rbacgen.authorization.catalog import Catalog
from rbacgen.commands import files, load, schema
from rbacgen.commands.open_source import LIVE, Connect, Reader
from rbacgen.model.exit_code import ExitCode
from rbacgen.model.near_names import did_you_mean
from rbacgen.model.problems import Position, RbacgenError
from rbacgen.model.source import COMPARED, Ask, Source
from rbacgen.model.state import State
from rbacgen.project import scaffold
from rbacgen.project.mapping import Mapping
from rbacgen.project.scaffold import ScaffoldAnswers


class BootstrapResult(Struct, frozen=True):
    """A first project that was written, and the source that it was made from."""

    start: FirstProject
    source: Source

    @property
    def is_partial(self) -> bool:
        """Whether part of the source could not be read, or is neither in the project nor covered by an `ignore` entry."""
        return bool(self.source.state.coverage.unread or self.start.unnamed)

    @property
    def exit_code(self) -> ExitCode:
        """OK if the project covers the whole source, else INCOMPLETE."""
        return ExitCode.INCOMPLETE if self.is_partial else ExitCode.OK


def from_source(
    name: str | None, given: str, subscriptions: Iterable[str], today: date, connect: Connect
) -> BootstrapResult:
    """Writes into the current folder a project with a mapping of its own that describes the access in a source.

    The source is a file, a folder of Terraform files, `-` for standard input or `azure`, which needs subscriptions. Raises
    RbacgenError if a project or a mapping already exists, or nothing could be read; nothing is written then.
    """
    here = Path.cwd()
    for path in (here / files.PROJECT_FILE, here / "mapping"):
        _refuse_existing(path)
    schema.refuse_unrelated(here / files.SCHEMA_FILE)
    called = project_name(name)
    roles = load.read_catalog(here)
    source = _read(given, tuple(subscriptions), roles, connect)
    start = bootstrap.first_project(source, called, roles, today)
    texts = {here / path: text for path, text in start.files.items()}
    _write_all({**texts, here / files.SCHEMA_FILE: schema.schema_beside(dict(start.files), roles)})
    return BootstrapResult(start, source)


def _read(given: str, subscriptions: tuple[str, ...], roles: Catalog, connect: Connect) -> Source:
    named = {each.lower() for each in subscriptions}
    if given == LIVE and not named:
        raise RbacgenError(
            "without a project, the subscriptions to read must be named",
            "name each with `--subscription ID` (`az account list -o table` shows them)",
        )
    reader = Reader(connect, "", roles)
    source = reader.read(given, Ask(tuple(sorted(named)), parts=COMPARED))
    if reader.live is None:
        return _only(source, named) if named else source
    return reader.with_directory(source, source.principals())


def _only(source: Source, subscriptions: set[str]) -> Source:
    """The source with the assignments in these subscriptions, and those above all subscriptions."""
    kept = (each for each in source.state if not each.scope.subscription or each.scope.subscription in subscriptions)
    return replace(source, state=State(kept, source.state.coverage))


def from_mapping(name: str, mapping_name: str, mapping: Mapping, answers: ScaffoldAnswers) -> tuple[str, ...]:
    """Writes a project file for a mapping, and its schema for editors, into the current folder; returns the next steps.

    Raises RbacgenError if a project already exists; nothing is written then.
    """
    refuse_existing_project()
    text = scaffold.project_file(name, mapping_name, mapping, answers)
    known = schema.new_project_schema(mapping, answers.chosen(mapping), catalog.load())
    _write_all({Path.cwd() / files.PROJECT_FILE: text, Path.cwd() / files.SCHEMA_FILE: known})
    return scaffold.what_next(mapping, answers)


def _write_all(texts: dict[Path, str]) -> None:
    staged = files.Staged()
    try:
        for path, text in texts.items():
            staged.write(path, text)
        staged.commit()
    finally:
        staged.discard()


def refuse_existing_project() -> None:
    """Raises RbacgenError if the current folder has a project file, or a schema that rbacgen has not generated."""
    _refuse_existing(Path.cwd() / files.PROJECT_FILE)
    schema.refuse_unrelated(Path.cwd() / files.SCHEMA_FILE)


def _refuse_existing(path: Path) -> None:
    """Raises RbacgenError if something is at the path: what a team has written is never overwritten."""
    if path.exists():
        raise RbacgenError(
            f"{files.shown(path)} already exists",
            "nothing was written; check it with `rbacgen check`, or use an empty folder",
        )


def project_name(given: str | None) -> str:
    """The name of a new project: the given one, else one made from the name of the current folder.

    Raises RbacgenError if the name is not valid for a project.
    """
    import re
    from typing import get_args

    from rbacgen.project.project_file import ProjectName

    letters = (each if each.isascii() and each.isalnum() else "-" for each in Path.cwd().name.lower())
    called = given or "".join(letters).strip("-")[:64].strip("-") or "project"
    is_word_of_yaml = called in ("true", "false", "null")
    if is_word_of_yaml or not re.fullmatch(get_args(ProjectName)[1].pattern, called):
        raise RbacgenError(
            f"`{called}` cannot be a project's name", "use lower-case letters, digits and - such as `fraud-detection`"
        )
    return called


def own_role(role: str, mapping_name: str) -> str:
    """Copies a project role of a mapping into `mapping/` for editing; returns how the project uses it.

    Raises RbacgenError if the mapping has no such project role, or the copy already exists.
    """
    known = load.mapping_alone(mapping_name)
    if role not in known.roles:
        raise RbacgenError(
            f"`{mapping_name}` has no project role `{role}`{did_you_mean(role, known.roles)}",
            f"it has {', '.join(known.roles)}",
        )
    folder = "workloads" if known.roles[role].is_workload else "roles"
    source, _ = files.mapping_folder(mapping_name, Position("--mapping"), Path.cwd())
    target = Path.cwd() / "mapping" / folder / f"{role}.yaml"
    if target.exists():
        raise RbacgenError(
            f"{files.shown(target)} already exists", "nothing was written; edit it, then run `rbacgen check`"
        )
    files.write_one(target, files.read_text(source / folder / f"{role}.yaml").text)
    return (
        f"wrote {files.shown(target)}; it overrides the shipped role once the project file contains\n"
        f"  mapping: [{mapping_name}, ./mapping]\n"
        "for editors, write its schema with `rbacgen schema mapping -o mapping/rbacgen.schema.json`\n"
    )
