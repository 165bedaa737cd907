"""The order of steps of `init --from`: from what lives to a first project and mapping, written all or not at all."""

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
from rbacgen.commands import files, load
from rbacgen.commands import schema as editing
from rbacgen.commands.open_source import LIVE, Connect, Reader
from rbacgen.model.problems import RbacgenError
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
        """Whether the source was not read whole, or holds what the project neither wants nor passes over."""
        return bool(self.source.state.coverage.unread or self.start.unnamed)


def adopt(name: str | None, given: str, subscriptions: Iterable[str], today: date, connect: Connect) -> BootstrapResult:
    """Writes a project and a mapping of its own that want what lives in a source, into the current folder.

    The source is a file, a folder of Terraform files, `-` for standard input or `azure`, which takes subscriptions. Raises
    RbacgenError where a project or a mapping stands there already, or nothing could be read; nothing is written then.
    """
    here = Path.cwd()
    for path in (here / files.PROJECT_FILE, here / "mapping"):
        load.refuse_existing(path)
    editing.refuse_unrelated(here / files.SCHEMA_FILE)
    called = load.project_name(name)
    roles = load.read_catalog(here)
    source = _read(given, tuple(subscriptions), roles, connect)
    start = bootstrap.first_project(source, called, roles, today)
    staged = files.Staged()
    try:
        for name_of_file, text in start.files.items():
            staged.write(here / name_of_file, text)
        staged.write(here / files.SCHEMA_FILE, editing.schema_beside(dict(start.files), roles))
        staged.commit()
    finally:
        staged.discard()
    return BootstrapResult(start, source)


def _read(given: str, subscriptions: tuple[str, ...], roles: Catalog, connect: Connect) -> Source:
    named = {each.lower() for each in subscriptions}
    if given == LIVE and not named:
        raise RbacgenError(
            "there is no project yet that could say which subscriptions to read",
            "name each with `--subscription ID` (`az account list -o table` shows them)",
        )
    reader = Reader(connect, "", roles)
    source = reader.read(given, Ask(tuple(sorted(named)), parts=COMPARED))
    if reader.live is None:
        return _only(source, named) if named else source
    return reader.with_directory(source, source.principals())


def _only(source: Source, subscriptions: set[str]) -> Source:
    """The source with what lies in these subscriptions, and above all of them."""
    kept = (each for each in source.state if not each.scope.subscription or each.scope.subscription in subscriptions)
    return replace(source, state=State(kept, source.state.coverage))


def refuse_existing() -> None:
    """Raises RbacgenError where the current folder has a project already, or a schema that rbacgen has not generated."""
    load.refuse_existing(Path.cwd() / files.PROJECT_FILE)
    editing.refuse_unrelated(Path.cwd() / files.SCHEMA_FILE)


def write(name: str, mapping_name: str, mapping: Mapping, answers: ScaffoldAnswers) -> tuple[str, ...]:
    """Writes a project file for a mapping, and the schema for editors, into the current folder; gives what is left to do.

    Raises RbacgenError where a project stands there already; nothing is written then.
    """
    refuse_existing()
    text = scaffold.project_file(name, mapping_name, mapping, answers)
    schema = editing.new_project_schema(mapping, answers.chosen(mapping), catalog.load())
    staged = files.Staged()
    try:
        staged.write(Path.cwd() / files.PROJECT_FILE, text)
        staged.write(Path.cwd() / files.SCHEMA_FILE, schema)
        staged.commit()
    finally:
        staged.discard()
    return scaffold.what_next(mapping, answers)
