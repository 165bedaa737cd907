"""Names for what was found: environments, scope kinds and project roles, named as a person would expect."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from rbacgen.analysis.bootstrap.expressible import type_of
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.project.document import WORDS_OF_YAML

LONGEST = 50  # an identifier takes 63 characters; what is made of a name needs some of them
STAGES = {
    "dev": ("dev", "develop", "development", "devel"),
    "test": ("test", "tst", "qa", "uat", "staging", "stage", "stg", "acc", "int"),
    "prod": ("prod", "prd", "production", "live"),
}
_STAGE_OF = {word: stage for stage, words in STAGES.items() for word in words}
_KINDS_OF_PRINCIPAL = {"grp", "group", "sg", "aad", "entra", "sp", "spn", "id", "mi", "uami"}
_OTHERS = re.compile(r"[^a-z0-9]+")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def word(text: str) -> str:
    """The text in lower-case ASCII letters and digits with single underscores; empty where nothing is left of it."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _OTHERS.sub("_", folded).strip("_")


def identifier(text: str, identity: str, taken: set[str]) -> str:
    """A new identifier of this text, which is then taken; a hash of the identity makes it unique where needed."""
    plain = word(text)
    if not plain or not plain[0].isalpha() or plain in WORDS_OF_YAML:
        plain = f"x_{plain}".rstrip("_")
    mark = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()
    name = plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 9].rstrip('_')}_{mark[:8]}"
    length = 8
    while name in taken:
        name = f"{plain[: LONGEST - length - 1].rstrip('_')}_{mark[:length]}"
        length += 8
    taken.add(name)
    return name


# Environments


def environments(scopes: Mapping[str, Iterable[Scope]]) -> dict[str, str]:
    """A name for each subscription: the stage that most of its scopes are named for, else of its id; stages first.

    `scopes` holds the scopes that were found in each subscription.
    """
    stages = {subscription: _stage(found) for subscription, found in scopes.items()}
    counted = Counter(stages.values())
    order = {stage: index for index, stage in enumerate(STAGES)}
    taken: set[str] = set()
    named: dict[str, str] = {}
    for subscription in sorted(stages, key=lambda each: (order.get(stages[each], len(order)), each)):
        stage = stages[subscription]
        short = subscription[:8]
        plain = f"sub_{short}" if not stage else stage if counted[stage] == 1 else f"{stage}_{short}"
        named[subscription] = identifier(plain, subscription, taken)
    return named


def _stage(scopes: Iterable[Scope]) -> str:
    """The stage that most of the names contain; empty where none does, or two do as often."""
    names = {name for scope in scopes for name in _names_in(scope)}
    votes = Counter(stage for name in names for stage in {_STAGE_OF.get(each, "") for each in word(name).split("_")})
    del votes[""]
    first = votes.most_common(2)
    return first[0][0] if len(first) == 1 or (first and first[0][1] > first[1][1]) else ""


def _names_in(scope: Scope) -> list[str]:
    """The names in a scope below its subscription: of the resource group, and of the resource and those above it."""
    segments = scope.folded.split("/")
    return [*segments[4:5], *segments[8::2]]


def without_stage(name: str, environment: str) -> str:
    """The words of a name without those of its environment's stage, so that alike resources of stages get one name."""
    words_of_stage = set(STAGES.get(environment.split("_")[0], ()))
    words = word(name).split("_")
    kept = [each for each in words if each not in words_of_stage]
    if len(kept) == len(words) == 1:
        end = next((each for each in sorted(words_of_stage, key=len, reverse=True) if words[0].endswith(each)), "")
        kept = [words[0].removesuffix(end)] if len(words[0]) > len(end) + 2 else words
    return "_".join(kept) or word(name)


# Scope kinds


class DraftScopeKind(Struct, frozen=True):
    """A scope kind: its name, its type as a mapping writes it, and the scope in each environment that has one."""

    name: str
    type: str
    type_word: str
    scopes: Mapping[str, Scope]


