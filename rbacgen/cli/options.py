"""The arguments and options that commands share, and how they are read."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, TypeVar

import click

from rbacgen.cli.terminal import progress
from rbacgen.model.wording import joined

if TYPE_CHECKING:
    from datetime import date

C = TypeVar("C", bound=Callable[..., Any])

# For every empty value: a pipeline's `"$FILE"` is an empty word if FILE is not set.
_UNSET = "give it a value or leave it out; a variable that is not set may be the cause"


class Command(click.Command):
    """A command that refuses empty values: as the name of a file or an id they would mean the current folder, or everything."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads the command line. Raises RbacgenError if an argument or the value of an option is empty."""
        rest = super().parse_args(ctx, args)
        if ctx.resilient_parsing:  # for completion in a shell
            return rest
        for parameter in self.params:
            value = ctx.params.get(parameter.name or "")
            if "" in (value if isinstance(value, tuple) else (value,)):
                refuse_empty(parameter)
        return rest


def refuse_empty(parameter: click.Parameter) -> NoReturn:
    """Raises RbacgenError: the value of this parameter is empty."""
    from rbacgen.model.problems import RbacgenError

    is_option = isinstance(parameter, click.Option)
    name = parameter.opts[0] if is_option else (parameter.metavar or parameter.opts[0].upper()).strip("[].")
    raise RbacgenError(f"{name} is empty", _UNSET)


def _day(_: click.Context, __: click.Parameter, given: str | None) -> date:
    """The day to calculate with; the clock is read here and nowhere else."""
    import datetime

    if given is None:
        return datetime.datetime.now(datetime.UTC).date()
    try:
        day = datetime.date.fromisoformat(given)
        if day.year > 9000:  # some days after it are counted
            raise ValueError(given)
        return day
    except ValueError:
        raise click.BadParameter(f"`{given}` is not a date such as 2027-06-30") from None


project = click.option(
    "-p", "--project", metavar="FILE", help="The project file; else rbacgen.yaml in this folder or above."
)
output = click.option("-o", "--output", metavar="FILE", help="Write the result to this file instead of stdout (-).")
format_ = click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="The format of the result.",
)
today = click.option(
    "--today", metavar="DATE", callback=_day, help="The day to calculate with, such as 2027-06-30; else today (UTC)."
)


