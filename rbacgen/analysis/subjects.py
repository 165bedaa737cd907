"""The subject that a text names: a project role, somebody in the team, an object id, or everyone."""

from __future__ import annotations

from msgspec import Struct

from rbacgen.model.assignment import Principal, PrincipalType
from rbacgen.model.near_names import did_you_mean
from rbacgen.model.scope import GUID
from rbacgen.project.lock import MEMBER_KINDS, words
from rbacgen.project.mapping import ProjectRole
from rbacgen.project.project import Project

EVERYONE = "everyone"


class NamedSubject(Struct, frozen=True):
    """What a text names: a project role, a principal, or, without either, everyone."""

    project_role: ProjectRole | None = None
    principal: Principal | None = None

    @property
    def is_everyone(self) -> bool:
        """Whether the text names everyone."""
        return self.project_role is None and self.principal is None

    @property
    def name(self) -> str:
        """The title of the role, the name of the principal, or `everyone`."""
        if self.project_role is not None:
            return self.project_role.title
        return self.principal.name if self.principal is not None else EVERYONE


class UnknownSubjectError(Exception):
    """A text that names no subject, or several: one sentence, and a hint."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def find(project: Project | None, text: str) -> NamedSubject:
    """The subject of a text: `everyone`, the id or title of a project role, `KIND:NAME` or NAME of the team, or an object id.

    A project role comes before a principal of the same name. Raises UnknownSubjectError where there is none, or several.
    """
    text = text.strip()
    folded = text.casefold()
    if folded == EVERYONE:
        return NamedSubject()
    if project is not None:
        for role in project.mapping.roles.values():
            if folded in (role.id.casefold(), role.title.casefold()):
                return NamedSubject(project_role=role)
        known = _team(project)
        kind, colon, name = text.partition(":")
        if colon and kind in MEMBER_KINDS:
            found = {each for each in known if each[0] == kind and each[1].name.casefold() == name.strip().casefold()}
        else:
            found = {each for each in known if folded in (each[1].name.casefold(), each[1].id.casefold())}
        if len({each.id for _, each in found}) > 1:
            listed = ", ".join(sorted(f"{kind}:{each.name}" for kind, each in found))
            raise UnknownSubjectError(f"`{text}` names several in the team", f"name one of them: {listed}")
        if found:
            return NamedSubject(principal=next(iter(found))[1])
    if GUID.match(text):
        return NamedSubject(principal=Principal(text.lower(), PrincipalType.UNKNOWN, text.lower()))
    raise UnknownSubjectError(*_unknown(project, text))


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
    in_team = {each.id for _, each in found}
    taken = {(kind, each.name.casefold()) for kind, each in found}
    for principal in project.membership.principals.values():
        kind = by_type.get(principal.type, MEMBER_KINDS)[0]
        # A nested group may have the same name in the directory as somebody in the team; the team comes first.
        if principal.name and principal.id not in in_team and (kind, principal.name.casefold()) not in taken:
            found.add((kind, principal))
    return found


def _unknown(project: Project | None, text: str) -> tuple[str, str]:
    if project is None:
        return f"`{text}` is not an object id, and names need a project", "give an object id"
    roles = list(project.mapping.roles)
    names = sorted({each.name for _, each in _team(project)})
    hint = did_you_mean(text, [*roles, *names])
    kinds = ", ".join(words(each) for each in MEMBER_KINDS)
    more = ", …" if len(roles) > 4 else ""
    return (
        f"the project has no `{text}`{hint}",
        f"give a project role ({', '.join(roles[:4])}{more}), a {kinds} of the team, an object id, or `{EVERYONE}`",
    )
