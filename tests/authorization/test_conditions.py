"""Conditions of role assignments: what a text says, what it comes to for an operation, and how it is said."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from typing import get_args

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from rbacgen.authorization import catalog
from rbacgen.authorization.conditions import (
    SUBOPERATION,
    Condition,
    ConditionError,
    Truth,
    decide,
    describe,
    format_node,
    guards,
    named_actions,
    needed,
    parse,
    sentence,
)
from rbacgen.authorization.conditions.operators import OPERATORS, Cross
from rbacgen.authorization.conditions.parser import DEEPEST
from rbacgen.authorization.conditions.tree import (
    Action,
    AllOf,
    AnyOf,
    Comparison,
    ConditionAttribute,
    Exists,
    Mixed,
    Node,
    Not,
    SubOperation,
    Value,
    Values,
)
from rbacgen.model.assignment import Activation, Plane
from rbacgen.model.problems import Position
from rbacgen.project.desired import delegation_condition
from rbacgen.project.mapping import Grant
from rbacgen.project.mapping_loader import condition_faults

CATALOG = catalog.load()
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"
WRITE, DELETE = f"{ASSIGNMENTS}/write", f"{ASSIGNMENTS}/delete"
BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
READ = f"{BLOBS}/read"
CONTAINER = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]"
TAG = f"@Resource[{BLOBS}/tags:Project<$key_case_sensitive$>]"
RAW = f"(!(ActionMatches{{'{READ}'}})) OR ({CONTAINER} StringEquals 'raw')"
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN

IN_ROLES = [
    (role.name, index, permission.condition)
    for role in CATALOG
    for index, permission in enumerate(role.permissions)
    if permission.condition
]
GUARDED = [each for each in IN_ROLES if "ActionMatches" in each[2]]


def name_of(guid: str) -> str:
    """The name of a built-in role, or the GUID."""
    role = CATALOG.find(guid)
    return role.name if role else guid


def of(text: str, attributes: Mapping[str, tuple[str, ...]] | None = None, operation: str = READ) -> Truth:
    """What a text comes to for a data operation with these attributes."""
    return decide(parse(text), operation, Plane.DATA, attributes or {})


def value_of(test: str, *values: str) -> Truth:
    """What a test of `@Resource[x]` comes to where it has these values."""
    return of(f"@Resource[x] {test}", {"@Resource[x]": values})


# The conditions in Azure's own roles


def test_there_are_conditions_in_the_catalogue_to_try() -> None:
    """The tests below run over them: 40 or more conditions in 38 roles, most of them guarded by ActionMatches."""
    assert len(IN_ROLES) >= 40
    assert len({name for name, _, _ in IN_ROLES}) >= 38
    assert len(GUARDED) >= 28


@pytest.mark.parametrize(("role", "index", "text"), IN_ROLES, ids=[f"{name} {index}" for name, index, _ in IN_ROLES])
def test_conditions_of_built_in_roles_are_read(role: str, index: int, text: str) -> None:
    """Each is read, keeps its meaning when it is written again, and is open somewhere: none limits nothing."""
    condition = parse(text)
    assert parse(format_node(condition.root)).root == condition.root
    found = next(each for each in CATALOG if each.name == role).permissions[index]
    operations = [(WRITE, Plane.CONTROL), (DELETE, Plane.CONTROL)]
    operations += [(each, Plane.DATA) for each in found.data_actions]
    operations += [(each, Plane.CONTROL) for each in found.actions]
    assert any(guards(condition, operation, plane) for operation, plane in operations)
    assert all(not remark.is_error for remark in condition.remarks) or role == "UserAccessAdministrator for AzureJIT"


@pytest.mark.parametrize(("role", "index", "text"), GUARDED, ids=[f"{name} {index}" for name, index, _ in GUARDED])
def test_guarded_conditions_of_built_in_roles_decide(role: str, index: int, text: str) -> None:
    """What they do not name passes; what they name is open, and is decided by the role that is to be assigned."""
    condition = parse(text)
    other = decide(condition, "Microsoft.Compute/virtualMachines/read", Plane.CONTROL)
    if role == "UserAccessAdministrator for AzureJIT":  # `a || b && c`, which the page calls ambiguous
        assert other is U
        return
    assert other is T
    lowered = text.lower()
    for operation, source in ((WRITE, "Request"), (DELETE, "Resource")):
        attribute = f"@{source}[{ASSIGNMENTS}:RoleDefinitionId]"
        if attribute.lower() not in lowered:
            assert decide(condition, operation, Plane.CONTROL) is T
            continue
        assert decide(condition, operation, Plane.CONTROL) is U
        assert attribute in needed(condition, operation, Plane.CONTROL)
        told = {attribute: (OWNER,), f"@{source}[{ASSIGNMENTS}:PrincipalType]": ("ServicePrincipal",)}
        assert decide(condition, operation, Plane.CONTROL, told) is F
        if role != "Fabric Resource Management Administrator":  # the one that lists what may not be assigned
            listed = text.split(f"{attribute} ForAnyOfAnyValues:GuidEquals")[1].split("}")[0].strip(" {").split(",")
            for guid in listed:
                assert decide(condition, operation, Plane.CONTROL, told | {attribute: (guid.strip(),)}) is T


def test_a_guid_without_dashes_is_the_same_guid() -> None:
    """AVS on Fleet VIS Role writes its own id without dashes; Azure gives ids with them."""
    text = next(text for name, _, text in IN_ROLES if name == "AVS on Fleet VIS Role")
    told = {f"@Resource[{ASSIGNMENTS}:RoleDefinitionId]": ("49FC33C1-886F-4B21-A00E-1D9993234734",)}
    assert decide(parse(text), DELETE, Plane.CONTROL, told) is T


# Delegation


def test_a_delegation_lets_assign_what_it_lists() -> None:
    """The condition that rbacgen writes: listed roles, to listed types of principals, for write and for delete."""
    condition = parse(delegation_condition([READER, BLOB_READER], ["ServicePrincipal"]))
    assert condition.remarks == ()
    role, kind = f"@Request[{ASSIGNMENTS}:RoleDefinitionId]", f"@Request[{ASSIGNMENTS}:PrincipalType]"
    assert decide(condition, WRITE, Plane.CONTROL) is U
    assert decide(condition, WRITE, Plane.CONTROL, {role: (READER,)}) is U
    assert decide(condition, WRITE, Plane.CONTROL, {role: (OWNER,)}) is F
    assert decide(condition, WRITE, Plane.CONTROL, {kind: ("User",)}) is F
    assert decide(condition, WRITE, Plane.CONTROL, {role: (READER.upper(),), kind: ("serviceprincipal",)}) is T
    assert decide(condition, "microsoft.authorization/ROLEASSIGNMENTS/write", Plane.CONTROL) is U
    assert decide(condition, f"{ASSIGNMENTS}/read", Plane.CONTROL) is T
    assert needed(condition, WRITE, Plane.CONTROL) == (kind, role)
    assert needed(condition, DELETE, Plane.CONTROL) == tuple(
        each.replace("@Request", "@Resource") for each in (kind, role)
    )
    assert needed(condition, f"{ASSIGNMENTS}/read", Plane.CONTROL) == ()


def test_a_delegation_that_excludes_roles() -> None:
    """ForAnyOfAllValues:GuidNotEquals, as the portal's template for it writes: every role but the listed ones."""
    role = f"@Request[{ASSIGNMENTS}:RoleDefinitionId]"
    text = f"!(ActionMatches{{'{WRITE}'}}) OR {role} ForAnyOfAllValues:GuidNotEquals {{{OWNER}, {BLOB_READER}}}"
    assert decide(parse(text), WRITE, Plane.CONTROL, {role: (OWNER,)}) is F
    assert decide(parse(text), WRITE, Plane.CONTROL, {role: (READER,)}) is T
    assert describe(parse(text), name_of) == "may assign any role but Owner, Storage Blob Data Reader"
    trap = text.replace("ForAnyOfAllValues", "ForAnyOfAnyValues")
    assert decide(parse(trap), WRITE, Plane.CONTROL, {role: (OWNER,)}) is T
    assert [remark.offset for remark in parse(trap).remarks if remark.is_error] == [trap.index("ForAny")]
    assert sentence(parse(trap), name_of) == ""


