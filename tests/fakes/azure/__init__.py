"""A stand-in for Azure on loopback: the content of a tenant, the server that returns it, and the faults that can be injected."""

from __future__ import annotations

from tests.fakes.azure.faults import Fault
from tests.fakes.azure.server import Seen, StandIn
from tests.fakes.azure.tenant import Caller, Tenant

__all__ = ["Caller", "Fault", "Seen", "StandIn", "Tenant"]
