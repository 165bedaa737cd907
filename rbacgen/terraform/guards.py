"""What a render must not do by accident: destroy much, move half a resource, overwrite what is not ours, import in a module."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from rbacgen.model.problems import RbacgenError
from rbacgen.model.source import Source, SourceKind
from rbacgen.terraform.previous import Existing, is_ours
from rbacgen.terraform.transitions import Transfer, Transitions


def left_over(
    directories: Mapping[str, Mapping[str, str]], project_name: str, environments: Collection[str]
) -> tuple[str, ...]:
    """The directories that an earlier render of this project made for environments that it no longer has.

    `directories` are the Terraform files of each directory, by its name.
    """
    return tuple(
        name
        for name, texts in directories.items()
        if name not in environments and any(is_ours(text, project_name) for text in texts.values())
    )


def unowned(changed: Iterable[str], present: Collection[str], before: Existing) -> str:
    """The first file to be changed that is there and was not rendered from this project; empty where there is none."""
    return next((name for name in changed if name in present and name not in before.files), "")


def check_transfers(moving: Iterable[Transfer], rendered: Collection[str]) -> None:
    """Raises RbacgenError where a resource would leave a directory, or come into one, and the other is not `rendered`."""
    for transfer in moving:
        if (transfer.source in rendered) != (transfer.target in rendered):
            raise RbacgenError(
                f"{transfer.old_address} goes from {transfer.source} to {transfer.target}: render both together",
                "leave `--environment` out, or name both",
            )


def check_shrink(before: Collection[str], desired: Collection[str], lapsed: Iterable[str]) -> None:
    """Raises RbacgenError where more than a third of the assignments would be destroyed; all are identities of blocks.

    What goes because its day has come is meant to go: `lapsed` never counts.
    """
    gone = set(before).difference(desired, lapsed)
    if len(gone) * 3 > len(before):
        raise RbacgenError(
            f"{len(gone):,} of the {len(before):,} assignments that are there would be destroyed, which is more than a third",
            "if that is right, say so with `--allow-shrink`; nothing was written",
        )


def check_module(changes: Iterable[Transitions], with_existing: bool) -> None:
    """Raises RbacgenError where a module that others call would have to import: only a root module can."""
    if any(each.imports for each in changes):
        what = "assignments that exist already" if with_existing else "assignments go from one directory to another and"
        raise RbacgenError(
            f"{what} have to be imported, and a module that is called cannot do that",
            "render once without `--module` and apply, or import or move them in Terraform's state by hand",
        )


def check_existing_source(source: Source) -> None:
    """Raises RbacgenError where a source shows what is to be made, and not what exists."""
    what = {SourceKind.TERRAFORM_FILES: "is desired", SourceKind.TERRAFORM_PLAN: "will be once it is applied"}
    if source.kind in what:
        raise RbacgenError(
            f"{source.name} shows what {what[source.kind]}, not what exists",
            "give `--existing azure`, a snapshot, or what `az role assignment list` or `terraform show -json` of a state prints",
        )