# Single tests: the examples of Microsoft's page and what follows from its words


@pytest.mark.parametrize(
    ("test", "value", "truth"),
    [
        ("StringEquals 'raw'", "raw", T),
        ("StringEquals 'raw'", "Raw", F),
        ("StringEqualsIgnoreCase 'raw'", "Raw", T),
        ("stringequalsignorecase 'RAW'", "raw", T),
        ("StringNotEquals 'raw'", "Raw", T),
        ("StringNotEqualsIgnoreCase 'raw'", "Raw", F),
        ("StringStartsWith 'logs/'", "logs/2026", T),
        ("StringStartsWith 'logs/'", "Logs/2026", F),
        ("StringStartsWithIgnoreCase 'logs/'", "Logs/2026", T),
        ("StringNotStartsWith 'logs/'", "raw/x", T),
        ("StringNotStartsWithIgnoreCase 'logs/'", "LOGS/x", F),
        ("StringLike 'a*c?'", "abcd", T),
        ("StringLike 'A*C?'", "abcd", F),
        ("StringLikeIgnoreCase 'A*C?'", "abcd", T),
        ("StringLike 'a*c'", "abcd", F),
        ("StringLike 'readonly/*'", "readonly/deep/er.csv", T),
        ("StringLike 'readonly/*'", "readonly/", T),
        ("StringLike 'readonly/*'", "readonly", F),
        (r"StringLike 'a\*'", "a*", T),
        (r"StringLike 'a\*'", "ab", F),
        (r"StringLike 'a\?b'", "a?b", T),
        (r"StringLike 'a\b'", r"a\b", T),
        ("StringLike '*a*b*'", "xaybz", T),
        ("StringLike '*ab'", "aab", T),
        ("StringLike ''", "", T),
        ("StringNotLike 'a*'", "abc", F),
        ("StringNotLikeIgnoreCase 'A*'", "abc", F),
        ("StringEquals raw_is_no_text", "raw", None),
        ("NumericEquals 10", "010", T),
        ("NumericNotEquals 10", "11", T),
        ("NumericLessThan -5", "-6", T),
        ("NumericLessThanEquals 5", "5", T),
        ("NumericGreaterThan 5", "5", F),
        ("NumericGreaterThanEquals 5", "5", T),
        ("NumericGreaterThan 9", "10", T),
        ("NumericLessThan 5", "4.5", U),
        ("NumericLessThan 5", "", U),
        ("NumericLessThan 5", "9" * 9000, U),
        ("BoolEquals true", "True", T),
        ("boolequals true", "false", F),
        ("BoolNotEquals true", "false", T),
        ("BoolEquals true", "yes", U),
        ("DateTimeEquals '2022-06-01T00:00:00.0Z'", "2022-06-01T00:00:00Z", T),
        ("DateTimeGreaterThan '2023-05-01T13:00:00.000Z'", "2023-05-01T13:00:00.0000001Z", T),
        ("DateTimeLessThan '2023-05-01T13:00:00Z'", "2023-05-01T13:00:00.0000001Z", F),
        ("DateTimeLessThanEquals '2023-05-01T13:00:00Z'", "2023-05-01T13:00:00.0Z", T),
        ("DateTimeNotEquals '2023-05-01T13:00:00Z'", "2023-05-01T13:00:00.5Z", T),
        ("DateTimeGreaterThanEquals '2023-05-01T13:00:00Z'", "2023-02-30T00:00:00Z", U),
        ("DateTimeEquals '2023-05-01T13:00:00Z'", "2023-05-01T13:00:00+02:00", U),
        (f"GuidEquals {READER}", READER.upper(), T),
        (f"GuidEquals '{READER}'", READER.replace("-", ""), T),
        (f"GuidNotEquals {READER}", OWNER, T),
        (f"GuidEquals {READER}", f"/providers/Microsoft.Authorization/roleDefinitions/{READER}", U),
        ("StringContains 'raw'", "raw", U),
        ("ForAnyOfAnyValues:StringContains {'raw'}", "raw", U),
    ],
)
def test_an_operator_compares_one_value(test: str, value: str, truth: Truth | None) -> None:
    """Each documented operator, both ways; what is not of its kind, or no operator of the page, stays unknown."""
    if truth is None:
        with pytest.raises(ConditionError):
            value_of(test, value)
        return
    assert value_of(test, value) is truth


