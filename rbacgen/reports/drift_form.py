"""The one form of a comparison that every report of it is made from: what `diff --format json` prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

from msgspec import Meta, Struct, field, json
from msgspec.structs import replace

from rbacgen.analysis.drift import AssignmentDrift, Drift, ExclusionReason, RoleDefinitionDrift
from rbacgen.analysis.results import CheckedProject
from rbacgen.model.assignment import Assignment, PrincipalType
from rbacgen.model.problems import Position
from rbacgen.model.scope import GUID
from rbacgen.model.state import Unread
from rbacgen.project.desired import why
from rbacgen.project.project import Ignored

FORMAT_VERSION = 1


class RoleName(Struct, frozen=True):
    """An Azure role; the name is empty where nobody knows it."""

    id: Annotated[str, Meta(description="The GUID of the role definition, without its subscription.")]
    name: Annotated[str, Meta(description="The name; empty where nobody knows it.")]


class PrincipalRecord(Struct, frozen=True):
    """A principal; the name is empty where it is not known, or is a person's and was not asked for."""

    id: Annotated[str, Meta(description="The object id.")]
    type: Annotated[str, Meta(description="`User`, `Group`, `ServicePrincipal`, … as Azure says it.")]
    name: Annotated[
        str, Meta(description="The name; empty where it is not known, or is a person's and was not asked for.")
    ]


class At(Struct, frozen=True):
    """A place in a file."""

    file: Annotated[
        str, Meta(description="The file, by its path from the current folder or from a mapping that came with rbacgen.")
    ]
    line: Annotated[int, Meta(description="The line, from 1; 0 for the file as a whole.")]
    column: Annotated[int, Meta(description="The column, from 1; 0 for the file as a whole.")]


class FieldDifferenceRecord(Struct, frozen=True):
    """One field that is not as wanted."""

    what: Annotated[str, Meta(description="The field.")]
    desired: Annotated[str, Meta(description="What the project wants; empty for nothing.")]
    actual: Annotated[str, Meta(description="What is there; empty for nothing.")]


class DriftRecord(Struct, frozen=True):
    """One assignment. `kind` is how it differs, or why it is set aside, or what there is to know of it.

    `until` is the instant (ISO 8601) from which Azure takes it away, `created` when it was made; `because` is the reason of
    the ignore rule that it falls under. `gives_access` says that the held role can hand out access itself.
    """

    kind: Annotated[
        str,
        Meta(
            description="How it differs (`unmanaged`, `altered`, `missing`, `stale`, `expired`, `expiring`, `orphaned`, `soft_deleted`), why it is set aside (`inherited`, `activated`, `ignored`, `not_owned`), or what there is to know of it (`redundant`, `ending`, `unmarked`)."
        ),
    ]
    environment: Annotated[str, Meta(description="The environment that manages the scope; empty for none.")]
    scope: Annotated[str, Meta(description="The scope id, as it is spelled there.")]
    scope_kind: Annotated[
        str, Meta(description="The scope kind of the mapping; empty where the project does not want it.")
    ]
    azure_role: Annotated[RoleName, Meta(description="The Azure role.")]
    principal: Annotated[PrincipalRecord, Meta(description="Whose it is.")]
    activation: Annotated[str, Meta(description="`permanent`, `eligible`, or `activated` just in time.")]
    condition: Annotated[str, Meta(description="The condition that it stands under; empty for none.")]
    project_roles: Annotated[tuple[str, ...], Meta(description="The project roles that want it.")]
    responsibilities: Annotated[tuple[str, ...], Meta(description="The responsibilities that it is for.")]
    why: Annotated[str, Meta(description="Why it is wanted, in words.")]
    differs: Annotated[tuple[FieldDifferenceRecord, ...], Meta(description="What is not as wanted of it.")]
    remark: Annotated[str, Meta(description="A sentence about this one.")]
    until: Annotated[str | None, Meta(description="When Azure takes it away, in ISO 8601; null for never.")]
    created: Annotated[str | None, Meta(description="When it was made, as Azure says; null where that is not known.")]
    because: Annotated[str | None, Meta(description="The reason of the ignore rule that it falls under; else null.")]
    at: Annotated[
        At | None,
        Meta(description="Where it is wanted, or where it stands in Terraform; null where it is nowhere in a file."),
    ]
    assignment_id: Annotated[
        str | None, Meta(description="The id of the assignment that is there; null where none is.")
    ]
    gives_access: Annotated[bool, Meta(description="Whether the role that is there can assign roles itself.")]
    review_first: Annotated[
        bool, Meta(description="Whether it can assign roles and should not be there, or not so: review it first.")
    ] = False
    changes_access: Annotated[
        bool, Meta(description="Whether it is altered in what it grants, and not only in its description.")
    ] = False


