"""The bench of access questions: how many lines a second, cold and warm, against evaluation string by string."""

from __future__ import annotations

from rbacgen.authorization.catalog import load
from rbacgen.authorization.permissions import Compiled, allows, compiled
from rbacgen.authorization.regions import is_covered
from rbacgen.model.assignment import AzureRole, Plane
from tests.bench.costs import seconds

PATTERNS = ("*", "*/read", "Microsoft.MachineLearningServices/workspaces/*", "Microsoft.Storage/*/listKeys/action")
EVERY = 25  # every so many of the known operations are asked about


def requests() -> tuple[tuple[AzureRole, ...], tuple[str, ...]]:
    """All roles of the catalogue, one for each set of permissions, and some 200 operations of all providers."""
    catalog = load()
    roles = {role.permissions: role for role in catalog}.values()
    names = [each.name for name in catalog.operations.providers() for each in catalog.operations.in_provider(name)]
    return tuple(roles), tuple(names[::EVERY])


def naively(roles: tuple[AzureRole, ...], operations: tuple[str, ...]) -> int:
    """How many of the questions are answered with yes by going through all strings of a role each time."""
    return sum(
        any(allows(permission, operation, Plane.CONTROL) for permission in role.permissions)
        for role in roles
        for operation in operations
    )


def by_lines(forms: tuple[Compiled, ...], operations: tuple[str, ...]) -> int:
    """The same, by lines."""
    return sum(form.line(operation, Plane.CONTROL) is not None for form in forms for operation in operations)


def main() -> None:
    """Prints questions a second over the catalogue: a literal to a role, cold, warm and naive; then patterns."""
    roles, operations = requests()
    count = len(roles) * len(operations)
    naive = min(seconds(lambda: naively(roles, operations)) for _ in range(2))
    forms = tuple(Compiled(role.permissions) for role in roles)
    cold = seconds(lambda: by_lines(forms, operations))
    warm = min(seconds(lambda: by_lines(forms, operations)) for _ in range(3))
    if by_lines(forms, operations) != naively(roles, operations):
        raise AssertionError("lines and naive evaluation do not agree")
    print(f"can: naive, string by string  {count / naive:10,.0f} a second    {naive / count * 1e6:6.2f} us")
    print(
        f"can: line, cold with compiling{count / cold:10,.0f} a second    {cold / count * 1e6:6.2f} us   {naive / cold:5.1f} x"
    )
    print(
        f"can: line, warm               {count / warm:10,.0f} a second    {warm / count * 1e6:6.2f} us   {naive / warm:5.1f} x"
    )
    lookup = min(seconds(lambda: [compiled(role) for role in roles]) for _ in range(3)) / len(roles)
    print(f"compiled(role), warm          {1 / lookup:10,.0f} a second    {lookup * 1e6:6.2f} us")
    for pattern in PATTERNS:
        fresh = [Compiled(role.permissions) for role in roles]
        whole = seconds(lambda: [form.covers(pattern, Plane.CONTROL) for form in fresh]) / len(roles)  # noqa: B023
        some = seconds(lambda: [form.overlaps(pattern, Plane.CONTROL) for form in fresh]) / len(roles)  # noqa: B023
        print(f"covers / overlaps with {pattern:<48} {whole * 1e6:8.1f} / {some * 1e6:8.1f} us a role")
    regions = [region for form in forms[::16] for region in form.regions(Plane.CONTROL, True)]
    together = min(seconds(lambda: is_covered("*", regions)) for _ in range(3))
    print(f"`*` in {len(regions)} objects together                                        {together * 1e3:8.1f} ms")


if __name__ == "__main__":
    main()
