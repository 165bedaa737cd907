"""Compares what a project wants with what a source holds, in both directions, as far as the source was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

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
from rbacgen.model.assignment import Activation, Assignment, Key, PrincipalType, instant
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.model.source import Presence, Source, SourceKind
from rbacgen.model.state import Part, Unread
from rbacgen.project.desired import ANY_MARK, Desired, kept_by_pim, mark
from rbacgen.project.managed_scopes import ScopeRelation, managed_scopes
from rbacgen.project.project import Project

_SHARE = 3  # past a third, a wrong tenant or project is likelier than so much drift


def compare(project: Project, desired: Desired, source: Source, catalog: Catalog, view: View) -> Drift:
    """Compares what a project wants with what a source holds, in both directions.

    Nothing is called missing at a scope that the source was not read at; it is named under `unread` instead.
    """
    return _Comparison(project, desired, source, catalog, view).drift()


def needs_justifications(drift: Drift) -> bool:
    """Whether a held PIM assignment counts as another's only because its justification was not read."""
    found = [each.held for each in drift.changes if each.kind is DriftKind.FOREIGN]
    found += [each.held for each in drift.set_aside if each.why is not ExclusionReason.ACTIVATED]
    return any(held is not None and _is_unexplained(held) for held in found)


def principals(project: Project, desired: Desired, source: Source, catalog: Catalog, view: View) -> frozenset[str]:
    """The object ids that the directory has to be asked for, so that access of gone principals can be told."""
    comparison = _Comparison(project, desired, source, catalog, view)
    ids = {each.principal.id for each in comparison.wanted() if not each.principal.reference}
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
        self.unsigned = 0
        self.aside: list[ExcludedAssignment] = []
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

    def wanted(self) -> Iterator[Assignment]:
        """The wanted assignments that this view looks at."""
        for each in self.desired.state:
            if not self.environments.isdisjoint(self.homes(each)) and self.is_viewed(each.scope):
                yield each

    def homes(self, wanted: Assignment) -> tuple[str, ...]:
        """The environments that an assignment belongs to: Terraform has it in the one that renders it."""
        return (wanted.environment,) if self.is_terraform else wanted.environments

    def home(self, names: Iterable[str]) -> str:
        """The first of these environments that this view looks at."""
        return next((name for name in names if name in self.environments), "")

    def is_whole(self) -> bool:
        """Whether this view looks at everything, and the source could hold what others made."""
        return not self.view.environments and not self.view.subscriptions and not self.is_terraform

    def is_viewed(self, scope: Scope) -> bool:
        return not self.view.subscriptions or scope.subscription in self.view.subscriptions

    def is_marked(self, held: Assignment) -> bool:
        """Whether the assignment carries the project's mark."""
        return self.mark in held.description

    def drift(self) -> Drift:
        state = self.source.state
        missing: list[Assignment] = []
        unsure: list[Assignment] = []
        wanted = seen = 0
        for each in self.wanted():
            wanted += 1
            held = state.get(each.key)
            if held is not None:
                seen += 1
                self.match(each, held)
            elif self.is_comparable(each) and not self.may_stand(each):
                missing.append(each)
            else:
                unsure.append(each)
        self.look_for_strangers()
        paired = self.pair(missing) | self.pair_unread(unsure)
        seen += len(paired)
        for key, held in self.in_turn():
            if key not in self.desired.state and key not in paired and self.is_viewed(held.scope):
                seen += self.judge(key, held)
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
            changes=tuple(changes),
            role_changes=role_changes,
            set_aside=tuple(self.aside),
            remarks=tuple(self.remarks),
            unread=unread,
            unused_rules=self.rules.unused() if self.is_whole() and not unread else (),
            notes=tuple(self.notes()),
            cautions=tuple(self.cautions(wanted)),
            wanted=wanted,
            held=seen,
            unsigned=self.unsigned,
        )

    # What is wanted.

    def is_comparable(self, wanted: Assignment) -> bool:
        """Whether its absence from the source says that it is not there; else notes what could not be compared."""
        if _is_open(wanted):
            reference = wanted.scope.id if wanted.scope.reference else wanted.principal.id
            self.leave(
                reference,
                Part.ASSIGNMENTS,
                "only Terraform knows what this is",
                "write the id once the resource exists",
            )
            return False
        part = _part(wanted.activation)
        if self.is_terraform and self.compared.isdisjoint(self.homes(wanted)):
            name = self.home(self.homes(wanted))
            self.leave(
                f"environment {name}",
                Part.ASSIGNMENTS,
                f"nothing of {name} stands in {self.source.name}",
                f"compare its own state, or narrow with `--environment`; name {name} there if this is its state",
            )
            return False
        if self.is_unclear:
            return False
        if self.source.state.coverage.covers(part, wanted.scope):
            return True
        self.leave_scope(part, wanted.scope)
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

    def may_stand(self, wanted: Assignment) -> bool:
        """Whether the source holds it maybe, at a scope or for a principal that only Terraform knows: that one is unread."""
        return any(
            (held.principal.reference or held.principal.id == wanted.principal.id)
            and (held.scope.reference or held.scope == wanted.scope)
            for held in self.held_open.get((wanted.role.id, wanted.activation), ())
        )

    def leave_scope(self, part: Part, scope: Scope) -> None:
        """Notes that this part of a scope's subscription is not in the source, unless it is named already."""
        named = (*self.source.state.coverage.unread, *self.uncompared.values())
        if any(each.part is part and _reaches(each, scope) for each in named):
            return
        top = f"/subscriptions/{scope.subscription}" if scope.subscription else scope.id
        self.leave(top, part, f"{self.source.name} does not hold it, or not all of it", _CURES[part])

    def leave(self, scope: str, part: Part, why: str, cure: str) -> None:
        self.uncompared.setdefault((scope, part), Unread(scope, part, why, cure))

    def match(self, wanted: Assignment, held: Assignment) -> None:
        """Compares the two sides of one assignment."""
        presence = self.presence(held)
        if presence in (Presence.DELETED, Presence.SOFT_DELETED):
            kind = DriftKind.ORPHANED if presence is Presence.DELETED else DriftKind.SOFT_DELETED
            self.changes.append(
                AssignmentDrift(kind, wanted, held, self.home(self.homes(wanted)), remark=_GONE[presence])
            )
            return
        differs = tuple(differences(wanted, held, self.project, self.now))
        until = held.held.until
        if until is not None and until <= self.now:
            remark = "it has ended since this was read"
            self.changes.append(
                AssignmentDrift(DriftKind.EXPIRED, wanted, held, self.home(self.homes(wanted)), differs, remark)
            )
        elif differs:
            self.changes.append(
                AssignmentDrift(DriftKind.ALTERED, wanted, held, self.home(self.homes(wanted)), differs)
            )
        elif until is not None and until <= self.soon:
            if wanted.ends is None:
                remark = f"it ends on {until:%Y-%m-%d}, and the project wants it for longer: apply again to renew it"
                self.changes.append(
                    AssignmentDrift(DriftKind.EXPIRING, wanted, held, self.home(self.homes(wanted)), remark=remark)
                )
            else:
                self.remarks.append(
                    AssignmentRemark(RemarkKind.ENDING, wanted, f"ends on {wanted.ends}, as the project says")
                )
        elif wanted.ends is not None and instant(wanted.ends) <= self.soon:
            self.remarks.append(
                AssignmentRemark(RemarkKind.ENDING, wanted, f"render leaves it out from {wanted.ends} on")
            )
        if self.is_unmarked(wanted, held) and not differs:
            text = "it stands, but not by this project's hand: `rbacgen render --existing` adopts it"
            self.remarks.append(AssignmentRemark(RemarkKind.UNMARKED, wanted, text))
        elif self.is_unsigned(wanted, held) and not differs:
            self.unsigned += 1

    def is_unsigned(self, wanted: Assignment, held: Assignment) -> bool:
        """Whether Privileged Identity Management keeps it, where no description could say that code made it."""
        return not self.is_terraform and (held.held.through_pim or kept_by_pim(wanted, self.project.pim))

    def is_unmarked(self, wanted: Assignment, held: Assignment) -> bool:
        """Whether nothing says that code made it: it is the access that is wanted, and nobody manages it yet."""
        told = "description" not in held.held.untold and not held.held.through_pim
        return told and not kept_by_pim(wanted, self.project.pim) and ANY_MARK not in held.description

    def pair(self, missing: list[Assignment]) -> set[Key]:
        """Says of each missing assignment that it is missing, or that it is there under the other activation.

        Gives the keys of the held assignments that were paired so.
        """
        paired: set[Key] = set()
        for wanted in missing:
            twin = self.twin(wanted)
            if twin is not None:
                paired.add(twin.key)
                self.alter(wanted, twin)
                continue
            entry = self.source.directory.get(wanted.key.principal_id)
            remarks = [_GONE[entry.presence]] if entry is not None and entry.presence in _GONE else []
            other = _OTHER[wanted.activation]
            if not self.is_list and not self.source.state.coverage.covers(_part(other), wanted.scope):
                remarks.append(f"whether it is there as {_ACCESS[other]} could not be read")
            self.changes.append(
                AssignmentDrift(
                    DriftKind.MISSING, wanted, None, self.home(self.homes(wanted)), remark="; ".join(remarks)
                )
            )
        return paired

    def pair_unread(self, unsure: Iterable[Assignment]) -> set[Key]:
        """Pairs what is held under the other activation with what is wanted where that was not read.

        Whether both stand there is open, and nothing is called foreign or stale by what was not read. Gives the keys of the
        held assignments that were paired so.
        """
        paired: set[Key] = set()
        for wanted in unsure:
            if _is_open(wanted) or (self.is_terraform and self.compared.isdisjoint(self.homes(wanted))):
                continue
            twin = self.twin(wanted)
            if twin is not None:
                paired.add(twin.key)
                remarks = [f"not all {_ACCESS[wanted.activation]} here was read: what is wanted may stand beside this"]
                if self.may_be_activated(twin):
                    remarks.append(_JUST_IN_TIME)
                self.alter(wanted, twin, "; ".join(remarks))
        return paired

    def twin(self, wanted: Assignment) -> Assignment | None:
        """What is held of the same scope, role and principal under the other activation, if nobody wants that as well."""
        key = wanted.key
        other = Key(key.scope, key.role_id, key.principal_id, _OTHER[key.activation])
        return None if other in self.desired.state else self.source.state.get(other)

    def alter(self, wanted: Assignment, held: Assignment, remark: str = "") -> None:
        """Notes that an assignment is there under the other activation, or that its principal is gone."""
        presence = self.presence(held)
        home = self.home(self.homes(wanted))
        if presence in (Presence.DELETED, Presence.SOFT_DELETED):
            kind = DriftKind.ORPHANED if presence is Presence.DELETED else DriftKind.SOFT_DELETED
            self.changes.append(AssignmentDrift(kind, wanted, held, home, remark=_GONE[presence]))
            return
        differs = (
            FieldDifference("activation", str(wanted.activation), str(held.activation)),
            *(each for each in differences(wanted, held, self.project, self.now) if each.what == "condition"),
        )
        self.changes.append(AssignmentDrift(DriftKind.ALTERED, wanted, held, home, differs, remark))

    # What is held, and nobody wants.

    def in_turn(self) -> Iterable[tuple[Key, Assignment]]:
        """What is held, in the order to judge it: where references are open, what is likeliest to be them comes first."""
        items = self.source.state.items()
        if not self.open:
            return items
        said = {wish.description for wishes in self.open.values() for wish in wishes}
        return sorted(items, key=lambda each: (each[1].description not in said, not self.is_marked(each[1])))

    def judge(self, key: Key, held: Assignment) -> bool:
        """Files one held assignment that is not wanted; gives whether it is the project's business."""
        marked = self.is_marked(held)
        if _is_open(held):
            what = held.held.at or held.held.address or held.scope.id
            why = "who has access to what is known to Terraform only, and the project wants nothing of the same words"
            self.leave(str(what), Part.ASSIGNMENTS, why, "compare with the state: `terraform show -json`")
            return False
        names = self.place.environments(held.scope)
        if (names and self.compared.isdisjoint(names)) or self.may_be_open(held):
            return False
        environment = self.home(names)
        managed = bool(self.place.managers(held.scope))
        above = self.place.is_above(held.scope)
        if held.activation is Activation.ACTIVATED:
            self.aside.append(
                ExcludedAssignment(ExclusionReason.ACTIVATED if managed or above else ExclusionReason.OUTSIDE, held)
            )
            return managed
        if not marked and not managed:
            rule = self.rules.first(held) if above else None
            why = ExclusionReason.IGNORED if rule else ExclusionReason.INHERITED if above else ExclusionReason.OUTSIDE
            self.aside.append(ExcludedAssignment(why, held, rule))
            return False
        rule = None if marked else self.rules.first(held)
        if rule is not None:
            self.aside.append(ExcludedAssignment(ExclusionReason.IGNORED, held, rule))
            return True
        if not marked and self.view.strategy is Strategy.OWNED:
            self.aside.append(ExcludedAssignment(ExclusionReason.NOT_OWNED, held))
            return True
        self.changes.append(self.unwanted(key, held, environment, marked))
        return True

    def may_be_open(self, held: Assignment) -> bool:
        """Whether it may be what is wanted at a scope, or of a principal, that only Terraform knows yet; names it there.

        Each open wish takes one: in its subscription, of its level and type, of the kind of its principal.
        """
        wishes = self.open.get((held.role.id, held.activation), [])
        for wish in wishes:
            if self.may_be(wish, held):
                wishes.remove(wish)
                reference = wish.scope.id if wish.scope.reference else wish.principal.id
                who = f"{held.principal.id} at {held.scope.id}"
                cure = "write the id into the project file once the resource exists"
                self.uncompared[reference, Part.ASSIGNMENTS] = Unread(
                    reference, Part.ASSIGNMENTS, f"only Terraform knows what this is; {who} may be it", cure
                )
                return True
        return False

    def may_be(self, wish: Assignment, held: Assignment) -> bool:
        if self.environments.isdisjoint(self.homes(wish)):
            return False
        if wish.scope.reference:
            kind = self.project.mapping.scope_kinds.get(wish.scope_kind)
            type_ = f"/{kind.type}/".lower() if kind is not None and kind.type else ""
            if (wish.scope.level, wish.scope.subscription) != (held.scope.level, held.scope.subscription):
                return False
            if wish.scope.level is ScopeLevel.RESOURCE and not _is_of_type(held.scope, type_):
                return False
        elif wish.scope != held.scope:
            return False
        if wish.principal.reference:
            return held.principal.type in (wish.principal.type, PrincipalType.UNKNOWN)
        return wish.principal.id == held.principal.id

    def unwanted(self, key: Key, held: Assignment, environment: str, marked: bool) -> AssignmentDrift:
        presence = self.presence(held)
        if presence in (Presence.DELETED, Presence.SOFT_DELETED):
            kind = DriftKind.ORPHANED if presence is Presence.DELETED else DriftKind.SOFT_DELETED
            return AssignmentDrift(kind, None, held, environment, remark=_GONE[presence])
        if held.held.until is not None and held.held.until <= self.now:
            return AssignmentDrift(
                DriftKind.EXPIRED, None, held, environment, remark="it has ended since this was read"
            )
        if key in self.view.once_wanted:
            remark = "its day has come and gone: render leaves it out, apply takes it away"
            return AssignmentDrift(DriftKind.EXPIRED, None, held, environment, remark=remark)
        remarks = []
        if not held.role.name:
            remarks.append("no catalogue and no definition that was read knows this role")
        if presence is Presence.UNSEEN:
            remarks.append("the directory does not show its principal, which may be for want of permission")
        if not marked and self.may_be_activated(held):
            remarks.append(_JUST_IN_TIME)
        kind = DriftKind.STALE if marked else DriftKind.FOREIGN
        return AssignmentDrift(kind, None, held, environment, remark="; ".join(remarks))

    def may_be_activated(self, held: Assignment) -> bool:
        """Whether it may be there just in time only, because what is activated was not read."""
        return (
            held.activation is Activation.PERMANENT
            and held.principal.type is PrincipalType.USER
            and not self.is_terraform
            and not self.source.state.coverage.covers(Part.ACTIVATIONS, held.scope)
        )

    def presence(self, held: Assignment) -> Presence | None:
        """What the directory says of the principal; None where it was not asked."""
        entry = self.source.directory.get(held.principal.id)
        return entry.presence if entry is not None else None

    # The whole.

    def redundant(self) -> None:
        """Notes wanted access that the same principal has from above by the same role, from another hand.

        Which management groups lie above a subscription is known only where one subscription was read: what it inherits.
        """
        is_one = len({each.subscription for each in self.project.environments}) == 1
        above: dict[tuple[str, str], list[Assignment]] = {}
        for key, held in self.source.state.items():
            if key not in self.desired.state and held.activation is Activation.PERMANENT:
                above.setdefault((held.principal.id, held.role.id), []).append(held)
        for wanted in self.wanted():
            for held in above.get((wanted.principal.id, wanted.role.id), ()):
                reaches = held.scope.contains(wanted.scope) or (
                    is_one and held.scope.level is ScopeLevel.MANAGEMENT_GROUP and wanted.scope.subscription != ""
                )
                if not reaches or held.scope == wanted.scope or held.condition not in ("", wanted.condition):
                    continue
                if wanted.key in self.source.state:
                    self.remarks.append(
                        AssignmentRemark(RemarkKind.REDUNDANT, wanted, f"{held.scope.id} already grants it")
                    )
                    break

    def role_changes(self) -> Iterator[RoleDefinitionDrift]:
        """The custom roles in use that are not there or not as written, as far as definitions were read.

        Of a role that somebody else makes only what it grants is compared: the rest is theirs.
        """
        held = {role.id: role for role in self.source.definitions}
        made = {each.role.id: each.role for each in self.desired.definitions}
        seen: set[str] = set()
        for wanted in self.wanted():
            role_id = wanted.role.id
            if not wanted.role.custom or role_id in seen:
                continue
            if self.is_terraform and (self.compared.isdisjoint(self.homes(wanted)) or role_id not in made):
                continue
            seen.add(role_id)
            environment = self.home(self.homes(wanted))
            role = held.get(role_id)
            if role is not None:
                whole = made.get(role_id)
                differs = tuple(role_differences(whole, role) if whole else grant_differences(wanted.role, role))
                if differs:
                    yield RoleDefinitionDrift(DriftKind.ALTERED, whole or wanted.role, environment, differs)
                continue
            where = wanted.scope.subscription
            home = Scope.of(f"/subscriptions/{where}") if where else wanted.scope
            if self.source.state.coverage.covers(Part.DEFINITIONS, home):
                yield RoleDefinitionDrift(DriftKind.MISSING, made.get(role_id, wanted.role), environment)
            elif not wanted.scope.reference:
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
        forgotten = sum(_is_unexplained(each.held) for each in self.aside if each.why is ExclusionReason.NOT_OWNED)
        if forgotten:
            yield (
                f"{forgotten:,} of what others made is kept by PIM without a justification that Azure still has: it may be "
                "this project's own"
            )

    def cautions(self, wanted: int) -> Iterator[str]:
        goes = {DriftKind.STALE, DriftKind.FOREIGN, DriftKind.ORPHANED, DriftKind.EXPIRED}
        ours = [each for each in self.changes if each.held is not None and each.wanted is None]
        removals = sum(each.kind in goes for each in ours)
        stands = removals + sum(1 for each in self.wanted() if each.key in self.source.state)
        if removals * _SHARE > stands and removals > 1:
            yield (
                f"making Azure agree would remove {removals:,} of the {stands:,} assignments that stand there, more than a "
                "third: is this the right project, tenant and environment?"
            )
        orphaned = sum(each.kind is DriftKind.ORPHANED and each.wanted is not None for each in self.changes)
        if orphaned * _SHARE > wanted and orphaned > 1:
            yield (
                f"the directory knows nothing of who holds {orphaned:,} of the {wanted:,} wanted assignments, more than a "
                "third: is it the directory of this tenant?"
            )
        missing = sum(each.kind is DriftKind.MISSING for each in self.changes)
        if missing * _SHARE > wanted and missing > 1:
            yield (
                f"{missing:,} of the {wanted:,} wanted assignments are not there, more than a third: was it applied, and "
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


def _is_unexplained(held: Assignment) -> bool:
    return held.held.through_pim and not held.description