class RoleDefinitionDriftRecord(Struct, frozen=True):
    """One custom role of the project's that is missing or altered."""

    kind: Annotated[str, Meta(description="`missing` or `altered`.")]
    environment: Annotated[str, Meta(description="The environment.")]
    azure_role: Annotated[RoleName, Meta(description="The custom role.")]
    differs: Annotated[tuple[FieldDifferenceRecord, ...], Meta(description="What is not as wanted of it.")]


class UnreadRecord(Struct, frozen=True):
    """What could not be read, or not be compared."""

    scope: Annotated[str, Meta(description="The scope, or the file, that was not read.")]
    part: Annotated[str, Meta(description="What of it was not read, such as `assignments`.")]
    why: Annotated[str, Meta(description="Why not.")]
    remedy: Annotated[str, Meta(description="What to do about it.")]


class UnusedRule(Struct, frozen=True):
    """An ignore rule that nothing fell under; `hint` says what its words may have meant, where nobody knows them."""

    because: Annotated[str, Meta(description="The rule's own reason.")]
    at: Annotated[At, Meta(description="Where it stands.")]
    hint: Annotated[str, Meta(description="What its words may have meant, where nobody knows them; else empty.")]


class DiffDocument(Struct, frozen=True):
    """A whole comparison. `excluded` counts by reason; `named` holds those assignments, but the ones outside the project."""

    format_version: Annotated[int, Meta(description="1; it grows where a reader would have to change.")]
    project: Annotated[str, Meta(description="The project's name.")]
    source: Annotated[
        str, Meta(description="What kind of source it was compared with: `azure`, `snapshot`, `terraform state`, …")
    ]
    source_name: Annotated[str, Meta(description="The source, by name.")]
    taken: Annotated[
        str | None, Meta(description="When a snapshot was taken, in ISO 8601; null where that is not known.")
    ]
    tenant: Annotated[str, Meta(description="The tenant; empty where it is not known.")]
    strategy: Annotated[
        str,
        Meta(
            description="`full` takes unmanaged access at managed scopes for drift, `owned` only what carries the project's mark."
        ),
    ]
    in_sync: Annotated[bool, Meta(description="Whether all was read, and nothing differs.")]
    complete: Annotated[bool, Meta(description="Whether everything that had to be read was read.")]
    review_first: Annotated[
        tuple[str, ...],
        Meta(description="The access that can hand out access, and should not be there or not so, in words."),
    ]
    desired: Annotated[int, Meta(description="How many assignments the project wants, as far as was compared.")]
    actual: Annotated[int, Meta(description="How many assignments were compared with them.")]
    unmarked: Annotated[
        int,
        Meta(
            description="How many are as wanted and kept by Privileged Identity Management, where nothing tells by whose hand: "
            "`render --existing` adopts those of them that Terraform does not have."
        ),
    ]
    cautions: Annotated[
        tuple[str, ...],
        Meta(description="Sentences to be read before anything else: is this the right tenant, project, day?"),
    ]
    changes: Annotated[tuple[DriftRecord, ...], Meta(description="What differs, by environment and scope.")]
    custom_roles: Annotated[
        tuple[RoleDefinitionDriftRecord, ...],
        Meta(description="The project's custom roles that are missing or altered."),
    ]
    counts: Annotated[Mapping[str, int], Meta(description="How much differs, by kind.")]
    excluded: Annotated[Mapping[str, int], Meta(description="What is there and no drift, counted by reason.")]
    named: Annotated[
        tuple[DriftRecord, ...], Meta(description="What was set aside, one by one, but what is outside the project.")
    ]
    remarks: Annotated[tuple[DriftRecord, ...], Meta(description="What is as wanted, with something to know of it.")]
    unread: Annotated[tuple[UnreadRecord, ...], Meta(description="What could not be read, so was not compared.")]
    unused_ignore_rules: Annotated[
        tuple[UnusedRule, ...], Meta(description="The ignore rules that nothing fell under.")
    ]
    notes: Annotated[tuple[str, ...], Meta(description="Other things to know.")]
    environments: Annotated[Mapping[str, str], Meta(description="The subscription of each environment.")] = field(
        default_factory=dict
    )
    places: Annotated[Mapping[str, At], Meta(description="Where each environment stands in the project file.")] = field(
        default_factory=dict
    )
    project_file: Annotated[str, Meta(description="The project file, by its path from the current folder.")] = ""
    shipped: Annotated[
        tuple[str, ...],
        Meta(description="The mappings that came with rbacgen: places in their files start with these names."),
    ] = ()


