"""The hot loops of pricing, compiled: each gives what the NumPy code of its caller gives, in one walk over the visits.

Only used where the compiled engine plays, which compiles them once (`functions`). numba's disk cache does not see
changes in other files, so constants stand here again; a test holds them against those of the other rooms.
"""

from __future__ import annotations

from typing import Any

from numba import boolean, float64, int64, njit

from corridor_sim.engine.jitted import Typed

NONE = -1
# columns of Trace.visits
CONSIGNMENT, STEP, START, END = 0, 2, 5, 6
# columns of ChargeTable.numbers
(
    C_INSTRUCTION,
    C_STEP,
    C_FROM,
    C_TO,
    C_LEAST,
    C_MOST,
    C_COUNT,
    C_CURRENCY,
    C_DENOMINATOR,
    C_LARGEST,
) = range(10)
# columns of a rate
R_MEASURE, R_TIMED, R_NEEDED, R_WEIGHT = range(4)
# columns of a currency, and of a dated rate
X_FOREIGN, X_FIRST, X_LAST, X_UNTIL = range(4)
D_START, D_WEIGHT, D_DENOMINATOR, D_LARGEST = range(4)
MEASURES = 8
LOADED = 2
FAST: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
INNER: dict[str, Any] = {
    "nogil": True,
    "_nrt": False,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "error_model": "numpy",
}


@njit(**INNER)
def rounded(value, denominator):
    """Return value / denominator (> 0) rounded to an integer, ties to even."""
    if denominator == 1:
        return value
    quotient = value // denominator
    twice = (value - quotient * denominator) << 1
    if twice > denominator or (twice == denominator and quotient & 1):
        quotient += 1
    return quotient


@njit(**INNER)
def is_something(things, load):
    """Return whether there is anything of a load."""
    measure = 0
    while measure < MEASURES and things[load, measure] == 0:
        measure += 1
    return measure < MEASURES


@njit(**INNER)
def counted_cents(visits, row, load, counted, numbers, rates):
    """Return cents of a charge for the passage of a load, before limits, and whether they are in order."""
    total = 0
    for k in range(len(rates)):
        quantity = counted[load, rates[k, R_MEASURE]]
        if quantity == 0 and rates[k, R_NEEDED]:
            return 0, False
        if rates[k, R_TIMED]:
            quantity *= visits[row, END] - visits[row, START]
        if abs(quantity) > numbers[C_LARGEST]:
            return 0, False
        total += quantity * rates[k, R_WEIGHT]
    return rounded(total, numbers[C_DENOMINATOR]), True


@njit(**INNER)
def exchanged(cents, tick, currency, dated):
    """Return CNY cents at a tick, and whether they are in order."""
    if not currency[X_FOREIGN]:
        return cents, True
    period = currency[X_LAST] - 1
    while period >= currency[X_FIRST] and dated[period, D_START] > tick:
        period -= 1
    if period < currency[X_FIRST] or tick >= currency[X_UNTIL] or abs(cents) > dated[period, D_LARGEST]:
        return 0, False
    return rounded(cents * dated[period, D_WEIGHT], dated[period, D_DENOMINATOR]), True


@njit(**FAST)
def price_passages(
    visits, begins, held, people, things, table, rates, first, listed, currencies, dated, headings, posted
):
    """Write heading, consignment, step and CNY cents of what passages cost; return how many were written.

    people  int64[2, consignments]: whether it is of our own, its flow
    things  (things, countable measures)
    listed  charges by instruction, those of an instruction from its place in `first` on
    NONE where anything is out of the ordinary: a measure that a load lacks, a number too large for int64, a date
    without an exchange rate. The caller then does it all with exact numbers, and says what is wrong.
    """
    written = 0
    for who in range(people.shape[1]):
        if not people[0, who]:
            continue
        for row in range(begins[who], begins[who + 1]):
            step, tick, load = visits[row, STEP], visits[row, END], held[row]
            if first[step] == first[step + 1] or tick == NONE or not is_something(things, load):
                continue
            for place in range(first[step], first[step + 1]):
                charge = listed[place]
                numbers = table[charge]
                cents, fine = counted_cents(visits, row, load, things, numbers, rates[charge])
                if not fine:
                    return NONE
                if tick < numbers[C_FROM] or tick >= numbers[C_TO]:
                    continue
                cents = min(max(cents, numbers[C_LEAST]), numbers[C_MOST]) * numbers[C_COUNT]
                cents, fine = exchanged(cents, tick, currencies[numbers[C_CURRENCY]], dated)
                if not fine:
                    return NONE
                posted[written, 0] = headings[charge, people[1, who]]
                posted[written, 1] = who
                posted[written, 2] = numbers[C_STEP]
                posted[written, 3] = cents
                written += 1
    return written


@njit(**FAST)
def emit(visits, begins, held, things, plug, element, hub, measures, weights, used, alone, loads):
    """Add kg CO2e by consignment and step to `alone` (consignments, steps), of loads to `loads` (loads, steps).

    `weights` (steps, LOADED, measures) are kg per thousandth of the `measures` of a load; `used` (steps x LOADED) is
    marked where something was emitted. Steps at one hub one after another count once.
    """
    people = len(begins) - 1
    for who in range(len(alone)):
        before, last, met = who, NONE, False
        for row in range(begins[who], begins[who + 1]):
            step = element[visits[row, STEP]]
            if step != NONE and visits[row, START] != NONE:
                if not (met and hub[step] == last and last != NONE):
                    plugged = 1 if things[before, plug] > 0 else 0
                    used[step * LOADED + plugged] = True
                    kg = 0.0
                    for k in range(len(measures)):
                        kg += things[before, measures[k]] * weights[step, plugged, k]
                    if people <= before < len(things) - 1:
                        loads[before - people, step] += kg
                    else:
                        alone[who, step] += kg
                met, last = True, hub[step]
            before = held[row]


@njit(**FAST)
def sum_up(consignment, heading, cents, kind, table):
    """Add the cents of postings on a consignment to `table` (consignments, kinds), by the kind of their heading."""
    for row in range(len(consignment)):
        if consignment[row] != NONE:
            table[consignment[row], kind[heading[row]]] += cents[row]


def functions() -> list[Typed]:
    """Return the loops that are called, with the types of the arguments."""
    table, column, flags = int64[:, ::1], int64[::1], boolean[::1]
    kilograms = float64[:, ::1]
    return [
        (
            price_passages,
            (
                table,
                column,
                column,
                table,
                table,
                table,
                int64[:, :, ::1],
                column,
                column,
                table,
                table,
                table,
                table,
            ),
        ),
        (
            emit,
            (
                table,
                column,
                column,
                table,
                int64,
                column,
                column,
                column,
                float64[:, :, ::1],
                flags,
                kilograms,
                kilograms,
            ),
        ),
        (sum_up, (column, column, column, column, table)),
    ]