def test_every_documented_operator_decides() -> None:
    """All 28 of the page come out true for some values and false for others."""
    assert len(OPERATORS) == 28
    samples = ["raw", "rax", "5", "6", "true", "false", READER, OWNER, "2023-05-01T13:00:00Z", "2024-05-01T13:00:00Z"]
    for operator in OPERATORS.values():
        truths = {value_of(f"{operator.name} '{right}'", left) for left in samples for right in samples}
        assert {T, F} <= truths, operator.name


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("{'red', 'blue'} ForAnyOfAnyValues:StringEquals {'blue', 'green'}", T),
        ("{'red', 'blue'} ForAnyOfAnyValues:StringEquals {'orange', 'green'}", F),
        ("{'red', 'blue'} ForAllOfAnyValues:StringEquals {'orange', 'red', 'blue'}", T),
        ("{'red', 'blue'} ForAllOfAnyValues:StringEquals {'red', 'green'}", F),
        ("{10, 20} ForAnyOfAllValues:NumericLessThan {15, 18}", T),
        ("{10, 20} ForAnyOfAllValues:NumericLessThan {15, 8}", F),
        ("{10, 20} ForAllOfAllValues:NumericLessThan {5, 15, 18}", F),
        ("{10, 20} ForAllOfAllValues:NumericLessThan {25, 30}", T),
        ("{10, 20} ForAllOfAllValues:NumericLessThan {15, 25, 30}", F),
        ("{10, 'x'} ForAnyOfAnyValues:NumericLessThan {15}", T),
        ("{20, 'x'} ForAnyOfAnyValues:NumericLessThan {15}", U),
        ("{20, 'x'} ForAllOfAnyValues:NumericLessThan {15}", F),
        ("'red' StringEquals 'red'", T),
        ("{'red', 'blue'} StringEquals 'red'", U),
    ],
)
def test_cross_products(text: str, truth: Truth) -> None:
    """The page's examples of ForAnyOf… and ForAllOf…, and values that one of the kind cannot be compared with."""
    assert of(text) is truth


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("Exists @Resource[x]", F),
        ("NOT Exists @Resource[x]", T),
        ("@Resource[x] ForAnyOfAnyValues:StringEquals {'a'}", F),
        ("@Resource[x] ForAnyOfAllValues:StringNotEquals {'a'}", F),
        ("@Resource[x] ForAllOfAnyValues:StringEquals {'a'}", U),
        ("@Resource[x] StringEquals 'a'", U),
        ("NOT @Resource[x] StringEquals 'a'", U),
        ("'a' ForAllOfAnyValues:StringEquals @Resource[x]", F),
        ("'a' ForAllOfAllValues:StringEquals @Resource[x]", U),
        ("@Resource[x] StringEquals 'a' OR NOT Exists @Resource[x]", T),
        ("@Resource[x] StringEquals 'a' AND Exists @Resource[x]", F),
    ],
)
def test_an_attribute_that_does_not_exist(text: str, truth: Truth) -> None:
    """An empty tuple decides Exists and "at least one value"; of the rest Microsoft's pages say nothing."""
    assert of(text, {"@Resource[x]": ()}) is truth


