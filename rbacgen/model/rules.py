"""The one table of rules: for every problem and every kind of drift its id, severity, title, sentence, source, risk and remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Annotated

from msgspec import Meta, Struct

from rbacgen.model.problems import Position, Problem, Severity

_ROLE_DEFINITIONS = "https://learn.microsoft.com/azure/role-based-access-control/role-definitions"
_CUSTOM_ROLES = "https://learn.microsoft.com/azure/role-based-access-control/custom-roles"
_BEST_PRACTICES = "https://learn.microsoft.com/azure/role-based-access-control/best-practices"
_OVERVIEW = "https://learn.microsoft.com/azure/role-based-access-control/overview"
_NOT_FOUND = "https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#role-assignments-with-identity-not-found"
_RESTORE = "https://learn.microsoft.com/entra/fundamentals/users-restore"
_LIMITS = "https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits"
_CONDITIONS = "https://learn.microsoft.com/azure/role-based-access-control/conditions-overview"
_PIM = "https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-resource-roles-assign-roles"
_PIM_LIMITS = "https://learn.microsoft.com/azure/role-based-access-control/pim-integration"
_PIM_POLICY = "https://learn.microsoft.com/answers/questions/1295936"
_PIM_RENEW = (
    "https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-resource-roles-renew-extend"
)
_SCOPES = "https://learn.microsoft.com/azure/role-based-access-control/scope-overview"
_LEAST = "https://learn.microsoft.com/azure/role-based-access-control/best-practices#only-grant-the-access-users-need"
_APART = "https://csrc.nist.gov/glossary/term/separation_of_duty"
_GROUPS = "https://learn.microsoft.com/entra/fundamentals/how-to-manage-groups"
_YAML = "https://yaml.org/spec/1.2.2/"
_JSON = "https://www.rfc-editor.org/rfc/rfc8259"
_OURS = "the file formats of rbacgen (`rbacgen schema`)"


class Risk(Struct, frozen=True):
    """How much it endangers when a rule is broken: `rank` as in SARIF, `severity` on the scale of security dashboards (CVSS).

    GitHub calls over 9.0 critical, from 7.0 high and from 4.0 medium:
    https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
    """

    rank: Annotated[int, Meta(description="From 0 to 100; what endangers most has most.")]
    severity: Annotated[
        float, Meta(description="The severity of security dashboards, from 0 to 10; 0 where it is not about security.")
    ] = 0.0


class Rule(Struct, frozen=True, rename={"optional": "can_be_switched_off"}):
    """One rule. While a rule in `follows` is broken, problems of this one are not reported.

    When a rule that `judges` is broken, the desired state is still known: it can be compared and queried.
    """

    id: Annotated[str, Meta(description="The id; of drift it starts with `drift/`.")]
    severity: Annotated[Severity, Meta(description="The severity of a problem that breaks it.")]
    title: Annotated[str, Meta(description="What is wrong where it is broken, in a few words.")]
    description: Annotated[str, Meta(description="The rule, in a sentence.")]
    source: Annotated[str, Meta(description="The page that it rests on, or that it is rbacgen's own.")]
    optional: Annotated[bool, Meta(description="Whether it can be switched off in a project file, with a reason.")]
    risk: Annotated[Risk, Meta(description="How much it endangers when it is broken.")]
    remedy: Annotated[str, Meta(description="What to do where it is broken.")]
    follows: Annotated[
        tuple[str, ...],
        Meta(
            description="The rules that hide this one while they are broken, since it may only follow; `*` for any error."
        ),
    ] = ()
    judges: Annotated[
        bool,
        Meta(description="Whether the desired state is still known where it is broken, so that it can be compared."),
    ] = False

    @property
    def words(self) -> str:
        """The id in words: of drift, its kind."""
        return self.id.removeprefix("drift/").replace("-", " ")

    @property
    def uri(self) -> str:
        """The page of the source; empty where it is rbacgen's own."""
        return self.source if self.source.startswith("https://") else ""

    @property
    def help(self) -> str:
        """The sentence and the remedy."""
        return f"{self.description} {self.remedy}"


