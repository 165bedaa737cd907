"""The order of steps of each command, written once: from files to a result that a front end can show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from rbacgen.analysis.checks import checks
from rbacgen.analysis.results import CheckedProject, RolesSince
from rbacgen.authorization import catalog
from rbacgen.commands import files
from rbacgen.model import rules
from rbacgen.model.assignment import AzureRole
from rbacgen.model.problems import InputError, Position, Problem, RbacgenError, Severity, in_order
from rbacgen.project import document, lock, mapping, mapping_loader, project_loader
from rbacgen.project.desired import build_desired
from rbacgen.project.document import Node
from rbacgen.project.mapping_loader import MappingFile

if TYPE_CHECKING:
    from rbacgen.analysis.access_tests.cases import TestResult
    from rbacgen.authorization.catalog.diff import RoleChanges
    from rbacgen.project.project import Project, TeamTest


class Files(Struct, frozen=True):
    """A project's files, read as far as they go before its names are resolved.

    `problems` are those of all files but the lock, `lock_problems` those of the lock. `roots` are the files of YAML by name,
    and `shipped` the mappings that came with rbacgen.
    """

    path: Path
    root: Node
    mapping: mapping.Mapping
    roles: catalog.Catalog
    lock: lock.Lock
    problems: tuple[Problem, ...]
    lock_problems: tuple[Problem, ...]
    roots: Mapping[str, Node]
    shipped: tuple[str, ...]


def read_files(given: str | None) -> Files:
    """Reads a project file and everything that it names.

    Raises InputError with every problem where a file cannot be read at all; other problems come with the files.
    """
    path = files.find_project(given)
    text = files.read_text(path)
    root, problems = document.parse(text.text, text.name)
    if root is None:
        raise InputError(problems)
    found: list[Problem] = list(problems)
    roles = read_catalog(path.parent)
    roots = {text.name: root}
    read, shipped = [], []
    for name, at in project_loader.mapping_names(root):
        try:
            folder, called = files.mapping_folder(name, at, path.parent)
            shipped += [called] if files.is_shipped(folder) else []
            layer = _layer(folder, called, found)
            read.append(layer)
            roots |= {f"{called}/{each.path}": each.root for each in layer}
        except InputError as error:
            found += error.problems
    known, problems = mapping_loader.build(read, roles)
    found += problems
    if any(read) and not known.environments and not any(each.severity is Severity.ERROR for each in found):
        at = project_loader.mapping_names(root)[0][1]
        found.append(
            rules.problem("unknown-mapping", at, "none of the mappings has a mapping.yaml with `environments`")
        )
    locked, lock_problems = _read_lock(path.parent)
    return Files(path, root, known, roles, locked, tuple(found), lock_problems, roots, tuple(shipped))


class TestOptions(Struct, frozen=True):
    """How access tests are to be run: files with more of them, and whether hats that nobody wears are tested too."""

    files: tuple[str, ...] = ()
    every_role: bool = False


def work_out(given: str | None, today: date, within: int = 30, proving: TestOptions | None = None) -> CheckedProject:
    """Reads a project and everything that it names, works out what it wants, and checks it; with `proving`, runs its access tests.

    Raises InputError with every problem where a file cannot be read at all; problems that leave something to look at
    come with the outcome. Where there are errors already, no access test is run: it would only say what follows from them.
    """
    read = read_files(given)
    found: list[Problem] = [*read.problems, *read.lock_problems]
    made, problems = project_loader.build(read.root, read.mapping, read.lock)
    found += problems
    desired, problems = build_desired(made).on(today)
    found += problems
    found += checks.run(checks.CheckInput(made, desired, read.roles, today, within))
    test_results: tuple[TestResult, ...] = ()
    blocked = any(each.severity is Severity.ERROR and not rules.RULES[each.rule].judges for each in found)
    if proving is not None and not blocked:
        from rbacgen.analysis.access_tests import regressions, runner

        more, problems = read_tests(proving.files)
        found += problems
        proven = runner.run(made, desired, read.roles, more, proving.every_role)
        test_results = proven.test_results
        found += proven.problems
        found += regressions.problems(made, desired, read.roles, test_results)
    kept, off = checks.without_switched_off(rules.sound(found), made)
    return CheckedProject(made, desired, read.roles, in_order(kept), off, test_results, read.roots, read.shipped)


def read_tests(paths: Iterable[str]) -> tuple[tuple[TeamTest, ...], tuple[Problem, ...]]:
    """The access tests in files that stand by themselves, and what is wrong with their shape.

    Raises InputError where one cannot be read at all.
    """
    from rbacgen.project.decode import Reading, read
    from rbacgen.project.project_file import AccessTestFile

    found: list[TeamTest] = []
    problems: list[Problem] = []
    for each in paths:
        text = files.read_text(Path(each))
        root, faults = document.parse(text.text, text.name)
        problems += faults
        if root is not None:
            reading = Reading()
            found += project_loader.team_tests(read(root, AccessTestFile, reading).tests, reading)
            problems += reading.problems
    return tuple(found), tuple(problems)


def _layer(folder: Path, name: str, found: list[Problem]) -> tuple[MappingFile, ...]:
    layer = []
    for relative, text in files.read_mapping(folder, name):
        root, problems = document.parse(text.text, text.name)
        found += problems
        if root is not None:
            layer.append(MappingFile(relative, root))
    if not layer:
        found.append(rules.problem("unknown-mapping", Position(name), "this folder holds no YAML file of a mapping"))
    return tuple(layer)


def _read_lock(folder: Path) -> tuple[lock.Lock, tuple[Problem, ...]]:
    path = folder / files.LOCK_FILE
    if not path.is_file():
        return lock.Lock(files.shown(path)), ()
    text = files.read_text(path)
    return lock.parse(text.text, text.name)


def read_catalog(folder: Path) -> catalog.Catalog:
    """The shipped catalogue, with the changes of an `azure_roles.json` that stands in the folder."""
    shipped = catalog.load()
    path = folder / files.ROLES_FILE
    if not path.is_file():
        return shipped
    from rbacgen.authorization.catalog import overlay

    text = files.read_text(path)
    return overlay.apply(shipped, overlay.parse(text.text, text.name))


def to_say(checked: CheckedProject) -> tuple[Problem, ...]:
    """What every run has to say, whether it was asked for findings or not: access that stands because PIM is off."""
    return tuple(problem for problem in checked.problems if problem.rule == "pim-off")


def chosen_environments(made: Project, names: tuple[str, ...]) -> tuple[str, ...]:
    """The environments of these names, or all, in the project's order. Raises RbacgenError where there is no such one."""
    from rbacgen.project.decode import did_you_mean

    known = [environment.name for environment in made.environments]
    for name in names:
        if name not in known:
            raise RbacgenError(
                f"the project has no environment `{name}`{did_you_mean(name, known)}", f"it has {', '.join(known)}"
            )
    return tuple(name for name in known if not names or name in names)