def test_an_attribute_on_both_sides() -> None:
    """A principal's security attribute against the tag of a blob; open until both are told."""
    principal = "@Principal[Microsoft.Directory/CustomSecurityAttributes/Id:Engineering_Project]"
    text = f"{principal} ForAnyOfAnyValues:StringEquals {TAG}"
    assert needed(parse(text), READ, Plane.DATA) == (principal, TAG)
    assert of(text, {principal: ("Baker", "Cascade")}) is U
    assert of(text, {principal: ("Baker", "Cascade"), TAG: ("Cascade",)}) is T
    assert of(text, {principal: ("Baker",), TAG: ("Cascade",)}) is F


def test_attributes_are_named_without_case_but_for_the_key_of_a_tag() -> None:
    """`<$key_case_sensitive$>` makes `Project` and `project` two tags."""
    text = f"{TAG} StringEquals 'Cascade'"
    assert of(text, {TAG.replace("Resource[Microsoft", "RESOURCE[microsoft"): ("Cascade",)}) is T
    assert of(text, {TAG.replace("Project", "project"): ("Cascade",)}) is U
    assert of(f"{CONTAINER} StringEquals 'raw'", {CONTAINER.upper(): ("raw",)}) is T


def test_attributes_may_be_told_by_their_end() -> None:
    """`...` stands for the front of a name, cut at a border; the longest that fits counts, the whole name before it."""
    text = f"{CONTAINER} StringEquals 'raw'"
    assert of(text, {"@Resource[...:name]": ("raw",)}) is T
    assert of(text, {" @resource[...containers:NAME]": ("raw",)}) is T
    assert of(text, {"@Resource[.../containers:name]": ("raw",), "@Resource[...:name]": ("x",)}) is T
    assert of(text, {CONTAINER: ("raw",), "@Resource[...containers:name]": ("x",)}) is T
    for other in ("@Request[...:name]", "@Resource[...ame]", "@Resource[...tainers:name]", "@Resource[...]"):
        assert of(text, {other: ("raw",)}) is U
    assert of(f"{TAG} StringEquals 'a'", {"@Resource[...tags:Project<$key_case_sensitive$>]": ("a",)}) is T


# Whole conditions


def test_an_operation_that_is_not_named_passes() -> None:
    """The guard: with attributes or without, and by the pattern of the action."""
    assert of(RAW, operation=f"{BLOBS}/write") is T
    assert of(RAW) is U
    assert of(RAW, {CONTAINER: ("raw",)}) is T
    assert of(RAW, {CONTAINER: ("other",)}) is F
    wide = RAW.replace(READ, f"{BLOBS}/*")
    assert of(wide, operation=f"{BLOBS}/write") is U
    assert not guards(parse(RAW), f"{BLOBS}/write", Plane.DATA)
    assert guards(parse(RAW), READ.upper(), Plane.DATA)


@pytest.mark.parametrize(
    ("pattern", "truth"),
    [(f"{ASSIGNMENTS}/*", T), ("Microsoft.Authorization/roleDefinitions/*", F), (WRITE.upper(), T), ("*", T)],
)
def test_action_matches_as_permission_strings_do(pattern: str, truth: Truth) -> None:
    """The page's examples of ActionMatches."""
    assert decide(parse(f"ActionMatches{{'{pattern}'}}"), WRITE, Plane.CONTROL) is truth


LISTING = f"""
((!(ActionMatches{{'{READ}'}} AND NOT SubOperationMatches{{'Blob.List'}})) OR (@Resource[{BLOBS}:path] StringLike 'in/*'))
AND ((!(ActionMatches{{'{READ}'}} && SubOperationMatches {{'Blob.List'}})) || (@Request[{BLOBS}:prefix] StringStartsWith 'in/'))
"""


def test_suboperations() -> None:
    """Reading and listing are one operation; which is meant decides the part that counts, and untold it is open."""
    condition = parse(LISTING)
    path, prefix = f"@Resource[{BLOBS}:path]", f"@Request[{BLOBS}:prefix]"
    assert needed(condition, READ, Plane.DATA) == (prefix, SUBOPERATION, path)
    told = {path: ("in/x",), prefix: ("out/",)}
    assert decide(condition, READ, Plane.DATA, told) is U
    assert decide(condition, READ, Plane.DATA, told, "blob.list") is F
    assert decide(condition, READ, Plane.DATA, told, "Blob.Read") is T
    assert decide(condition, READ, Plane.DATA, told | {SUBOPERATION: ("Blob.List",)}) is F
    assert decide(condition, READ, Plane.DATA, told | {SUBOPERATION: ()}) is T
    assert decide(condition, f"{BLOBS}/write", Plane.DATA) is T
    older = parse(
        f"!(ActionMatches{{'{READ}'}} AND {SUBOPERATION} ForAnyOfAnyValues:StringEqualsIgnoreCase {{'Blob.List'}}) "
        f"OR {prefix} StringStartsWith 'in/'"
    )
    assert decide(older, READ, Plane.DATA, {}, "Blob.Read") is T
    assert decide(older, READ, Plane.DATA, {prefix: ("x",)}, "Blob.List") is F


