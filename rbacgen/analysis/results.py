"""The results of commands, for reports to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct, field

from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.diff import RoleChanges
from rbacgen.model.assignment import Verdict
from rbacgen.model.exit_code import ExitCode
from rbacgen.model.problems import Problem, Severity
from rbacgen.model.rules import RULES
from rbacgen.model.state import Unread
from rbacgen.project.desired import Desired
from rbacgen.project.document import Node
from rbacgen.project.mapping import ProjectRole
from rbacgen.project.project import Project

if TYPE_CHECKING:
    from rbacgen.analysis.access_tests.cases import TestResult
    from rbacgen.analysis.explain import Explanation
    from rbacgen.authorization.evaluator import Evaluator
    from rbacgen.authorization.request import AllowedSubjects, Decision


class CheckedProject(Struct, frozen=True):
    """A project, its desired state, all problems, how many of them the project switched off, and its test results.

    `roots` holds each file as it was read, by its name, and `shipped` the mappings that came with rbacgen: their files are
    not in the user's repository.
    """

    project: Project
    desired: Desired
    catalog: Catalog
    problems: tuple[Problem, ...]
    switched_off: Mapping[str, int]
    test_results: tuple[TestResult, ...] = ()
    roots: Mapping[str, Node] = field(default_factory=dict)
    shipped: tuple[str, ...] = ()

    def count(self, severity: Severity) -> int:
        """How many problems of this severity were found."""
        return sum(1 for problem in self.problems if problem.severity is severity)

    @property
    def blocking(self) -> tuple[Problem, ...]:
        """The errors that leave undecided what is desired; those that only judge it are not among them."""
        return tuple(each for each in self.of(Severity.ERROR) if not RULES[each.rule].judges)

    def of(self, *severities: Severity) -> tuple[Problem, ...]:
        """The problems of these severities."""
        return tuple(problem for problem in self.problems if problem.severity in severities)


class SourceCheck(Struct, frozen=True):
    """How the access tests of a project went on what a source holds, and what else was found there.

    `undecided` counts the tests whose result could change by what was not read; `unread` is all that was not. `taken` is when it was read.
    """

    source: str
    test_results: tuple[TestResult, ...]
    problems: tuple[Problem, ...]
    unread: tuple[Unread, ...]
    undecided: int
    notes: tuple[str, ...]
    taken: datetime | None = None

    @property
    def has_findings(self) -> bool:
        """Whether something is there that must not be, or not there that must be."""
        return bool(self.problems)

    @property
    def is_complete(self) -> bool:
        """Whether nothing that was not read could change the result."""
        return not self.unread and not self.undecided

    @property
    def exit_code(self) -> ExitCode:
        """INCOMPLETE where something was not read, FINDINGS where a problem was found, else OK."""
        if not self.is_complete:
            return ExitCode.INCOMPLETE
        return ExitCode.FINDINGS if self.has_findings else ExitCode.OK


class CheckResult(Struct, frozen=True):
    """The result of a check: the project and, where a source was given and the project has no errors, what it holds.

    `is_strict` says that warnings count as errors.
    """

    checked: CheckedProject
    actual: SourceCheck | None = None
    is_strict: bool = False

    @property
    def exit_code(self) -> ExitCode:
        """FAILED where the project has errors, else what the check of the source comes to."""
        failing = (Severity.ERROR, Severity.WARNING) if self.is_strict else (Severity.ERROR,)
        if self.checked.of(*failing):
            return ExitCode.FAILED
        return self.actual.exit_code if self.actual is not None else ExitCode.OK


class OutsideAccess(Struct, frozen=True):
    """Access outside Azure that a project role needs; rbacgen lists it and cannot check it."""

    project_role: Annotated[str, Meta(description="The project role.")]
    title: Annotated[str, Meta(description="Its title.")]
    responsibility: Annotated[str, Meta(description="The responsibility that takes it.")]
    system: Annotated[str, Meta(description="The system, such as `github`.")]
    access: Annotated[str, Meta(description="The access there.")]


def outside(project: Project) -> tuple[OutsideAccess, ...]:
    """The access outside Azure that the assigned project roles need, in the mapping's order."""
    assigned = (role for role in project.mapping.roles.values() if project.team.get(role.id))
    return tuple(each for role in assigned for each in outside_of(role))


def outside_of(role: ProjectRole) -> Iterator[OutsideAccess]:
    """The access outside Azure that one project role needs."""
    for responsibility in role.responsibilities:
        for system, access in responsibility.outside:
            yield OutsideAccess(role.id, role.title, responsibility.id, system, access)


class RolesSince(Struct, frozen=True):
    """How the Azure roles of an earlier file changed: its name, its kind and how many it had.

    Only an `is_whole` one shows which roles were added since.
    """

    file: str
    kind: str
    roles: int
    is_whole: bool
    changes: RoleChanges

    @property
    def exit_code(self) -> ExitCode:
        """FINDINGS where any role changed, else OK."""
        return ExitCode.FINDINGS if self.changes else ExitCode.OK


