"""The options that commands share, and what is made of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import click

from rbacgen.cli.terminal import progress

if TYPE_CHECKING:
    from datetime import date

# Said of whatever may be named and is not: a pipeline's `"$FILE"` is an empty word where nobody has set FILE.
_UNSET = "give it a value or leave it out; a variable that is not set may be the cause"


class Command(click.Command):
    """A command that takes no empty word: as the name of a file or an id it would mean the current folder, or everything."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads the command line. Raises RbacgenError where an argument or the value of an option is empty."""
        rest = super().parse_args(ctx, args)
        if ctx.resilient_parsing:  # a shell asks what may come next
            return rest
        for parameter in self.params:
            value = ctx.params.get(parameter.name or "")
            if "" in (value if isinstance(value, tuple) else (value,)):
                refuse_empty(parameter)
        return rest


def refuse_empty(parameter: click.Parameter) -> NoReturn:
    """Ends with a sentence where this was given as an empty word."""
    from rbacgen.model.problems import RbacgenError

    is_option = isinstance(parameter, click.Option)
    name = parameter.opts[0] if is_option else (parameter.metavar or parameter.opts[0].upper()).strip("[].")
    raise RbacgenError(f"{name} is empty", _UNSET)


def _day(_: click.Context, __: click.Parameter, given: str | None) -> date:
    """The day to work with; the clock is read here and nowhere else."""
    import datetime

    if given is None:
        return datetime.datetime.now(datetime.UTC).date()
    try:
        day = datetime.date.fromisoformat(given)
        if day.year > 9000:  # there must be days after it to count
            raise ValueError(given)
        return day
    except ValueError:
        raise click.BadParameter(f"`{given}` is no date such as 2027-06-30") from None


project = click.option(
    "-p", "--project", metavar="FILE", help="The project file; else rbacgen.yaml here or in a folder above."
)
output = click.option("-o", "--output", metavar="FILE", help="Write the result to this file instead of stdout (-).")
format_ = click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
today = click.option(
    "--today", metavar="DATE", callback=_day, help="The day to work with, such as 2027-06-30; else today (UTC)."
)


def azure(command: Any) -> Any:
    """The options of commands that speak to Azure; environment variables of the same meaning come after them."""
    options = (
        click.option(
            "--cloud",
            type=click.Choice(["public", "usgovernment", "china"]),
            help="The cloud; else RBACGEN_CLOUD, else the project's.",
        ),
        click.option("--arm-endpoint", metavar="URL", help="Another Resource Manager; else RBACGEN_ARM_ENDPOINT."),
        click.option("--authority", metavar="URL", help="Another Entra ID; else AZURE_AUTHORITY_HOST."),
        click.option("--graph-endpoint", metavar="URL", help="Another Graph; else RBACGEN_GRAPH_ENDPOINT."),
        click.option(
            "--patience",
            metavar="SECONDS",
            type=click.IntRange(1, 3600),
            default=120,
            show_default=True,
            help="How long to try again where Azure throttles or fails.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def connect(given: dict[str, Any]) -> Any:
    """Takes the options of `azure` out of a command's and makes what connects by them."""
    import datetime

    from rbacgen.commands import open_source

    asked = open_source.ConnectionOptions(**{name: given.pop(name) for name in CONNECTION})
    now = datetime.datetime.now(datetime.UTC)
    return open_source.connector(asked, os.environ, now, progress())


CONNECTION = ("cloud", "arm_endpoint", "authority", "graph_endpoint", "patience")


def refuse(names: tuple[str, ...], why: str) -> None:
    """Ends with a usage error where one of these options was given: it would be ignored."""
    context = click.get_current_context()
    for option in context.command.params:
        name = option.name or ""
        if name in names and context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{option.opts[0]} means nothing {why}")


def _subscriptions(_: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """The ids as Azure's paths hold them: anything else would be a path to somewhere else."""
    return tuple(_subscription(each, parameter) for each in given)


def _subscription(given: str, parameter: click.Parameter) -> str:
    from rbacgen.model.scope import GUID

    if not given:
        refuse_empty(parameter)
    found = given.strip().lower().removeprefix("/subscriptions/").rstrip("/")
    if not GUID.match(found):
        raise click.BadParameter(
            f"`{given}` is no id of a subscription such as 6082bfda-63d0-46f4-8272-ae9195139feb "
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
names = click.option("--names", is_flag=True, help="Names of persons whom the project does not name, too.")


# Reports of `check` and `diff`: one run feeds all that are asked for.

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
    help="What goes to stdout; with -o FILE nothing does, unless this is another format than the files'.",
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
    """Which report goes where: the format of what goes to stdout, empty for nothing, and each file with its format."""

    stdout: str
    files: tuple[tuple[str, str], ...] = ()

    @property
    def formats(self) -> tuple[str, ...]:
        """Every format that is asked for."""
        return tuple(dict.fromkeys(filter(None, (self.stdout, *(name for _, name in self.files)))))


def outputs(format_: str | None, files: tuple[str, ...]) -> Outputs:
    """What `--format` and `-o` come to together. Raises UsageError where they contradict each other or say too little."""
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
        raise click.UsageError(f"stdout takes one report, not {' and '.join(shown)}: give each a file")
    return Outputs("".join(shown), tuple((path, name) for path, name in found if path != _STDOUT))


def _file(given: str, format_: str | None, is_alone: bool) -> tuple[str, str]:
    """The path and the format of one `-o`: said before it, or by its ending, or by `--format` where there is no other file.

    A file without any ending, such as a pipe, takes text like stdout, where it is the only one and no format is said.
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
        f"the ending of `{given}` tells no format: write FORMAT={given} with one of {', '.join(FORMATS)}"
    )


def _length(ending: tuple[str, str]) -> int:
    return len(ending[0])
