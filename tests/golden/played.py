"""What the package makes of a scenario with the noise off, in the words of the calculation by hand (paper/)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from both_engines import play_both
from corridor_sim.economics.accounts import settle
from corridor_sim.economics.ledger import Ledger
from corridor_sim.engine.base import OUTCOMES, VISITS, Trace
from corridor_sim.engine.program import NONE, Inputs
from corridor_sim.network.inputs import draw_inputs
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.plan import promised_deliveries
from corridor_sim.study.lanes import lane_numbers
from corridor_sim.study.simulate import simulate

SEED = 20260422
Who = tuple[str, int]
PRICE, RESOURCE = range(2)
"""The two views of the ledger."""
TAKES_SERVERS = ("SEIZE", "BOARD")


@dataclass(frozen=True)
class Played:
    """One alternative in one lane."""

    lowered: Lowered
    inputs: Inputs
    trace: Trace
    promised: list[int]
    ledger: Ledger
    who: list[Who]
    ties: dict[Who, int]

    def members(self) -> dict[Who, tuple[int, int | None, Who]]:
        """Release, delivery and leader of every consignment."""
        found = {}
        for who, release, outcome in zip(
            self.who, self.inputs.consignments.release.tolist(), self.trace.outcomes.tolist(), strict=True
        ):
            row = dict(zip(OUTCOMES, outcome, strict=True))
            found[who] = (release, tick(row["delivered"]), self.who[row["leader"]])
        return found

    def moments(self) -> dict[Who, list[tuple[str, int | None, int | None]]]:
        """Per consignment the steps it passed itself, in their order: name, start and end."""
        code, names = self.lowered.program.code, self.lowered.program.step_names
        found: dict[Who, list[tuple[str, int | None, int | None]]] = {who: [] for who in self.who}
        last: dict[Who, str] = {}
        boarded: dict[Who, str] = {}
        for visit in self.trace.visits.tolist():
            row = dict(zip(VISITS, visit, strict=True))
            who, step = self.who[row["consignment"]], names[row["step"]].partition("/")[2]
            if code[row["step"]].op.name in ("SEIZE", "RELEASE"):
                row["end"] = row["start"]
            passages = found[who]
            if last.get(who) == names[row["step"]] and passages:
                start = before = passages.pop()[1]
            else:
                start = before = tick(row["start"])
                boarded.pop(who, None)
            end = tick(row["end"])
            if code[row["step"]].op.name in TAKES_SERVERS:
                start = tick(row["start"])
            if last.get(who) == names[row["step"]] and boarded.get(who) == names[row["step"]]:
                start = before
            if code[row["step"]].op.name == "BOARD":
                boarded[who] = names[row["step"]]
            last[who] = names[row["step"]]
            passages.append((step, start, end))
        return found

    def lines(self, view: int) -> dict[tuple[str, int, str, str, str], int]:
        """CNY cents by flow, ordinal, step, activity and tariff, in one of the two views."""
        ledger, found = self.ledger, Counter[tuple[str, int, str, str, str]]()
        names = ("consignment", "step", "activity", "tariff", "amount_cny", "view")
        for row in zip(*(ledger.columns[name].tolist() for name in names), strict=True):
            consignment, step, activity, tariff, amount, seen_from = row
            if consignment != NONE and seen_from == view:
                words = ledger.words["activity"][activity], ledger.words["tariff"][tariff]
                name = "" if step == NONE else self.lowered.steps[step].name
                found[(*self.who[consignment], name, *words)] += amount
        return dict(found)

    def flows(self) -> dict[tuple[str, str], int]:
        """CNY cents that are posted on whole flows."""
        names = ("consignment", "flow", "activity", "amount_cny")
        columns = [self.ledger.columns[name].tolist() for name in names]
        return {
            (self.lowered.flow_order[flow], self.ledger.words["activity"][activity]): amount
            for consignment, flow, activity, amount in zip(*columns, strict=True)
            if consignment == NONE and flow != NONE
        }

    def promises(self) -> dict[Who, int | None]:
        """The delivery promised at release."""
        return {who: tick(promised) for who, promised in zip(self.who, self.promised, strict=True)}

    def bases(self) -> dict[str, set[int]]:
        """The first cost base that holds the postings of each activity."""
        found: dict[str, set[int]] = {}
        columns = [self.ledger.columns[name].tolist() for name in ("activity", "base")]
        for activity, base in zip(*columns, strict=True):
            found.setdefault(self.ledger.words["activity"][activity], set()).add(base)
        return found

    def payers(self) -> dict[tuple[str, int, str, str, str], str]:
        """Who pays, by flow, ordinal, step, activity and tariff, of postings that are something."""
        ledger, found = self.ledger, dict[tuple[str, int, str, str, str], str]()
        names = ("consignment", "step", "activity", "tariff", "payer", "amount_cny", "view")
        for row in zip(*(ledger.columns[name].tolist() for name in names), strict=True):
            consignment, step, activity, tariff, payer, amount, view = row
            if consignment != NONE and amount and view == PRICE:
                words = ledger.words["activity"][activity], ledger.words["tariff"][tariff]
                name = "" if step == NONE else self.lowered.steps[step].name
                found[(*self.who[consignment], name, *words)] = ledger.words["payer"][payer]
        return found


def tick(number: int) -> int | None:
    return None if number == NONE else number


def ties_of(lowered: Lowered) -> dict[Who, int]:
    """The tie ranks, which are drawn by lot, of all consignments."""
    people = draw_inputs(lowered.program, lowered.plan, SEED, 0, noise=False).consignments
    columns = zip(people.flow.tolist(), people.ordinal.tolist(), people.tie.tolist(), strict=True)
    return {(lowered.flow_order[flow], ordinal): tie for flow, ordinal, tie in columns}


def play_package(lowered: Lowered, lanes: dict[str, str]) -> Played:
    """Simulate and settle one alternative."""
    chosen = lane_numbers(lowered.program, lanes)
    made = next(iter(simulate(lowered, range(1), SEED, noise=False, lanes=chosen, engine=play_both)))
    calm = draw_inputs(lowered.program, lowered.plan, SEED, 0, noise=False, lanes=chosen)
    people = made.inputs.consignments
    promised = promised_deliveries(lowered.program, calm, people)
    ledger = settle(lowered, made.inputs, made.trace, promised).ledger
    columns = zip(people.flow.tolist(), people.ordinal.tolist(), people.tie.tolist(), strict=True)
    ties = {(lowered.flow_order[flow], ordinal): tie for flow, ordinal, tie in columns}
    return Played(lowered, made.inputs, made.trace, promised.tolist(), ledger, list(ties), ties)
