"""The first project file of a team: written from the mapping and from what is known already, for a person to go on from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping as AbstractMapping
from datetime import date

from msgspec import Struct, field

from rbacgen.model.near_names import did_you_mean
from rbacgen.model.problems import RbacgenError
from rbacgen.model.scope import GUID, ScopeLevel
from rbacgen.project.document import comment, scalar
from rbacgen.project.mapping import Mapping, ProjectRole
from rbacgen.project.project_file import EDITOR_LINE

SCHEMA_FILE = "rbacgen.schema.json"
PEOPLE = ("group", "user")
IDENTITIES = ("service_principal", "managed_identity")
_NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"


class FirstMember(Struct, frozen=True):
    """A member of a project role: the kind of principal, its name, and its object id where that is known."""

    kind: str
    name: str
    id: str = ""


class ScaffoldAnswers(Struct, frozen=True):
    """What is known of a new project; what is left empty stays for the team to fill in.

    `environments` are names of the mapping's with their subscription ids, and empty for all of them; `scopes` says by
    environment what a scope kind is there, `without` which are not there.
    """

    tenant: str = ""
    ends: date | None = None
    pim: bool = True
    environments: AbstractMapping[str, str] = field(default_factory=dict)
    team: AbstractMapping[str, tuple[FirstMember, ...]] = field(default_factory=dict)
    scopes: AbstractMapping[str, AbstractMapping[str, str]] = field(default_factory=dict)
    without: AbstractMapping[str, tuple[str, ...]] = field(default_factory=dict)

    def chosen(self, mapping: Mapping) -> tuple[str, ...]:
        """The environments of the project, in the mapping's order."""
        return tuple(name for name in mapping.environments if not self.environments or name in self.environments)


# What people answer, read.


def guid(text: str) -> str:
    """The GUID in lower case. Raises RbacgenError where it is none."""
    if not GUID.match(text.strip()):
        raise RbacgenError(f"`{text}` is no GUID", "it looks like 6082bfda-63d0-46f4-8272-ae9195139feb")
    return text.strip().lower()


def day(text: str, today: date) -> date:
    """The day on which a project ends. Raises RbacgenError where it is none, or has come already."""
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
            raise ValueError(text)
        ends = date.fromisoformat(text.strip())
    except ValueError:
        raise RbacgenError(f"`{text}` is no date", "it looks like 2027-06-30") from None
    if ends <= today:
        raise RbacgenError(f"{ends} has come already", "give a day that is still to come, or leave it out")
    return ends


def environment(text: str, mapping: Mapping) -> tuple[str, str]:
    """An environment of the mapping and its subscription, as `dev=GUID`; the id may be left out. Raises RbacgenError."""
    name, sign, subscription = text.partition("=")
    _refuse_unknown("environment", name, mapping.environments)
    return name, guid(subscription) if sign else ""


def member(text: str, mapping: Mapping) -> tuple[str, FirstMember]:
    """A project role and a member of it, as `data_scientist=group:NAME` or `…=group:NAME=OBJECT_ID`. Raises RbacgenError."""
    role, sign, given = text.partition("=")
    if not sign:
        raise RbacgenError(f"`{text}` does not say who", "write it as data_scientist=group:grp-data-scientists")
    _refuse_unknown("project role", role, mapping.roles)
    return role, subject(given, mapping.roles[role])


def subject(text: str, role: ProjectRole) -> FirstMember:
    """A member of a project role, as `KIND:NAME` or `KIND:NAME=OBJECT_ID`; without a kind, a user where there is an @, else a group.

    Raises RbacgenError where it cannot have this project role.
    """
    name, sign, object_id = text.strip().rpartition("=")
    if not sign or not GUID.match(object_id.strip()):
        name, object_id = text.strip(), ""
    kind, colon, rest = name.partition(":")
    if colon and kind in (*PEOPLE, *IDENTITIES):
        name = rest.strip()
    elif role.is_workload:
        raise RbacgenError(
            f"{role.title} is an identity, and `{text}` does not say which kind",
            "write service_principal:NAME or managed_identity:NAME",
        )
    else:
        kind = "user" if "@" in name else "group"
    if (kind in IDENTITIES) is not role.is_workload:
        meant_for = "is a project role for identities" if role.is_workload else "is a project role for people"
        kinds = IDENTITIES if role.is_workload else PEOPLE
        raise RbacgenError(
            f"{role.title} {meant_for}, and `{text}` is not one of them", f"write {kinds[0]}:NAME or {kinds[1]}:NAME"
        )
    return FirstMember(kind, _name(name), object_id.strip().lower())


