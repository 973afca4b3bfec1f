"""No fault loses a ticket, and none doubles one at a desk that heeds the key."""

import pytest

from tests.bot.fault_table import FAULTS, Fault, try_fault


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_loses_and_doubles_no_ticket(fault: Fault) -> None:
    row = try_fault(fault, times=1)
    assert row.tried > 0
    assert row.lost == 0
    assert row.doubled == 0 or not fault.heeds_key
