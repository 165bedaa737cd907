"""Labels of resources: from meaning alone, never the same twice, and the same whatever stands beside them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rbacgen.terraform import addresses

# Names that collapse to each other, names that nothing is left of, and long ones.
NAMES = st.lists(
    st.sampled_from(["a", "A", "á", "b", "1", " ", "-", "_", ".", "日", "\u202e", "long" * 12]), min_size=1, max_size=5
).map("".join)
PARTS = st.tuples(NAMES, st.sampled_from(["Reader", "Contributor"]), st.sampled_from(["vault", "group"]))
no_deadline = settings(deadline=None)  # a busy machine is no fault
TYPES = st.sampled_from(["azurerm_role_assignment", "azurerm_pim_eligible_role_assignment"])
WANTED = st.dictionaries(st.integers(0, 40), st.tuples(TYPES, PARTS), max_size=12).map(
    lambda found: {key: (type_, parts, f"identity {key}") for key, (type_, parts) in found.items()}
)


@pytest.mark.parametrize(
    ("parts", "label"),
    [
        (
            ("grp-Data Scientists", "AzureML Data Scientist", "workspace"),
            "grp_data_scientists__azureml_data_scientist__workspace",
        ),
        (("ann.o'brien@contoso.example", "Reader", "group"), "ann_o_brien_contoso_example__reader__group"),
        (("Équipe Ökonomie", "Reader"), "equipe_okonomie__reader"),
        (("1st team", "Reader"), "_1st_team__reader"),
        (("--a--b--", "", "c"), "a_b__c"),
        (("日本", "Reader"), "xcf2abf0c__reader"),
    ],
)
def test_a_label_says_who_what_and_where(parts: tuple[str, ...], label: str) -> None:
    """In lower-case ASCII; a name of which nothing is left there is a short hash."""
    assert addresses.label(*parts) == label


@no_deadline
@given(st.lists(st.text(min_size=1, max_size=200), min_size=1, max_size=3))
def test_a_label_is_one_for_every_terraform(parts: list[str]) -> None:
    """Letters, digits and underscores, no digit in front, and of a length that a person can bear."""
    label = addresses.label(*parts)
    assert re.fullmatch(r"[a-z_][a-z0-9_]*", label)
    assert len(label) <= addresses.LONGEST + 1
    assert label == addresses.label(*parts)


def test_long_labels_differ_where_their_ends_do() -> None:
    """What is cut off is in the hash."""
    one, other = (addresses.label("long name " * 20 + end, "Reader", "group") for end in ("a", "b"))
    assert one != other
    assert len(one) == len(other) == addresses.LONGEST


@no_deadline
@given(WANTED)
def test_no_two_resources_of_a_type_have_one_label(desired: dict[int, tuple[str, tuple[str, ...], str]]) -> None:
    """However their names collapse."""
    labels = addresses.labels(desired)
    assert set(labels) == set(desired)
    assert len({(desired[key][0], label) for key, label in labels.items()}) == len(desired)


@no_deadline
@given(WANTED, st.randoms(use_true_random=False))
def test_a_label_does_not_hang_on_the_order(
    desired: dict[int, tuple[str, tuple[str, ...], str]], shuffler: object
) -> None:
    """Nor on the key by which the caller knows the resource."""
    keys = list(desired)
    shuffler.shuffle(keys)  # type: ignore[attr-defined]
    again = addresses.labels({f"key {key}": desired[key] for key in keys})
    assert again == {f"key {key}": label for key, label in addresses.labels(desired).items()}


@no_deadline
@given(WANTED, TYPES, PARTS)
def test_a_newcomer_changes_no_label_but_of_its_namesakes(
    desired: dict[int, tuple[str, tuple[str, ...], str]], type_: str, parts: tuple[str, ...]
) -> None:
    """Those who would share its label get a hash of their own; everyone else keeps theirs."""
    before = addresses.labels(desired)
    after = addresses.labels({**desired, 99: (type_, parts, "identity 99")})
    namesakes = {
        key
        for key, (its_type, its_parts, _) in desired.items()
        if its_type == type_ and addresses.label(*its_parts) == addresses.label(*parts)
    }
    assert {key for key in desired if before[key] != after[key]} <= namesakes
    assert (after[99] == addresses.label(*parts)) is not bool(namesakes)