def form(drift: Drift, checked: CheckedProject, names: bool = False) -> DiffDocument:
    """The comparison as reports take it. Names of persons whom the project does not name are there only with `names`."""
    called = _DriftNames(drift, checked, names)
    changes = tuple(called.change(each) for each in drift.changes)
    return DiffDocument(
        format_version=FORMAT_VERSION,
        project=drift.project,
        source=str(drift.source.kind),
        source_name=drift.source.name,
        taken=f"{drift.source.taken:%Y-%m-%dT%H:%M:%SZ}" if drift.source.taken is not None else None,
        tenant=drift.source.tenant,
        strategy=str(drift.strategy),
        in_sync=drift.is_in_sync,
        complete=drift.is_complete,
        review_first=tuple(said(each) for each in changes if each.review_first),
        desired=drift.desired,
        actual=drift.actual,
        unmarked=drift.unmarked,
        cautions=drift.cautions,
        changes=changes,
        custom_roles=tuple(_role_row(each) for each in drift.role_changes),
        counts={str(kind): count for kind, count in drift.counts().items()},
        excluded={str(why): count for why, count in drift.excluded_counts().items()},
        named=tuple(
            called.row(
                str(each.why),
                None,
                each.actual,
                "",
                because=each.rule.because if each.rule else None,
                can_assign_roles=each.can_assign_roles,
            )
            for each in drift.excluded
            if each.why is not ExclusionReason.OUTSIDE
        ),
        remarks=tuple(
            called.row(str(each.note), each.desired, None, each.desired.environment, remark=each.text)
            for each in drift.remarks
        ),
        unread=tuple(_unread_row(each) for each in drift.unread),
        unused_ignore_rules=tuple(_unused(each, drift, checked) for each in drift.unused_rules),
        notes=drift.notes,
        environments={each.name: each.subscription for each in checked.project.environments},
        places={each.name: _at(each.at) for each in checked.project.environments},
        project_file=checked.project.file,
        shipped=checked.shipped,
    )


def _unused(rule: Ignored, drift: Drift, checked: CheckedProject) -> UnusedRule:
    """A rule that nothing fell under: by a name that no role has, a slip of the pen is likelier than that all is gone."""
    hint = ""
    if rule.azure_role and checked.catalog.find(rule.azure_role) is None and not GUID.match(rule.azure_role):
        from rbacgen.project.decode import did_you_mean

        known = {
            role.name for role in (*drift.source.definitions, *(each.role for each in checked.desired.definitions))
        }
        if rule.azure_role.casefold() not in map(str.casefold, known):
            near = did_you_mean(rule.azure_role, (*checked.catalog.names(), *sorted(known)))
            hint = f"no Azure role that is known is called `{rule.azure_role}`{near}"
    return UnusedRule(rule.because, _at(rule.at), hint)


def text(given: DiffDocument) -> str:
    """The form as JSON, indented."""
    return json.format(json.encode(given), indent=2).decode() + "\n"


def said(row: DriftRecord) -> str:
    """One assignment that differs, in words: kind, Azure role, principal and scope."""
    return f"{row.kind.replace('_', '-')} {named(row)} at {row.scope}"


def named(row: DriftRecord) -> str:
    """An assignment without its scope: Azure role, principal, and that it is not simply standing."""
    return f"{role(row)} for {who(row.principal)}{how(row)}"


def who(principal: PrincipalRecord) -> str:
    """A principal's name, or its type and object id where it has none."""
    if principal.name:
        return principal.name
    kind = {"ServicePrincipal": "service principal", "ForeignGroup": "foreign group", "Unknown": "principal"}
    return f"the {kind.get(principal.type, principal.type.lower())} {principal.id}"