def binding(text: str, mapping: Mapping, environments: Iterable[str]) -> tuple[str, str, str]:
    """An environment, a scope kind and what it is there, as `dev.workspace=NAME`. Raises RbacgenError."""
    place, sign, given = text.partition("=")
    environment_name, dot, kind = place.partition(".")
    if not sign or not dot:
        raise RbacgenError(f"`{text}` does not say what is bound where", "write it as dev.workspace=mlw-fraud-dev")
    _refuse_unknown("environment", environment_name, tuple(environments))
    _refuse_unknown("scope kind to bind", kind, [name for name, _ in bindable(mapping, environment_name)])
    return environment_name, kind, _name(given)


def _name(text: str) -> str:
    """A name as files can hold it."""
    text = text.strip()
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise RbacgenError("a name holds what is no text", "give it in the encoding of your terminal") from None
    if not text or len(text) > 2048:
        raise RbacgenError("a name has 1 to 2,048 characters", "give the name that the directory or Azure shows")
    return text


def _refuse_unknown(what: str, name: str, known: Iterable[str]) -> None:
    known = tuple(known)
    if name not in known:
        raise RbacgenError(f"there is no {what} `{name}`{did_you_mean(name, known)}", f"there are {', '.join(known)}")


# What is written.


def project_file(name: str, mapping_name: str, mapping: Mapping, answers: ScaffoldAnswers | None = None) -> str:
    """A commented project file for this mapping, with what is known; `rbacgen check` finds nothing wrong with its form."""
    answers = answers or ScaffoldAnswers()
    tenant = f"tenant: {answers.tenant}" if answers.tenant else f"# tenant: {_NO_SUBSCRIPTION}"
    ends = f"ends: {answers.ends}" if answers.ends else "# ends: 2027-06-30"
    pim = "pim: true" if answers.pim else "pim: false"
    lines = [
        EDITOR_LINE.format(SCHEMA_FILE),
        f"# Who does what in {name}. `rbacgen check` reports what is wrong, `rbacgen render` writes the Terraform.",
        f"project: {scalar(name)}",
        f"mapping: {scalar(mapping_name)}    # {comment(mapping.title)}",
        tenant,
        f"{ends.ljust(26)} # roles tied to the project expire on this date",
        f"{pim.ljust(26)} # false: access that should be activated when needed is active at all times",
        "",
        "environments:",
    ]
    for index, environment_name in enumerate(answers.chosen(mapping)):
        lines += _environment(environment_name, mapping, answers, explained=not index)
    lines += [
        "",
        "# Who has which project role: group, user, service_principal or managed_identity, each by name (found by `rbacgen lock`)",
        "# or with its object id: - {group: grp-data-scientists, id: 00000000-0000-0000-0000-000000000000, in: [dev]}",
        "team:",
    ]
    for role in mapping.roles.values():
        team_members = answers.team.get(role.id, ())
        lines.append(f"  {role.id}:{'' if team_members else ' []'}".ljust(39) + f" # {_summary(role)}")
        lines += [f"    - {_team_member(each)}" for each in team_members]
    lines += [
        "",
        "# moved: [{responsibility: …, from: …, to: …}]    # this team's own split of the work",
        "# apart: [[…, …]]                                 # project roles that nobody may have together",
        "# groups: {grp-…: {members: [{user: …}]}}        # who is in a group, for `apart`; or `rbacgen lock --members`",
    ]
    return "\n".join(lines) + "\n"


