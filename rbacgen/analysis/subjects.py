"""Whom a person means: a project role, somebody in the team, an object id, or everybody."""

from __future__ import annotations

from msgspec import Struct

from rbacgen.model.assignment import Principal, PrincipalType
from rbacgen.model.scope import GUID
from rbacgen.project.lock import MEMBER_KINDS, words
from rbacgen.project.mapping import ProjectRole
from rbacgen.project.project import Project

EVERYONE = "everyone"


class NamedSubject(Struct, frozen=True):
    """What a name came to: a project role, a principal, or, without either, everybody."""

    project_role: ProjectRole | None = None
    principal: Principal | None = None

    @property
    def is_everyone(self) -> bool:
        """Whether nobody in particular is meant."""
        return self.project_role is None and self.principal is None

    @property
    def name(self) -> str:
        """What to call them."""
        if self.project_role is not None:
            return self.project_role.title
        return self.principal.name if self.principal is not None else EVERYONE


class UnknownSubjectError(Exception):
    """A name that is nobody's, or several people's: one sentence, and a hint."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def find(project: Project | None, text: str) -> NamedSubject:
    """Whom a text means: `everyone`, the id or title of a project role, `KIND:NAME` or NAME of the team, or an object id.

    A project role wins over a principal of the same name. Raises UnknownWhoError where it is nobody, or more than one.
    """
    asked = text.strip()
    folded = asked.casefold()
    if folded == EVERYONE:
        return NamedSubject()
    if project is not None:
        for role in project.mapping.roles.values():
            if folded in (role.id.casefold(), role.title.casefold()):
                return NamedSubject(project_role=role)
        known = _team(project)
        kind, colon, name = asked.partition(":")
        if colon and kind in MEMBER_KINDS:
            found = {each for each in known if each[0] == kind and each[1].name.casefold() == name.strip().casefold()}
        else:
            found = {each for each in known if folded in (each[1].name.casefold(), each[1].id.casefold())}
        if len({each.id for _, each in found}) > 1:
            listed = ", ".join(sorted(f"{kind}:{each.name}" for kind, each in found))
            raise UnknownSubjectError(f"`{asked}` is more than one in the team", f"say which: {listed}")
        if found:
            return NamedSubject(principal=next(iter(found))[1])
    if GUID.match(asked):
        return NamedSubject(principal=Principal(asked.lower(), PrincipalType.UNKNOWN, asked.lower()))
    raise UnknownSubjectError(*_nobody(project, asked))


def _team(project: Project) -> set[tuple[str, Principal]]:
    found = set()
    kinds = {(each.kind, each.name.casefold()): each.kind for each in project.named}
    by_type = {
        PrincipalType.GROUP: ("group",),
        PrincipalType.USER: ("user",),
        PrincipalType.SERVICE_PRINCIPAL: ("service_principal", "managed_identity"),
    }
    for team in project.team.values():
        for team_member in team:
            principal = team_member.principal
            possible = by_type.get(principal.type, MEMBER_KINDS)
            kind = next((each for each in possible if (each, principal.name.casefold()) in kinds), possible[0])
            found.add((kind, principal))
    spoken_of = {each.id for _, each in found}
    taken = {(kind, each.name.casefold()) for kind, each in found}
    for principal in project.membership.principals.values():
        kind = by_type.get(principal.type, MEMBER_KINDS)[0]
        # What the directory calls a group in a group never stands in the way of a name of the team's.
        if principal.name and principal.id not in spoken_of and (kind, principal.name.casefold()) not in taken:
            found.add((kind, principal))
    return found


def _nobody(project: Project | None, asked: str) -> tuple[str, str]:
    if project is None:
        return f"`{asked}` is no object id, and there is no project that would know the name", "give an object id"
    from rbacgen.project.decode import did_you_mean

    roles = list(project.mapping.roles)
    names = sorted({each.name for _, each in _team(project)})
    hint = did_you_mean(asked, [*roles, *names])
    kinds = ", ".join(words(each) for each in MEMBER_KINDS)
    more = ", …" if len(roles) > 4 else ""
    return (
        f"the project knows no `{asked}`{hint}",
        f"give a project role ({', '.join(roles[:4])}{more}), a {kinds} of the team, an object id, or `{EVERYONE}`",
    )