# roles, init


def find_roles(given: str | None, words: str) -> tuple[AzureRole, ...]:
    """The Azure role of this name, former name or id, or every role that the words fit; all without words.

    Raises RbacgenError where nothing fits.
    """
    roles = read_catalog(_folder(given))
    if not words:
        return tuple(role for name in roles.names() if (role := roles.find(name)) is not None)
    exact = roles.find(words)
    if exact is not None:
        return (exact,)
    found = roles.search(words)
    if not found:
        near = roles.near(words)
        raise RbacgenError(
            f"no Azure role fits `{words}`",
            f"near it: {', '.join(near)}"
            if near
            else "`rbacgen roles WORD` searches by words, and `rbacgen roles` lists all",
        )
    return found


def catalog_here(given: str | None) -> catalog.Catalog:
    """The catalogue with the project's own changes, or the shipped one where there is no project."""
    return read_catalog(_folder(given))


def _folder(given: str | None) -> Path:
    """The folder of the project, or the current one where there is no project and none is asked for."""
    try:
        return files.find_project(given).parent
    except RbacgenError:
        if given is not None:
            raise
        return Path.cwd()


def update_roles(given: str | None, source: Path) -> tuple[RoleChanges, str]:
    """Writes what Azure was seen to have beyond the shipped catalogue beside the project; gives the changes and the path."""
    from rbacgen.authorization.catalog import definitions, diff, overlay

    text = files.read_text(source)
    seen = definitions.read_definitions(text.text, text.name)
    shipped = catalog.load()
    path = _folder(given) / files.ROLES_FILE
    before = overlay.parse(*_text_of(path)) if path.is_file() else None
    files.write_one(path, overlay.dump(overlay.overlay_of(shipped, seen, before)))
    return diff.changes(shipped, seen), files.shown(path)


