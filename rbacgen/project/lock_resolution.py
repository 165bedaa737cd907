"""Settling a lock file: which names to look up, and what their answers do to the lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from rbacgen.authorization.groups import DirectMember, MemberKind, reachable
from rbacgen.model import rules
from rbacgen.model.assignment import AzureRole
from rbacgen.model.exit_code import ExitCode
from rbacgen.model.problems import Position, Problem
from rbacgen.model.scope import GUID, ScopeLevel, level_of
from rbacgen.model.source import Entry, Presence
from rbacgen.project.lock import TYPES, Lock, Named, kept, quoted, words
from rbacgen.project.lookup import BoundScope, FoundPrincipal, Listing, LookupAnswer, LookupAnswers

_TYPE_WORDS = {"Group": "group", "User": "user", "ServicePrincipal": "service principal"}


class LockFindingKind(StrEnum):
    """What there is to say of somebody who is found; the last two are for information."""

    CHANGED = "changed"
    DELETED = "deleted"
    SOFT_DELETED = "soft_deleted"
    WRONG_TYPE = "wrong_type"
    RENAMED = "renamed"
    NAMESAKE = "namesake"


_FOR_INFORMATION = (LockFindingKind.RENAMED, LockFindingKind.NAMESAKE)


class LockFinding(Struct, frozen=True):
    """Something to look at: who it is about, and what; `was` and `now` are object ids where they differ."""

    kind: LockFindingKind
    named: Named
    message: str
    was: str = ""
    now: str = ""

    @property
    def is_loud(self) -> bool:
        """Whether a person has to decide something, or this only informs."""
        return self.kind not in _FOR_INFORMATION


class NotResolved(Struct, frozen=True):
    """A name or a scope that could not be asked for: it stays in the lock as it was."""

    at: Annotated[Position, Meta(description="Where it is written.")]
    what: Annotated[str, Meta(description="The name or the scope.")]
    why: Annotated[str, Meta(description="Why it could not be asked for.")]
    remedy: Annotated[str, Meta(description="What to do about it.")]


class Settled(Struct, frozen=True):
    """What the answers come to: the new lock, and everything there is to say about it, each in the order of the file."""

    lock: Lock
    problems: tuple[Problem, ...]
    findings: tuple[LockFinding, ...]
    not_resolved: tuple[NotResolved, ...]
    accepted: tuple[LockFinding, ...]


class Locked(Struct, frozen=True):
    """What `lock` did, or would do: the lock that was there (`before`), the new one, and what there is to say.

    Unless `members_asked`, the members of groups stay as they were.
    """

    project: str
    before: Lock
    settled: Settled
    is_current: bool
    is_written: bool
    notes: tuple[str, ...] = ()
    members_asked: bool = False
    is_check: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether everything could be asked for."""
        return not self.settled.not_resolved

    @property
    def has_findings(self) -> bool:
        """Whether a person has to decide something."""
        return any(each.is_loud for each in self.settled.findings)

    @property
    def exit_code(self) -> ExitCode:
        """INCOMPLETE where something could not be asked, FINDINGS where a person has to decide or a check found an old lock."""
        if not self.is_complete:
            return ExitCode.INCOMPLETE
        is_outdated = self.is_check and not self.is_current
        return ExitCode.FINDINGS if self.has_findings or is_outdated else ExitCode.OK


def to_look_up(named: Iterable[Named]) -> tuple[Named, ...]:
    """Everybody whose object id is to be found, once, in the order of the file."""
    first: dict[tuple[str, str], Named] = {}
    for each in sorted(named, key=lambda named: named.at):
        if not each.given:
            first.setdefault(each.key, each)
    return tuple(first.values())


def to_verify(named: Iterable[Named], before: Lock, names: Mapping[tuple[str, str], LookupAnswer]) -> frozenset[str]:
    """The object ids that the directory is to be asked about.

    Those that the project gives itself, and those of the lock whose name is not found any more or means somebody else.
    """
    ids = {each.given for each in named if each.given}
    for each in to_look_up(named):
        was = before.object_id(*each.key)
        answer = names[each.key]
        if was and not answer.why and was not in {found.id for found in answer.found}:
            ids.add(was)
    return frozenset(ids)


def to_explain(named: Iterable[Named], directory: Mapping[str, Entry]) -> frozenset[str]:
    """The ids that the project gives itself and that no object in the directory has: they may be an application's."""
    gone = {object_id for object_id, entry in directory.items() if entry.presence is Presence.DELETED}
    return frozenset(each.given for each in named if each.given in gone)