# What a rule follows from: any error, or a file that was not read, which leaves its names unknown.
_ANY_ERROR = ("*",)
_UNREAD_FILES = ("unknown-mapping", "unreadable-file", "yaml-syntax", "misplaced-file")


_TAKE_AWAY = "Remove it, or add it to the project file: to `team`, or under `ignore` with a reason."
_RENDER = "Render and apply the project, or change the project file."
_RISK_BY_SEVERITY = {Severity.ERROR: Risk(50), Severity.WARNING: Risk(35), Severity.NOTE: Risk(10)}


def _rule(
    name: str,
    severity: Severity,
    title: str,
    description: str,
    source: str,
    optional: bool = False,
    risk: Risk | None = None,
    remedy: str = "",
    follows: tuple[str, ...] = (),
    judges: bool = False,
) -> Rule:
    """A row; without a risk of its own it has the one of its severity, without a remedy the one of every rule."""
    default = (
        f"Fix what it reports, or switch the rule off in the project file with a reason: `checks_off: {{{name}: …}}`."
        if optional
        else "Fix what it reports; this rule cannot be switched off."
    )
    risk = risk or _RISK_BY_SEVERITY[severity]
    return Rule(name, severity, title, description, source, optional, risk, remedy or default, follows, judges)


_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
# Two lines a row, so that the table can be read as one: an automatic format would give each argument a line.
# fmt: off
_TABLE = (
    # The text of a file.
    _rule("unreadable-file", _ERROR, "A file that cannot be read",
        "A file that is named must exist, be readable, and be UTF-8.", _OURS),
    _rule("yaml-syntax", _ERROR, "A file that is not well-formed YAML",
        "A file must be one well-formed YAML document of sane size and depth.", _YAML),
    _rule("json-syntax", _ERROR, "A file that is not well-formed JSON",
        "A file that has to be JSON must be well-formed JSON.", _JSON),
    _rule("yaml-tag", _ERROR, "A YAML tag, which is refused",
        "Tags are refused, so that a file can never build objects or run code.", _YAML),
    _rule("yaml-alias", _ERROR, "A YAML anchor or alias, which is refused",
        "Anchors, aliases and merge keys are refused: a file means exactly what it shows.", _YAML),
    _rule("duplicate-key", _ERROR, "A key that is written twice",
        "A key is written once in its mapping; YAML readers silently keep the last one.", _YAML),
    _rule("duplicate-item", _ERROR, "An entry that is written twice",
        "An entry is written once in its list.", _OURS),
    _rule("unknown-key", _ERROR, "A key that is not known",
        "An unknown key is a typing error, not a comment.", _OURS),
    _rule("missing-key", _ERROR, "A key that is missing",
        "A required key must be there.", _OURS),
    _rule("wrong-value", _ERROR, "A value that its key does not take",
        "A value has the type and the form that its key asks for.", _OURS),
    _rule("misplaced-file", _ERROR, "A file of a mapping in the wrong place",
        "A file of a mapping is in the folder of its kind, under its own name.", _OURS),
    # Names.
    _rule("unknown-mapping", _ERROR, "A mapping that does not exist",
        "A mapping is one that ships with rbacgen, or a folder.", _OURS),
    _rule("unknown-environment", _ERROR, "An environment that is not declared",
        "Environments are those that the mapping or the project declares.", _OURS, follows=_UNREAD_FILES),
    _rule("unknown-scope-kind", _ERROR, "A scope kind that the mapping does not have",
        "Scope kinds are those that the mapping defines.", _OURS, follows=_UNREAD_FILES),
    _rule("unknown-capability", _ERROR, "A capability that the mapping does not have",
        "Capabilities are those that the mapping defines.", _OURS, follows=_UNREAD_FILES),
    _rule("unknown-project-role", _ERROR, "A project role that the mapping does not have",
        "Project roles and workloads are those that the mapping defines.", _OURS, follows=_UNREAD_FILES),
    _rule("unknown-responsibility", _ERROR, "A responsibility that the mapping does not have",
        "Responsibilities are those that the mapping defines.", _OURS, follows=_UNREAD_FILES),
    _rule("unknown-azure-role", _ERROR, "An Azure role that is not known",
        "Azure roles are built in, custom in the mapping, or in `azure_roles.json`.", _ROLE_DEFINITIONS, follows=_UNREAD_FILES),
    _rule("unknown-who", _ERROR, "An access test about an unknown principal",
        "An access test is about a project role, a team member, an object id, or `everyone`.", _OURS),
    _rule("unknown-check", _ERROR, "A check that cannot be switched off",
        "Only optional checks can be switched off, by their id.", "`rbacgen check --rules`"),
    _rule("unknown-principal", _ERROR, "A principal without an object id",
        "Every principal has an object id, in the project file or in `rbacgen.lock`.", _OURS),
    _rule("duplicate-name", _ERROR, "A name that is defined twice",
        "A name is defined once in a mapping.", _OURS),
    # The mapping.
    _rule("takes-nothing", _ERROR, "A responsibility without capabilities or a reason",
        "A responsibility names the capabilities that it takes, or the reason why it takes no access.", _OURS),
    _rule("scope-kind-parent", _ERROR, "A scope kind under one that cannot contain it",
        "A scope kind is under one that can contain it.", _SCOPES),
    _rule("grant-fields", _ERROR, "A grant with too many or too few fields",
        "A grant has at most one condition, and needs and probes name operations.", _OURS),
    _rule("duplicate-grant", _WARNING, "A grant that repeats another one",
        "A grant that repeats another one of the same capability adds nothing.", _OURS, optional=True),
    _rule("renamed-azure-role", _WARNING, "An Azure role under its former name",
        "An Azure role is written under its present name.", _ROLE_DEFINITIONS, optional=True),
    _rule("azure-role-changed", _WARNING, "An Azure role that changed since the lock",
        "What an Azure role in use gained or lost since `rbacgen lock` must be reviewed.", _ROLE_DEFINITIONS, optional=True),
    _rule("deprecated-azure-role", _WARNING, "An Azure role that Microsoft retires",
        "Azure roles that Microsoft retires should be replaced in time.", _ROLE_DEFINITIONS, optional=True),
    _rule("unused-definition", _WARNING, "A definition that nothing uses",
        "What a mapping defines is used somewhere in it.", _OURS, optional=True, follows=_ANY_ERROR),
    _rule("void-grant", _WARNING, "A grant that gives nothing at its scope",
        "An Azure role at a scope where none of its operations can exist gives nothing.", _SCOPES, optional=True),
    _rule("void-request", _WARNING, "An operation that cannot exist at its scope",
        "A need, a probe or a test names an operation that can exist at its scope.", _SCOPES, optional=True),
    _rule("needless-grant", _NOTE, "A grant that nothing needs",
        "A grant gives something that its capability needs.", _LEAST, optional=True, follows=_ANY_ERROR),
    # Access.
    _rule("uncovered-need", _ERROR, "A responsibility that cannot do what it needs",
        "Who has a responsibility can do what it needs.", _OURS, optional=True, risk=Risk(58), judges=True),
    _rule("borrowed-need", _WARNING, "A need that only another responsibility meets",
        "A responsibility brings what it needs, wherever it is moved.", _OURS, optional=True),
    _rule("must-not", _ERROR, "A project role that can do what it must not",
        "The grants of a project role do not allow what it must not do.", _OURS, risk=Risk(85, 8.0), judges=True),
    _rule("toxic-union", _WARNING, "Two project roles together allow what one must not",
        "Two project roles of one person do not together allow what either of them must not do.", _APART, optional=True, risk=Risk(70, 6.0)),
    _rule("failed-test", _ERROR, "An access test that fails",
        "An access test gives one of the verdicts that it expects.", _OURS, risk=Risk(72, 6.0), judges=True),
    _rule("access-test-regressed", _WARNING, "An access test with another verdict than before",
        "An access test gives the verdict that it gave when the project was last locked.", _ROLE_DEFINITIONS, optional=True),
    _rule("actual-must-not", _ERROR, "Access in Azure that a project role must not have",
        "No principal has access in Azure that one of its project roles must not have.", _OURS, risk=Risk(90, 8.6)),
    _rule("actual-privilege", _ERROR, "Privileged access that is not in the project",
        "Only principals in the project can assign roles or widen access at its scopes.", _BEST_PRACTICES, optional=True, risk=Risk(88, 9.1)),
    # Custom roles.
    _rule("custom-role-wildcard", _ERROR, "A custom role with a wildcard that Azure refuses",
        "A custom role has at most one * in an operation, between slashes.", _CUSTOM_ROLES),
    _rule("custom-role-empty", _ERROR, "A custom role that grants nothing",
        "A custom role grants at least one operation.", _CUSTOM_ROLES),
    _rule("custom-role-name", _ERROR, "A custom role with a name that Azure refuses",
        "A custom role has a name that no other Azure role has, of at most 512 characters.", _CUSTOM_ROLES),
    _rule("custom-role-data", _ERROR, "A custom role with data actions at a management group",
        "A custom role with data actions cannot be assigned at a management group.", _CUSTOM_ROLES),
    _rule("custom-role-groups", _ERROR, "A custom role at several management groups",
        "A custom role has at most one management group among its assignable scopes.", _CUSTOM_ROLES),
    _rule("unknown-operation", _WARNING, "An operation that no provider is known to have",
        "Azure refuses a custom role that names an operation which no provider has; the shipped list of operations is not complete.", _CUSTOM_ROLES, optional=True),
    # The project.
    _rule("nothing-yet", _WARNING, "A project that is not filled in yet",
        "A project has an environment with a subscription, and at least one team member.", _OURS, optional=True, follows=_ANY_ERROR),
    _rule("unbound-scope", _ERROR, "A scope kind that is needed and not bound",
        "A scope kind that is needed is bound, or listed under `without`.", _OURS, follows=("scope-kind-parent",)),
    _rule("wrong-binding", _ERROR, "A scope kind bound to the wrong scope",
        "A scope kind is bound to a scope of its own type.", _SCOPES, follows=("scope-kind-parent",)),
    _rule("unused-binding", _NOTE, "A binding that no grant uses",
        "A binding that no grant uses can be removed.", _OURS, optional=True, follows=_ANY_ERROR),
    _rule("member-kind", _ERROR, "A team entry that is not exactly one principal",
        "A team entry is exactly one of group, user, service_principal and managed_identity.", _OURS),
    _rule("two-names", _ERROR, "One object id with two names, or one name with two ids",
        "One object id belongs to one principal, and a principal has one object id.", _OURS),
    _rule("moved-nowhere", _ERROR, "A responsibility that cannot be moved like this",
        "A responsibility is moved once, from the project role that has it to another one.", _OURS),
    _rule("apart", _ERROR, "Two project roles of one person that are kept apart",
        "No person has two project roles that the project keeps apart, by name or through groups.", _OURS, judges=True),
    _rule("apart-unknown", _NOTE, "Project roles kept apart on groups with unknown members",
        "Project roles can be kept apart only where the members of the groups are known.", _OURS, optional=True, follows=_ANY_ERROR),
    _rule("group-cycle", _ERROR, "A group that contains itself",
        "A group does not contain itself, nor a group that contains it.", _GROUPS),
    _rule("members-differ", _WARNING, "A group with other members in the lock than in the file",
        "The members of a group are the same in the project file and in `rbacgen.lock`.", _OURS, optional=True, follows=_ANY_ERROR),
    _rule("no-end", _WARNING, "Access that ends with a project that has no end",
        "Access that ends with the project needs `ends` in the project file.", _OURS, optional=True, follows=_ANY_ERROR),
    _rule("ended", _WARNING, "An entry whose date has passed",
        "A date that has passed gives no access any more: the entry can be removed.", _OURS, optional=True),
    _rule("ends-soon", _WARNING, "Access that ends soon, by the project file",
        "Access that ends within the given days is reported in time.", _OURS, optional=True),
    _rule("contradictory-grants", _ERROR, "Two conditions on the same assignment",
        "Azure keeps one condition per principal, Azure role and scope.", _CONDITIONS),
    _rule("condition-lost", _WARNING, "A condition that another project role makes void",
        "A condition limits nothing where another project role grants the same without it.", _CONDITIONS, optional=True),
    _rule("wrong-condition", _ERROR, "A condition that Azure refuses, or that limits nothing",
        "A condition is well-formed, guarded by ActionMatches and at most 8 KB long.", _CONDITIONS),
    _rule("pim-off", _WARNING, "Permanent access that should be eligible",
        "With `pim: false`, access that should be activated when needed is permanent.", _PIM),
    _rule("eligible-identity", _ERROR, "Eligible access for an identity, which cannot activate it",
        "Only people and their groups can be eligible: an identity cannot activate a role.", _PIM_LIMITS),
    _rule("eligible-root", _ERROR, "Eligible access at the tenant root, where Azure has none",
        "Eligible assignments exist at management groups and below, not at the tenant root.", _PIM_LIMITS),
    _rule("pim-long", _NOTE, "Active access for longer than PIM allows by default",
        "The default PIM policy refuses active assignments longer than 180 days.", _PIM_POLICY, optional=True),
    _rule("idle-member", _NOTE, "A team entry without any Azure access",
        "A team entry that leads to no Azure access.", _OURS, optional=True, follows=_ANY_ERROR),
    _rule("unused-principal", _NOTE, "A principal in the lock that the project does not name",
        "A principal in `rbacgen.lock` that the project does not name.", _OURS, optional=True, follows=_ANY_ERROR),
    _rule("direct-user", _WARNING, "Access given to a person instead of a group",
        "Access is given to groups: joiners and leavers then need no deployment.", _BEST_PRACTICES, optional=True),
    _rule("wrong-principal", _WARNING, "A project role on a principal that it is not meant for",
        "Project roles of people are assigned to people, and workload identities to identities.", _OURS, optional=True),
    _rule("privileged-access", _WARNING, "Permanent access that can assign roles or widen access",
        "Permanent access without a condition that can assign roles or widen access.", _BEST_PRACTICES, optional=True, risk=Risk(55, 5.5)),
    _rule("escalation-path", _NOTE, "Permanent access to an escalation path",
        "Permanent access to an operation that leads to more access than it names.", _BEST_PRACTICES, optional=True, risk=Risk(30, 4.0)),
    _rule("limit-subscription", _ERROR, "More assignments than a subscription can have",
        "A subscription has at most 5,000 role assignments.", _LIMITS, optional=True),
    _rule("limit-management-group", _ERROR, "More assignments than a management group can have",
        "A management group has at most 500 role assignments.", _LIMITS, optional=True),
    # Drift.
    _rule("drift/unmanaged", _ERROR, "Access that was created outside of the project",
        "Access at the project's scopes that was created outside of the project.", _BEST_PRACTICES, risk=Risk(80, 8.0), remedy=_TAKE_AWAY),
    _rule("drift/altered", _WARNING, "Access that is not as the project defines it",
        "Access that exists, but not as the project defines it.", _OVERVIEW, risk=Risk(75, 6.5), remedy=_RENDER),
    _rule("drift/missing", _WARNING, "Access that is in the project and not in Azure",
        "Access that is in the project, and does not exist.", _OVERVIEW, risk=Risk(65), remedy=_RENDER),
    _rule("drift/stale", _WARNING, "Access of the project that it no longer contains",
        "Access that carries this project's mark, and that it no longer contains.", _BEST_PRACTICES, risk=Risk(60, 6.0), remedy=_RENDER),
    _rule("drift/expired", _WARNING, "Access that should have ended",
        "Access that should have ended.", _PIM_RENEW, risk=Risk(45, 4.0), remedy=_RENDER),
    _rule("drift/expiring", _NOTE, "Access that Azure removes soon",
        "Access that ends soon.", _PIM_RENEW, risk=Risk(40), remedy="Extend it in Azure, or let it end."),
    _rule("drift/orphaned", _WARNING, "Access of a principal that is deleted",
        "Access whose principal is deleted from the directory.", _NOT_FOUND, risk=Risk(28, 3.0), remedy="Delete the assignment: it counts against the limits, and shows as `Identity not found`."),
    _rule("drift/soft-deleted", _WARNING, "Access of a principal in the directory's recycle bin",
        "Access whose principal is in the directory's recycle bin: restored, it has its access again.", _RESTORE, risk=Risk(26, 3.0), remedy="Restore the principal, or delete the assignment."),
    _rule("drift/custom-role-missing", _WARNING, "A custom role of the project that does not exist",
        "A custom role of the project that does not exist.", _CUSTOM_ROLES, risk=Risk(64), remedy=_RENDER),
    _rule("drift/custom-role-altered", _WARNING, "A custom role that was changed outside of the project",
        "A custom role of the project that was changed outside of it.", _CUSTOM_ROLES, risk=Risk(74, 6.5), remedy=_RENDER),
    _rule("drift/unused-ignore-rule", _NOTE, "An ignore entry that matches nothing",
        "An entry under `ignore` that matches nothing.", _OURS, risk=Risk(5), remedy="Remove the entry, or correct it."),
)
# fmt: on