def roles_since(given: str | None, old: Path) -> RolesSince:
    """What became of the Azure roles in an earlier file: in today's catalogue, with the project's own changes.

    The file is the output of `az role definition list -o json`, an `azure_roles.json` or an `rbacgen.lock`, told apart by what
    stands in it. Raises InputError where it is none of them, and RbacgenError where it is a lock without Azure roles.
    """
    from rbacgen.authorization.catalog import definitions, diff, overlay

    text = files.read_text(old)
    today = catalog_here(given)
    keys = _top_keys(text.text)
    if keys & {"principals", "azure_roles", "scopes"}:
        locked, problems = lock.parse(text.text, text.name)
        if problems:
            raise InputError(problems)
        if not locked.azure_roles:
            raise RbacgenError(
                f"{text.name} holds no Azure roles", "an older rbacgen wrote it: run `rbacgen lock` once"
            )
        known = tuple(locked.azure_roles.values())
        return RolesSince(text.name, "rbacgen.lock", len(known), False, diff.since(known, today, whole=False))
    if "format_version" in keys:
        kept = overlay.parse(text.text, text.name)
        missing = frozenset(kept.removed)
        found = diff.since(kept.roles, today, whole=False, missing=missing)
        return RolesSince(text.name, "azure_roles.json", len(kept.roles), False, found)
    seen = definitions.read_definitions(text.text, text.name)
    whole = diff.is_complete(today, seen)
    found = diff.since(seen, today, whole)
    return RolesSince(text.name, "az role definition list", len(seen), whole, found)


def _top_keys(text: str) -> frozenset[str]:
    """The keys of a JSON object; none of what is none, or no JSON: its own reader says what is wrong with it."""
    import json

    try:
        content = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return frozenset()
    return frozenset(content) if isinstance(content, dict) else frozenset()


def _text_of(path: Path) -> tuple[str, str]:
    read = files.read_text(path)
    return read.text, read.name


def refuse_existing(path: Path) -> None:
    """Raises RbacgenError where something stands at the path: what a team has written is never overwritten."""
    if path.exists():
        raise RbacgenError(
            f"{files.shown(path)} stands here already",
            "nothing was written; `rbacgen check` says what is wrong with it, or go to an empty folder",
        )


def project_name(given: str | None) -> str:
    """The name of a new project: the given one, else what the current folder's name comes to.

    Raises RbacgenError where the given one cannot be a project's name.
    """
    import re
    from typing import get_args

    from rbacgen.project.project_file import ProjectName

    letters = (each if each.isascii() and each.isalnum() else "-" for each in Path.cwd().name.lower())
    called = given or "".join(letters).strip("-")[:64].strip("-") or "project"
    is_word_of_yaml = called in ("true", "false", "null")
    if is_word_of_yaml or not re.fullmatch(get_args(ProjectName)[1].pattern, called):
        raise RbacgenError(
            f"`{called}` cannot be a project's name", "take lower-case letters, digits and - such as `fraud-detection`"
        )
    return called


def mapping_alone(name: str) -> mapping.Mapping:
    """The mapping of this name, or in this folder below the current one. Raises InputError where it has errors."""
    found: list[Problem] = []
    layer = _layer(*files.mapping_folder(name, Position("--mapping"), Path.cwd()), found)
    known, problems = mapping_loader.build([layer], catalog.load())
    errors = [problem for problem in (*found, *problems) if problem.severity is Severity.ERROR]
    if errors:
        raise InputError(errors)
    return known


def own_role(role: str, mapping_name: str) -> str:
    """Copies a project role of a mapping into `mapping/` for editing, and says how the project takes it up."""
    from rbacgen.project.decode import did_you_mean

    known = mapping_alone(mapping_name)
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
            f"{files.shown(target)} stands here already", "nothing was written; edit it, then run `rbacgen check`"
        )
    files.write_one(target, files.read_text(source / folder / f"{role}.yaml").text)
    return (
        f"wrote {files.shown(target)}; it stands in for the shipped one once the project file says\n"
        f"  mapping: [{mapping_name}, ./mapping]\n"
        "editors check it with the schema that `rbacgen schema mapping -o mapping/rbacgen.schema.json` writes\n"
    )
