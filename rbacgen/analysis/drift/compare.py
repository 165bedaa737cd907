"""Compares what a project wants with what a source holds, in both directions, as far as the source was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from msgspec.structs import replace

from rbacgen.analysis.drift.differences import differences, grant_differences, role_differences
from rbacgen.analysis.drift.ignore import IgnoreRules
from rbacgen.analysis.drift.types import (
    AssignmentDrift,
    AssignmentRemark,
    Drift,
    DriftKind,
    ExcludedAssignment,
    ExclusionReason,
    FieldDifference,
    RemarkKind,
    RoleDefinitionDrift,
    Strategy,
    View,
)
from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.permissions import role_allows
from rbacgen.model.assignment import Activation, Assignment, Key, Plane, PrincipalType, instant
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.model.source import Presence, Source, SourceKind
from rbacgen.model.state import Part, Unread
from rbacgen.project.desired import ANY_MARK, Desired, kept_by_pim, mark
from rbacgen.project.managed_scopes import ScopeRelation, managed_scopes
from rbacgen.project.project import Project

_ASSIGN = "Microsoft.Authorization/roleAssignments/write"
_SHARE = 3  # past a third, a wrong tenant or project is likelier than so much drift


def compare(project: Project, desired: Desired, source: Source, catalog: Catalog, view: View) -> Drift:
    """Compares what a project wants with what a source holds, in both directions.

    Nothing is called missing at a scope that the source was not read at; it is named under `unread` instead.
    """
    return _Comparison(project, desired, source, catalog, view).drift()


def needs_justifications(drift: Drift) -> bool:
    """Whether a held PIM assignment counts as another's only because its justification was not read."""
    found = [each.actual for each in drift.changes if each.kind is DriftKind.UNMANAGED]
    found += [each.actual for each in drift.excluded if each.why is not ExclusionReason.ACTIVATED]
    return any(actual is not None and _is_unexplained(actual) for actual in found)


def principals(project: Project, desired: Desired, source: Source, catalog: Catalog, view: View) -> frozenset[str]:
    """The object ids that the directory has to be asked for, so that access of gone principals can be told."""
    comparison = _Comparison(project, desired, source, catalog, view)
    ids = {each.principal.id for each in comparison.compared_assignments() if not each.principal.reference}
    ids |= {
        each.principal.id
        for key, each in source.state.items()
        if each.principal.type is not PrincipalType.FOREIGN_GROUP  # of another tenant: it would look deleted here
        and (key in desired.state or comparison.is_marked(each) or bool(comparison.place.managers(each.scope)))
    }
    return frozenset(ids)