def kinds(scopes: Iterable[tuple[str, Scope]]) -> tuple[DraftScopeKind, ...]:
    """One kind for the scopes that are alike in type and, but for the stage, in name; each comes with its environment.

    No kind has two scopes in one environment: those are distinguished by whole names, then by their resource groups.
    """
    remaining = sorted(set(scopes), key=lambda each: (each[0], each[1].folded))
    found: list[tuple[str, str, dict[str, Scope]]] = []
    types = _types(scope for _, scope in remaining)
    for depth in range(4):
        grouped: dict[tuple[str, str], list[tuple[str, Scope]]] = {}
        for environment, scope in remaining:
            type_ = types[_folded_type(scope)]
            grouped.setdefault((type_, _called(scope, environment, depth)), []).append((environment, scope))
        remaining = []
        for (type_, called), members in sorted(grouped.items()):
            if len({environment for environment, _ in members}) == len(members):
                found.append((type_, called, dict(members)))
            else:
                remaining += members
    counted = Counter(type_ for type_, _, _ in found)
    taken: set[str] = {"subscription", "resource_group"}
    made = []
    for type_, called, members_of in sorted(found, key=lambda each: (each[0], each[1])):
        type_word = word_of_type(type_)
        if type_ in ("subscription", "tenant"):
            name = type_
        else:
            plain = type_word if counted[type_] == 1 and type_ != "resource_group" else f"{type_word}_{called}"
            identity = "|".join(scope.folded for scope in members_of.values())
            name = identifier(plain.replace("resource_group_rg_", "resource_group_"), identity, taken)
        made.append(DraftScopeKind(name, type_, type_word, members_of))
    return tuple(made)


def _folded_type(scope: Scope) -> str:
    return type_of(scope).lower() if scope.level is ScopeLevel.RESOURCE else str(scope.level)


def _types(scopes: Iterable[Scope]) -> dict[str, str]:
    """Each type in one spelling; of several, the one with capitals."""
    spelled: dict[str, str] = {}
    for scope in scopes:
        type_ = type_of(scope) if scope.level is ScopeLevel.RESOURCE else str(scope.level)
        spelled[type_.lower()] = min(type_, spelled.get(type_.lower(), type_))
    return spelled


def _called(scope: Scope, environment: str, depth: int) -> str:
    """What to call a scope: longer with each `depth`, to distinguish two; at the end its whole id."""
    if scope.level in (ScopeLevel.SUBSCRIPTION, ScopeLevel.TENANT):
        return ""
    name = scope.folded.rpartition("/")[2]
    match depth:
        case 0:
            return without_stage(name, environment)
        case 1:
            return word(name)
        case 2:
            return "_".join(word(each) for each in _names_in(scope))
        case _:
            return scope.folded


def word_of_type(type_: str) -> str:
    """A resource type as an identifier of its singular: `storage_account`, `resource_group`."""
    provider, _, path = type_.rpartition(".")[2].partition("/")
    if not path:
        return word(type_)
    last = _singular(_snake(path.rpartition("/")[2]))
    if "_" in last:
        return last
    service = _snake(provider)
    return service if service.split("_")[-1] == last else f"{service}_{last}"


def _snake(text: str) -> str:
    return word(_HUMPS.sub("_", text))


def _singular(text: str) -> str:
    if text.endswith("ies"):
        return f"{text[:-3]}y"
    return text if text.endswith(("ss", "is", "us")) or not text.endswith("s") else text[:-1]


# Project roles


def of_principals(names: Sequence[str], environments_of: Sequence[str]) -> str:
    """What principals of these names are, where their names agree but for kind and stage; else an empty string."""
    found = {_of_principal(name, environments_of) for name in names}
    return found.pop() if len(found) == 1 else ""


def _of_principal(name: str, environments_of: Sequence[str]) -> str:
    words = word(name.partition("@")[0]).split("_")
    while len(words) > 1 and words[0] in _KINDS_OF_PRINCIPAL:
        words.pop(0)
    for environment in environments_of:
        words = without_stage("_".join(words), environment).split("_")
    return "_".join(words)


def of_roles(role_names: Iterable[str]) -> str:
    """What somebody with these Azure roles can do: `key_vault_secrets_user`, `reader_and_contributor`."""
    names = sorted(set(role_names))
    if len(names) <= 2:
        return "_and_".join(word(name) for name in names)
    return f"{word(names[0])}_and_{len(names) - 1}_more"
