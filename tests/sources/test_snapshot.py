"""Snapshots: one reading as a file, and the same reading out of it again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rbacgen import sources
from rbacgen.authorization import catalog
from rbacgen.authorization.catalog import Catalog
from rbacgen.model.assignment import (
    Activation,
    ActualDetails,
    Assignment,
    AzureRole,
    Permission,
    Principal,
    PrincipalType,
)
from rbacgen.model.problems import Position, RbacgenError
from rbacgen.model.scope import Scope, ScopeLevel
from rbacgen.model.source import Denial, Entry, Presence, Source, SourceKind
from rbacgen.model.state import Coverage, Part, State, Unread
from rbacgen.sources import snapshot

SUB = "/subscriptions/11111111-1111-1111-1111-111111111111"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
OWN = AzureRole(
    "cccccccc-0000-4000-8000-000000000001", "Own", (Permission(("a/read",)),), True, assignable_scopes=(SUB,)
)


def _role(role_id: str) -> AzureRole:
    found = catalog.load().find(role_id)
    assert found is not None
    return found


_GUIDS = st.uuids().map(str)
_WORDS = st.text(max_size=12)
_SCOPE_IDS = st.sampled_from(
    ["/", SUB, f"{SUB}/resourceGroups/RG-App", "/providers/Microsoft.Management/managementGroups/Mg-A"]
)
_REFERENCES = st.builds(
    lambda text, level: Scope(text, level, "", reference=True),
    st.sampled_from(["azurerm_x.y.id", 'a["b"].c']),
    st.sampled_from(list(ScopeLevel)),
)
_SCOPES = st.one_of(_SCOPE_IDS.map(Scope.of), _REFERENCES)
_INSTANTS = st.datetimes(timezones=st.just(UTC))
_POSITIONS = st.builds(Position, st.just("a/b.tf"), st.integers(0, 99), st.integers(0, 99))
_HELD = st.builds(
    ActualDetails,
    id=_WORDS,
    until=st.none() | _INSTANTS,
    through_pim=st.booleans(),
    created=_WORDS,
    unknown_fields=st.frozensets(st.sampled_from(["condition", "description", "until"])),
    address=_WORDS,
    at=st.none() | _POSITIONS,
)
_PRINCIPALS = st.one_of(
    st.builds(Principal, _GUIDS, st.sampled_from(list(PrincipalType)), _WORDS),
    st.builds(Principal, st.just("azuread_group.X.object_id"), st.just(PrincipalType.GROUP), _WORDS, st.just(True)),
)
_ROLES = st.one_of(
    st.sampled_from([READER, "b24988ac-6180-42a0-ab88-20f7382dd24c"]).map(_role),
    st.just(OWN),
    st.builds(AzureRole, _GUIDS, st.sampled_from(["", "Somebody's"])),
)
_ROWS = st.builds(
    Assignment,
    scope=_SCOPES,
    role=_ROLES,
    principal=_PRINCIPALS,
    activation=st.sampled_from(list(Activation)),
    condition=_WORDS,
    condition_version=st.sampled_from(["", "2.0"]),
    description=_WORDS,
    actual=_HELD,
)
_REACH = st.dictionaries(
    st.sampled_from(list(Part)), st.frozensets(st.sampled_from([SUB, "/"]), min_size=1).map(frozenset), max_size=3
)
_COVERAGES = st.builds(
    Coverage,
    below=_REACH,
    alone=_REACH,
    unread=st.lists(st.builds(Unread, _WORDS, st.sampled_from(list(Part)), _WORDS, _WORDS), max_size=2).map(tuple),
    everything=st.booleans(),
)
_DENIALS = st.builds(
    Denial,
    id=st.just("/deny"),
    name=_WORDS,
    scope=_SCOPE_IDS.map(Scope.of),
    permissions=st.just((Permission(("*",), condition="x", condition_version="2.0"),)),
    principals=st.lists(_GUIDS, max_size=2).map(tuple),
    excluded_principals=st.lists(_GUIDS, max_size=2).map(tuple),
    only_at_scope=st.booleans(),
    description=_WORDS,
)
_SOURCES = st.builds(
    lambda rows, coverage, **rest: Source(SourceKind.SNAPSHOT, "s.json", State(rows, coverage), **rest),
    st.lists(_ROWS, max_size=4),
    _COVERAGES,
    tenant=st.just("") | _GUIDS,
    taken=st.none() | _INSTANTS,
    definitions=st.just((OWN,)),
    denials=st.lists(_DENIALS, max_size=1).map(tuple),
    directory=st.dictionaries(
        _GUIDS,
        st.builds(Entry, st.sampled_from(list(Presence)), _WORDS, st.sampled_from(["User", "Group", ""])),
        max_size=3,
    ),
    notes=st.lists(_WORDS, max_size=2).map(tuple),
)


def same(one: Source, other: Source) -> bool:
    """Whether two readings are the same in everything."""
    return (
        list(one.state.items()) == list(other.state.items())
        and [each.scope.id for each in one.state] == [each.scope.id for each in other.state]
        and one.state.coverage == other.state.coverage
        and all(
            getattr(one, name) == getattr(other, name)
            for name in ("kind", "name", "tenant", "taken", "definitions", "denials", "directory", "notes")
        )
    )


@settings(deadline=None, max_examples=150)
@given(_SOURCES)
def test_a_reading_comes_back_as_it_was(source: Source) -> None:
    """With every field, coverage and note; and writing it once more gives the same bytes."""
    text = snapshot.dump(source, names=True)
    read_back = sources.read("s.json", text, catalog.load())
    assert same(read_back, source)
    assert snapshot.dump(read_back, names=True) == text


@settings(deadline=None, max_examples=100)
@given(_SOURCES)
def test_users_are_not_named(source: Source) -> None:
    """Nobody is named but groups and service principals, and nothing else is lost."""
    read_back = sources.read("s.json", snapshot.dump(source), catalog.load())
    for before, after in zip(source.state, read_back.state, strict=True):
        is_user = before.principal.type not in (PrincipalType.GROUP, PrincipalType.SERVICE_PRINCIPAL)
        assert after.principal.name == ("" if is_user else before.principal.name)
        assert replace(after, principal=before.principal) == before
    for object_id, before_entry in source.directory.items():
        entry = read_back.directory[object_id]
        assert (entry.presence, entry.type) == (before_entry.presence, before_entry.type)
        assert entry.name == (before_entry.name if before_entry.type == "Group" else "")


def row(number: int = 1, **changes: object) -> Assignment:
    """A group that reads a subscription."""
    who = Principal(f"aaaaaaaa-0000-4000-8000-00000000000{number}", PrincipalType.GROUP, f"grp-{number}")
    return replace(Assignment(Scope.of(SUB), _role(READER), who), **changes)


def taken(*rows: Assignment, **changes: object) -> Source:
    """A reading of these rows."""
    return replace(Source(SourceKind.AZURE, "azure", State(rows, Coverage())), **changes)


def test_the_file_is_made_for_version_control() -> None:
    """One assignment a line, sorted: another one is another line and nothing else."""
    one = snapshot.dump(taken(row(1), row(3))).split("\n")
    two = snapshot.dump(taken(row(3), row(2), row(1))).split("\n")
    assert [line for line in two if line not in one] == [
        f'  {{"scope":"{SUB}","role":"Reader","role_id":"{READER}",'
        '"principal":"aaaaaaaa-0000-4000-8000-000000000002","type":"Group","name":"grp-2"},'
    ]
    assert [line for line in one if line not in two] == []
    assert two[:3] == ["{", ' "format_version": 1,', ' "kind": "rbacgen snapshot",']


def test_the_instants_are_in_utc() -> None:
    """Whatever zone they were read in."""
    summer = timezone(timedelta(hours=2))
    source = taken(
        row(actual=ActualDetails(until=datetime(2027, 7, 1, 2, tzinfo=summer))),
        taken=datetime(2026, 7, 1, 1, tzinfo=summer),
    )
    text = snapshot.dump(source)
    assert '"until":"2027-07-01T00:00:00Z"' in text
    assert '"taken": "2026-06-30T23:00:00Z"' in text


def test_a_newer_snapshot_is_refused(roles: Catalog) -> None:
    """With what to do, and without guessing at its parts."""
    text = snapshot.dump(taken(row())).replace('"format_version": 1', '"format_version": 2').replace("scope", "place")
    with pytest.raises(
        RbacgenError, match=r"s\.json is a snapshot of format_version 2, and this rbacgen reads 1"
    ) as fault:
        sources.read("s.json", text, roles)
    assert "update rbacgen" in fault.value.hint


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('"scope":"/', '"scope":"', "a scope does not begin with /"),
        ('"scope":', '"place":', "(at assignments[0])"),
        ('"type":"Group"', '"type":7', "(at assignments[0].type)"),
        ('"type":"Group"', '"activation":"now"', "(at assignments[0].activation)"),
        ('"taken": null', '"taken": "2026-01-01T00:00:00"', "(at taken)"),
        ('"taken": null', '"taken": "9999-12-31T23:00:00-02:00"', ""),
        ('"tenant": ""', '"tenant": "contoso"', "(at tenant)"),
        ('"tenant": ""', '"tenant": "6f89cf12-978b-4d23-ac18-9ef0c127cf87\\nx: y"', "(at tenant)"),
        ('"tenant": ""', '"tenant": "6f89cf12-978b-4d23-ac18-9ef0c127cf87\\n"', "(at tenant)"),
        ('"everything": false', '"everything": "no"', "(at everything)"),
        ('"read": {}', '"read": {"weather": {}}', ""),
        (
            '"read": {}',
            '"read": {"assignments": {"below": ["/subscriptions"]}}',
            "`read` names something that is not a scope (assignments)",
        ),
        ('"read": {}', '"read": {"assignments": {"below": ["/subscriptions/"]}}', "is not a scope"),
        ('"read": {}', '"read": {"eligibilities": {"alone": ["/subscriptions/dev"]}}', "is not a scope"),
        ('"read": {}', '"read": {"assignments": {"below": [""]}}', "is not a scope"),
    ],
)
def test_a_damaged_snapshot_is_refused(old: str, new: str, where: str, roles: Catalog) -> None:
    """With the place, and without what stands there."""
    text = snapshot.dump(taken(row()))
    assert old in text
    with pytest.raises(RbacgenError, match=r"s\.json is a damaged snapshot") as fault:
        sources.read("s.json", text.replace(old, new), roles)
    assert where in fault.value.message
    assert "rbacgen snapshot" in fault.value.hint


@pytest.mark.parametrize("member", json.loads(snapshot.dump(Source(SourceKind.AZURE, "azure", State(())))))
def test_a_snapshot_that_was_cut_is_refused(member: str, roles: Catalog) -> None:
    """Without what was not read it would pass for the whole, and without its rows for an empty tenant."""
    content = json.loads(snapshot.dump(taken(row())))
    del content[member]
    with pytest.raises(RbacgenError, match=r"damaged snapshot|not a source of access") as fault:
        sources.read("s.json", json.dumps(content), roles)
    if member != "kind":
        assert fault.value.message == f"s.json is a damaged snapshot: `{member}` is missing"


def test_an_assignment_that_stands_there_twice_is_damage(roles: Catalog) -> None:
    """As after a merge: which of the two is right, nobody knows."""
    text = snapshot.dump(taken(row()))
    line = next(each for each in text.split("\n") if "grp-1" in each)
    doubled = text.replace(line, f"{line},\n{line}")
    with pytest.raises(RbacgenError, match="contains an assignment twice"):
        sources.read("s.json", doubled, roles)


def test_a_role_of_the_snapshot_is_known_by_its_definition(roles: Catalog) -> None:
    """Before the catalogue: it is the tenant's own."""
    read_back = sources.read("s.json", snapshot.dump(taken(row(role=OWN), definitions=(OWN,))), roles)
    assert [each.role for each in read_back.state] == [OWN]