def role(row: DriftRecord) -> str:
    """The name of an assignment's Azure role, or its id where nobody knows the name."""
    return row.azure_role.name or f"the unknown role {row.azure_role.id}"


def how(row: DriftRecord) -> str:
    """That an assignment is not simply standing, in brackets; nothing where it is. What is only wanted so is said to be."""
    differs = {each.what for each in row.differs}
    told = [f"{'wanted: ' * ('activation' in differs)}eligible"] if row.activation == "eligible" else []
    told += [f"{'wanted: ' * ('condition' in differs)}under a condition"] if row.condition else []
    told += [f"until {row.until[:10]}"] if row.until else []
    return f" ({', '.join(told)})" if told else ""


def remedy_of(row: DriftRecord) -> str:
    """How to take away access whose principal is gone, in words; empty where a command does it, and of other rows."""
    if row.kind != "orphaned":
        return ""
    if row.project_roles:
        return "take the entry out of the team: the next apply takes this away"
    if row.activation == "eligible":
        return "remove it in Privileged Identity Management"
    return ""


def removal(row: DriftRecord) -> tuple[str, str] | None:
    """The command that takes away access that nobody wants and whose principal is gone, and the id that it ends with.

    None for every other row: what the project has, Terraform removes, and what is eligible is no role assignment.
    """
    stands = row.kind == "orphaned" and row.activation == "permanent" and not row.project_roles
    if not stands or row.assignment_id is None or "/roleassignments/" not in row.assignment_id.lower():
        return None
    from shlex import quote

    # https://learn.microsoft.com/cli/azure/role/assignment#az-role-assignment-delete
    return "az role assignment delete --ids", quote(row.assignment_id)


class _DriftNames:
    """What to call principals: by the project's name for them, else by the directory's, persons only if asked for."""

    def __init__(self, drift: Drift, checked: CheckedProject, persons: bool) -> None:
        self.directory = drift.source.directory
        self.persons = persons
        self.known = {
            team_member.principal.id: team_member.principal.name
            for team in checked.project.team.values()
            for team_member in team
        }

    def who(self, assignment: Assignment) -> PrincipalRecord:
        principal = assignment.principal
        entry = self.directory.get(principal.id)
        name = self.known.get(principal.id, "")
        kind = str(principal.type)
        if kind == PrincipalType.UNKNOWN and entry is not None and entry.type:
            kind = entry.type
        if not name and (kind in (PrincipalType.GROUP, PrincipalType.SERVICE_PRINCIPAL) or self.persons):
            name = entry.name if entry is not None and entry.name else principal.name
        return PrincipalRecord(principal.id, kind, name)

    def change(self, change: AssignmentDrift) -> DriftRecord:
        row = self.row(
            str(change.kind),
            change.desired,
            change.actual,
            change.environment,
            remark=change.remark,
            differs=tuple(FieldDifferenceRecord(each.what, each.desired, each.actual) for each in change.differs),
            can_assign_roles=change.can_assign_roles,
        )
        return replace(row, review_first=change.review_first, changes_access=change.changes_access)

    def row(
        self,
        kind: str,
        desired: Assignment | None,
        actual: Assignment | None,
        environment: str,
        remark: str = "",
        differs: tuple[FieldDifferenceRecord, ...] = (),
        because: str | None = None,
        can_assign_roles: bool = False,
    ) -> DriftRecord:
        either = desired or actual
        assert either is not None
        reasons = desired.reasons if desired is not None else ()
        at = reasons[0].member_at if reasons else actual.actual.at if actual is not None else None
        until = actual.actual.until if actual is not None else None
        return DriftRecord(
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
            created=(actual.actual.created or None) if actual is not None else None,
            because=because,
            at=_at(at) if at is not None else None,
            assignment_id=(actual.actual.id or None) if actual is not None else None,
            gives_access=can_assign_roles,
        )


def _each_once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _at(at: Position) -> At:
    return At(at.file, at.line, at.column)


def _role_row(change: RoleDefinitionDrift) -> RoleDefinitionDriftRecord:
    differs = tuple(FieldDifferenceRecord(each.what, each.desired, each.actual) for each in change.differs)
    return RoleDefinitionDriftRecord(
        str(change.kind), change.environment, RoleName(change.desired.id, change.desired.name), differs
    )


def _unread_row(unread: Unread) -> UnreadRecord:
    return UnreadRecord(unread.scope, str(unread.part), unread.why, unread.remedy)
