"""From a Trace to a Ledger: what moving, waiting, risk, decay and emissions cost, and who pays."""

from corridor_sim.economics.accounts import Accounts, settle
from corridor_sim.economics.checks import check_money
from corridor_sim.economics.ledger import BASES, COST_BASES, VIEWS, Ledger
from corridor_sim.economics.rollup import check_invariants, divide_among_members, roll_up, total

__all__ = [
    "BASES",
    "COST_BASES",
    "VIEWS",
    "Accounts",
    "Ledger",
    "check_invariants",
    "check_money",
    "divide_among_members",
    "roll_up",
    "settle",
    "total",
]