def settle(
    before: Lock,
    tenant: str,
    named: tuple[Named, ...],
    places: tuple[BoundScope, ...],
    answers: LookupAnswers,
    accept: frozenset[tuple[str, str]] = frozenset(),
) -> Settled:
    """The lock that follows from what Azure answered, and what a person has to know.

    A name that means another object than it did keeps its old id unless `accept` has its `Named.key`: a group that was
    made anew under an old name must not get its access unnoticed.
    """
    settler = _Settler(before, answers, accept)
    for each in to_look_up(named):
        settler.look_up(each, answers.names[each.key])
    for each in {(each.key, each.given): each for each in reversed(named) if each.given}.values():
        settler.verify(each)
    missing = {folded for folded, answer in answers.scopes.items() if not answer.why and not answer.spelled}
    for place in places:
        folded = place.scope.lower()
        # What lies in a place that is not there is not there either, and would only be reported again.
        if not any(folded.startswith(above + "/") for above in missing):
            settler.place(place, answers.scopes[folded])
    return Settled(
        lock=Lock(before.file, tenant, settler.principals, settler.scopes),
        problems=tuple(sorted(settler.problems, key=lambda problem: problem.order)),
        findings=tuple(sorted(settler.findings, key=lambda finding: (finding.named.at, finding.kind))),
        not_resolved=tuple(sorted(settler.not_resolved, key=lambda not_resolved: (not_resolved.at, not_resolved.what))),
        accepted=tuple(sorted(settler.accepted, key=lambda finding: finding.named.at)),
    )


def with_azure_roles(settled: Settled, roles: Iterable[AzureRole]) -> Settled:
    """The same with these Azure roles, as they are now, in the lock."""
    return replace(settled, lock=replace(settled.lock, azure_roles={each.id: kept(each) for each in roles}))


def groups_in(named: Iterable[Named], lock: Lock) -> Mapping[str, Named]:
    """The groups that a project names, by object id, where it is known; each where it comes first."""
    found: dict[str, Named] = {}
    for each in sorted(named, key=lambda named: named.at):
        object_id = each.given or lock.object_id(*each.key)
        if each.kind == "group" and object_id:
            found.setdefault(object_id, each)
    return found


def with_members_kept(settled: Settled, groups: Iterable[str], before: Lock) -> Settled:
    """The same with the members that the lock had before, of these groups and the groups in them."""
    named = reachable(groups, before.members)
    members = {group: members for group, members in before.members.items() if group in named}
    names = {group: name for group, name in before.group_names.items() if group in members}
    return replace(settled, lock=replace(settled.lock, members=members, group_names=names))


def with_members(
    settled: Settled, groups: Mapping[str, Named], before: Lock, listings: Mapping[str, Listing]
) -> Settled:
    """The same with the members that the directory has of these groups and of the groups in them.

    A group whose members could not be read whole is `not_resolved`: it keeps those that the lock had, and where none did,
    nothing is known of it. What groups in groups are called comes with their members.
    """
    members: dict[str, tuple[DirectMember, ...]] = {}
    names: dict[str, str] = {}
    not_resolved: dict[str, NotResolved] = {}
    for top, named in groups.items():
        waiting = [top]
        while waiting:
            group = waiting.pop()
            if group in members or group in not_resolved:
                continue
            listing = listings[group]
            if listing.why:
                kept_members = before.members.get(group)
                called = before.group_names.get(group, group)
                what = f"the members of {named}" if group == top else f"the members of the group {called} in {named}"
                stays = f", which stay as {before.file} has them" if kept_members is not None else ""
                not_resolved[group] = NotResolved(named.at, what + stays, listing.why, listing.remedy)
                if kept_members is not None:
                    members[group] = kept_members
            else:
                members[group] = tuple(sorted(set(listing.members)))
            name = listing.name or before.group_names.get(group, "")
            if name and group in members and group not in groups:
                names[group] = name
            waiting += [each.id for each in members.get(group, ()) if each.kind is MemberKind.GROUP]
    return replace(
        settled,
        lock=replace(settled.lock, members=members, group_names=names),
        not_resolved=tuple(
            sorted(
                (*settled.not_resolved, *not_resolved.values()),
                key=lambda not_resolved: (not_resolved.at, not_resolved.what),
            )
        ),
    )


