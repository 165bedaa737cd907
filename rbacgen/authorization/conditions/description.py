"""Describes a condition in one English sentence: what may be assigned under it, or where its operations are possible."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from rbacgen.authorization.conditions.operators import OPERATORS, Cross, OperandKind, Operator, Relation, typed
from rbacgen.authorization.conditions.tree import (
    Action,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    ConditionAttribute,
    Exists,
    Node,
    Not,
    SubOperation,
    Values,
)
from rbacgen.model.wording import joined

Names = Callable[[str], str]

_ASSIGNMENTS = "microsoft.authorization/roleassignments"
_BLOBS = "microsoft.storage/storageaccounts/blobservices/containers/blobs"
_VERBS = {
    ("request", f"{_ASSIGNMENTS}/write"): "assign",
    ("resource", f"{_ASSIGNMENTS}/delete"): "remove",
}
_PRINCIPALS = {
    "user": "users",
    "group": "groups",
    "serviceprincipal": "service principals",
    "foreigngroup": "foreign groups",
    "device": "devices",
}
# https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-attributes and, for queues,
# https://learn.microsoft.com/azure/storage/queues/queues-auth-abac-attributes
_ATTRIBUTE_NAMES = {
    "microsoft.storage/storageaccounts:name": "storage account name",
    "microsoft.storage/storageaccounts/blobservices/containers:name": "container name",
    "microsoft.storage/storageaccounts/queueservices/queues:name": "queue name",
    "microsoft.storage/storageaccounts/encryptionscopes:name": "encryption scope name",
    f"{_BLOBS}:path": "blob path",
    f"{_BLOBS}:prefix": "blob prefix",
    f"{_BLOBS}:versionid": "blob version",
    f"{_BLOBS}:snapshot": "blob snapshot",
    f"{_BLOBS}/tags&$keys$&": "key of the blob's index tags",
    "isprivatelink": "access over a private link",
    "microsoft.network/privateendpoints": "private endpoint",
    "microsoft.network/virtualnetworks/subnets": "subnet",
    "utcnow": "time (UTC)",
}
_KEYED_ATTRIBUTES = {
    f"{_BLOBS}/tags": "blob index tag",
    "microsoft.storage/storageaccounts/blobservices/containers/metadata": "container metadata",
    "microsoft.directory/customsecurityattributes/id": "principal's security attribute",
}
_TIMES = {
    Relation.GREATER: "is after",
    Relation.GREATER_EQUALS: "is not before",
    Relation.LESS: "is before",
    Relation.LESS_EQUALS: "is not after",
}
_DENIED = {Relation.EQUALS: "is not", Relation.LIKE: "is not like", Relation.STARTS: "does not start with"}


class _Guarded(Struct, frozen=True):
    """A part of a condition: the test that must be true for some operations; no operations means all."""

    operations: tuple[tuple[str, str], ...]  # the pattern, and the wording of its suboperation
    test: Node


def describe(condition: Condition, names: Names = str) -> str:
    """What a condition restricts in one sentence, or its text on one line where no sentence covers it.

    `names` gives the name of a role or a principal for its GUID, in lower case and with dashes.
    """
    return sentence(condition, names) or " ".join(condition.text.split())


def sentence(condition: Condition, names: Names = str) -> str:
    """What a condition restricts in one sentence such as `may assign only Reader, and only to service principals`.

    Empty where no sentence covers all of it. `names` is as in `describe`.
    """
    parts = condition.root.parts if isinstance(condition.root, AllOf) else (condition.root,)
    verbs: dict[_Assigning, list[str]] = {}
    places: dict[str, list[str]] = {}
    for part in parts:
        guarded = _guarded(part)
        if guarded is None:
            return ""
        assigning = _assigning(guarded, names)
        if assigning:
            verb, limit = assigning
            verbs.setdefault(limit, []).append(verb)
            continue
        test = _test_words(guarded.test, names)
        if not test:
            return ""
        places.setdefault(test, []).extend(_operation_words(*each) for each in guarded.operations)
    return "; ".join(
        [
            *(limit.words(_once(found)) for limit, found in verbs.items()),
            *(
                f"only where {test}" + (f" ({', '.join(_once(found))})" if found else "")
                for test, found in places.items()
            ),
        ]
    )


def _once(words: list[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _guarded(part: Node) -> _Guarded | None:
    """The part as its operations and its test; None where it has another structure."""
    if not isinstance(part, AnyOf):
        return None if any(isinstance(each, Action | SubOperation) for each in _leaves(part)) else _Guarded((), part)
    operations: tuple[tuple[str, str], ...] = ()
    tests: list[Node] = []
    for each in part.parts:
        found = _operations(each)
        if found and operations:
            return None
        operations = operations or found
        if not found:
            tests.append(each)
    if not tests or any(isinstance(each, Action | SubOperation) for test in tests for each in _leaves(test)):
        return None
    return _Guarded(operations, tests[0] if len(tests) == 1 else AnyOf(tuple(tests)))


def _operations(node: Node) -> tuple[tuple[str, str], ...]:
    """The operations in `!(ActionMatches{…})`, or in several of them joined with AND; empty for everything else."""
    match node:
        case AllOf(parts=parts):
            each = [_operations(part) for part in parts]
            return tuple(operation for found in each for operation in found) if all(each) else ()
        case Not(part=Action(pattern=pattern)):
            return ((pattern, ""),)
        case Not(part=AllOf(parts=(Action(pattern=pattern), SubOperation(pattern=sub)))):
            return ((pattern, f"as {sub}"),)
        case Not(part=AllOf(parts=(Action(pattern=pattern), Not(part=SubOperation(pattern=sub))))):
            return ((pattern, f"except {sub}"),)
        case _:
            return ()


def _leaves(node: Node) -> Iterator[Node]:
    pending = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, Not):
            pending.append(each.part)
        elif isinstance(each, Action | SubOperation | Exists | Comparison):
            yield each
        else:
            pending.extend(each.parts)


def _operation_words(pattern: str, suboperation: str) -> str:
    """The end of an operation, from its last resource type on: `blobs/add/action`."""
    segments = pattern.split("/")
    kept = "/".join(segments[-3:] if segments[-1].lower() == "action" else segments[-2:])
    return f"{kept} {suboperation}".strip()


# Delegation


class _Choice(Struct, frozen=True):
    """The names that a test allows, or with `denied` those that it denies."""

    listed: str
    denied: bool


class _Assigning(Struct, frozen=True):
    """What a part about role assignments allows; `None` means no restriction."""

    roles: _Choice | None
    types: _Choice | None
    principals: _Choice | None

    def words(self, verbs: list[str]) -> str:
        """`may assign and remove only Reader, and only to users`."""
        match self.roles:
            case None:
                limit = "any role"
            case _Choice(listed=listed, denied=True):
                limit = f"any role but {listed}"
            case _Choice(listed=listed):
                limit = f"only {listed}"
        to = "to" if "assign" in verbs else "from"
        joint = "and" if self.roles else "but"
        for choice in (self.types, self.principals):
            if choice:
                limit += f", {joint} {'not' if choice.denied else 'only'} {to} {choice.listed}"
                joint = "and"
        return f"may {joined(verbs)} {limit}"


def _assigning(guarded: _Guarded, names: Names) -> tuple[str, _Assigning] | None:
    """The verb and the restriction of a part about role assignments; None for any other part."""
    tests = guarded.test.parts if isinstance(guarded.test, AllOf) else (guarded.test,)
    found: dict[str, Comparison] = {}
    sources: set[str] = set()
    for test in tests:
        if not isinstance(test, Comparison) or not isinstance(test.left, ConditionAttribute):
            return None
        source, path, name = _pieces(test.left)
        if path != _ASSIGNMENTS or name in found:
            return None
        found[name] = test
        sources.add(source)
    if len(sources) != 1 or not found.keys() <= {"roledefinitionid", "principaltype", "principalid"}:
        return None
    verbs = [
        verb
        for (source, operation), verb in _VERBS.items()
        if sources == {source} and all((pattern.lower(), sub) == (operation, "") for pattern, sub in guarded.operations)
    ]
    choices = {
        name: _choice(test, (lambda each: _PRINCIPALS.get(each.lower(), each)) if name == "principaltype" else names)
        for name, test in found.items()
    }
    if not verbs or None in choices.values():
        return None
    return verbs[0], _Assigning(*(choices.get(name) for name in ("roledefinitionid", "principaltype", "principalid")))


def _choice(test: Comparison, names: Names) -> _Choice | None:
    """The names in an equality test with literal values; None for any other test."""
    operator = OPERATORS.get(test.operator.lower())
    if operator is None or operator.relation is not Relation.EQUALS or not isinstance(test.right, Values):
        return None
    fitting = (Cross.ANY_ALL, Cross.ALL_ALL) if operator.negated else (Cross.ANY_ANY, Cross.ALL_ANY)
    if len(test.right.each) > 1 and test.cross not in fitting:
        return None
    return _Choice(", ".join(names(_guid(value.text)) for value in test.right.each), operator.negated)


def _guid(text: str) -> str:
    plain = typed(OperandKind.GUID, text)
    return f"{plain[:8]}-{plain[8:12]}-{plain[12:16]}-{plain[16:20]}-{plain[20:]}" if plain else text


# Everything else


def _pieces(attribute: ConditionAttribute) -> tuple[str, str, str]:
    """The source, and the parts before and after the colon, in lower case."""
    source, _, inside = attribute.text[1:-1].partition("[")
    path, _, name = inside.strip().lower().partition(":")
    return source.lower(), path, name


def _attribute_words(attribute: ConditionAttribute) -> str:
    _, path, name = _pieces(attribute)
    if path in _KEYED_ATTRIBUTES and name:
        return f"{_KEYED_ATTRIBUTES[path]} `{attribute.text[:-1].partition(':')[2].partition('<$')[0].strip()}`"
    return _ATTRIBUTE_NAMES.get(f"{path}:{name}" if name else path, attribute.text)


def _test_words(node: Node, names: Names) -> str:
    """The wording of tests of attributes; empty where there is none."""
    match node:
        case Comparison():
            return _comparison_words(node, names)
        case Exists(attribute=attribute):
            return f"{_attribute_words(attribute)} exists"
        case Not(part=Exists(attribute=attribute)):
            return f"{_attribute_words(attribute)} does not exist"
        case Not(part=Comparison() as test) if not test.cross:
            operator = OPERATORS.get(test.operator.lower())
            opposite = operator and next((each for each in OPERATORS.values() if _opposite(operator, each)), None)
            if opposite is None:
                return ""
            return _comparison_words(Comparison(test.left, opposite.name, test.right), names)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            joint = " and " if isinstance(node, AllOf) else " or "
            words = [_test_words(part, names) for part in parts]
            if not all(words):
                return ""
            return joint.join(
                f"({each})" if isinstance(part, AllOf | AnyOf) else each
                for part, each in zip(parts, words, strict=True)
            )
        case _:
            return ""


def _opposite(one: Operator, other: Operator) -> bool:
    return (one.kind, one.relation) == (other.kind, other.relation) and one.negated != other.negated


def _comparison_words(test: Comparison, names: Names) -> str:
    operator = OPERATORS.get(test.operator.lower())
    if operator is None or not isinstance(test.left, ConditionAttribute):
        return ""
    subject = _attribute_words(test.left)
    if test.cross in (Cross.ALL_ANY, Cross.ALL_ALL):
        subject = f"every {subject}"
    relation = _DENIED[operator.relation] if operator.negated else str(operator.relation)
    if operator.kind is OperandKind.TIME:
        relation = _TIMES.get(operator.relation, relation)
    ending = " in any case" if operator.kind is OperandKind.FOLDED else ""
    if isinstance(test.right, ConditionAttribute):
        many = {Cross.ONE: "", Cross.ANY_ANY: "a value of ", Cross.ALL_ANY: "a value of "}.get(test.cross)
        return f"{subject} {relation} {many}the {_attribute_words(test.right)}{ending}" if many is not None else ""
    values = [_value_words(operator, value.text, names) for value in test.right.each]
    if len(values) == 1:
        return f"{subject} {relation} {values[0]}{ending}"
    if operator.negated and test.cross in (Cross.ANY_ALL, Cross.ALL_ALL):
        return f"{subject} {relation} any of {', '.join(values)}{ending}"
    if operator.negated or test.cross not in (Cross.ANY_ANY, Cross.ALL_ANY):
        return ""
    return f"{subject} {relation} one of {', '.join(values)}{ending}"


def _value_words(operator: Operator, text: str, names: Names) -> str:
    match operator.kind:
        case OperandKind.GUID:
            return names(_guid(text))
        case OperandKind.NUMBER | OperandKind.TIME | OperandKind.TRUTH:
            return text
        case _:
            return f"`{text}`"
