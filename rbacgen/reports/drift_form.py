"""The one form of a comparison that every report of it is made from: what `diff --format json` prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field, json

from rbacgen.desired import why
from rbacgen.drift import Aside, Change, Drift, RoleChange
from rbacgen.model import GUID, Assignment, AzureRole, Plane, PrincipalType, Unread
from rbacgen.outcome import Outcome
from rbacgen.permissions import role_allows
from rbacgen.problems import Position
from rbacgen.project import Ignored

FORMAT_VERSION = 1


class RoleName(Struct, frozen=True):
    """An Azure role; the name is empty where nobody knows it."""

    id: str
    name: str


class Who(Struct, frozen=True):
    """A principal; the name is empty where it is not known, or is a person's and was not asked for."""

    id: str
    type: str
    name: str


class At(Struct, frozen=True):
    """A place in a file."""

    file: str
    line: int
    column: int


class Differs(Struct, frozen=True):
    """One field that is not as wanted."""

    what: str
    wanted: str
    held: str


class Row(Struct, frozen=True):
    """One assignment. `kind` is how it differs, or why it is set aside, or what there is to know of it.

    `until` is the instant (ISO 8601) from which Azure takes it away, `created` when it was made; `reason` is the one of
    the ignore rule that it falls under. `gives_access` says that the held role can hand out access itself.
    """

    kind: str
    environment: str
    scope: str
    scope_kind: str
    azure_role: RoleName
    principal: Who
    activation: str
    condition: str
    project_roles: tuple[str, ...]
    responsibilities: tuple[str, ...]
    why: str
    differs: tuple[Differs, ...]
    remark: str
    until: str | None
    created: str | None
    reason: str | None
    at: At | None
    assignment_id: str | None
    gives_access: bool


class RoleRow(Struct, frozen=True):
    """One custom role of the project's that is missing or altered."""

    kind: str
    environment: str
    azure_role: RoleName
    differs: tuple[Differs, ...]


class UnreadRow(Struct, frozen=True):
    """What could not be read, or not be compared."""

    scope: str
    part: str
    why: str
    cure: str


class UnusedRule(Struct, frozen=True):
    """An ignore rule that nothing fell under; `hint` says what its words may have meant, where nobody knows them."""

    reason: str
    at: At
    hint: str


class Form(Struct, frozen=True):
    """A whole comparison. `set_aside` counts by reason; `named` holds those assignments, but the ones outside the project."""

    format_version: int
    project: str
    source: str
    source_name: str
    taken: str | None
    tenant: str
    strategy: str
    in_sync: bool
    complete: bool
    wanted: int
    held: int
    cautions: tuple[str, ...]
    changes: tuple[Row, ...]
    custom_roles: tuple[RoleRow, ...]
    counts: Mapping[str, int]
    set_aside: Mapping[str, int]
    named: tuple[Row, ...]
    remarks: tuple[Row, ...]
    unread: tuple[UnreadRow, ...]
    unused_ignore_rules: tuple[UnusedRule, ...]
    notes: tuple[str, ...]
    environments: Mapping[str, str] = field(default_factory=dict)


def form(drift: Drift, outcome: Outcome, names: bool = False) -> Form:
    """The comparison as reports take it. Names of persons whom the project does not name are there only with `names`."""
    called = _Names(drift, outcome, names)
    return Form(
        format_version=FORMAT_VERSION,
        project=drift.project,
        source=str(drift.source.kind),
        source_name=drift.source.name,
        taken=f"{drift.source.taken:%Y-%m-%dT%H:%M:%SZ}" if drift.source.taken is not None else None,
        tenant=drift.source.tenant,
        strategy=str(drift.strategy),
        in_sync=drift.is_in_sync,
        complete=drift.is_complete,
        wanted=drift.wanted,
        held=drift.held,
        cautions=drift.cautions,
        changes=tuple(called.change(each) for each in drift.changes),
        custom_roles=tuple(_role_row(each) for each in drift.role_changes),
        counts={str(kind): count for kind, count in drift.counts().items()},
        set_aside={str(why): count for why, count in drift.aside_counts().items()},
        named=tuple(
            called.row(str(each.why), None, each.held, "", reason=each.rule.reason if each.rule else None)
            for each in drift.set_aside
            if each.why is not Aside.OUTSIDE
        ),
        remarks=tuple(
            called.row(str(each.note), each.wanted, None, each.wanted.environment, remark=each.text)
            for each in drift.remarks
        ),
        unread=tuple(_unread_row(each) for each in drift.unread),
        unused_ignore_rules=tuple(_unused(each, drift, outcome) for each in drift.unused_rules),
        notes=drift.notes,
        environments={each.name: each.subscription for each in outcome.project.environments},
    )