def test_no_control_operation_has_a_suboperation() -> None:
    """So a part that asks for one never binds there, whatever is told."""
    condition = parse("!(ActionMatches{'*'} AND SubOperationMatches{'*'}) OR @Resource[x] StringEquals 'y'")
    assert decide(condition, WRITE, Plane.CONTROL) is T
    assert decide(condition, WRITE, Plane.CONTROL, {}, "Blob.List") is T
    assert decide(condition, WRITE, Plane.DATA) is U


def test_needed_leaves_out_what_is_decided() -> None:
    """Attributes of other operations, of decided alternatives, and of operators that nobody could decide."""
    condition = parse(
        f"(!(ActionMatches{{'{READ}'}}) OR (@Resource[b] StringEquals 'x' AND @resource[B] StringLike '*' "
        "AND @Resource[c] StringContains 'z')) "
        f"AND (!(ActionMatches{{'{BLOBS}/write'}}) OR @Resource[a] BoolEquals true)"
    )
    assert needed(condition, READ, Plane.DATA) == ("@Resource[b]",)
    assert needed(condition, f"{BLOBS}/write", Plane.DATA) == ("@Resource[a]",)
    assert needed(condition, f"{BLOBS}/delete", Plane.DATA) == ()


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("ActionMatches{'*'} OR ActionMatches{'*'} AND ActionMatches{'-'}", U),
        ("ActionMatches{'-'} AND ActionMatches{'*'} OR ActionMatches{'*'}", U),
        ("ActionMatches{'*'} AND ActionMatches{'*'} OR ActionMatches{'-'}", T),
        ("ActionMatches{'-'} OR ActionMatches{'-'} AND ActionMatches{'*'}", F),
        ("(ActionMatches{'*'}) OR (ActionMatches{'*'} AND ActionMatches{'-'})", T),
    ],
)
def test_and_beside_or_is_decided_where_every_order_agrees(text: str, truth: Truth) -> None:
    """The page asks for brackets and names no order; so one reading alone never lets anything pass."""
    assert of(text) is truth
    mixed = ") OR" not in text
    assert [remark.message.startswith("AND and OR") for remark in parse(text).remarks] == [True] * mixed


def test_an_operator_that_the_page_does_not_have_is_remarked() -> None:
    """A slip of the pen is wrong; something new is only unknown, and the condition still passes what it does not name."""
    new = parse(f"!(ActionMatches{{'{READ}'}}) OR @Resource[x] IpMatch '10.0.0.0/8'")
    assert [(remark.is_error, new.text[remark.offset :][:7]) for remark in new.remarks] == [(False, "IpMatch")]
    assert decide(new, READ, Plane.DATA, {"@Resource[x]": ("10.1.1.1",)}) is U
    assert decide(new, f"{BLOBS}/write", Plane.DATA) is T
    assert list(condition_faults(new.text)) == []
    slip = parse(f"!(ActionMatches{{'{READ}'}}) OR @Resource[x] StringEqual 'y'")
    assert [remark.is_error for remark in slip.remarks] == [True]
    assert "did you mean `StringEquals`?" in slip.remarks[0].message


def test_a_value_of_the_wrong_kind_is_remarked_at_its_place() -> None:
    """No value of the attribute could ever decide it."""
    text = f"!(ActionMatches{{'{WRITE}'}}) OR @Request[x] ForAnyOfAnyValues:GuidEquals {{{READER}, 'Owner', 12}}"
    assert [remark.offset for remark in parse(text).remarks] == [text.index("'Owner'"), text.index("12}")]
    assert all(remark.is_error for remark in parse(text).remarks)


def test_named_actions() -> None:
    """By what it says: a text in quotes that mentions ActionMatches guards nothing."""
    assert named_actions(parse(RAW))
    assert named_actions(parse("@Resource[x] BoolEquals true OR NOT (Exists @Resource[x] AND ActionMatches{'a'})"))
    assert not named_actions(parse("@Resource[x] StringEquals 'ActionMatches{}' AND NOT SubOperationMatches{'a'}"))


def test_a_condition_is_a_value_by_its_text() -> None:
    """It is a key of a dictionary at the cost of its text, and reading it again gives the same one."""
    assert parse(RAW) is parse(RAW)
    assert {parse(RAW): 1}[Condition(RAW, Action("x"))] == 1
    assert parse(RAW) != parse(LISTING)


