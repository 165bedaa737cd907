"""What commands come to: a project worked out, and what a render did; for reports to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct, field

from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.diff import RoleChanges
from rbacgen.model.assignment import Principal, Verdict
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
    from rbacgen.authorization.evaluator import Evaluator
    from rbacgen.authorization.request import AccessRequest, AllowedSubjects, Decision


class CheckedProject(Struct, frozen=True):
    """A project worked out: what it wants, all that was found, how many findings the project switched off, and how its access tests went.

    `roots` holds each file as it was read, by its name, and `shipped` the mappings that came with rbacgen: their files are
    nowhere in the user's repository.
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
        """The errors that leave open what is wanted; those that only judge it are not among them."""
        return tuple(each for each in self.of(Severity.ERROR) if not RULES[each.rule].judges)

    def of(self, *severities: Severity) -> tuple[Problem, ...]:
        """The problems of these severities."""
        return tuple(problem for problem in self.problems if problem.severity in severities)


class SourceCheck(Struct, frozen=True):
    """How the access tests of a project went on what a source holds, and what else was found there.

    `undecided` counts the tests that what was not read could turn; `unread` is all that was not. `taken` is when it was read.
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
    """Access outside Azure that an assigned project role takes: people give it, and rbacgen cannot check it."""

    project_role: Annotated[str, Meta(description="The project role.")]
    title: Annotated[str, Meta(description="Its title.")]
    responsibility: Annotated[str, Meta(description="The responsibility that takes it.")]
    system: Annotated[str, Meta(description="The system, such as `github`.")]
    access: Annotated[str, Meta(description="The access there.")]


def outside(project: Project) -> tuple[OutsideAccess, ...]:
    """The access outside Azure of the project roles that are assigned, in the mapping's order."""
    assigned = (role for role in project.mapping.roles.values() if project.team.get(role.id))
    return tuple(each for role in assigned for each in outside_of(role))


def outside_of(role: ProjectRole) -> Iterator[OutsideAccess]:
    """The access outside Azure of one project role."""
    for responsibility in role.responsibilities:
        for system, access in responsibility.outside:
            yield OutsideAccess(role.id, role.title, responsibility.id, system, access)


class RolesSince(Struct, frozen=True):
    """What became of the Azure roles in an earlier file of this name and kind, which held so many.

    Only a `is_whole` one tells which roles were added since.
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

    `is_gone` says that the project has this environment no more: what is left there waits to be applied and deleted.
    `imported` and `imported_roles` count the assignments and the custom roles that live already and are taken over.
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
        """Whether what stood there was already right."""
        return not self.changed and not self.removed


class NotImported(Struct, frozen=True):
    """A wanted assignment that lives already and that Terraform cannot take over: an apply would meet a conflict."""

    environment: str
    address: str
    title: str
    assignment_id: str
    why: str
    remedy: str


class ImportResult(Struct, frozen=True):
    """What a render found of the wanted access in a source, of this kind and of this name.

    `standing` counts what lives as an earlier render left it, `referring` what only Terraform can tell, and `not_visible` what a
    Terraform state does not hold, which may live outside it; `unread` is what nobody could say of, and the reading is complete
    without any.
    """

    source: str
    source_name: str
    standing: int
    referring: int
    not_visible: int
    not_imported: tuple[NotImported, ...]
    respelled: tuple[str, ...]
    unread: tuple[Unread, ...]
    notes: tuple[str, ...]


class RenderResult(Struct, frozen=True):
    """The result of a render: the outcome that it is made from, each directory, and what lived already if it was asked."""

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
        """Whether some of what may live already could not be looked up."""
        return self.imports_result is not None and bool(self.imports_result.unread)

    @property
    def has_findings(self) -> bool:
        """Whether something lives that Terraform cannot take over, so that an apply would meet a conflict."""
        return self.imports_result is not None and bool(self.imports_result.not_imported)

    @property
    def exit_code(self) -> ExitCode:
        """INCOMPLETE where something was not read, FINDINGS where a person has to act or a check found old files, else OK."""
        if self.is_partial:
            return ExitCode.INCOMPLETE
        is_outdated = self.is_check and not self.is_current
        return ExitCode.FINDINGS if self.has_findings or is_outdated else ExitCode.OK


def totals(directories: Iterable[WrittenDirectory]) -> Counter[str]:
    """Counts over all directories: files changed and removed, assignments, added, gone, adopted."""
    sums: Counter[str] = Counter()
    for each in directories:
        sums["changed"] += len(each.changed)
        sums["removed"] += len(each.removed)
        sums["assignments"] += each.assignments
        sums["added"] += each.added
        sums["gone"] += each.gone
        sums["adopted"] += each.imported
        sums["adopted_roles"] += each.imported_roles
    return sums


class CanResult(Struct, frozen=True):
    """The verdicts on one question, each with the environment that it is for (empty where a whole scope id was given).

    `accepted` are the verdicts that count as a yes; `source` is what was asked, empty for the project's
    own wanted state; `of` is the project, where there is one. `role_called` gives the name of an Azure role for its GUID,
    or the GUID where nobody knows one.
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
        """Whether every verdict is a yes."""
        return all(each.verdict in self.accepted for _, each in self.decisions)

    @property
    def is_complete(self) -> bool:
        """Whether nothing that was not read could change a verdict."""
        return not any(each.undecided for _, each in self.decisions)

    @property
    def exit_code(self) -> ExitCode:
        """INCOMPLETE where what was not read could change a verdict, FINDINGS where one is not a yes, else OK."""
        if not self.is_complete:
            return ExitCode.INCOMPLETE
        return ExitCode.OK if self.is_allowed else ExitCode.FINDINGS


class WhoCanResult(Struct, frozen=True):
    """Everyone who can do something, at each scope that was asked about, with its environment.

    `of` and `role_called` are as in Answered.
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
        """Whether everything was read that could tell of more."""
        return not any(each.undecided for _, each in self.places)

    @property
    def exit_code(self) -> ExitCode:
        """INCOMPLETE where what was not read could name more, else OK."""
        return ExitCode.OK if self.is_complete else ExitCode.INCOMPLETE

    def members_of(self, principal: Principal, request: AccessRequest) -> tuple[Principal, ...]:
        """Who is known to be in a group that can do it, but for those from whom a deny assignment takes it."""
        membership = self.access.facts.membership
        members = (membership.principals[each] for each in membership.members_of(principal.id))
        return tuple(each for each in members if self.access.escapes(each, request))