class _Comparison:
    def __init__(self, project: Project, desired: Desired, source: Source, catalog: Catalog, view: View) -> None:
        self.project = project
        self.desired = desired
        self.source = source
        self.catalog = catalog
        self.view = view
        self.mark = mark(project.name)
        self.managed = managed_scopes(project, desired)
        self.place = ScopeRelation.of(project, desired, self.managed)
        self.is_terraform = source.kind.is_terraform
        self.is_list = source.kind is SourceKind.AZ_LIST  # which never holds eligible access: that is said once
        self.environments = set(view.environments) or {each.name for each in project.environments}
        self.compared = self.environments
        if self.is_terraform and not view.environments:
            self.compared = {each.environment for key, each in desired.state.items() if key in source.state}
        self.now = instant(view.today)
        self.soon = self.now + timedelta(days=view.within)
        self.changes: list[AssignmentDrift] = []
        self.remarks: list[AssignmentRemark] = []
        self.unmarked = 0
        self.excluded: list[ExcludedAssignment] = []
        self.uncompared: dict[tuple[str, Part], Unread] = {}
        self.open: dict[tuple[str, Activation], list[Assignment]] = {}
        for each in desired.state:
            if _is_open(each):
                self.open.setdefault((each.role.id, each.activation), []).append(each)
        self.held_open: dict[tuple[str, Activation], list[Assignment]] = {}
        for key, each in source.state.items() if self.is_terraform else ():
            if _is_open(each) and key not in desired.state:
                self.held_open.setdefault((each.role.id, each.activation), []).append(each)
        # A block of Terraform that was not understood may hold anything: nothing can be called missing beside it.
        self.is_unclear = self.is_terraform and any(
            each.part is not Part.DEFINITIONS and not each.scope.startswith("/")
            for each in source.state.coverage.unread
        )
        self.rules = IgnoreRules(project.ignore, catalog)
        self.assigners: dict[str, bool] = {}

    def compared_assignments(self) -> Iterator[Assignment]:
        """The wanted assignments that this view looks at."""
        for each in self.desired.state:
            if not self.environments.isdisjoint(self.homes(each)) and self.is_viewed(each.scope):
                yield each

    def homes(self, desired: Assignment) -> tuple[str, ...]:
        """The environments that an assignment belongs to: Terraform has it in the one that renders it."""
        return (desired.environment,) if self.is_terraform else desired.environments

    def home(self, names: Iterable[str]) -> str:
        """The first of these environments that this view looks at."""
        return next((name for name in names if name in self.environments), "")

    def is_whole(self) -> bool:
        """Whether this view looks at everything, and the source could hold what others made."""
        return not self.view.environments and not self.view.subscriptions and not self.is_terraform

    def is_viewed(self, scope: Scope) -> bool:
        return not self.view.subscriptions or scope.subscription in self.view.subscriptions

    def is_marked(self, actual: Assignment) -> bool:
        """Whether the assignment carries the project's mark."""
        return self.mark in actual.description

    def drift(self) -> Drift:
        state = self.source.state
        missing: list[Assignment] = []
        unsure: list[Assignment] = []
        desired = seen = 0
        for each in self.compared_assignments():
            desired += 1
            actual = state.get(each.key)
            if actual is not None:
                seen += 1
                self.match(each, actual)
            elif self.is_comparable(each) and not self.may_stand(each):
                missing.append(each)
            else:
                unsure.append(each)
        self.look_for_strangers()
        paired = self.pair(missing) | self.pair_unread(unsure)
        seen += len(paired)
        for key, actual in self.in_turn():
            if key not in self.desired.state and key not in paired and self.is_viewed(actual.scope):
                seen += self.judge(key, actual)
        self.redundant()
        role_changes = tuple(self.role_changes())
        order = {kind: index for index, kind in enumerate(DriftKind)}
        names = {each.name: index for index, each in enumerate(self.project.environments)}
        changes = sorted(
            self.changes,
            key=lambda each: (
                names.get(each.environment, len(names)),
                each.assignment.scope.folded,
                order[each.kind],
                each.assignment.key.role_id,
                each.assignment.key.principal_id,
                each.assignment.activation,
            ),
        )
        unread = self.unread()
        return Drift(
            project=self.project.name,
            source=self.source,
            strategy=self.view.strategy,
            changes=tuple(replace(each, can_assign_roles=self.can_assign_roles(each.actual)) for each in changes),
            role_changes=role_changes,
            excluded=tuple(
                replace(each, can_assign_roles=self.can_assign_roles(each.actual)) for each in self.excluded
            ),
            remarks=tuple(self.remarks),
            unread=unread,
            unused_rules=self.rules.unused() if self.is_whole() and not unread else (),
            notes=tuple(self.notes()),
            cautions=tuple(self.cautions(desired)),
            desired=desired,
            actual=seen,
            unmarked=self.unmarked,
        )

    def can_assign_roles(self, actual: Assignment | None) -> bool:
        """Whether an actual assignment's role can assign roles: by what the source says of it, else by the catalogue."""
        if actual is None:
            return False
        role = actual.role
        if role.id not in self.assigners:
            known = role if role.permissions else self.catalog.find(role.id) or role
            self.assigners[role.id] = role_allows(known, _ASSIGN, Plane.CONTROL)
        return self.assigners[role.id]

    # What is wanted.

    def is_comparable(self, desired: Assignment) -> bool:
        """Whether its absence from the source says that it is not there; else notes what could not be compared."""
        if _is_open(desired):
            reference = desired.scope.id if desired.scope.reference else desired.principal.id
            self.leave(
                reference,
                Part.ASSIGNMENTS,
                "only Terraform knows what this is",
                "write the id once the resource exists",
            )
            return False
        part = _part(desired.activation)
        if self.is_terraform and self.compared.isdisjoint(self.homes(desired)):
            name = self.home(self.homes(desired))
            self.leave(
                f"environment {name}",
                Part.ASSIGNMENTS,
                f"nothing of {name} stands in {self.source.name}",
                f"compare its own state, or narrow with `--environment`; name {name} there if this is its state",
            )
            return False
        if self.is_unclear:
            return False
        if self.source.state.coverage.covers(part, desired.scope):
            return True
        self.leave_scope(part, desired.scope)
        return False

    def look_for_strangers(self) -> None:
        """Notes the managed scopes that were not read: others may have access there, standing or eligible."""
        if self.is_terraform:
            return
        coverage = self.source.state.coverage
        for name, scopes in self.managed.items():
            for scope in scopes if name in self.environments else ():
                for part in (Part.ASSIGNMENTS, Part.ELIGIBILITIES):
                    if self.is_viewed(scope) and not coverage.covers(part, scope):
                        self.leave_scope(part, scope)

    def may_stand(self, desired: Assignment) -> bool:
        """Whether the source holds it maybe, at a scope or for a principal that only Terraform knows: that one is unread."""
        return any(
            (actual.principal.reference or actual.principal.id == desired.principal.id)
            and (actual.scope.reference or actual.scope == desired.scope)
            for actual in self.held_open.get((desired.role.id, desired.activation), ())
        )

    def leave_scope(self, part: Part, scope: Scope) -> None:
        """Notes that this part of a scope's subscription is not in the source, unless it is named already."""
        named = (*self.source.state.coverage.unread, *self.uncompared.values())
        if any(each.part is part and _reaches(each, scope) for each in named):
            return
        top = f"/subscriptions/{scope.subscription}" if scope.subscription else scope.id
        self.leave(top, part, f"{self.source.name} does not hold it, or not all of it", _CURES[part])

    def leave(self, scope: str, part: Part, why: str, remedy: str) -> None:
        self.uncompared.setdefault((scope, part), Unread(scope, part, why, remedy))

    def match(self, desired: Assignment, actual: Assignment) -> None:
        """Compares the two sides of one assignment."""
        presence = self.presence(actual)
        if presence in (Presence.DELETED, Presence.SOFT_DELETED):
            kind = DriftKind.ORPHANED if presence is Presence.DELETED else DriftKind.SOFT_DELETED
            self.changes.append(
                AssignmentDrift(kind, desired, actual, self.home(self.homes(desired)), remark=_GONE[presence])
            )
            return
        differs = tuple(differences(desired, actual, self.project, self.now))
        until = actual.actual.until
        if until is not None and until <= self.now:
            remark = "it has ended since this was read"
            self.changes.append(
                AssignmentDrift(DriftKind.EXPIRED, desired, actual, self.home(self.homes(desired)), differs, remark)
            )
        elif differs:
            self.changes.append(
                AssignmentDrift(DriftKind.ALTERED, desired, actual, self.home(self.homes(desired)), differs)
            )
        elif until is not None and until <= self.soon:
            if desired.ends is None:
                remark = f"it ends on {until:%Y-%m-%d}, and the project wants it for longer: apply again to renew it"
                self.changes.append(
                    AssignmentDrift(DriftKind.EXPIRING, desired, actual, self.home(self.homes(desired)), remark=remark)
                )
            else:
                self.remarks.append(
                    AssignmentRemark(RemarkKind.ENDING, desired, f"ends on {desired.ends}, as the project says")
                )
        elif desired.ends is not None and instant(desired.ends) <= self.soon:
            self.remarks.append(
                AssignmentRemark(RemarkKind.ENDING, desired, f"render leaves it out from {desired.ends} on")
            )
        if self.is_unmarked(desired, actual) and not differs:
            text = "it stands, but not by this project's hand: `rbacgen render --existing` adopts it"
            self.remarks.append(AssignmentRemark(RemarkKind.UNMARKED, desired, text))
        elif self.is_unmarked_through_pim(desired, actual) and not differs:
            self.unmarked += 1

    def is_unmarked_through_pim(self, desired: Assignment, actual: Assignment) -> bool:
        """Whether Privileged Identity Management keeps it, where no description could say that code made it."""
        return not self.is_terraform and (actual.actual.through_pim or kept_by_pim(desired, self.project.pim))

    def is_unmarked(self, desired: Assignment, actual: Assignment) -> bool:
        """Whether nothing says that code made it: it is the access that is wanted, and nobody manages it yet."""
        told = "description" not in actual.actual.unknown_fields and not actual.actual.through_pim
        return told and not kept_by_pim(desired, self.project.pim) and ANY_MARK not in actual.description

    def pair(self, missing: list[Assignment]) -> set[Key]:
        """Says of each missing assignment that it is missing, or that it is there under the other activation.

        Gives the keys of the held assignments that were paired so.
        """
        paired: set[Key] = set()
        for desired in missing:
            twin = self.twin(desired)
            if twin is not None:
                paired.add(twin.key)
                self.alter(desired, twin)
                continue
            entry = self.source.directory.get(desired.key.principal_id)
            remarks = [_GONE[entry.presence]] if entry is not None and entry.presence in _GONE else []
            other = _OTHER[desired.activation]
            if not self.is_list and not self.source.state.coverage.covers(_part(other), desired.scope):
                remarks.append(f"whether it is there as {_ACCESS[other]} could not be read")
            self.changes.append(
                AssignmentDrift(
                    DriftKind.MISSING, desired, None, self.home(self.homes(desired)), remark="; ".join(remarks)
                )
            )
        return paired

    def pair_unread(self, unsure: Iterable[Assignment]) -> set[Key]:
        """Pairs what is held under the other activation with what is wanted where that was not read.

        Whether both stand there is open, and nothing is called foreign or stale by what was not read. Gives the keys of the
        held assignments that were paired so.
        """
        paired: set[Key] = set()
        for desired in unsure:
            if _is_open(desired) or (self.is_terraform and self.compared.isdisjoint(self.homes(desired))):
                continue
            twin = self.twin(desired)
            if twin is not None:
                paired.add(twin.key)
                remarks = [f"not all {_ACCESS[desired.activation]} here was read: what is wanted may stand beside this"]
                if self.may_be_activated(twin):
                    remarks.append(_JUST_IN_TIME)
                self.alter(desired, twin, "; ".join(remarks))
        return paired

    def twin(self, desired: Assignment) -> Assignment | None:
        """What is held of the same scope, role and principal under the other activation, if nobody wants that as well."""
        key = desired.key
        other = Key(key.scope, key.role_id, key.principal_id, _OTHER[key.activation])
        return None if other in self.desired.state else self.source.state.get(other)

    def alter(self, desired: Assignment, actual: Assignment, remark: str = "") -> None:
        """Notes that an assignment is there under the other activation, or that its principal is gone."""
        presence = self.presence(actual)
        home = self.home(self.homes(desired))
        if presence in (Presence.DELETED, Presence.SOFT_DELETED):
            kind = DriftKind.ORPHANED if presence is Presence.DELETED else DriftKind.SOFT_DELETED
            self.changes.append(AssignmentDrift(kind, desired, actual, home, remark=_GONE[presence]))
            return
        differs = (
            FieldDifference("activation", str(desired.activation), str(actual.activation)),
            *(each for each in differences(desired, actual, self.project, self.now) if each.what == "condition"),
        )
        self.changes.append(AssignmentDrift(DriftKind.ALTERED, desired, actual, home, differs, remark))

    # What is held, and nobody wants.

    def in_turn(self) -> Iterable[tuple[Key, Assignment]]:
        """What is held, in the order to judge it: where references are open, what is likeliest to be them comes first."""
        items = self.source.state.items()
        if not self.open:
            return items
        said = {wish.description for wishes in self.open.values() for wish in wishes}
        return sorted(items, key=lambda each: (each[1].description not in said, not self.is_marked(each[1])))

    def judge(self, key: Key, actual: Assignment) -> bool:
        """Files one held assignment that is not wanted; gives whether it is the project's business."""
        marked = self.is_marked(actual)
        if _is_open(actual):
            what = actual.actual.at or actual.actual.address or actual.scope.id
            why = "who has access to what is known to Terraform only, and the project wants nothing of the same words"
            self.leave(str(what), Part.ASSIGNMENTS, why, "compare with the state: `terraform show -json`")
            return False
        names = self.place.environments(actual.scope)
        if (names and self.compared.isdisjoint(names)) or self.may_be_open(actual):
            return False
        environment = self.home(names)
        managed = bool(self.place.managers(actual.scope))
        above = self.place.is_above(actual.scope)
        if actual.activation is Activation.ACTIVATED:
            self.excluded.append(
                ExcludedAssignment(ExclusionReason.ACTIVATED if managed or above else ExclusionReason.OUTSIDE, actual)
            )
            return managed
        if not marked and not managed:
            rule = self.rules.first(actual) if above else None
            why = ExclusionReason.IGNORED if rule else ExclusionReason.INHERITED if above else ExclusionReason.OUTSIDE
            self.excluded.append(ExcludedAssignment(why, actual, rule))
            return False
        rule = None if marked else self.rules.first(actual)
        if rule is not None:
            self.excluded.append(ExcludedAssignment(ExclusionReason.IGNORED, actual, rule))
            return True
        if not marked and self.view.strategy is Strategy.OWNED:
            self.excluded.append(ExcludedAssignment(ExclusionReason.NOT_OWNED, actual))
            return True
        self.changes.append(self.undesired(key, actual, environment, marked))
        return True

    def may_be_open(self, actual: Assignment) -> bool:
        """Whether it may be what is wanted at a scope, or of a principal, that only Terraform knows yet; names it there.

        Each open wish takes one: in its subscription, of its level and type, of the kind of its principal.
        """
        wishes = self.open.get((actual.role.id, actual.activation), [])
        for wish in wishes:
            if self.may_be(wish, actual):
                wishes.remove(wish)
                reference = wish.scope.id if wish.scope.reference else wish.principal.id
                who = f"{actual.principal.id} at {actual.scope.id}"
                remedy = "write the id into the project file once the resource exists"
                self.uncompared[reference, Part.ASSIGNMENTS] = Unread(
                    reference, Part.ASSIGNMENTS, f"only Terraform knows what this is; {who} may be it", remedy
                )
                return True
        return False

    def may_be(self, wish: Assignment, actual: Assignment) -> bool:
        if self.environments.isdisjoint(self.homes(wish)):
            return False
        if wish.scope.reference:
            kind = self.project.mapping.scope_kinds.get(wish.scope_kind)
            type_ = f"/{kind.type}/".lower() if kind is not None and kind.type else ""
            if (wish.scope.level, wish.scope.subscription) != (actual.scope.level, actual.scope.subscription):
                return False
            if wish.scope.level is ScopeLevel.RESOURCE and not _is_of_type(actual.scope, type_):
                return False
        elif wish.scope != actual.scope:
            return False
        if wish.principal.reference:
            return actual.principal.type in (wish.principal.type, PrincipalType.UNKNOWN)
        return wish.principal.id == actual.principal.id

    def undesired(self, key: Key, actual: Assignment, environment: str, marked: bool) -> AssignmentDrift:
        presence = self.presence(actual)
        if presence in (Presence.DELETED, Presence.SOFT_DELETED):
            kind = DriftKind.ORPHANED if presence is Presence.DELETED else DriftKind.SOFT_DELETED
            return AssignmentDrift(kind, None, actual, environment, remark=_GONE[presence])
        if actual.actual.until is not None and actual.actual.until <= self.now:
            return AssignmentDrift(
                DriftKind.EXPIRED, None, actual, environment, remark="it has ended since this was read"
            )
        if key in self.view.once_desired:
            remark = "its day has come and gone: render leaves it out, apply takes it away"
            return AssignmentDrift(DriftKind.EXPIRED, None, actual, environment, remark=remark)
        remarks = []
        if not actual.role.name:
            remarks.append("no catalogue and no definition that was read knows this role")
        if presence is Presence.NOT_VISIBLE:
            remarks.append("the directory does not show its principal, which may be for want of permission")
        if not marked and self.may_be_activated(actual):
            remarks.append(_JUST_IN_TIME)
        kind = DriftKind.STALE if marked else DriftKind.UNMANAGED
        return AssignmentDrift(kind, None, actual, environment, remark="; ".join(remarks))

    def may_be_activated(self, actual: Assignment) -> bool:
        """Whether it may be there just in time only, because what is activated was not read."""
        return (
            actual.activation is Activation.PERMANENT
            and actual.principal.type is PrincipalType.USER
            and not self.is_terraform
            and not self.source.state.coverage.covers(Part.ACTIVATIONS, actual.scope)
        )

    def presence(self, actual: Assignment) -> Presence | None:
        """What the directory says of the principal; None where it was not asked."""
        entry = self.source.directory.get(actual.principal.id)
        return entry.presence if entry is not None else None

    # The whole.

    def redundant(self) -> None:
        """Notes wanted access that the same principal has from above by the same role, from another hand.

        Which management groups lie above a subscription is known only where one subscription was read: what it inherits.
        """
        is_one = len({each.subscription for each in self.project.environments}) == 1
        above: dict[tuple[str, str], list[Assignment]] = {}
        for key, actual in self.source.state.items():
            if key not in self.desired.state and actual.activation is Activation.PERMANENT:
                above.setdefault((actual.principal.id, actual.role.id), []).append(actual)
        for desired in self.compared_assignments():
            for actual in above.get((desired.principal.id, desired.role.id), ()):
                reaches = actual.scope.contains(desired.scope) or (
                    is_one and actual.scope.level is ScopeLevel.MANAGEMENT_GROUP and desired.scope.subscription != ""
                )
                if not reaches or actual.scope == desired.scope or actual.condition not in ("", desired.condition):
                    continue
                if desired.key in self.source.state:
                    self.remarks.append(
                        AssignmentRemark(RemarkKind.REDUNDANT, desired, f"{actual.scope.id} already grants it")
                    )
                    break

    def role_changes(self) -> Iterator[RoleDefinitionDrift]:
        """The custom roles in use that are not there or not as written, as far as definitions were read.

        Of a role that somebody else makes only what it grants is compared: the rest is theirs.
        """
        actual = {role.id: role for role in self.source.definitions}
        made = {each.role.id: each.role for each in self.desired.definitions}
        seen: set[str] = set()
        for desired in self.compared_assignments():
            role_id = desired.role.id
            if not desired.role.custom or role_id in seen:
                continue
            if self.is_terraform and (self.compared.isdisjoint(self.homes(desired)) or role_id not in made):
                continue
            seen.add(role_id)
            environment = self.home(self.homes(desired))
            role = actual.get(role_id)
            if role is not None:
                whole = made.get(role_id)
                differs = tuple(role_differences(whole, role) if whole else grant_differences(desired.role, role))
                if differs:
                    yield RoleDefinitionDrift(DriftKind.ALTERED, whole or desired.role, environment, differs)
                continue
            where = desired.scope.subscription
            home = Scope.of(f"/subscriptions/{where}") if where else desired.scope
            if self.source.state.coverage.covers(Part.DEFINITIONS, home):
                yield RoleDefinitionDrift(DriftKind.MISSING, made.get(role_id, desired.role), environment)
            elif not desired.scope.reference:
                self.leave_scope(Part.DEFINITIONS, home)

    def unread(self) -> tuple[Unread, ...]:
        read = (each for each in self.source.state.coverage.unread if self.concerns(each))
        return tuple(sorted({*read, *self.uncompared.values()}))

    def concerns(self, unread: Unread) -> bool:
        """Whether what was not read is compared, and lies in what this view looks at."""
        if unread.part is Part.DENIALS:
            return False
        if not unread.scope.startswith("/"):
            return True
        missed = Scope.of(unread.scope)
        return any(missed.contains(each) or each.contains(missed) for each in self.looked_at())

    def looked_at(self) -> Iterator[Scope]:
        """The scopes of this view: the subscriptions that its environments live in, and all that they manage."""
        for environment in self.project.environments:
            if environment.name in self.environments:
                for scope in (Scope.of(f"/subscriptions/{environment.subscription}"), *self.managed[environment.name]):
                    if self.is_viewed(scope):
                        yield scope

    def notes(self) -> Iterator[str]:
        yield from self.source.notes
        if self.source.kind is SourceKind.AZ_LIST and any(each.kind is DriftKind.MISSING for each in self.changes):
            yield "a list that was narrowed (--assignee, --role, a group's members) looks like a whole one: missing may be left out"
        forgotten = sum(_is_unexplained(each.actual) for each in self.excluded if each.why is ExclusionReason.NOT_OWNED)
        if forgotten:
            yield (
                f"{forgotten:,} of what others made is kept by PIM without a justification that Azure still has: it may be "
                "this project's own"
            )

    def cautions(self, desired: int) -> Iterator[str]:
        goes = {DriftKind.STALE, DriftKind.UNMANAGED, DriftKind.ORPHANED, DriftKind.EXPIRED}
        ours = [each for each in self.changes if each.actual is not None and each.desired is None]
        removals = sum(each.kind in goes for each in ours)
        stands = removals + sum(1 for each in self.compared_assignments() if each.key in self.source.state)
        if removals * _SHARE > stands and removals > 1:
            yield (
                f"making Azure agree would remove {removals:,} of the {stands:,} assignments that stand there, more than a "
                "third: is this the right project, tenant and environment?"
            )
        orphaned = sum(each.kind is DriftKind.ORPHANED and each.desired is not None for each in self.changes)
        if orphaned * _SHARE > desired and orphaned > 1:
            yield (
                f"the directory knows nothing of who holds {orphaned:,} of the {desired:,} wanted assignments, more than a "
                "third: is it the directory of this tenant?"
            )
        missing = sum(each.kind is DriftKind.MISSING for each in self.changes)
        if missing * _SHARE > desired and missing > 1:
            yield (
                f"{missing:,} of the {desired:,} wanted assignments are not there, more than a third: was it applied, and "
                "to this tenant?"
            )