class _Settler:
    def __init__(self, before: Lock, answers: LookupAnswers, accept: frozenset[tuple[str, str]]) -> None:
        self.before = before
        self.directory = answers.directory
        self.refused = answers.refused
        self.hints = answers.hints
        self.accept = accept
        self.principals: dict[tuple[str, str], tuple[str, str]] = {}
        self.scopes: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.findings: list[LockFinding] = []
        self.not_resolved: list[NotResolved] = []
        self.accepted: list[LockFinding] = []

    def look_up(self, named: Named, answer: LookupAnswer) -> None:
        was = self.before.object_id(*named.key)
        ids = [found.id for found in answer.found]
        if answer.why:
            if was:
                self.principals[named.key] = (was, named.name)
            stays = f", which stays as {self.before.file} has it" if was else ""
            self.not_resolved.append(NotResolved(named.at, f"{named}{stays}", answer.why, answer.remedy))
        elif was in ids:
            self.principals[named.key] = (was, named.name)
            if len(ids) > 1:
                others = listed(found for found in answer.found if found.id != was)
                message = (
                    f"{named} of {self.before.file} ({was}) has a namesake now: {others}; the one of the lock stays"
                )
                self.findings.append(LockFinding(LockFindingKind.NAMESAKE, named, message, was))
        elif len(ids) > 1:
            message = (
                f"{len(ids)} principals are called like {named}: {listed(answer.found)}; "
                "write the `id:` of the right one here"
            )
            self.problems.append(rules.problem("unknown-principal", named.at, message))
        elif not ids:
            became = self.became(was, named.name)
            lost = f"; the one of {self.before.file} ({was}) {became}" if became else ""
            message = f"the directory has no {words(named.kind)} `{named.name}`{answer.hint}{lost}"
            self.problems.append(rules.problem("unknown-principal", named.at, message))
        elif was:
            self.change(named, was, ids[0])
        else:
            self.principals[named.key] = (ids[0], named.name)

    def change(self, named: Named, was: str, now: str) -> None:
        """A name that means another object than it did: the old id stays until a person accepts the new one."""
        became = self.became(was, named.name)
        old = f"{was}, which {became}" if became else was
        message = f"{named} is {now} now, and in {self.before.file} {old}: somebody may have made it anew"
        if named.key in self.accept:
            self.principals[named.key] = (now, named.name)
            self.accepted.append(LockFinding(LockFindingKind.CHANGED, named, message, was, now))
            return
        self.principals[named.key] = (was, named.name)
        remedy = f"; the old id stays in the lock until `rbacgen lock --accept {accepting(named)}`"
        self.findings.append(LockFinding(LockFindingKind.CHANGED, named, message + remedy, was, now))

    def became(self, was: str, name: str) -> str:
        """What became of the object that the lock has under a name, as the rest of a sentence; empty if that is not known."""
        entry = self.directory.get(was)
        if not was or entry is None:
            return ""
        match entry.presence:
            case Presence.PRESENT if entry.name.casefold() == name.casefold():
                return "is still there"
            case Presence.PRESENT if entry.name:
                return f"is called `{entry.name}` now"
            case Presence.PRESENT:
                return "is still there under another name"
            case Presence.SOFT_DELETED:
                return "was deleted, and can be restored from the directory's bin for 30 days"
            case Presence.DELETED:
                return "was deleted"
            case Presence.NOT_VISIBLE:
                return ""

    def verify(self, named: Named) -> None:
        """Somebody whose id the project gives itself must be there, and be what the project has it as."""
        entry = self.directory.get(named.given)
        if entry is None or entry.presence is Presence.NOT_VISIBLE:
            why, remedy = self.refused
            why = why or "the directory does not show what has this id"
            remedy = remedy or "let this login read the directory (Directory.Read.All)"
            self.not_resolved.append(NotResolved(named.at, f"{named} ({named.given})", why, remedy))
            return
        if entry.presence is Presence.DELETED:
            hint = self.hints.get(named.given, "it was deleted, or never was there")
            message = f"{named} has the id {named.given}, which no object in the directory has: {hint}"
            self.findings.append(LockFinding(LockFindingKind.DELETED, named, message, named.given))
        elif entry.presence is Presence.SOFT_DELETED:
            message = f"{named} ({named.given}) was deleted, and can be restored from the directory's bin for 30 days"
            self.findings.append(LockFinding(LockFindingKind.SOFT_DELETED, named, message, named.given))
        elif entry.type and entry.type != TYPES[named.kind]:
            message = (
                f"{named} has the id {named.given}, which is the one of a {_TYPE_WORDS.get(entry.type, entry.type)}"
            )
            self.findings.append(LockFinding(LockFindingKind.WRONG_TYPE, named, message, named.given))
        elif entry.name and entry.name.casefold() != named.name.casefold() and _is_a_name(named.name):
            message = f"{named} ({named.given}) is called `{entry.name}` in the directory"
            self.findings.append(LockFinding(LockFindingKind.RENAMED, named, message, named.given))

    def place(self, place: BoundScope, answer: LookupAnswer) -> None:
        """A scope must be there; it comes into the lock in Azure's spelling, or stays as it was."""
        folded = place.scope.lower()
        if answer.why:
            if folded in self.before.scopes:
                self.scopes[folded] = self.before.scopes[folded]
            self.not_resolved.append(NotResolved(place.at, place.scope, answer.why, answer.remedy))
        elif not answer.spelled:
            message = f"Azure has no {place.scope}{answer.hint}"
            self.problems.append(rules.problem("wrong-binding", place.at, message))
        elif level_of(answer.spelled) not in (ScopeLevel.TENANT, ScopeLevel.SUBSCRIPTION):  # nothing to spell there
            self.scopes[folded] = answer.spelled


def listed(found: Iterable[FoundPrincipal]) -> str:
    """Namesakes by their object ids, each with what distinguishes it from the others."""
    return ", ".join(f"{each.id} ({each.distinguished_by})" if each.distinguished_by else each.id for each in found)


def _is_a_name(name: str) -> bool:
    """Whether this is a name in the directory, and not a resource id or an application id in its place."""
    return not name.startswith("/") and not GUID.match(name)


def accepting(named: Named) -> str:
    """What `--accept` is given for somebody, whoever else has the name, as a shell takes it for one word."""
    return f"{named.kind}:{quoted(named.name)}"
