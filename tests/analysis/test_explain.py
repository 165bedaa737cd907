"""All access of somebody on a page, each assignment back to the responsibility that it is for."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from msgspec import json

from rbacgen.analysis.explain import Explanation
from rbacgen.analysis.names import caller
from rbacgen.commands import explain, load
from rbacgen.commands.open_source import Connect
from rbacgen.model.problems import RbacgenError
from rbacgen.reports.json import explain as explain_document
from rbacgen.reports.json import text as json_text
from rbacgen.reports.text import explain as explain_text
from rbacgen.sources import snapshot
from tests.fakes.actual import as_held, foreign, source
from tests.fakes.world import DEV, OPERATORS, TODAY, World

EXAMPLE = Path(__file__).parents[2] / "examples" / "fraud-detection"


def nothing(*_: object) -> object:
    """What connects to Azure, in tests that must not."""
    raise AssertionError("no test of this file asks Azure")


NOWHERE: Connect = nothing  # type: ignore[assignment]


def page(found: Explanation, width: int) -> str:
    """The text of it; everybody in these projects has a name of the project's."""
    return explain_text.report(found, lambda principal: principal.name, width)


def explained(project: Path, about: str, of: str | None = None, day: datetime.date = TODAY) -> Explanation:
    """What `explain` says of somebody."""
    result = explain.explain(str(project), day, about, of, NOWHERE)
    found, complete = result.explanation, result.is_complete
    assert complete
    return found


@cache
def mlops_roles() -> tuple[str, ...]:
    """The project roles of the example, and its workloads."""
    return tuple(load.work_out(str(EXAMPLE), TODAY).project.mapping.roles)


def people() -> list[str]:
    """The fifteen project roles of people."""
    known = load.work_out(str(EXAMPLE), TODAY).project.mapping.roles
    return [name for name, role in known.items() if not role.is_workload]


def test_there_are_fifteen() -> None:
    """The test below is of all of them."""
    assert len(people()) == 15


@pytest.mark.parametrize("role", people())
def test_each_project_role_fits_on_a_page_and_names_what_every_grant_is_for(role: str) -> None:
    """At most 60 lines of at most 80 columns (ids that cannot be broken apart); a responsibility below every Azure role."""
    found = explained(EXAMPLE, role)
    text = page(found, 80)
    lines = text.splitlines()
    assert len(lines) <= 60
    assert [line for line in lines if len(line) > 80 and " " in line.strip()] == []
    known = load.work_out(str(EXAMPLE), TODAY).project.mapping.roles[role]
    responsibilities = {each.id for each in known.responsibilities}
    for each in found.granted:
        assert each.reasons
        assert {reason.responsibility for reason in each.reasons} <= responsibilities
        assert each.azure_role.name in text
    named = {reason.responsibility for each in found.granted for reason in each.reasons}
    assert all(responsibility in text.replace("\n      ", " ") for responsibility in named)
    # Every responsibility is there: by what it is granted, or as taking no access.
    assert named | {name for name, _ in found.idle} == responsibilities


def test_a_project_role_by_itself(world: World) -> None:
    """By scope kind in the mapping's order, joined over environments, with what is eligible and who holds it."""
    project = world.write()
    found = explained(project, "operator")
    assert [(each.azure_role.name, each.scope_kind, each.environments) for each in found.granted] == [
        ("Reader", "root", ("prod",)),
        ("Reader", "landing_zone", ("prod",)),
        ("Reader", "subscription", ("prod",)),
        ("Contributor", "group", ("dev", "prod")),
        ("Tiny Observer", "vault", ("dev", "prod")),
    ]
    assert found.team_members == (("grp-operators", ()),)
    text = page(found, 80)
    assert "group\n  Contributor: dev prod, eligible\n    keep_running\n" in text
    assert text.startswith("Operator (project role)\n")
    assert "outside Azure: pagerduty (`rbacgen check --outside`)" in text


def test_a_custom_role_is_one_role_for_people(world: World) -> None:
    """It has an id of its own in each subscription."""
    found = explained(world.write(), "developer")
    (observer,) = (each for each in found.granted if each.azure_role.name == "Tiny Observer")
    assert len(observer.scopes) == 2


def test_what_a_project_role_opens_and_must_not_and_does_not_take(world: World) -> None:
    """Paths to more by operation, the count of lines, the duties without access."""
    found = explained(world.write(), "developer")
    assert (found.must_not, found.idle) == (1, (("talk", "People only"),))
    (contributor,) = (
        each for each in explained(world.write(), "operator").granted if each.azure_role.name == "Contributor"
    )
    assert "Microsoft.Storage/storageAccounts/listkeys/action" in {each.operation for each in contributor.escalations}
    text = page(explained(world.write(), "operator"), 80)
    assert "makes escalation possible: " in text