_CURES = {
    Part.ASSIGNMENTS: "compare with a source that holds this scope, or narrow with `--environment` or `--subscription`",
    Part.ELIGIBILITIES: "compare with live Azure or a snapshot, which hold eligible access",
    Part.DEFINITIONS: "compare with live Azure or a snapshot, which hold custom roles",
}
_GONE = {
    Presence.DELETED: "its principal is gone from the directory",
    Presence.SOFT_DELETED: "its principal is in the directory's bin and comes back with this access if it is restored",
}


_OTHER = {Activation.PERMANENT: Activation.ELIGIBLE, Activation.ELIGIBLE: Activation.PERMANENT}
_ACCESS = {Activation.PERMANENT: "standing access", Activation.ELIGIBLE: "eligible access"}
_JUST_IN_TIME = "it may be activated just in time: that could not be read"


def _part(activation: Activation) -> Part:
    """The part of a reading that holds access of this activation."""
    return Part.ELIGIBILITIES if activation is Activation.ELIGIBLE else Part.ASSIGNMENTS


def _reaches(unread: Unread, scope: Scope) -> bool:
    """Whether what was not read includes this scope."""
    return unread.scope.startswith("/") and Scope.of(unread.scope).contains(scope)


def _is_open(assignment: Assignment) -> bool:
    """Whether only Terraform knows where it is, or whose."""
    return assignment.scope.reference or assignment.principal.reference


def _is_of_type(scope: Scope, type_: str) -> bool:
    """Whether a resource's id ends in a resource of this type (`/provider/types/`, lower case; empty for any)."""
    if not type_:
        return True
    path = scope.folded.rpartition("/providers/")[2].split("/")
    return f"/{'/'.join([path[0], *path[1::2]])}/" == type_


def _is_unexplained(actual: Assignment) -> bool:
    return actual.actual.through_pim and not actual.description