def azure(command: Any) -> Any:
    """Adds the options of commands that read Azure; each overrides the environment variable of the same meaning."""
    options = (
        click.option(
            "--cloud",
            type=click.Choice(["public", "usgovernment", "china"]),
            help="The cloud; else RBACGEN_CLOUD, else the project's.",
        ),
        click.option(
            "--arm-endpoint", metavar="URL", help="The address of Resource Manager; else RBACGEN_ARM_ENDPOINT."
        ),
        click.option("--authority", metavar="URL", help="The address of Entra ID; else AZURE_AUTHORITY_HOST."),
        click.option(
            "--graph-endpoint", metavar="URL", help="The address of Microsoft Graph; else RBACGEN_GRAPH_ENDPOINT."
        ),
        click.option(
            "--patience",
            metavar="SECONDS",
            type=click.IntRange(1, 3600),
            default=120,
            show_default=True,
            help="How long to retry if Azure throttles or fails.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def connect(given: dict[str, Any]) -> Any:
    """Takes the options of `azure` out of these, and returns what connects to Azure with them."""
    import datetime

    from rbacgen.commands import open_source

    asked = open_source.ConnectionOptions(**{name: given.pop(name) for name in CONNECTION})
    now = datetime.datetime.now(datetime.UTC)
    return open_source.connector(asked, os.environ, now, progress())


CONNECTION = ("cloud", "arm_endpoint", "authority", "graph_endpoint", "patience")


def refuse(names: tuple[str, ...], why: str) -> None:
    """Raises UsageError if one of these options was given, because it would be ignored."""
    context = click.get_current_context()
    for option in context.command.params:
        name = option.name or ""
        if name in names and context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{option.opts[0]} has no effect {why}")


def _subscriptions(_: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """The ids as in Azure's paths, lower case: anything else would be the path of something else."""
    return tuple(_subscription(each, parameter) for each in given)


def _subscription(given: str, parameter: click.Parameter) -> str:
    from rbacgen.model.scope import GUID

    if not given:
        refuse_empty(parameter)
    found = given.strip().lower().removeprefix("/subscriptions/").rstrip("/")
    if not GUID.match(found):
        raise click.BadParameter(
            f"`{given}` is not the id of a subscription such as 6082bfda-63d0-46f4-8272-ae9195139feb "
            "(`az account list -o table` shows them)"
        )
    return found


source = click.argument("source", required=False, metavar="[SOURCE]")
subscriptions = click.option(
    "--subscription",
    "subscriptions",
    metavar="ID",
    multiple=True,
    callback=_subscriptions,
    help="Only this subscription; can be repeated.",
)
environments = click.option(
    "-e", "--environment", "environments", metavar="NAME", multiple=True, help="Only this environment; can be repeated."
)
names = click.option("--names", is_flag=True, help="Include the names of persons who are not in the project file.")


within = click.option(
    "--within",
    metavar="DAYS",
    type=click.IntRange(0, 3650),
    default=30,
    show_default=True,
    help="Report access that ends within this many days.",
)


# Questions about access: `can`, `who-can` and `explain`, and the commands that read a source besides the project.


def source_option(purpose: str) -> Callable[[C], C]:
    """The option `--source`, whose help begins with what the source is for."""
    kinds = "`azure`, a snapshot, JSON of az or Terraform, or a folder of .tf files"
    return click.option("--source", metavar="SOURCE", help=f"{purpose}: {kinds}.")


def refuse_connection(source: str | None, option: str = "source") -> None:
    """Raises UsageError if a connection to Azure was described, and the source in this option is not Azure."""
    if source != "azure":
        refuse(CONNECTION, f"without `--{option} azure`")


def _attributes(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Attributes for conditions, as `@Resource[…:name]=value`; one that is given twice has both values."""
    found: dict[str, tuple[str, ...]] = {}
    for each in given:
        name, sign, value = each.partition("]=")
        if not sign or not name.startswith("@"):
            example = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]=raw"
            raise click.BadParameter(f"`{each}` is not an attribute such as `{example}`")
        found[f"{name}]"] = (*found.get(f"{name}]", ()), value)
    return found


on = click.option("--on", metavar="SCOPE", required=True, help="A scope kind of the mapping, or a whole scope id.")
plane = click.option(
    "--plane", type=click.Choice(["control", "data"]), help="The plane of the operation; else every plane that has it."
)
instead_of_project = source_option("Ask this source instead of the project")
attributes = click.option(
    "--attribute",
    "attributes",
    metavar="@KIND[NAME]=VALUE",
    multiple=True,
    callback=_attributes,
    help="The value of an attribute in a condition; can be repeated.",
)


def query(given: dict[str, Any], accepted: tuple[str, ...] = ()) -> Any:
    """Takes the options of a question out of these, and returns the Query; `accepted` are verdicts that count as allowed."""
    from rbacgen.commands.query import Query
    from rbacgen.model.assignment import Plane, Verdict

    return Query(
        operation=given.pop("operation"),
        on=given.pop("on"),
        environments=given.pop("environments"),
        source=given.pop("source"),
        plane=Plane(name) if (name := given.pop("plane")) else None,
        attributes=given.pop("attributes"),
        accepted=frozenset(Verdict(each.replace("-", "_")) for each in accepted),
    )


# Reports of `check` and `diff`: one run can write several.

FORMATS = ("text", "json", "md", "sarif", "junit", "github", "azure-devops", "csv", "html")
_ENDINGS = {
    ".txt": "text",
    ".json": "json",
    ".md": "md",
    ".markdown": "md",
    ".sarif": "sarif",
    ".sarif.json": "sarif",
    ".xml": "junit",
    ".csv": "csv",
    ".html": "html",
    ".htm": "html",
}
report_format = click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    show_default="text, or nothing with -o",
    help="The format on stdout. With -o FILE, stdout gets a report only if no file has this format.",
)
report_files = click.option(
    "-o",
    "--output",
    "files",
    metavar="[FORMAT=]FILE",
    multiple=True,
    help=f"Write a report to this file, in the format of its ending ({' '.join(each for each in _ENDINGS if each.count('.') == 1)}) or as FORMAT=FILE; can be repeated.",
)


_STDOUT = "-"


class Outputs(NamedTuple):
    """Which report goes where: the format on stdout, empty for nothing, and each file with its format."""

    stdout: str
    files: tuple[tuple[str, str], ...] = ()

    @property
    def formats(self) -> tuple[str, ...]:
        """Every format in use, once."""
        return tuple(dict.fromkeys(filter(None, (self.stdout, *(name for _, name in self.files)))))


def outputs(format_: str | None, files: tuple[str, ...]) -> Outputs:
    """The reports that `--format` and `-o` ask for. Raises UsageError if they contradict each other or a format is unknown."""
    found = [_file(each, format_, is_alone=len(files) == 1) for each in files]
    seen: set[str] = set()
    for path, _ in found:
        place = path if path == _STDOUT else os.path.normcase(os.path.abspath(path))
        if place in seen:
            raise click.UsageError(f"two reports cannot go into one file: `{path}`")
        seen.add(place)
    shown = [name for path, name in found if path == _STDOUT]
    if not files:
        shown = [format_ or "text"]
    elif format_ is not None and format_ not in {name for _, name in found}:
        shown.append(format_)
    if len(shown) > 1:
        raise click.UsageError(f"stdout takes one report, not {joined(shown)}: give each a file")
    return Outputs("".join(shown), tuple((path, name) for path, name in found if path != _STDOUT))


def _file(given: str, format_: str | None, is_alone: bool) -> tuple[str, str]:
    """The path and the format of one `-o`: the format before it, or of its ending, or of `--format` if it is the only file.

    A single file without an ending, such as a pipe, is text like stdout, unless a format is given.
    """
    name, sign, path = given.partition("=")
    if sign and name in FORMATS:
        if not path:
            raise click.UsageError(f"-o {given} names no file: write {name}=FILE")
        return path, name
    lowered = given.lower()
    known = next(
        (form for ending, form in sorted(_ENDINGS.items(), reverse=True, key=_length) if lowered.endswith(ending)), ""
    )
    if known:
        return given, known
    ending = os.path.splitext(given)[1]
    if is_alone and not sign and (format_ is not None or not ending):
        return given, format_ or "text"
    raise click.UsageError(
        f"the ending of `{given}` is not of a known format: write FORMAT={given} with one of {', '.join(FORMATS)}"
    )


def _length(ending: tuple[str, str]) -> int:
    return len(ending[0])