def _unused(rule: Ignored, drift: Drift, outcome: Outcome) -> UnusedRule:
    """A rule that nothing fell under: by a name that no role has, a slip of the pen is likelier than that all is gone."""
    hint = ""
    if rule.azure_role and outcome.catalog.find(rule.azure_role) is None and not GUID.match(rule.azure_role):
        from rbacgen.shape import near_miss

        known = {
            role.name for role in (*drift.source.definitions, *(each.role for each in outcome.desired.definitions))
        }
        if rule.azure_role.casefold() not in map(str.casefold, known):
            near = near_miss(rule.azure_role, (*outcome.catalog.names(), *sorted(known)))
            hint = f"no Azure role that is known is called `{rule.azure_role}`{near}"
    return UnusedRule(rule.reason, _at(rule.at), hint)


def text(given: Form) -> str:
    """The form as JSON, indented."""
    return json.format(json.encode(given), indent=2).decode() + "\n"


class _Names:
    """What to call principals: by the project's name for them, else by the directory's, persons only if asked for."""

    def __init__(self, drift: Drift, outcome: Outcome, persons: bool) -> None:
        self.catalog = outcome.catalog
        self.assigns: dict[str, bool] = {}
        self.directory = drift.source.directory
        self.persons = persons
        self.known = {
            wearer.principal.id: wearer.principal.name for team in outcome.project.team.values() for wearer in team
        }

    def can_assign(self, role: AzureRole) -> bool:
        if role.id not in self.assigns:
            known = role if role.permissions else self.catalog.find(role.id) or role
            self.assigns[role.id] = role_allows(known, "Microsoft.Authorization/roleAssignments/write", Plane.CONTROL)
        return self.assigns[role.id]

    def who(self, assignment: Assignment) -> Who:
        principal = assignment.principal
        entry = self.directory.get(principal.id)
        name = self.known.get(principal.id, "")
        kind = str(principal.type)
        if kind == PrincipalType.UNKNOWN and entry is not None and entry.type:
            kind = entry.type
        if not name and (kind in (PrincipalType.GROUP, PrincipalType.SERVICE_PRINCIPAL) or self.persons):
            name = entry.name if entry is not None and entry.name else principal.name
        return Who(principal.id, kind, name)

    def change(self, change: Change) -> Row:
        return self.row(
            str(change.kind),
            change.wanted,
            change.held,
            change.environment,
            remark=change.remark,
            differs=tuple(Differs(each.what, each.wanted, each.held) for each in change.differs),
        )

    def row(
        self,
        kind: str,
        wanted: Assignment | None,
        held: Assignment | None,
        environment: str,
        remark: str = "",
        differs: tuple[Differs, ...] = (),
        reason: str | None = None,
    ) -> Row:
        either = wanted or held
        assert either is not None
        reasons = wanted.reasons if wanted is not None else ()
        at = reasons[0].member_at if reasons else held.held.at if held is not None else None
        until = held.held.until if held is not None else None
        return Row(
            kind=kind,
            environment=environment,
            scope=either.scope.id,
            scope_kind=either.scope_kind,
            azure_role=RoleName(either.role.id, either.role.name),
            principal=self.who(either),
            activation=str(either.activation),
            condition=either.condition,
            project_roles=_each_once(each.project_role for each in reasons),
            responsibilities=_each_once(each.responsibility for each in reasons),
            why=why(reasons),
            differs=differs,
            remark=remark,
            until=f"{until:%Y-%m-%dT%H:%M:%SZ}" if until is not None else None,
            created=(held.held.created or None) if held is not None else None,
            reason=reason,
            at=_at(at) if at is not None else None,
            assignment_id=(held.held.id or None) if held is not None else None,
            gives_access=held is not None and self.can_assign(held.role),
        )


def _each_once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _at(at: Position) -> At:
    return At(at.file, at.line, at.column)


def _role_row(change: RoleChange) -> RoleRow:
    differs = tuple(Differs(each.what, each.wanted, each.held) for each in change.differs)
    return RoleRow(str(change.kind), change.environment, RoleName(change.wanted.id, change.wanted.name), differs)


def _unread_row(unread: Unread) -> UnreadRow:
    return UnreadRow(unread.scope, str(unread.part), unread.why, unread.cure)
