"""A stand-in for Azure on loopback: the tenant's facts, the server that tells them, and the faults that it can be given."""

from __future__ import annotations

from tests.fakes.azure.faults import Fault
from tests.fakes.azure.server import Seen, StandIn
from tests.fakes.azure.tenant import Caller, Tenant

__all__ = ["Caller", "Fault", "Seen", "StandIn", "Tenant"]