# Errors


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("", 0, "is empty"),
        (" \n", 0, "is empty"),
        ("(ActionMatches{'a'}", 0, "this `(` is not closed"),
        ("ActionMatches{'a'", 13, "this `{` is not closed"),
        ("@Resource[x] StringEquals {'a'", 26, "this `{` is not closed"),
        ("ActionMatches{'a'})", 18, "this `)` has no `(`"),
        ("ActionMatches{'a}", 14, "this text is not closed"),
        ("ActionMatches{a}", 14, "a text in single quotes"),
        ("ActionMatches{'a', 'b'}", 17, "has one text"),
        ("ActionMatches('a')", 13, "written as ActionMatches{'…'}"),
        ("SubOperationMatches", 19, "written as SubOperationMatches{'…'}"),
        ("Exists 'a'", 7, "needs an attribute"),
        ("@Resource StringEquals 'a'", 0, "an attribute is written as"),
        ("ActionMatches{'a'} OR @Ressource[x] BoolEquals true", 22, "not a source of attributes"),
        ("@Resource[x StringEquals 'a'", 0, "an attribute is written as"),
        ("@Resource[x]", 12, "expected an operator"),
        ("@Resource[x] AND @Resource[y]", 13, "expected an operator such as StringEquals, not `AND`"),
        ("@Resource[x] = 'a'", 13, "`=` has no meaning here"),
        ("@Resource[x] StringEquals", 25, "and the condition ends"),
        ("@Resource[x] StringEquals AND", 26, "expected a value or an attribute, not `AND`"),
        ("@Resource[x] StringEquals raw", 26, "use single quotes for texts"),
        ('@Resource[x] StringEquals "raw"', 26, "use single quotes for texts"),
        ("@Resource[x] StringEquals {}", 27, "expected a value, not `}`"),
        ("@Resource[x] StringEquals {'a' 'b'}", 31, "expected `,` or `}`"),
        ("@Resource[x] StringEquals {@Resource[y]}", 27, "expected a value"),
        ("@Resource[x] ForAnyValue:StringEquals {'a'}", 13, "`ForAnyValue:` is not one of ForAnyOfAnyValues"),
        ("@Resource[x] NumericEquals 1.5", 27, "use single quotes for texts"),
        ("@Resource[x] StringEquals 'a' @Resource[y]", 30, "expected AND or OR"),
        ("(@Resource[x] StringEquals 'a' @Resource[y])", 31, "expected AND, OR or `)`"),
        ("AND ActionMatches{'a'}", 0, "expected an attribute"),
        ("ActionMatches{'a'} AND", 22, "and the condition ends"),
        ("ActionMatches{'a'} & ActionMatches{'a'}", 19, "`&` has no meaning here"),
        ("()", 1, "expected an attribute"),
        ("NOT", 3, "and the condition ends"),
    ],
)
def test_an_error_says_where_and_what(text: str, offset: int, message: str) -> None:
    """The offset is that of the character at fault, or of the bracket that stays open."""
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert (caught.value.offset, message in caught.value.message) == (offset, True), caught.value.message
    assert isinstance(caught.value, ValueError)
    assert str(caught.value) == caught.value.message


def test_depth_is_bounded() -> None:
    """Up to the limit it is read and decided; beyond it, an error at the first bracket that is too deep."""
    for opening, closing in (("(", ")"), ("NOT ", ""), ("!", ""), ("!(", ")")):
        levels = DEEPEST // (2 if opening == "!(" else 1)
        text = opening * levels + "Exists @Resource[x]" + closing * levels
        assert of(text, {"@Resource[x]": ("a",)}) in (T, F)
        assert parse(format_node(parse(text).root)).root == parse(text).root
        with pytest.raises(ConditionError, match="nested deeper than 64 levels") as caught:
            parse(opening * 50_000 + "Exists @Resource[x]" + closing * 50_000)
        assert caught.value.offset == len(opening) * levels


def test_faults_give_the_place_in_the_text() -> None:
    """What `check` says of a condition: at which character, counted from 1, and what stands there."""
    assert list(condition_faults(RAW)) == []
    assert list(condition_faults(RAW.replace("StringEquals", "="))) == [
        f"at character {RAW.index('StringEquals') + 1} of the condition (`= 'raw')`): `=` has no meaning here"
    ]
    assert list(condition_faults("(")) == [
        "at character 2 of the condition: expected an attribute, ActionMatches, Exists, NOT or `(`, and the condition ends"
    ]
    assert "names no ActionMatches" in "".join(condition_faults("@Resource[x] StringEquals 'ActionMatches'"))


# Sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            delegation_condition([BLOB_READER, READER], ["ServicePrincipal"]),
            "may assign and remove only Storage Blob Data Reader, Reader, and only to service principals",
        ),
        (
            delegation_condition([READER], []).partition(" AND ")[0],
            "may assign only Reader",
        ),
        (
            f"!(ActionMatches{{'{DELETE}'}}) OR (@Resource[{ASSIGNMENTS}:RoleDefinitionId] GuidEquals {READER} "
            f"AND @Resource[{ASSIGNMENTS}:PrincipalType] StringEquals 'User')",
            "may remove only Reader, and only from users",
        ),
        (
            f"!(ActionMatches{{'{WRITE}'}}) OR @Request[{ASSIGNMENTS}:PrincipalType] ForAnyOfAnyValues:"
            "StringEqualsIgnoreCase {'User', 'Group'}",
            "may assign any role, but only to users, groups",
        ),
        (
            f"!(ActionMatches{{'{WRITE}'}}) OR @Request[{ASSIGNMENTS}:PrincipalId] GuidNotEquals {READER}",
            "may assign any role, but not to Reader",
        ),
        (RAW, "only where container name is `raw` (blobs/read)"),
        (
            LISTING,
            "only where blob path is like `in/*` (blobs/read except Blob.List); "
            "only where blob prefix starts with `in/` (blobs/read as Blob.List)",
        ),
        (
            f"(!(ActionMatches{{'{READ}'}}) AND !(ActionMatches{{'{BLOBS}/add/action'}})) OR "
            f"(({CONTAINER} ForAnyOfAnyValues:StringEquals {{'a', 'b'}} AND {TAG} StringNotEqualsIgnoreCase 'c') "
            "OR NOT Exists @Resource[z])",
            "only where (container name is one of `a`, `b` and blob index tag `Project` is not `c` in any case) or "
            "@Resource[z] does not exist (blobs/read, blobs/add/action)",
        ),
        (
            f"!(ActionMatches{{'{READ}'}}) OR @Environment[UtcNow] DateTimeLessThan '2026-11-23T00:00:00Z'",
            "only where time (UTC) is before 2026-11-23T00:00:00Z (blobs/read)",
        ),
        (
            f"!(ActionMatches{{'{READ}'}}) OR NOT {CONTAINER} StringStartsWith 'x'",
            "only where container name does not start with `x` (blobs/read)",
        ),
        (
            f"!(ActionMatches{{'{READ}'}}) OR {TAG} ForAllOfAnyValues:StringEquals "
            "@Principal[Microsoft.Directory/CustomSecurityAttributes/Id:Project]",
            "only where every blob index tag `Project` is a value of the principal's security attribute `Project` "
            "(blobs/read)",
        ),
        ("@Resource[HasObotoken] boolequals true", "only where @Resource[HasObotoken] is true"),
    ],
)
def test_a_sentence_for_a_reviewer(text: str, expected: str) -> None:
    """What may be assigned to whom, or where which operations are possible."""
    assert describe(parse(text), name_of) == sentence(parse(text), name_of) == expected


@pytest.mark.parametrize(
    "text",
    [
        "ActionMatches{'a'}",
        "!ActionMatches{'a'}  OR\n @Resource[x] StringContains 'y'",
        "!ActionMatches{'a'} OR @Resource[x] BoolEquals true AND @Resource[y] BoolEquals true",
        "!ActionMatches{'a'} OR !ActionMatches{'b'} OR @Resource[x] BoolEquals true",
        "!ActionMatches{'a'} OR (ActionMatches{'b'} AND @Resource[x] BoolEquals true)",
        "!ActionMatches{'a'} OR @Resource[x] ForAnyOfAnyValues:StringNotEquals {'y', 'z'}",
        "!ActionMatches{'a'} OR 'x' StringEquals 'x'",
        "!ActionMatches{'a'} OR NOT (@Resource[x] BoolEquals true OR @Resource[y] BoolEquals true)",
    ],
)
def test_no_sentence_rather_than_a_wrong_one(text: str) -> None:
    """What is built in another way is said by its own text, on one line."""
    assert sentence(parse(text)) == ""
    assert describe(parse(text)) == " ".join(text.split())


def test_most_conditions_of_built_in_roles_have_a_sentence() -> None:
    """All but the ambiguous one."""
    without = {name for name, _, text in IN_ROLES if not sentence(parse(text), name_of)}
    assert without == {"UserAccessAdministrator for AzureJIT"}


# Where it is put to use


def grant_under(condition: str) -> Grant:
    """A grant of Owner under a condition."""
    owner = CATALOG.find("Owner")
    assert owner is not None
    at = Position("x.yaml")
    return Grant(owner, "group", ("dev",), Activation.PERMANENT, condition, (), (), None, "", at)


@pytest.mark.parametrize(
    ("condition", "limits"),
    [
        ("", False),
        (RAW, False),
        (delegation_condition([READER], []), True),
        (delegation_condition([READER], []).replace(f"{ASSIGNMENTS}/write", f"{ASSIGNMENTS}/*"), True),
        (f"!(ActionMatches{{'{DELETE}'}}) OR @Resource[x] StringEquals '{WRITE}'", False),
        (f"ActionMatches{{'{WRITE}'}} OR @Resource[x] BoolEquals true", False),
        (f"!(ActionMatches{{'{WRITE}'}})", True),
        (f"((roleAssignments/write {WRITE}", False),
    ],
)
def test_a_grant_limits_assigning_where_its_condition_does(condition: str, limits: bool) -> None:
    """By what the condition comes to for roleAssignments/write, not by the words that stand in it."""
    assert grant_under(condition).limits_assigning is limits


# Properties

_texts = st.text(st.characters(exclude_characters="'", codec="utf-8"), max_size=12)
_attributes = st.sampled_from(
    [
        ConditionAttribute("@Resource[a]"),
        ConditionAttribute("@Request[n/b:c]"),
        ConditionAttribute(TAG),
        ConditionAttribute(CONTAINER),
        ConditionAttribute(SUBOPERATION),
    ]
)
_values = st.one_of(
    _texts.map(Value),
    st.sampled_from(
        [Value(each, quoted=False) for each in ("1", "-20", "true", "FALSE", READER, OWNER.replace("-", ""))]
    ),
)
_operands = st.one_of(
    _attributes,
    _values.map(lambda value: Values((value,), listed=False)),
    st.lists(_values, min_size=1, max_size=3).map(lambda each: Values(tuple(each))),
)
_comparisons = st.builds(
    Comparison,
    _operands,
    st.sampled_from([*(each.name for each in OPERATORS.values()), "IpMatch"]),
    _operands,
    st.sampled_from(Cross),
)
_leaves = st.one_of(
    st.sampled_from([Action("*"), Action("-"), Action(READ), SubOperation("Blob.*")]),
    st.builds(Exists, _attributes),
    _comparisons,
)