class WrittenDirectory(Struct, frozen=True):
    """What a render did, or would do, to one environment's directory; file names in order.

    `is_gone` says that the project no longer has this environment: what is left there waits to be applied and deleted.
    `imported` and `imported_roles` count the assignments and the custom roles that already exist and are imported.
    """

    environment: str
    folder: str
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    assignments: int
    added: int
    gone: int
    is_gone: bool = False
    imported: int = 0
    imported_roles: int = 0

    @property
    def is_current(self) -> bool:
        """Whether what was there is already right."""
        return not self.changed and not self.removed


class NotImported(Struct, frozen=True):
    """A desired assignment that already exists and that Terraform cannot import: an apply would meet a conflict."""

    environment: str
    address: str
    title: str
    assignment_id: str
    why: str
    remedy: str


class ImportResult(Struct, frozen=True):
    """What a render found of the desired access in a source of this kind and name.

    `unchanged` counts what exists as an earlier render left it, `referring` what only Terraform knows, and `not_visible` what
    a Terraform state does not hold, which may exist outside it; `unread` is what could not be read, and the reading is
    complete without any.
    """

    source: str
    source_name: str
    unchanged: int
    referring: int
    not_visible: int
    not_imported: tuple[NotImported, ...]
    respelled: tuple[str, ...]
    unread: tuple[Unread, ...]
    notes: tuple[str, ...]


class RenderResult(Struct, frozen=True):
    """The result of a render: the project, each directory, and what already existed if a source was asked."""

    checked: CheckedProject
    directories: tuple[WrittenDirectory, ...]
    imports_result: ImportResult | None = None
    is_check: bool = False

    @property
    def is_current(self) -> bool:
        """Whether every directory was already right."""
        return all(each.is_current for each in self.directories)

    @property
    def is_partial(self) -> bool:
        """Whether some of what may already exist could not be looked up."""
        return self.imports_result is not None and bool(self.imports_result.unread)

    @property
    def has_findings(self) -> bool:
        """Whether something exists that Terraform cannot import, so that an apply would meet a conflict."""
        return self.imports_result is not None and bool(self.imports_result.not_imported)

    @property
    def exit_code(self) -> ExitCode:
        """INCOMPLETE where something was not read, FINDINGS where a person has to act or a check found old files, else OK."""
        if self.is_partial:
            return ExitCode.INCOMPLETE
        is_outdated = self.is_check and not self.is_current
        return ExitCode.FINDINGS if self.has_findings or is_outdated else ExitCode.OK


def totals(directories: Iterable[WrittenDirectory]) -> Counter[str]:
    """Counts over all directories: files changed and removed, assignments, added, gone, imported."""
    sums: Counter[str] = Counter()
    for each in directories:
        sums["changed"] += len(each.changed)
        sums["removed"] += len(each.removed)
        sums["assignments"] += each.assignments
        sums["added"] += each.added
        sums["gone"] += each.gone
        sums["imported"] += each.imported
        sums["imported_roles"] += each.imported_roles
    return sums


class CanResult(Struct, frozen=True):
    """The decisions of `can`, each with its environment (empty where a scope id was given).

    `accepted` are the verdicts that count as allowed; `source` is empty for the desired state; `of` is the project, where
    there is one. `role_called` gives the name of an Azure role for its GUID, or the GUID where the name is not known.
    """

    project: str
    source: str
    decisions: tuple[tuple[str, Decision], ...]
    accepted: frozenset[Verdict]
    of: Project | None = None
    notes: tuple[str, ...] = ()
    role_called: Callable[[str], str] = str

    @property
    def is_allowed(self) -> bool:
        """Whether every verdict is accepted."""
        return all(each.verdict in self.accepted for _, each in self.decisions)

    @property
    def is_complete(self) -> bool:
        """Whether nothing that was not read could change a verdict."""
        return not any(each.unknowns for _, each in self.decisions)

    @property
    def exit_code(self) -> ExitCode:
        """INCOMPLETE where what was not read could change a verdict, FINDINGS where one is not a yes, else OK."""
        if not self.is_complete:
            return ExitCode.INCOMPLETE
        return ExitCode.OK if self.is_allowed else ExitCode.FINDINGS


class WhoCanResult(Struct, frozen=True):
    """Everyone who can do something, at each scope of the query, with its environment.

    `of` and `role_called` are as in `CanResult`.
    """

    project: str
    source: str
    places: tuple[tuple[str, AllowedSubjects], ...]
    access: Evaluator
    of: Project | None = None
    notes: tuple[str, ...] = ()
    role_called: Callable[[str], str] = str

    @property
    def is_complete(self) -> bool:
        """Whether nothing that was not read could add anyone."""
        return not any(each.unknowns for _, each in self.places)

    @property
    def exit_code(self) -> ExitCode:
        """INCOMPLETE where what was not read could name more, else OK."""
        return ExitCode.OK if self.is_complete else ExitCode.INCOMPLETE


class ExplainResult(Struct, frozen=True):
    """All access of a subject, an Azure role or a capability. `of` is the project, where there is one."""

    explanation: Explanation
    is_complete: bool
    of: Project | None = None

    @property
    def exit_code(self) -> ExitCode:
        """INCOMPLETE where something could not be read, else OK."""
        return ExitCode.OK if self.is_complete else ExitCode.INCOMPLETE
