"""Reads Azure live, with the Azure SDK; there is nothing in here that could write to it."""