def _views() -> tuple[Mapping[str, Rule], Mapping[str, Rule]]:
    """The rules of `check`, and the kinds of drift as rules, each by its id."""
    drift = {each.id: each for each in _TABLE if each.id.startswith("drift/")}
    return MappingProxyType({each.id: each for each in _TABLE if each.id not in drift}), MappingProxyType(drift)


RULES, DRIFT = _views()
FIRST = 85  # from here on, a person should look at it before anything else
ASSIGNS_ROLES = Risk(95, 9.1)  # somebody outside of the project can assign roles
ONLY_DESCRIBED_DIFFERENTLY = Risk(20)  # an assignment that is as desired, but for its description
_ASSIGN = "microsoft.authorization/roleassignments/write"


def rule(name: str) -> Rule:
    """The rule of `check`, or the kind of drift, of this id. Raises KeyError where there is none."""
    return RULES[name] if name in RULES else DRIFT[name]


def problem(rule: str, at: Position, message: str, **about: str) -> Problem:
    """The problem of breaking `rule` at a place, with the severity of the rule; `about` is what it is about, by name."""
    return Problem(at, rule, message, RULES[rule].severity, tuple(about.items()))


def risk(name: str, about: Mapping[str, str]) -> Risk:
    """How much a problem endangers: most where a principal outside of the project can assign roles."""
    if name == "actual-privilege" and about.get("escalation", "").lower() == _ASSIGN:
        return ASSIGNS_ROLES
    return rule(name).risk


def sound(found: Iterable[Problem]) -> Iterable[Problem]:
    """The problems without those that may only follow from others, such as what is unused or idle while there are errors."""
    found = tuple(found)
    broken = {each.rule for each in found if each.severity is Severity.ERROR}
    if not broken:
        return found
    return (each for each in found if not _follows(RULES[each.rule], broken))


def _follows(given: Rule, broken: set[str]) -> bool:
    return given.follows == _ANY_ERROR or not broken.isdisjoint(given.follows)
