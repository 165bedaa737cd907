"""The catalogue of Azure roles: what ships, how a role is found, and how roles join."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rbacgen.authorization.catalog import Catalog, CatalogError, load
from rbacgen.authorization.permissions import role_allows
from rbacgen.model.assignment import AzureRole, Permission, Plane
from rbacgen.model.problems import RbacgenError

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
OWN_ID = "0f6c0000-0000-4000-8000-000000000001"

FORMER_NAMES = {
    "Azure AI Account Owner": "Foundry Account Owner",
    "Azure AI Project Manager": "Foundry Project Manager",
    "Azure AI User": "Foundry User",
    "Azure Container Registry secure supply chain operator service role": "Defender Registry Access",
    "Defender CSPM Storage Data Scanner": "Defender Sensitive Data Discovery",
    "Impact Reporter": "Azure impact Reporter role",
    "Kubernetes Agent Operator": "Defender Containers Sensor",
    "Kubernetes Agentless Operator": "Defender Kubernetes API Access",
    "Logic Apps Standard Contributor (Preview)": "Logic Apps Standard Contributor",
    "Logic Apps Standard Developer (Preview)": "Logic Apps Standard Developer",
    "Logic Apps Standard Operator (Preview)": "Logic Apps Standard Operator",
    "Logic Apps Standard Reader (Preview)": "Logic Apps Standard Reader",
    "Trusted Signing Certificate Profile Signer": "Artifact Signing Certificate Profile Signer",
    "Trusted Signing Identity Verifier": "Artifact Signing Identity Verifier",
    "VM Scanner Operator": "Defender Agentless VM Scan",
}


def found(text: str) -> AzureRole:
    role = load().find(text)
    assert role is not None, text
    return role


def test_what_ships() -> None:
    """928 listed roles and 39 that no list at a subscription shows, as of one day."""
    catalog = load()
    roles = list(catalog)
    assert (len(catalog), len(catalog.unlisted), catalog.date) == (967, 39, "2026-08-22")
    listed = [role for role in roles if role.id not in catalog.unlisted]
    assert len(listed) == 928
    assert not any(role.custom for role in roles)
    assert sum(role.preview for role in listed) == 38
    assert sum(bool(role.deprecated) for role in listed) == 11
    assert sum(len(role.permissions) == 2 for role in listed) == 14
    assert sum(len(role.permissions) == 3 for role in listed) == 2
    assert sum(any(each.condition for each in role.permissions) for role in listed) == 29


def test_ids_and_names_are_unique() -> None:
    roles = list(load())
    assert len({role.id for role in roles}) == len({role.name.lower() for role in roles}) == len(roles)
    assert load().names() == tuple(role.name for role in roles)


def test_every_role_is_found_by_id_and_name() -> None:
    """Each line of the shipped file can be reached by bisection, first and last included."""
    for role in load():
        assert found(role.id) is role
        assert found(role.name) is role


@pytest.mark.parametrize(
    "text",
    [
        "Reader",
        "  reader ",
        "READER",
        READER,
        READER.upper(),
        f"/providers/Microsoft.Authorization/roleDefinitions/{READER}",
        f"/subscriptions/6082bfda-63d0-46f4-8272-ae9195139feb/providers/microsoft.authorization/ROLEDEFINITIONS/{READER}",
        f"providers/Microsoft.Authorization/roleDefinitions/{READER}",
    ],
)
def test_a_role_is_found_by_what_people_write(text: str) -> None:
    assert found(text).id == READER


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Reader!",
        "00000000-0000-0000-0000-000000000000",
        "/providers/Microsoft.Authorization/roleDefinitions/00000000-0000-0000-0000-000000000000",
        f"/providers/Microsoft.Other/roleDefinitions/{READER}",
    ],
)
def test_what_is_no_role_is_not_found(text: str) -> None:
    assert load().find(text) is None


def test_all_former_names_lead_to_the_present_role() -> None:
    for before, now in FORMER_NAMES.items():
        assert found(before).name == now
        assert found(before.upper()).former_names == (before,)
    assert sum(len(role.former_names) for role in load()) == len(FORMER_NAMES)


def test_service_scoped_roles_are_there() -> None:
    """Reservations Administrator can be assigned below its own provider only."""
    role = found("Reservations Administrator")
    assert role.id == "a8889054-8d42-49c9-bc1c-52486c10e7cd"
    assert role.assignable_scopes == ("/providers/Microsoft.Capacity",)
    assert role.id in load().unlisted


def test_definitions_are_whole() -> None:
    """Permission strings, notActions, conditions inside a definition, marks."""
    scientist = found("AzureML Data Scientist")
    assert role_allows(scientist, "Microsoft.MachineLearningServices/workspaces/read", Plane.CONTROL)
    assert not role_allows(scientist, "Microsoft.MachineLearningServices/workspaces/computes/write", Plane.CONTROL)
    key_admin = found("Key Vault Data Access Administrator")
    assert any("ActionMatches" in permission.condition for permission in key_admin.permissions)
    assert {permission.condition_version for permission in key_admin.permissions} == {"2.0"}
    assert found("AcrImageSigner").deprecated == "planned"
    assert found("AzureML Metrics Writer (preview)").preview


def test_texts_are_trimmed() -> None:
    """Azure itself has a role name and a permission string that end in a blank."""
    for role in load():
        assert role.name == role.name.strip()
        for permission in role.permissions:
            for pattern in (*permission.actions, *permission.not_actions, *permission.data_actions):
                assert pattern == pattern.strip()


def test_near_misses_name_present_roles() -> None:
    """A typing error in a former name leads to the present one."""
    catalog = load()
    assert catalog.near("Storage Blob Data Raeder")[0] == "Storage Blob Data Reader"
    assert catalog.near("azureml data sientist", 1) == ("AzureML Data Scientist",)
    assert catalog.near("Azure AI Usr")[0] == "Foundry User"
    assert catalog.near("zzzzqqqq") == ()
    assert len(catalog.near("Storage Blob Data", 2)) == 2


def test_search_by_words() -> None:
    """All words, in any order, without case."""
    catalog = load()
    names = [role.name for role in catalog.search("data STORAGE blob")]
    assert {"Storage Blob Data Contributor", "Storage Blob Data Owner", "Storage Blob Data Reader"} <= {*names}
    assert names == sorted(names, key=str.lower)
    assert all("blob" in name.lower() and "storage" in name.lower() for name in names)
    assert catalog.search("no such thing") == ()
    assert len(catalog.search("")) == len(catalog)


def test_a_name_with_a_slash_is_no_operation() -> None:
    assert [role.name for role in load().search("SignalR/Web")] == ["SignalR/Web PubSub Contributor"]


def test_search_by_operation() -> None:
    """Roles that grant it, on the plane that is asked for."""
    catalog = load()
    operation = "Microsoft.KeyVault/vaults/keys/read"
    both, control = catalog.search(operation), catalog.search(operation, Plane.CONTROL)
    data = catalog.search(operation, Plane.DATA)
    assert {role.name for role in both} == {role.name for role in (*control, *data)}
    assert "Reader" in {role.name for role in control} - {role.name for role in data}
    assert "Key Vault Crypto Officer" in {role.name for role in data}
    assert all(role_allows(role, operation, Plane.DATA) for role in data)


def own(name: str = "Endpoint Invoker", **fields: object) -> AzureRole:
    role = AzureRole(OWN_ID, name, (Permission(actions=("a/read",)),), custom=True, assignable_scopes=("/x",))
    return replace(role, **fields)


def test_a_custom_role_joins() -> None:
    """The catalogue that it joins is not changed."""
    catalog = load().with_roles([own()])
    assert catalog.find("endpoint invoker") == own() == catalog.find(OWN_ID)
    assert len(catalog) == 968
    assert catalog.names().count("Endpoint Invoker") == 1
    assert load().find("Endpoint Invoker") is None
    assert (catalog.date, catalog.unlisted) == (load().date, load().unlisted)


def test_a_custom_role_that_azure_has_not_created_needs_no_id() -> None:
    roles = [own(id=""), own(id="", name="Another")]
    catalog = load().with_roles(roles)
    assert [catalog.find(role.name) for role in roles] == roles
    assert catalog.find("") is None


def test_the_same_id_takes_the_place() -> None:
    """A renamed built-in role is found by both names, and keeps the marks that a list does not tell."""
    old = found("AzureML Metrics Writer (preview)")
    new = replace(old, name="Metrics Writer", preview=False, permissions=())
    catalog = load().with_roles([new])
    assert len(catalog) == len(load())
    assert catalog.find(old.name) == catalog.find("metrics writer")
    role = catalog.find(old.id)
    assert role is not None
    assert (role.name, role.former_names, role.preview) == ("Metrics Writer", (old.name,), True)
    again = catalog.with_roles([new]).find(old.id)
    assert again == role


def test_a_role_that_gets_its_old_name_back_has_it_as_a_former_name_no_more() -> None:
    back = replace(found("Foundry User"), name="Azure AI User", former_names=())
    role = load().with_roles([back]).find("Foundry User")
    assert role is not None
    assert (role.name, role.former_names) == ("Azure AI User", ("Foundry User",))


@pytest.mark.parametrize("reverse", [False, True])
def test_a_custom_role_with_a_built_in_name_is_refused(reverse: bool) -> None:
    """Both roles are named, whichever came first."""
    roles = [own("READER"), found("Reader")]
    with pytest.raises(CatalogError) as caught:
        load().without([READER]).with_roles(roles[::-1] if reverse else roles)
    assert isinstance(caught.value, RbacgenError)
    assert str(caught.value) == (
        f"the custom role 'READER' ({OWN_ID}) has the name of the built-in role 'Reader' ({READER})"
    )


def test_two_custom_roles_of_one_name_are_refused() -> None:
    with pytest.raises(CatalogError, match="the custom role 'Endpoint Invoker'"):
        load().with_roles([own(), own(id="0f6c0000-0000-4000-8000-000000000002")])


def test_a_present_name_wins_over_a_former_one() -> None:
    """Azure may give a new role the name that another one had."""
    fresh = AzureRole(OWN_ID, "Azure AI User")
    catalog = load().with_roles([fresh])
    assert catalog.find("Azure AI User") == fresh


def test_of_two_built_in_roles_with_one_name_the_newer_is_found() -> None:
    fresh = AzureRole("00000000-0000-4000-8000-000000000001", "Reader")
    assert load().with_roles([fresh]).find("Reader") == fresh


def test_roles_can_be_left_out() -> None:
    catalog = load().without([READER.upper(), "00000000-0000-0000-0000-000000000000"])
    assert catalog.find("Reader") is None
    assert READER not in catalog
    assert READER in load()
    assert len(catalog) == 966


NAMES = st.text(min_size=1, max_size=12).map(str.strip).filter(bool)


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(st.uuids(version=4).map(str), NAMES, max_size=5))
def test_whatever_joins_is_found(named: dict[str, str]) -> None:
    """By id always; by name unless its name is taken."""
    roles = [AzureRole(role_id, f"x {name}") for role_id, name in named.items()]
    catalog = load().with_roles(roles)
    for role in roles:
        assert catalog.find(role.id) == role
        by_name = catalog.find(role.name)
        assert by_name is not None
        assert by_name.name.lower() == role.name.lower()


def test_a_catalogue_is_loaded_once() -> None:
    assert load() is load()
    assert isinstance(load(), Catalog)


def test_looking_up_a_role_imports_little() -> None:
    """A command that names one Azure role should not wait for modules that it does not use."""
    code = (
        "import sys, json, rbacgen.model.assignment, rbacgen.model.problems; before = set(sys.modules)\n"
        "from rbacgen.authorization.catalog import load; assert load().find('Reader')\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    own = {
        "rbacgen.authorization",
        "rbacgen.authorization.catalog",
        "rbacgen.authorization.catalog.encoding",
        "rbacgen.authorization.catalog.roles",
        "rbacgen.authorization.patterns",
        "rbacgen.authorization.permissions",
        "rbacgen.authorization.automaton",
        "rbacgen.authorization.pattern_search",
        "rbacgen.authorization.regions",
    }
    assert {*output.split()} - {"__future__"} == own