def _environment(name: str, mapping: Mapping, answers: ScaffoldAnswers, explained: bool) -> Iterable[str]:
    subscription = answers.environments.get(name, "")
    yield f"  {name}:"
    yield f"    subscription: {subscription or f'{_NO_SUBSCRIPTION}    # not known yet'}"
    yield "    scopes:"
    if explained:
        yield "      # Bind what is there, by its name, by its whole resource id, by {name: …, resource_group: …},"
        yield "      # or by {terraform: azurerm_key_vault.this.id}; say what is not there with `without: […]`."
    bound, absent = answers.scopes.get(name, {}), answers.without.get(name, ())
    for kind, says in bindable(mapping, name):
        if kind in bound:
            yield f"      {kind}: {scalar(bound[kind])}"
        elif kind not in absent:
            yield _binding_line(kind, says)
    if absent:
        yield f"    without: [{', '.join(absent)}]"


def _binding_line(kind: str, says: str) -> str:
    line = f"      # {kind}: …".ljust(36) + comment(says.split(",")[0])
    return line if len(line) <= 110 else line[:109] + "…"


def _team_member(subject: FirstMember) -> str:
    return f"{{{subject.kind}: {scalar(subject.name)}{f', id: {subject.id}' if subject.id else ''}}}"


def bindable(
    mapping: Mapping, environment_name: str, assigned: Iterable[str] | None = None, whole: Iterable[str] = ()
) -> tuple[tuple[str, str], ...]:
    """The scope kinds that a project may have to bind in this environment, with what each is, in the mapping's order.

    With `assigned`, only those that these project roles take. What holds one of `whole` is not among them for its sake: those
    are bound by whole ids, which say themselves where they lie.
    """
    roles = [mapping.roles[each] for each in assigned] if assigned is not None else None
    taken = (
        mapping.capabilities.values()
        if roles is None
        else [
            capability
            for role in roles
            for responsibility in role.responsibilities
            for capability in responsibility.takes
        ]
    )
    desired: set[str] = set()
    for name in {grant.on for each in taken for grant in each.grants if environment_name in grant.environments}:
        kind = mapping.scope_kinds.get(name)
        while kind is not None:
            desired.add(kind.name)
            holds = kind.under and kind.level is ScopeLevel.RESOURCE and kind.name not in whole
            kind = mapping.scope_kinds.get(kind.under or "") if holds else None
    return tuple(
        (kind.name, kind.says)
        for kind in mapping.scope_kinds.values()
        if kind.name in desired and kind.fixed_name is None and kind.level is not ScopeLevel.SUBSCRIPTION
    )


def unbound(mapping: Mapping, answers: ScaffoldAnswers) -> dict[str, tuple[str, ...]]:
    """By environment, the scope kinds that the team takes and that are neither bound nor absent by `without`."""
    assigned = [role for role, team_members in answers.team.items() if team_members]
    left: dict[str, tuple[str, ...]] = {}
    for name in answers.chosen(mapping):
        bound = answers.scopes.get(name, {})
        whole = {kind for kind, text in bound.items() if text.startswith("/")}
        known = {*bound, *answers.without.get(name, ())}
        left[name] = tuple(kind for kind, _ in bindable(mapping, name, assigned, whole) if kind not in known)
    return {name: kinds for name, kinds in left.items() if kinds}


def what_next(mapping: Mapping, answers: ScaffoldAnswers) -> tuple[str, ...]:
    """What is left to do after the file was written, in its order."""
    steps = []
    without_id = [name for name in answers.chosen(mapping) if not answers.environments.get(name)]
    if without_id:
        steps.append(f"write the subscription ids of {', '.join(without_id)} into it (`az account list -o table`)")
    if not any(answers.team.values()):
        steps.append("say under `team` who has which project role, and under `scopes` what each scope kind is")
    steps += [f"bind under `scopes` of {name}: {', '.join(kinds)}" for name, kinds in unbound(mapping, answers).items()]
    if any(not each.id for team_members in answers.team.values() for each in team_members):
        steps.append("run `rbacgen lock`: it finds the object ids of the names (after `az login`)")
    return (*steps, "run `rbacgen check`, then `rbacgen render`")


def _summary(role: ProjectRole) -> str:
    has_azure = any(each.grants for responsibility in role.responsibilities for each in responsibility.takes)
    kind = (
        f"identity, answered for by {role.owner}"
        if role.is_workload
        else ""
        if has_azure
        else "no Azure access of its own"
    )
    return comment(f"{role.title}{f' ({kind})' if kind else ''}")
