"""Judges that tests of several packages ask."""

from __future__ import annotations

import json

import jsonschema

from rbacgen.commands.schema import output_schema


def closed_validator(what: str) -> jsonschema.Draft7Validator:
    """The schema that ships, with no key beside those that it names."""
    schema = json.loads(output_schema(what))
    jsonschema.Draft7Validator.check_schema(schema)
    for definition in schema["$defs"].values():
        if "properties" in definition:
            definition["additionalProperties"] = False
    return jsonschema.Draft7Validator(schema)