def _mixed(parts: list[Node], ands: list[bool]) -> Node:
    joints = tuple(ands[: len(parts) - 1])
    return Mixed(tuple(parts), joints) if len(set(joints)) == 2 else AllOf(tuple(parts))


def _over(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, min_size=2, max_size=4)
    return st.one_of(
        inner.map(Not),
        several.map(lambda parts: AllOf(tuple(parts))),
        several.map(lambda parts: AnyOf(tuple(parts))),
        st.builds(_mixed, several, st.lists(st.booleans(), min_size=3, max_size=3)),
    )


nodes = st.recursive(_leaves, _over, max_leaves=12)
told = st.dictionaries(
    _attributes.map(lambda attribute: attribute.text),
    st.lists(st.one_of(_texts, st.sampled_from(["1", "-20", "true", READER])), max_size=3).map(tuple),
)


def test_the_generated_conditions_have_every_part() -> None:
    """A new kind of part is to be generated too."""
    assert set(get_args(Node)) == {Action, SubOperation, Exists, Comparison, Not, AllOf, AnyOf, Mixed}


@given(nodes)
def test_a_condition_survives_being_written(node: Node) -> None:
    """`parse` of `written` is the same condition, however its parts are nested."""
    assert parse(format_node(node)).root == node


@given(nodes, told, told, st.sampled_from(Plane), st.sampled_from(["", "Blob.List", "x"]))
def test_more_told_never_turns_an_answer(
    node: Node, first: dict[str, tuple[str, ...]], more: dict[str, tuple[str, ...]], plane: Plane, suboperation: str
) -> None:
    """Kleene: what is decided stays as it is decided, whatever else comes to be known."""
    condition = Condition(format_node(node), node)
    before = decide(condition, READ, plane, first)
    assume(not (suboperation and SUBOPERATION in first))
    after = decide(condition, READ, plane, more | first, suboperation)
    assert before is U or before is after


@given(nodes, st.sampled_from(Plane))
def test_needed_is_what_an_open_answer_hangs_on(node: Node, plane: Plane) -> None:
    """A decided operation needs nothing, and what is told beside the needed attributes changes nothing."""
    condition = Condition(format_node(node), node)
    names = needed(condition, READ, plane)
    assert list(names) == sorted(set(names))
    if not guards(condition, READ, plane):
        assert names == ()
    every = {"@Resource[a]", "@Request[n/b:c]", TAG, CONTAINER, SUBOPERATION}
    assert set(names) <= every
    others = dict.fromkeys(every - set(names), ("1",))
    assert decide(condition, READ, plane, others) is decide(condition, READ, plane)


@given(nodes)
def test_every_condition_is_said(node: Node) -> None:
    """With a sentence or with its own text, always on one line where its values are."""
    condition = parse(format_node(node))
    assert describe(condition)
    assert sentence(condition) in ("", describe(condition))


@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                [
                    "(",
                    ")",
                    "{",
                    "}",
                    "!",
                    "NOT ",
                    " AND ",
                    " || ",
                    "'a'",
                    "'",
                    ",",
                    "@Resource[x]",
                    " StringEquals ",
                    "1",
                    "ActionMatches{'a'}",
                    "Exists ",
                    "ForAnyOfAnyValues:GuidEquals",
                    "@",
                    "[",
                    "\n",
                    "true",
                    "\\",
                    "é",
                ]
            ),
            max_size=20,
        ).map("".join),
    )
)
@example("@Resource[x] StringEquals '" + "a" * 10)
@example("\x00")
@example("²")
def test_any_text_is_a_condition_or_an_error_with_a_place(text: str) -> None:
    """Nothing else is raised, and the place is one of the text or its end."""
    try:
        condition = parse(text)
    except ConditionError as error:
        places = [error.offset]
    else:
        places = [remark.offset for remark in condition.remarks]
        assert parse(format_node(condition.root)).root == condition.root
    assert all(0 <= place <= len(text) for place in places)


def _seconds(text: str) -> float:
    start = time.process_time()
    with contextlib.suppress(ConditionError):
        decide(parse(text), READ, Plane.DATA, {"@Resource[x]": ("a" * 200,)})
    return time.process_time() - start


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        "!",
        "'",
        "'a' ",
        "@Resource[",
        "{",
        "&",
        "a",
        "@Resource[x] StringLike '*a*a*a*b' OR ",
        "ActionMatches{'*'} AND ",
    ],
)
def test_time_grows_with_the_text(piece: str) -> None:
    """Sixteen times the text takes at most four times as long as in proportion, far from its square."""
    end = "Exists @Resource[x]"
    small, large = piece * (12_500 // len(piece)) + end, piece * (200_000 // len(piece)) + end
    assert _seconds(large) < 64 * max(_seconds(small), 0.004)


def test_a_hostile_pattern_does_not_blow_up() -> None:
    """Forty wildcards against a text that never fits."""
    assert value_of(f"StringLike '{'*a' * 40}b'", "a" * 4000) is F
