"""Every rule that a problem can break: its id, how much it weighs, what it says and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from rbacgen.model.problems import Position, Problem, Severity

_ROLE_DEFINITIONS = "https://learn.microsoft.com/azure/role-based-access-control/role-definitions"
_CUSTOM_ROLES = "https://learn.microsoft.com/azure/role-based-access-control/custom-roles"
_BEST_PRACTICES = "https://learn.microsoft.com/azure/role-based-access-control/best-practices"
_LIMITS = "https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits"
_CONDITIONS = "https://learn.microsoft.com/azure/role-based-access-control/conditions-overview"
_PIM = "https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-resource-roles-assign-roles"
_PIM_LIMITS = "https://learn.microsoft.com/azure/role-based-access-control/pim-integration"
_PIM_POLICY = "https://learn.microsoft.com/answers/questions/1295936"
_SCOPES = "https://learn.microsoft.com/azure/role-based-access-control/scope-overview"
_LEAST = "https://learn.microsoft.com/azure/role-based-access-control/best-practices#only-grant-the-access-users-need"
_APART = "https://csrc.nist.gov/glossary/term/separation_of_duty"
_GROUPS = "https://learn.microsoft.com/entra/fundamentals/how-to-manage-groups"
_YAML = "https://yaml.org/spec/1.2.2/"
_OURS = "the file formats of rbacgen (`rbacgen schema`)"


class Rule(Struct, frozen=True):
    """One rule. `optional` ones can be switched off in a project file, with a reason."""

    id: str
    severity: Severity
    says: str
    source: str
    optional: bool = False


def _rules() -> dict[str, Rule]:
    error, warning, note = Severity.ERROR, Severity.WARNING, Severity.NOTE
    rows: list[tuple[str, Severity, str, str, bool]] = [
        # The text of a file.
        ("unreadable-file", error, "A file that is named must be there, readable, and UTF-8.", _OURS, False),
        ("yaml-syntax", error, "A file must be one well-formed YAML document of sane size and depth.", _YAML, False),
        ("json-syntax", error, "A file that is to be JSON is well-formed JSON.", "https://www.rfc-editor.org/rfc/rfc8259", False),
        ("yaml-tag", error, "Tags are refused, so that a file can never build objects or run code.", _YAML, False),
        ("yaml-alias", error, "Anchors, aliases and merge keys are refused: what is read is what stands there.", _YAML, False),
        ("duplicate-key", error, "A key stands once in its mapping; YAML readers keep the last one in silence.", _YAML, False),
        ("duplicate-item", error, "An entry stands once in its list.", _OURS, False),
        ("unknown-key", error, "A key that means nothing is a typing error, not a comment.", _OURS, False),
        ("missing-key", error, "What a file must say has to be there.", _OURS, False),
        ("wrong-value", error, "A value has the type and the form that its key asks for.", _OURS, False),
        ("misplaced-file", error, "A file of a mapping stands where its kind belongs, under its own name.", _OURS, False),
        # Names.
        ("unknown-mapping", error, "A mapping is one that ships with rbacgen, or a folder.", _OURS, False),
        ("unknown-environment", error, "Environments are those that the mapping or the project declares.", _OURS, False),
        ("unknown-scope-kind", error, "Scope kinds are those that the mapping defines.", _OURS, False),
        ("unknown-capability", error, "Capabilities are those that the mapping defines.", _OURS, False),
        ("unknown-project-role", error, "Project roles and workloads are those that the mapping defines.", _OURS, False),
        ("unknown-responsibility", error, "Responsibilities are those that the mapping defines.", _OURS, False),
        ("unknown-azure-role", error, "Azure roles are built in, custom in the mapping, or in `azure_roles.json`.", _ROLE_DEFINITIONS, False),
        ("unknown-who", error, "An access test is about a project role, somebody of the team, an object id, or `everyone`.", _OURS, False),
        ("unknown-check", error, "Only optional checks can be switched off, by their id.", "`rbacgen check --rules`", False),
        ("unknown-principal", error, "Every principal has an object id, in the project file or in `rbacgen.lock`.", _OURS, False),
        ("duplicate-name", error, "A name is defined once in a mapping.", _OURS, False),
        # The mapping.
        ("takes-nothing", error, "A responsibility says what it takes, or that it takes no access and why.", _OURS, False),
        ("scope-kind-parent", error, "A scope kind lies under one that can contain it.", _SCOPES, False),
        ("grant-fields", error, "A grant has one condition at the most, and needs and probes name operations.", _OURS, False),
        ("duplicate-grant", warning, "A grant that repeats another one of the same capability adds nothing.", _OURS, True),
        ("renamed-azure-role", warning, "An Azure role is written under its present name.", _ROLE_DEFINITIONS, True),
        ("azure-role-changed", warning, "What an Azure role in use gained or lost since `rbacgen lock` is looked at.", _ROLE_DEFINITIONS, True),
        ("deprecated-azure-role", warning, "Azure roles that Microsoft retires should be replaced in time.", _ROLE_DEFINITIONS, True),
        ("unused-definition", warning, "What a mapping defines is used somewhere in it.", _OURS, True),
        ("void-grant", warning, "An Azure role at a scope where none of its operations can exist gives nothing.", _SCOPES, True),
        ("void-request", warning, "A need, a probe or a test asks for an operation that can exist where it asks.", _SCOPES, True),
        ("needless-grant", note, "A grant gives something that its capability needs.", _LEAST, True),
        # Access.
        ("uncovered-need", error, "Who has a responsibility can do what it needs.", _OURS, True),
        ("borrowed-need", warning, "What a responsibility needs comes with it, wherever it is moved.", _OURS, True),
        ("must-not", error, "What a project role must not do, its grants do not allow.", _OURS, False),
        ("toxic-union", warning, "Two hats of one person do not allow together what either of them must not do.", _APART, True),
        ("failed-test", error, "An access test comes to a verdict that it expects.", _OURS, False),
        ("access-test-regressed", warning, "An access test comes to the verdict that it had when the project was last locked.", _ROLE_DEFINITIONS, True),
        ("actual-must-not", error, "Nobody has access in Azure that a hat of theirs must not have.", _OURS, False),
        ("actual-privilege", error, "Nobody whom the project does not want there can hand out access at its scopes.", _BEST_PRACTICES, True),
        # Custom roles.
        ("custom-role-wildcard", error, "A custom role has at most one * in an operation, between slashes.", _CUSTOM_ROLES, False),
        ("custom-role-empty", error, "A custom role grants at least one operation.", _CUSTOM_ROLES, False),
        ("custom-role-name", error, "A custom role has a name that no other Azure role has, of at most 512 characters.", _CUSTOM_ROLES, False),
        ("custom-role-data", error, "A custom role with data actions cannot be assigned at a management group.", _CUSTOM_ROLES, False),
        ("custom-role-groups", error, "A custom role has at most one management group among its assignable scopes.", _CUSTOM_ROLES, False),
        ("unknown-operation", warning, "Azure refuses a custom role that names an operation which no provider has; the shipped list of operations is not complete.", _CUSTOM_ROLES, True),
        # The project.
        ("nothing-yet", warning, "A project has an environment with a subscription, and somebody who wears a hat.", _OURS, True),
        ("unbound-scope", error, "A scope kind that somebody needs is bound, or said to be absent with `without`.", _OURS, False),
        ("wrong-binding", error, "A scope kind is bound to a scope of its own type.", _SCOPES, False),
        ("unused-binding", note, "A binding that no grant uses can go.", _OURS, True),
        ("member-kind", error, "A team entry is exactly one of group, user, service_principal and managed_identity.", _OURS, False),
        ("two-names", error, "One object id belongs to one principal, and a principal has one object id.", _OURS, False),
        ("moved-nowhere", error, "A responsibility is moved once, from the project role that has it to another one.", _OURS, False),
        ("apart", error, "Nobody wears two hats that the project keeps apart, by name or through groups.", _OURS, False),
        ("apart-unknown", note, "Whether hats are kept apart can be told only where it is known who is in a group.", _OURS, True),
        ("group-cycle", error, "A group does not lie in itself, nor in a group that lies in it.", _GROUPS, False),
        ("members-differ", warning, "Who is in a group is the same in the project file and in `rbacgen.lock`.", _OURS, True),
        ("no-end", warning, "Access that ends with the project needs `ends` in the project file.", _OURS, True),
        ("ended", warning, "A date that has passed gives no access any more: the entry can go.", _OURS, True),
        ("ends-soon", warning, "Access that ends within the given days is said in time.", _OURS, True),
        ("contradictory-grants", error, "Azure keeps one condition per principal, Azure role and scope.", _CONDITIONS, False),
        ("condition-lost", warning, "A condition limits nothing where another hat grants the same without it.", _CONDITIONS, True),
        ("wrong-condition", error, "A condition is well-formed, guarded by ActionMatches and at most 8 KB long.", _CONDITIONS, False),
        ("pim-off", warning, "With `pim: false`, access that should be activated when needed stands at all times.", _PIM, False),
        ("eligible-identity", error, "Only people and their groups can be eligible: an identity cannot activate a role.", _PIM_LIMITS, False),
        ("eligible-root", error, "Eligible assignments exist at management groups and below, not at the tenant root.", _PIM_LIMITS, False),
        ("pim-long", note, "The default PIM policy refuses active assignments longer than 180 days.", _PIM_POLICY, True),
        ("idle-member", note, "A team entry that comes to no Azure access.", _OURS, True),
        ("unused-principal", note, "A principal in `rbacgen.lock` that the project does not name.", _OURS, True),
        ("direct-user", warning, "Access goes to groups: joiners and leavers then need no deployment.", _BEST_PRACTICES, True),
        ("wrong-principal", warning, "Hats of people are worn by people, and workload identities by identities.", _OURS, True),
        ("privileged-access", warning, "Standing access without a condition that can hand out or widen access.", _BEST_PRACTICES, True),
        ("escalation-path", note, "Standing access to an operation that opens a path to more than it says.", _BEST_PRACTICES, True),
        ("limit-subscription", error, "A subscription holds at most 5,000 role assignments.", _LIMITS, True),
        ("limit-management-group", error, "A management group holds at most 500 role assignments.", _LIMITS, True),
    ]  # fmt: skip
    return {row[0]: Rule(*row) for row in rows}


RULES = MappingProxyType(_rules())
# Errors that judge what the files say: what is wanted is known all the same, and can be compared and asked.
JUDGING = frozenset({"apart", "must-not", "uncovered-need", "failed-test"})


def problem(rule: str, at: Position, message: str, **about: str) -> Problem:
    """The problem of breaking `rule` at a place, as heavy as the rule is; `about` is what it is about, by name."""
    return Problem(at, rule, message, RULES[rule].severity, tuple(about.items()))


TITLES = MappingProxyType(
    {
        # The text of a file.
        "unreadable-file": "A file that cannot be read",
        "yaml-syntax": "A file that is no well-formed YAML",
        "json-syntax": "A file that is no well-formed JSON",
        "yaml-tag": "A YAML tag, which is refused",
        "yaml-alias": "A YAML anchor or alias, which is refused",
        "duplicate-key": "A key that stands twice",
        "duplicate-item": "An entry that stands twice",
        "unknown-key": "A key that means nothing",
        "missing-key": "A key that is not there",
        "wrong-value": "A value that its key does not take",
        "misplaced-file": "A file of a mapping in the wrong place",
        # Names.
        "unknown-mapping": "A mapping that is not there",
        "unknown-environment": "An environment that nobody declares",
        "unknown-scope-kind": "A scope kind that the mapping does not have",
        "unknown-capability": "A capability that the mapping does not have",
        "unknown-project-role": "A project role that the mapping does not have",
        "unknown-responsibility": "A responsibility that the mapping does not have",
        "unknown-azure-role": "An Azure role that nobody knows",
        "unknown-who": "An access test about somebody whom nobody knows",
        "unknown-check": "A check that cannot be switched off",
        "unknown-principal": "A principal without an object id",
        "duplicate-name": "A name that is defined twice",
        # The mapping.
        "takes-nothing": "A responsibility that does not say what it takes",
        "scope-kind-parent": "A scope kind under one that cannot contain it",
        "grant-fields": "A grant that says too much or too little",
        "duplicate-grant": "A grant that repeats another one",
        "renamed-azure-role": "An Azure role under its former name",
        "azure-role-changed": "An Azure role that is not what it was",
        "deprecated-azure-role": "An Azure role that Microsoft retires",
        "unused-definition": "A definition that nothing uses",
        "void-grant": "A grant that gives nothing where it is made",
        "void-request": "An operation that cannot exist where it is asked for",
        "needless-grant": "A grant that nothing needs",
        # Access.
        "uncovered-need": "A responsibility that cannot do what it needs",
        "borrowed-need": "A need that only another responsibility meets",
        "must-not": "A project role that can do what it must not",
        "toxic-union": "Two hats together give what one must not have",
        "failed-test": "An access test that fails",
        "access-test-regressed": "An access test that no longer comes to what it did",
        "actual-must-not": "Access in Azure that the hat must not have",
        "actual-privilege": "Privileged access that nobody asked for",
        # Custom roles.
        "custom-role-wildcard": "A custom role with a wildcard that Azure refuses",
        "custom-role-empty": "A custom role that grants nothing",
        "custom-role-name": "A custom role with a name that Azure refuses",
        "custom-role-data": "A custom role with data actions at a management group",
        "custom-role-groups": "A custom role at several management groups",
        "unknown-operation": "An operation that no provider is known to have",
        # The project.
        "nothing-yet": "A project that is not filled in yet",
        "unbound-scope": "A scope kind that is needed and not bound",
        "wrong-binding": "A scope kind bound to the wrong scope",
        "unused-binding": "A binding that no grant uses",
        "member-kind": "A team entry that is not exactly one principal",
        "two-names": "One object id under two names, or the other way round",
        "moved-nowhere": "A responsibility that cannot be moved so",
        "apart": "Two hats on one head that are kept apart",
        "apart-unknown": "Hats kept apart on groups whose people are not known",
        "group-cycle": "A group that lies in itself",
        "members-differ": "A group with other people in the lock than in the file",
        "no-end": "Access that ends with a project that has no end",
        "ended": "An entry whose date has passed",
        "ends-soon": "Access that ends soon, as the project says",
        "contradictory-grants": "Two conditions on the same assignment",
        "condition-lost": "A condition that another hat makes void",
        "wrong-condition": "A condition that Azure refuses, or that limits nothing",
        "pim-off": "Standing access that should be eligible",
        "eligible-identity": "Eligible access for an identity, which cannot activate it",
        "eligible-root": "Eligible access at the tenant root, where there is none",
        "pim-long": "Active access for longer than PIM takes by default",
        "idle-member": "A team entry without any Azure access",
        "unused-principal": "A principal in the lock that nobody names",
        "direct-user": "Access given to a person instead of a group",
        "wrong-principal": "A hat on somebody that it is not meant for",
        "privileged-access": "Standing access that can hand out or widen access",
        "escalation-path": "Standing access that opens a path to more",
        "limit-subscription": "More assignments than a subscription holds",
        "limit-management-group": "More assignments than a management group holds",
        # Drift.
        "drift/unmanaged": "Access that another hand made",
        "drift/altered": "Access that is not as it is wanted",
        "drift/missing": "Access that is wanted and not there",
        "drift/stale": "Access of the project's that it wants no more",
        "drift/expired": "Access that should have ended",
        "drift/expiring": "Access that Azure takes away soon",
        "drift/orphaned": "Access of somebody who is gone",
        "drift/soft-deleted": "Access of somebody in the directory's bin",
        "drift/custom-role-missing": "A custom role of the project's that is not there",
        "drift/custom-role-altered": "A custom role that somebody has changed",
        "drift/unused-ignore-rule": "An ignore entry that nothing falls under",
    }
)


FIRST = 85  # from here on, a person should look at it before anything else


class Risk(Struct, frozen=True):
    """`rank` is from 0 to 100, what endangers most has most; it is the `rank` of SARIF, too.

    `severity` is the one of security dashboards, on the scale of CVSS; 0 for what is no matter of security.
    GitHub calls over 9.0 critical, from 7.0 high and from 4.0 medium:
    https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
    """

    rank: int
    severity: float = 0.0


_RISKS = MappingProxyType(
    {
        # What lives and hands out access, or breaks what was promised.
        "actual-must-not": Risk(90, 8.6),
        "actual-privilege": Risk(88, 9.1),
        "must-not": Risk(85, 8.0),
        # Access that nobody wants, or not so.
        "drift/unmanaged": Risk(80, 8.0),
        "drift/altered": Risk(75, 6.5),
        "drift/custom-role-altered": Risk(74, 6.5),
        "failed-test": Risk(72, 6.0),
        "toxic-union": Risk(70, 6.0),
        # Access that is not there, or no more wanted.
        "drift/missing": Risk(65),
        "drift/custom-role-missing": Risk(64),
        "drift/stale": Risk(60, 6.0),
        "uncovered-need": Risk(58),
        "privileged-access": Risk(55, 5.5),
        "drift/expired": Risk(45, 4.0),
        "drift/expiring": Risk(40),
        "escalation-path": Risk(30, 4.0),
        "drift/orphaned": Risk(28, 3.0),
        "drift/soft-deleted": Risk(26, 3.0),
        "drift/unused-ignore-rule": Risk(5),
    }
)


_ASSIGN = "microsoft.authorization/roleassignments/write"


HANDS_OUT_ACCESS = Risk(95, 9.1)


SAYS_OTHERWISE = Risk(20)  # an assignment that is as wanted, but for its description


_OTHERS = {Severity.ERROR: Risk(50), Severity.WARNING: Risk(35), Severity.NOTE: Risk(10)}


def of_problem(rule: str, severity: Severity, about: Mapping[str, str]) -> Risk:
    """How much a problem of `check` endangers: most where somebody can hand out access who should not have any."""
    if rule == "actual-privilege" and about.get("opens", "").lower() == _ASSIGN:
        return HANDS_OUT_ACCESS
    return of_rule(rule, severity)


def of_rule(rule: str, severity: Severity) -> Risk:
    """How much it endangers when this rule is broken, by its own weight where the table has nothing."""
    return _RISKS.get(rule) or _OTHERS[severity]
