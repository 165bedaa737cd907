"""Terraform's native syntax: files into blocks, blocks into values.

A file is cut into blocks, and only the blocks that matter are read: plain ones directly, all others with python-hcl2.
"""

from __future__ import annotations

from rbacgen.sources.hcl.blocks import cut
from rbacgen.sources.hcl.parser import parsed_body
from rbacgen.sources.hcl.plain import plain_body
from rbacgen.sources.hcl.values import (
    Block,
    Body,
    HclAttribute,
    HclSyntaxError,
    Template,
    Written,
    joined,
    without_escapes,
)

__all__ = [
    "Block",
    "Body",
    "HclAttribute",
    "HclSyntaxError",
    "Template",
    "Written",
    "body_of",
    "cut",
    "expression",
    "joined",
    "without_escapes",
]


def body_of(block: Block) -> Body:
    """The content of a block. Raises HclSyntaxError where python-hcl2 cannot read it; the place is one in the file."""
    return plain_body(block) or parsed_body(block)


def expression(text: str) -> Written:
    """The value of one expression, as in an interpolation. Raises HclSyntaxError."""
    body = parsed_body(Block(("x",), f"x {{\nx = {text}\n}}", 1, 1))
    if len(body.attributes) != 1 or body.blocks:
        raise HclSyntaxError("this is not an expression", 1, 1)
    return body.attributes["x"].value