def test_what_is_not_bound_yet_is_marked(world: World) -> None:
    """It is supposed to be where the mapping says."""
    world.mapping["scope_kinds.yaml"]["shelf"] = {"says": "A second vault", "type": "Microsoft.KeyVault/vaults", "under": "group"}  # fmt: skip
    world.mapping["capabilities/all.yaml"]["see_shelf"] = {"says": "See it", "grants": [{"azure_role": "Reader", "on": "shelf"}]}  # fmt: skip
    world.mapping["roles/cook.yaml"] = {
        "project_role": "cook",
        "title": "Cook",
        "family": "Makers",
        "responsibilities": [{"id": "cook", "does": "Cook", "takes": ["see_shelf"]}],
    }
    found = explained(world.write(), "cook")
    assert [each.supposed for each in found.granted] == [True]
    text = page(found, 80)
    assert "Reader: dev prod, not bound yet" in text
    assert "unassigned" in text


def test_somebody_of_the_team(world: World) -> None:
    """What they have, for which project role, and what is not known of the groups they may be in."""
    world.project["team"]["developer"].append(
        {"user": "ana@contoso.example", "id": "aaaaaaaa-0000-4000-8000-00000000000a"}
    )
    found = explained(world.write(), "ana@contoso.example")
    assert (found.kind, found.team_members) == ("user", (("Developer", ()),))
    assert {each.azure_role.name for each in found.granted} == {"Key Vault Secrets User", "Tiny Observer"}
    (note,) = found.notes
    assert note.startswith("who is in grp-developers, grp-operators is not known")
    assert explained(world.write(), "grp-operators").notes == ()


def test_an_azure_role_and_a_capability(world: World) -> None:
    """Everybody who has it, where and why."""
    project = world.write()
    role = explained(project, "tiny observer")
    assert {(each.subject.name, each.scope_kind) for each in role.granted} == {
        ("grp-developers", "vault"),
        ("grp-operators", "vault"),
    }
    built_in = explained(project, "key vault secrets user")
    assert [each.subject.name for each in built_in.granted] == ["grp-developers"]
    capability = explained(project, "observe")
    assert capability.team_members == (("Developer: write_code", ()), ("Operator: keep_running", ()))
    assert "for grp-developers" in page(capability, 80)


@pytest.mark.parametrize("about", ["everyone", "nobody", "Key Vault Secret User"])
def test_what_cannot_be_explained_says_what_can(world: World, about: str) -> None:
    """A sentence and a hint."""
    with pytest.raises(RbacgenError) as raised:
        explained(world.write(), about)
    assert raised.value.hint


def snapshot_of(world: World, *more: object) -> str:
    """A snapshot of what an apply leaves, and more."""
    checked = world.work_out()
    path = world.folder / "held.json"
    path.write_text(snapshot.dump(source([*as_held(checked), *more], checked)))  # type: ignore[list-item]
    return str(path)


def test_what_a_source_holds_beyond_the_project(world: World) -> None:
    """With its reasons where the project wants it, and as unwanted where it does not."""
    vault = f"/subscriptions/{DEV}/resourceGroups/rg-dev/providers/Microsoft.KeyVault/vaults/kv-dev"
    path = snapshot_of(world, foreign(vault, principal=OPERATORS))
    found = explained(world.write(), "grp-operators", path)
    owner = next(each for each in found.granted if each.azure_role.name == "Owner")
    assert (owner.reasons, owner.environments, owner.scope_kind) == ((), ("dev",), "vault")
    assert all(each.reasons for each in found.granted if each is not owner)
    assert "vault\n  Owner: dev\n    not in the project file\n" in page(found, 80)


def test_the_form_has_all_of_it(world: World) -> None:
    """Every role with every reason and the places of both its lines, and the paths to more."""
    result = explain.explain(str(world.write()), TODAY, "operator", None, NOWHERE)
    found, complete, project = result.explanation, result.is_complete, result.of
    called: Callable[..., str] = caller(project, False)
    content = json.decode(json_text(explain_document.document(found, complete, called)))
    assert (content["format_version"], content["complete"], content["about"]) == (1, True, "Operator")
    (contributor,) = (each for each in content["granted"] if each["azure_role"]["name"] == "Contributor")
    (why,) = contributor["why"]
    assert (why["responsibility"], why["capability"], why["does"]) == ("keep_running", "keep_group", "Keep it running")
    assert why["grant_at"]["file"].endswith("all.yaml")
    assert contributor["activation"] == "eligible"
    assert contributor["environments"] == ["dev", "prod"]
    assert contributor["bound"] is True
