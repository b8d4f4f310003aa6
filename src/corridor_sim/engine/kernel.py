"""The compiled kernel: the rules of `reference` on integers, with its own draws. One file, for numba.

numba's cache of compiled code does not see changes in other files, so everything that is compiled stands here, and
nothing here is imported from elsewhere; `layout` prepares the tables and checks the constants at import.

All that the kernel reads and writes is one array of int64, the memory `m`: first its scalars, then for every table
where it begins, how wide its rows are and how many there are, then the tables. `at(m, table, row)` is the place of a
row, and the columns count from there. One array instead of fifty is what makes calls cheap: numba counts the
references of every array at every call.

An *entity* is a consignment (0 .. n-1) or a departure's vehicle (n + its row). At any time it stands in at most one
list: a queue of a facility, of a service or of a batch, or the works running or resting at a facility. Lists are
doubly linked through the entities' own rows; a list is known by the place of its head, its tail stands next to it.
What will happen stands in one binary heap, ordered by (tick, phase) and, within a phase, by the order of WORLD.md:
this is the order of events of the reference engine.
"""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np
from numba import config, njit, types
from numba.extending import intrinsic

CHECKED = bool(os.environ.get("CORRIDOR_SIM_CHECKED_KERNEL"))
"""Whether every row is looked for in its table before it is used; slower, for tests."""

NONE = -1
ONE = 1000
MEASURES = 8
BOX = 1
KINDS = 4
# operations, closing rules, causes and departure states: the numbers of `program`
DELAY, SEIZE, RELEASE, BOARD, BATCH, BRANCH, SWITCH, MARK = range(8)
PAUSE, RESTART, FINISH = range(3)
HOURS, FAILURE = range(2)
PLANNED, RAN, CANCELLED, TOO_LIGHT, HELD_TOO_LONG = range(5)
# phases of a tick
COMPLETIONS, CLOSINGS, OPENINGS, ARRIVALS, MOVES, DISPATCH, LOAD_LISTS = range(7)
PHASE_BITS = 3
# kinds of event
WAKE, NEXT_RELEASE, RETURNED, TIMER, VOYAGE, CHANGE, FAILS, REPAIRED, LOADING_ENDS, EMPTIED = range(10)
KIND_BITS = 4
GENERATION_SHIFT = 36
KIND_MASK = (1 << KIND_BITS) - 1
ENTITY_MASK = (1 << (GENERATION_SHIFT - KIND_BITS)) - 1
AGE_BITS = 40
TIE_BITS = 53
MOST_PRIORITIES = 1 << (62 - TIE_BITS)
# what may go wrong in a run
FINE, HEAP_FULL, ROWS_FULL, RETURNS_FULL, CHANGES_FULL, TOO_MANY_DRAWS, TOO_MANY_PRIORITIES = range(7)

# draws: those of `sampling.philox`, `streams` and `tables`
ROUNDS = 10
WORD_MASK, WORD_BITS = np.uint64(0xFFFFFFFF), np.uint64(32)
MULTIPLIER_0, MULTIPLIER_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
KEY_STEP_0, KEY_STEP_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
HIGH_SHIFT, LOW_SHIFT = np.uint64(21), np.uint64(11)
UNIFORM_BITS, HALF_BITS = 53, 52
VISIT_BITS = 16
CELL_BITS, FRACTION_BITS = 6, 20
MANTISSA_BITS, EXPONENT_BIAS = 52, 1023
"""Of a float: its exponent is the logarithm of a whole number below 2**53, rounded down."""
PLACE_BITS = CELL_BITS + FRACTION_BITS
HALF_FRACTION, FRACTION_MASK = 1 << (FRACTION_BITS - 1), (1 << FRACTION_BITS) - 1
ENDS = 2
EVENT = 3
"""Cells of an event on the heap."""
KEY_WORDS, PART_COLUMNS, CHANGE_COLUMNS, CLOSURE_COLUMNS, RETURN_COLUMNS, NOTED_COLUMNS = 2, 3, 3, 2, 3, 4
"""Columns of stream keys, parts of samplers, planned changes, closures, units that come back, changes that happened."""

# columns of the instruction table
OP, NEXT_STEP, A, B, C, STREAM, VISIT_SLOT, DRAW_SLOT = range(8)
# columns of a facility
(
    F_AT_CLOSING,
    F_AT_FAILURE,
    F_FIRST_FIT,
    F_UPTIME,
    F_REPAIR,
    F_FAILING,
    F_STREAM,
    F_WORD,
    F_CAPACITY,
    F_IN_USE,
    F_PLANNED,
    F_CAUSE,
    F_DOWN,
    F_HEAD,
    F_TAIL,
    F_RUN_HEAD,
    F_RUN_TAIL,
    F_REST_HEAD,
    F_REST_TAIL,
    F_RUN_UNITS,
    F_NEXT_CHANGE,
    F_LAST_CHANGE,
    F_BREAKS,
    F_INTERRUPTIBLE,
    F_FAILURES,
    F_UPTIME_LEFT,
    F_BUSY_SINCE,
    F_TIMER,
    F_CHANGED,
    FACILITY_COLUMNS,
) = range(30)
# columns of a service
(
    S_STRICT,
    S_CLOSE,
    S_CUTOFFS,
    _S1,
    _S2,
    _S3,
    S_MINIMUM_MEASURE,
    S_MINIMUM_LOAD,
    S_CANCEL_IF_LIGHT,
    S_LONGEST_HOLD,
    S_BERTH_FROM,
    S_LOADING,
    S_BERTH_TO,
    S_UNLOADING,
    S_LOADING_STREAM,
    S_UNLOADING_STREAM,
    S_WORD,
    S_HEAD,
    S_TAIL,
    S_FIRST,
    S_UPCOMING,
    S_LAST,
    S_QUIET,
    S_CLOSED_FROM,
    S_CLOSED_FROM_END,
    S_CLOSED_TO,
    S_CLOSED_TO_END,
    SERVICE_COLUMNS,
) = range(28)
# columns of a batch and of a gathering (a batch in the making)
B_MEASURE, B_FULL, B_TIMEOUT, B_PER_FLOW, B_BECOMES = range(5)
G_HEAD, G_TAIL, G_AMOUNT, G_TIMER, G_COUNT, GATHERING_COLUMNS = range(6)
# columns of a branch and of a lane
R_FIRST, R_TAKEN = range(2)
L_UPTO, L_TARGET, L_AGAIN, L_OTHERWISE, L_SLOT = range(5)
# columns of a switch
W_TARGET, W_SERVICE, W_WAIT, W_FACILITY, W_OVER = range(5)
# columns of a flow
Q_START, Q_WORD, Q_MEASURED, Q_FIRST, Q_LAST, Q_NEXT, Q_ROWS, Q_MOST_ROWS = range(8)
# columns of a sampler and of its parts
P_FIRST, P_LAST, P_SHIFT, P_MEAN_TICKS, P_CONSTANT = range(5)
# columns of an entity
(
    E_PRIORITY,
    E_PLACE,
    E_READY,
    E_NEXT,
    E_BEFORE,
    E_STEP,
    E_ROW,
    E_GENERATION,
    E_UNITS,
    E_FULL,
    E_LEFT,
    E_RESUMED,
    E_AT_WORK,
    E_FACILITY,
    E_CONTAINERS,
    E_LOAD_NEXT,
    E_LOAD_LAST,
    E_OWED,
    E_OWED_AT,
    E_CARGO_NEXT,
    E_FIRST_ROW,
    E_ROWS_END,
    E_ONWARD,
    ENTITY_COLUMNS,
) = range(24)
IDLE, RUNNING, RESTING = range(3)
# columns of a departure's state while it runs
D_STEP, D_CARGO, D_CARGO_LAST, D_BERTHED, D_OWING, DEPARTURE_COLUMNS = range(6)
BEFORE_CLOSING, QUIET, TO_BE_CANCELLED, TO_BE_HELD, LEAVING, AT_FIRST_BERTH, BEING_LOADED = range(7)
AT_SEA, AT_LAST_BERTH, BEING_UNLOADED, WAITING_FOR_YARD, THROUGH = range(7, 12)
# columns of what is drawn for a service and for a flow
(
    N_WORD,
    N_TRANSIT_STREAM,
    N_DELAY,
    N_DELAY_UPTO,
    N_DELAY_STREAM,
    N_CANCEL_UPTO,
    N_CANCEL_NOTICE,
    N_CANCEL_STREAM,
    N_BACKGROUND,
    N_BACKGROUND_STREAM,
    LINE_COLUMNS,
) = range(11)
O_WORD, O_STREAM, O_FIRST, O_LAST, SOURCE_COLUMNS = range(5)
POSITION_BITS, LARGEST_BITS = 30, 62
SHARE_BITS = 16
SHARE_MASK = (1 << SHARE_BITS) - 1
# columns of the tables of a Trace
CONSIGNMENT, SEQ, STEP, VISIT, READY, START, END, RESOURCE, UNITS, VISIT_COLUMNS = range(10)
T_SERVICE, T_SCHEDULED, T_STATE, T_CLOSED, T_ACTUAL, T_ARRIVED, T_BERTHED, T_LEFT, T_BEHIND = range(9)
DELIVERED, LEADER, AT_STEP = range(3)

# scalars
(
    NOW,
    STOP,
    AWAKE,
    CHANGED,
    OUTSTANDING,
    AGE,
    HEAP_SIZE,
    ERROR,
    RETURNED_LATER,
    CHANGES_NOTED,
    HORIZON,
    WINDOW_FROM,
    WINDOW_TO,
    NOISE,
    REPLICATION,
    CONSIGNMENTS,
    ORDERED,
    LATEST,
    SCALARS,
) = range(19)
HEAD = 3
# tables: where the head of each stands among the scalars; its three entries are place, width and number of rows
(
    CODE,
    FACILITIES,
    SERVICES,
    BATCHES,
    GATHERINGS,
    BRANCHES,
    LANES,
    SWITCHES,
    FLOWS,
    SAMPLERS,
    PARTS,
    KNOTS,
    KEYS,
    PRIORITIES,
    LOAD,
    RELEASES,
    RELEASE_ORDER,
    PRIORITY_OF,
    TIES,
    ORDINALS,
    FLOW_OF,
    CONTAINERS,
    SIZES,
    SERVICE_OF,
    SCHEDULED,
    DELAYS,
    NOTICES,
    TRANSITS,
    VEHICLE_TIES,
    ROOM,
    BACKGROUND,
    CHANGES,
    CLOSURES,
    ENTITIES,
    SEQS,
    MARKS,
    COUNTS,
    HELD,
    VOYAGES,
    HEAP,
    RETURNS,
    ROWS,
    DEPARTURES,
    OWN,
    OUTCOMES,
    CAPACITY,
    LINES,
    SOURCES,
    LAWS_OF_DAY,
    CURVE_TICKS,
    CURVE_LEVELS,
    TABLES_END,
) = range(SCALARS, SCALARS + HEAD * 51 + 1, HEAD)


WIDTHS = np.zeros(TABLES_END, np.int64)
"""How wide the rows of a table are, by the place of its head; 0 where that differs from program to program."""
for _columns, _tables in (
    (1, (RELEASES, RELEASE_ORDER, PRIORITY_OF, TIES, ORDINALS, FLOW_OF, CONTAINERS, SEQS, PRIORITIES)),
    (1, (SERVICE_OF, SCHEDULED, DELAYS, NOTICES, TRANSITS, VEHICLE_TIES, LAWS_OF_DAY, CURVE_TICKS, CURVE_LEVELS)),
    (MEASURES, (LOAD, SIZES, ROOM, BACKGROUND, OWN)),
    (KINDS, (MARKS,)),
    (DRAW_SLOT + 1, (CODE,)),
    (FACILITY_COLUMNS, (FACILITIES,)),
    (SERVICE_COLUMNS, (SERVICES,)),
    (B_BECOMES + MEASURES, (BATCHES,)),
    (GATHERING_COLUMNS, (GATHERINGS,)),
    (R_TAKEN + 1, (BRANCHES,)),
    (L_SLOT + 1, (LANES,)),
    (W_OVER + 1, (SWITCHES,)),
    (Q_MOST_ROWS + 1, (FLOWS,)),
    (P_CONSTANT + 1, (SAMPLERS,)),
    (ENTITY_COLUMNS, (ENTITIES,)),
    (DEPARTURE_COLUMNS, (VOYAGES,)),
    (VISIT_COLUMNS, (ROWS,)),
    (T_BEHIND + 1, (DEPARTURES,)),
    (AT_STEP + 1, (OUTCOMES,)),
    (LINE_COLUMNS, (LINES,)),
    (SOURCE_COLUMNS, (SOURCES,)),
    (EVENT, (HEAP,)),
    (KEY_WORDS, (KEYS,)),
    (PART_COLUMNS, (PARTS,)),
    (CHANGE_COLUMNS, (CHANGES,)),
    (CLOSURE_COLUMNS, (CLOSURES,)),
    (RETURN_COLUMNS, (RETURNS,)),
    (NOTED_COLUMNS, (CAPACITY,)),
):
    WIDTHS[list(_tables)] = _columns
WIDTHS.flags.writeable = False


INNER: dict[str, Any] = {"nogil": True, "_nrt": CHECKED, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
part_of_kernel = njit(**INNER)
"""Functions that only the kernel calls; without wrappers for Python they compile in half the time. They count no
references (`_nrt`), which is sound for a bare pointer and not for the array that the checked kernel passes."""
hot_part_of_kernel = njit(forceinline=True, **INNER)
"""Functions on the way of every visit, which are not called but written out where they are used."""


def itself(cells):
    """Return the memory as the array it is, whose bounds numba can check (NUMBA_BOUNDSCHECK)."""
    return cells


def bare(typing, cells):
    """Return the memory as a pointer to its cells: no index counts from the end, and a call passes one word."""

    def generate(context, builder, signature, arguments):
        return context.make_array(signature.args[0])(context, builder, arguments[0]).data

    return types.CPointer(types.int64)(cells), generate


UNCOMPILED = bool(getattr(config, "DISABLE_JIT", False))
pointer = part_of_kernel(itself) if CHECKED or UNCOMPILED else intrinsic(bare)


@hot_part_of_kernel
def at(m, table, row):
    """Return the place of a row of a table."""
    if CHECKED and not 0 <= row < m[table + 2]:
        raise IndexError("a row that is not in its table")
    return m[table] + row * (WIDTHS[table] or m[table + 1])


# ---------------------------------------------------------------------------------------------------------- draws


@hot_part_of_kernel
def philox(counter_0, counter_1, counter_2, counter_3, key_0, key_1):
    """Return two integers in [0, 2**53): Philox 4x32-10 (Salmon et al., SC 2011), as `sampling.streams.uniforms`."""
    word_0, word_1 = np.uint64(counter_0) & WORD_MASK, np.uint64(counter_1) & WORD_MASK
    word_2, word_3 = np.uint64(counter_2) & WORD_MASK, np.uint64(counter_3) & WORD_MASK
    round_0, round_1 = np.uint64(key_0), np.uint64(key_1)
    for _ in range(ROUNDS):
        product_0 = MULTIPLIER_0 * word_0
        product_1 = MULTIPLIER_1 * word_2
        word_0 = (product_1 >> WORD_BITS) ^ word_1 ^ round_0
        word_1 = product_1 & WORD_MASK
        word_2 = (product_0 >> WORD_BITS) ^ word_3 ^ round_1
        word_3 = product_0 & WORD_MASK
        round_0 = (round_0 + KEY_STEP_0) & WORD_MASK
        round_1 = (round_1 + KEY_STEP_1) & WORD_MASK
    first = (word_0 << HIGH_SHIFT) | (word_1 >> LOW_SHIFT)
    second = (word_2 << HIGH_SHIFT) | (word_3 >> LOW_SHIFT)
    return np.int64(first), np.int64(second)


@hot_part_of_kernel
def interpolated(m, table, k):
    """Return the fixed-point quantile of the uniform k, as `sampling.tables.interpolate`."""
    upper = k >> HALF_BITS
    u = (1 << UNIFORM_BITS) - k if upper else k + 1
    octave = (np.float64(u).view(np.int64) >> MANTISSA_BITS) - EXPONENT_BIAS
    below_leading = u - (np.int64(1) << octave)
    shift = octave - PLACE_BITS
    place = below_leading >> shift if shift >= 0 else below_leading << -shift
    knot = at(m, KNOTS, ENDS * table + upper) + (octave << CELL_BITS) + (place >> FRACTION_BITS)
    step = (m[knot + 1] - m[knot]) * (place & FRACTION_MASK)
    return m[knot] + ((step + HALF_FRACTION) >> FRACTION_BITS)


@hot_part_of_kernel
def drawn_amount(m, sampler, k1, k2):
    """Return a fixed-point draw, as `sampling.tables.sample_amounts`."""
    rule = at(m, SAMPLERS, sampler)
    part, last = at(m, PARTS, m[rule + P_FIRST]), at(m, PARTS, m[rule + P_LAST] - 1)
    while part < last and k2 >= m[part]:
        part += PART_COLUMNS
    if m[part + 1] < 0:
        return m[part + 2]
    return interpolated(m, m[part + 1], k1)


@hot_part_of_kernel
def whole(value, shift, least):
    """Return a fixed-point value rounded half to even, at least `least`, as `sampling.tables.to_whole`."""
    one = np.int64(1) << shift
    units, rest = value >> shift, value & (one - 1)
    twice = rest + rest
    if twice > one or (twice == one and units & 1):
        units += 1
    return max(units, least)


@hot_part_of_kernel
def drawn_ticks(m, sampler, stream, word, ordinal, visit, container):
    """Return a drawn duration in ticks."""
    rule = at(m, SAMPLERS, sampler)
    if (visit | container) >> VISIT_BITS:
        m[ERROR] = TOO_MANY_DRAWS
        return np.int64(1)
    if not m[NOISE]:
        return m[rule + P_MEAN_TICKS]
    if m[rule + P_CONSTANT] != NONE:
        return m[rule + P_CONSTANT]
    key = at(m, KEYS, stream)
    k1, k2 = philox(m[REPLICATION], word, ordinal, visit | (container << VISIT_BITS), m[key], m[key + 1])
    return whole(drawn_amount(m, sampler, k1, k2), m[rule + P_SHIFT], 1)


@hot_part_of_kernel
def next_draw(m, i, step):
    """Return the visit number of a consignment's next draw from the stream of a step."""
    slot = m[at(m, CODE, step) + DRAW_SLOT]
    if slot == NONE:
        return np.int64(0)
    count = at(m, COUNTS, i) + slot
    m[count] += 1
    return m[count] - 1


@hot_part_of_kernel
def cargo_ticks(m, i, step, sampler, containers):
    """Return a duration drawn by a consignment at a step; with several containers the sum of a draw for each."""
    stream, visit = m[at(m, CODE, step) + STREAM], next_draw(m, i, step)
    word = m[at(m, FLOWS, m[at(m, FLOW_OF, i)]) + Q_WORD]
    ordinal, total = m[at(m, ORDINALS, i)], np.int64(0)
    for container in range(containers):
        total += drawn_ticks(m, sampler, stream, word, ordinal, visit, container)
    return total


# ------------------------------------------------------------------------------------------------- events and lists


@part_of_kernel
def push(m, tick, phase, place, kind, entity, generation):
    """Put an event on the heap: (tick and phase, place within the phase, what)."""
    heap, child = m[HEAP], m[HEAP_SIZE]
    if child == m[HEAP + 2]:
        m[ERROR] = HEAP_FULL
        return
    m[HEAP_SIZE] = child + 1
    key = (tick << PHASE_BITS) | phase
    while child > 0:
        parent = (child - 1) >> 1
        above, below = heap + EVENT * parent, heap + EVENT * child
        if m[above] < key or (m[above] == key and m[above + 1] <= place):
            break
        m[below], m[below + 1], m[below + 2] = m[above], m[above + 1], m[above + 2]
        child = parent
    below = heap + EVENT * child
    m[below], m[below + 1] = key, place
    m[below + 2] = (generation << GENERATION_SHIFT) | (entity << KIND_BITS) | kind


@hot_part_of_kernel
def pop(m):
    """Remove the first event from the heap."""
    size = m[HEAP_SIZE] - 1
    m[HEAP_SIZE] = size
    above, last = m[HEAP], m[HEAP] + EVENT * size
    key, place, what = m[last], m[last + 1], m[last + 2]
    child = 1
    while child < size:
        below = m[HEAP] + EVENT * child
        other = below + EVENT
        if other < last and (m[other] < m[below] or (m[other] == m[below] and m[other + 1] < m[below + 1])):
            child, below = child + 1, other
        if key < m[below] or (key == m[below] and place <= m[below + 1]):
            break
        m[above], m[above + 1], m[above + 2] = m[below], m[below + 1], m[below + 2]
        above, child = below, child + child + 1
    m[above], m[above + 1], m[above + 2] = key, place, what


@part_of_kernel
def push_aged(m, tick, phase, number, kind, entity, generation):
    """Put an event on the heap that comes, among those of the same phase and number, by age."""
    m[AGE] += 1
    push(m, tick, phase, (number << AGE_BITS) | m[AGE], kind, entity, generation)


@part_of_kernel
def wake_at(m, i, tick):
    """Let an entity move on at a tick."""
    me = at(m, ENTITIES, i)
    push(m, tick, MOVES, m[me + E_PLACE], WAKE, i, m[me + E_GENERATION])


@part_of_kernel
def goes_before(m, i, other):
    """Return whether entity i stands before another in every queue: by priority, ready tick, tie rank, number."""
    me, it = at(m, ENTITIES, i), at(m, ENTITIES, other)
    if m[me + E_PRIORITY] != m[it + E_PRIORITY]:
        return m[me + E_PRIORITY] < m[it + E_PRIORITY]
    if m[me + E_READY] != m[it + E_READY]:
        return m[me + E_READY] < m[it + E_READY]
    if m[me + E_PLACE] != m[it + E_PLACE]:
        return m[me + E_PLACE] < m[it + E_PLACE]
    n = m[CONSIGNMENTS]
    number, its = (i if i < n else n - 1 - i), (other if other < n else n - 1 - other)
    return number < its


@part_of_kernel
def link_after(m, head, i, before):
    """Put entity i into a list behind `before` (NONE: in front); `head` is the place of the list's head."""
    me = at(m, ENTITIES, i)
    after = m[head] if before == NONE else m[at(m, ENTITIES, before) + E_NEXT]
    m[me + E_BEFORE], m[me + E_NEXT] = before, after
    if before == NONE:
        m[head] = i
    else:
        m[at(m, ENTITIES, before) + E_NEXT] = i
    if after == NONE:
        m[head + 1] = i
    else:
        m[at(m, ENTITIES, after) + E_BEFORE] = i


@part_of_kernel
def unlink(m, head, i):
    """Take entity i out of a list."""
    me = at(m, ENTITIES, i)
    before, after = m[me + E_BEFORE], m[me + E_NEXT]
    if before == NONE:
        m[head] = after
    else:
        m[at(m, ENTITIES, before) + E_NEXT] = after
    if after == NONE:
        m[head + 1] = before
    else:
        m[at(m, ENTITIES, after) + E_BEFORE] = before


@part_of_kernel
def queue_up(m, head, i):
    """Put entity i into a queue at its place, looked for from the end."""
    before = m[head + 1]
    while before != NONE and goes_before(m, i, before):
        before = m[at(m, ENTITIES, before) + E_BEFORE]
    link_after(m, head, i, before)


# ------------------------------------------------------------------------------------------------------- facilities


@part_of_kernel
def touch(m, f):
    """Note that a facility changed in this tick, so that the dispatcher looks at it."""
    here = at(m, FACILITIES, f)
    if not m[here + F_CHANGED]:
        m[here + F_CHANGED] = 1
        m[CHANGED] += 1
    m[AWAKE] = 1


@part_of_kernel
def is_wanted(m, f):
    """Return whether anybody who waits or rests here may be served now."""
    here = at(m, FACILITIES, f)
    return m[here + F_CAPACITY] > 0 and (m[here + F_HEAD] != NONE or m[here + F_REST_HEAD] != NONE)


@part_of_kernel
def request(m, f, i, units):
    """Join the queue of a facility."""
    here, me = at(m, FACILITIES, f), at(m, ENTITIES, i)
    m[me + E_READY], m[me + E_UNITS] = m[NOW], units
    queue_up(m, here + F_HEAD, i)
    capacity = m[here + F_CAPACITY]
    if capacity > 0 and capacity >= m[here + F_IN_USE] + units:
        touch(m, f)


@part_of_kernel
def give_back(m, f, units):
    """Free units of a facility."""
    m[at(m, FACILITIES, f) + F_IN_USE] -= units
    if is_wanted(m, f):
        touch(m, f)


@part_of_kernel
def busy_begins(m, f):
    """Start the clock of a facility that fails while busy."""
    here = at(m, FACILITIES, f)
    if m[here + F_BREAKS] and not m[here + F_DOWN]:
        m[here + F_BUSY_SINCE] = m[NOW]
        m[here + F_TIMER] += 1
        push_aged(m, m[NOW] + m[here + F_UPTIME_LEFT], CLOSINGS, f, FAILS, f, m[here + F_TIMER])


@part_of_kernel
def busy_ends(m, f):
    """Stop the clock of a facility that fails while busy."""
    here = at(m, FACILITIES, f)
    if m[here + F_BREAKS] and not m[here + F_DOWN]:
        m[here + F_UPTIME_LEFT] -= m[NOW] - m[here + F_BUSY_SINCE]
        m[here + F_TIMER] += 1


@part_of_kernel
def run_work(m, f, i):
    """Begin or resume the work of entity i at a facility that may close."""
    here, me = at(m, FACILITIES, f), at(m, ENTITIES, i)
    if m[here + F_RUN_HEAD] == NONE:
        busy_begins(m, f)
    link_after(m, here + F_RUN_HEAD, i, m[here + F_RUN_TAIL])
    m[here + F_RUN_UNITS] += m[me + E_UNITS]
    m[me + E_RESUMED], m[me + E_AT_WORK] = m[NOW], RUNNING
    wake_at(m, i, m[NOW] + m[me + E_LEFT])


@part_of_kernel
def leave_work(m, f, i):
    """Take entity i from the works that run at a facility."""
    here, me = at(m, FACILITIES, f), at(m, ENTITIES, i)
    unlink(m, here + F_RUN_HEAD, i)
    m[here + F_RUN_UNITS] -= m[me + E_UNITS]
    m[me + E_AT_WORK] = IDLE
    if m[here + F_RUN_HEAD] == NONE:
        busy_ends(m, f)


@part_of_kernel
def rest(m, f, i):
    """Let the work of entity i rest, ahead of those who rest already."""
    m[at(m, ENTITIES, i) + E_AT_WORK] = RESTING
    link_after(m, at(m, FACILITIES, f) + F_REST_HEAD, i, NONE)


@part_of_kernel
def closing_rule(m, f):
    """Return what the last change of capacity does to work."""
    here = at(m, FACILITIES, f)
    return m[here + F_AT_CLOSING] if m[here + F_CAUSE] == HOURS else m[here + F_AT_FAILURE]


@part_of_kernel
def work(m, f, i, units, ticks):
    """Let entity i, which was granted its place in this tick, work at a facility's hours; it is woken when done."""
    here, me = at(m, FACILITIES, f), at(m, ENTITIES, i)
    if not m[here + F_INTERRUPTIBLE]:
        wake_at(m, i, m[NOW] + ticks)
        return
    m[me + E_UNITS], m[me + E_FULL], m[me + E_LEFT], m[me + E_FACILITY] = units, ticks, ticks, f
    run_work(m, f, i)


@part_of_kernel
def unfinished(m, i):
    """Return whether the running work of entity i goes on after this tick."""
    me = at(m, ENTITIES, i)
    return m[me + E_RESUMED] + m[me + E_LEFT] > m[NOW]


@part_of_kernel
def suspend_excess(m, f, rule):
    """Suspend the latest-started works that no longer fit; work that ends in this very tick is done."""
    here = at(m, FACILITIES, f)
    excess, i = -m[here + F_CAPACITY], m[here + F_RUN_HEAD]
    while i != NONE:
        if unfinished(m, i):
            excess += m[at(m, ENTITIES, i) + E_UNITS]
        i = m[at(m, ENTITIES, i) + E_NEXT]
    i = m[here + F_RUN_TAIL]
    while excess > 0:
        me = at(m, ENTITIES, i)
        before = m[me + E_BEFORE]
        if unfinished(m, i):
            excess -= m[me + E_UNITS]
            m[me + E_LEFT] -= m[NOW] - m[me + E_RESUMED]
            if rule == RESTART:
                m[me + E_LEFT] = m[me + E_FULL]
            m[me + E_GENERATION] += 1
            leave_work(m, f, i)
            rest(m, f, i)
        i = before


@part_of_kernel
def settle(m, f, cause):
    """Adopt the capacity that hours and failures leave."""
    here = at(m, FACILITIES, f)
    capacity = max(0, m[here + F_PLANNED] - m[here + F_DOWN])
    if capacity == m[here + F_CAPACITY] and m[NOW]:
        return
    if m[CHANGES_NOTED] == m[CAPACITY + 2]:
        m[ERROR] = CHANGES_FULL
        return
    noted = at(m, CAPACITY, m[CHANGES_NOTED])
    m[CHANGES_NOTED] += 1
    m[noted], m[noted + 1], m[noted + 2], m[noted + 3] = f, m[NOW], capacity, cause
    m[here + F_CAPACITY], m[here + F_CAUSE] = capacity, cause
    rule = closing_rule(m, f)
    if rule != FINISH:
        suspend_excess(m, f, rule)
    if is_wanted(m, f):
        touch(m, f)


@part_of_kernel
def next_change(m, f):
    """Make the next planned change of a facility's capacity and plan the one after it."""
    here = at(m, FACILITIES, f)
    number = m[here + F_NEXT_CHANGE]
    change = at(m, CHANGES, number)
    units = m[change + 1]
    m[here + F_PLANNED] = units
    settle(m, f, m[change + 2])
    m[here + F_NEXT_CHANGE] = number + 1
    if number + 1 < m[here + F_LAST_CHANGE]:
        change = at(m, CHANGES, number + 1)
        phase = CLOSINGS if m[change + 1] < units else OPENINGS
        push_aged(m, m[change], phase, f, CHANGE, f, 0)


@part_of_kernel
def draw_of_facility(m, f, sampler, visit):
    """Return a duration drawn for a facility's next failure."""
    here = at(m, FACILITIES, f)
    return drawn_ticks(m, sampler, m[here + F_STREAM], m[here + F_WORD], m[here + F_FAILURES], visit, 0)


@part_of_kernel
def fail(m, f):
    """Let a facility fail that fails while busy."""
    here = at(m, FACILITIES, f)
    repair = draw_of_facility(m, f, m[here + F_REPAIR], 1)
    m[here + F_FAILURES] += 1
    m[here + F_DOWN] = m[here + F_FAILING]
    settle(m, f, FAILURE)
    push_aged(m, m[NOW] + repair, OPENINGS, f, REPAIRED, f, 0)


@part_of_kernel
def repaired(m, f):
    """Bring a failed facility back."""
    here = at(m, FACILITIES, f)
    m[here + F_DOWN] = 0
    m[here + F_UPTIME_LEFT] = draw_of_facility(m, f, m[here + F_UPTIME], 0)
    if m[here + F_RUN_HEAD] != NONE:
        busy_begins(m, f)
    settle(m, f, FAILURE)


@part_of_kernel
def serve_one(m, f):
    """Resume one resting work or grant one request, in queue order; return whose, or NONE."""
    here = at(m, FACILITIES, f)
    capacity = m[here + F_CAPACITY]
    if capacity <= 0:
        return np.int64(NONE)
    i = m[here + F_REST_HEAD]
    if i != NONE and m[here + F_RUN_UNITS] + m[at(m, ENTITIES, i) + E_UNITS] <= capacity:
        unlink(m, here + F_REST_HEAD, i)
        run_work(m, f, i)
        return i
    free = capacity - m[here + F_IN_USE]
    i = m[here + F_HEAD]
    while i != NONE:
        units = m[at(m, ENTITIES, i) + E_UNITS]
        if units <= free:
            unlink(m, here + F_HEAD, i)
            m[here + F_IN_USE] += units
            return i
        if not m[here + F_FIRST_FIT]:
            break
        i = m[at(m, ENTITIES, i) + E_NEXT]
    return np.int64(NONE)


@part_of_kernel
def dispatch(m):
    """Grant once, at the lowest facility that changed and can; then moves come first, and the dispatcher again.

    Nothing else is left to happen in this tick before the dispatcher: who is granted moves on at once.
    """
    m[AWAKE] = 0
    for f in range(m[FACILITIES + 2]):
        changed = at(m, FACILITIES, f) + F_CHANGED
        if not m[changed]:
            continue
        served = serve_one(m, f)
        if served == NONE or not is_wanted(m, f):
            m[changed] = 0
            m[CHANGED] -= 1
        if served != NONE:
            m[AWAKE] = 1 if m[CHANGED] else 0
            if m[at(m, ENTITIES, served) + E_AT_WORK] == IDLE:
                move_on(m, served)
            return


# -------------------------------------------------------------------------------------------------------- vehicles


@part_of_kernel
def reopening(m, first, last, tick):
    """Return the first tick at or after `tick` at which a place is open, by the closures `first` to `last`."""
    for number in range(first, last):
        closure = at(m, CLOSURES, number)
        if m[closure] <= tick < m[closure + 1]:
            tick = m[closure + 1]
    return tick


@part_of_kernel
def origin_reopens(m, service, tick):
    """Return when the origin of a service (its place in the memory) is open, from a tick on."""
    return reopening(m, m[service + S_CLOSED_FROM], m[service + S_CLOSED_FROM_END], tick)


@part_of_kernel
def destination_reopens(m, service, tick):
    """Return when the destination of a service (its place in the memory) is open, from a tick on."""
    return reopening(m, m[service + S_CLOSED_TO], m[service + S_CLOSED_TO_END], tick)


@part_of_kernel
def service_of(m, d):
    """Return the place in the memory of a departure's service."""
    return at(m, SERVICES, m[at(m, SERVICE_OF, d)])


@part_of_kernel
def closing_of(m, d):
    """Return when a departure's load list is fixed."""
    return max(0, m[at(m, SCHEDULED, d)] - m[service_of(m, d) + S_CLOSE])


@part_of_kernel
def push_load_list(m, service):
    """Plan the next load list of a service, passing over departures cancelled before theirs."""
    while m[service + S_UPCOMING] < m[service + S_LAST]:
        d = m[service + S_UPCOMING]
        m[service + S_UPCOMING] = d + 1
        if m[at(m, DEPARTURES, d) + T_STATE] != CANCELLED:
            push(m, closing_of(m, d), LOAD_LISTS, d, LOADING_ENDS, d, 0)
            return


@part_of_kernel
def is_in_time(m, i, service, scheduled):
    """Return whether a waiting consignment met all cut-offs of a departure."""
    for kind in range(KINDS):
        before = m[service + S_CUTOFFS + kind]
        if before != NONE:
            met = m[at(m, MARKS, i) + kind]
            if met == NONE:
                met = m[at(m, ENTITIES, i) + E_READY]
            if met > scheduled - before:
                return False
    return True


@part_of_kernel
def fits(m, d, i):
    """Return whether a consignment still fits on a departure whose load so far stands in LOAD."""
    room, load, size = at(m, ROOM, d), m[LOAD], at(m, SIZES, i)
    for measure in range(MEASURES):
        most = m[room + measure]
        if most != NONE and m[load + measure] + m[size + measure] > most:
            return False
    return True


@part_of_kernel
def take_aboard(m, d, i):
    """Add a consignment to a departure's load."""
    voyage = at(m, VOYAGES, d)
    last = m[voyage + D_CARGO_LAST]
    if last == NONE:
        m[voyage + D_CARGO] = i
    else:
        m[at(m, ENTITIES, last) + E_CARGO_NEXT] = i
    m[voyage + D_CARGO_LAST] = i
    m[at(m, ENTITIES, i) + E_CARGO_NEXT] = NONE
    load, own, size = m[LOAD], at(m, OWN, d), at(m, SIZES, i)
    for measure in range(MEASURES):
        m[load + measure] += m[size + measure]
        m[own + measure] += m[size + measure]


@part_of_kernel
def load_cargo(m, d, service):
    """Put on a departure who waits, is in time and fits; return how many were in time but did not."""
    scheduled, behind, stopped = m[at(m, SCHEDULED, d)], np.int64(0), False
    i = m[service + S_HEAD]
    while i != NONE:
        after = m[at(m, ENTITIES, i) + E_NEXT]
        if is_in_time(m, i, service, scheduled):
            if stopped or not fits(m, d, i):
                behind += 1
                stopped = m[service + S_STRICT] == 1
            else:
                unlink(m, service + S_HEAD, i)
                take_aboard(m, d, i)
        i = after
    return behind


@part_of_kernel
def fix_load_list(m, d):
    """Fix a departure's load list at its last cut-off and send it on its way."""
    service, voyage, row = service_of(m, d), at(m, VOYAGES, d), at(m, DEPARTURES, d)
    push_load_list(m, service)
    load, background = m[LOAD], at(m, BACKGROUND, d)
    for measure in range(MEASURES):
        m[load + measure] = m[background + measure]
    m[voyage + D_CARGO] = m[voyage + D_CARGO_LAST] = NONE
    m[row + T_BEHIND] = load_cargo(m, d, service)
    m[row + T_CLOSED] = m[NOW]
    least, notice = m[service + S_MINIMUM_MEASURE], m[at(m, NOTICES, d)]
    light = least != NONE and m[service + S_CANCEL_IF_LIGHT] and m[load + least] < m[service + S_MINIMUM_LOAD]
    if light:
        put_back(m, d, TOO_LIGHT)
    elif m[service + S_QUIET] and m[voyage + D_CARGO] == NONE:
        m[voyage + D_STEP] = QUIET
    elif notice != NONE:
        m[voyage + D_STEP] = TO_BE_CANCELLED
        push_aged(m, notice, COMPLETIONS, 0, VOYAGE, d, 0)
    else:
        prepare_to_leave(m, d, service, voyage)


@part_of_kernel
def put_back(m, d, state):
    """Return a departure's cargo to the queue with its old ready ticks."""
    voyage, own = at(m, VOYAGES, d), at(m, OWN, d)
    i = m[voyage + D_CARGO]
    while i != NONE:
        queue_up(m, service_of(m, d) + S_HEAD, i)
        i = m[at(m, ENTITIES, i) + E_CARGO_NEXT]
    for measure in range(MEASURES):
        m[own + measure] = 0
    m[at(m, DEPARTURES, d) + T_STATE] = state
    m[voyage + D_STEP] = THROUGH


@part_of_kernel
def prepare_to_leave(m, d, service, voyage):
    """Plan when a loaded departure leaves, or when it is given up because its origin stays closed."""
    wanted = m[at(m, SCHEDULED, d)] + m[at(m, DELAYS, d)]
    reopens = origin_reopens(m, service, wanted)
    if reopens - wanted > m[service + S_LONGEST_HOLD]:
        m[voyage + D_STEP] = TO_BE_HELD
        push_aged(m, wanted + m[service + S_LONGEST_HOLD], COMPLETIONS, 0, VOYAGE, d, 0)
    else:
        m[voyage + D_STEP] = LEAVING
        push_aged(m, reopens, COMPLETIONS, 0, VOYAGE, d, 0)


@part_of_kernel
def voyage_event(m, d):
    """Let happen what was planned for a departure."""
    step = m[at(m, VOYAGES, d) + D_STEP]
    if step == TO_BE_CANCELLED:
        put_back(m, d, CANCELLED)
    elif step == TO_BE_HELD:
        put_back(m, d, HELD_TOO_LONG)
    elif step == LEAVING:
        make_vehicle(m, d)
        go_to_berth(m, d, m[service_of(m, d) + S_BERTH_FROM], AT_FIRST_BERTH)
    else:  # at sea
        m[at(m, DEPARTURES, d) + T_ARRIVED] = m[NOW]
        go_to_berth(m, d, m[service_of(m, d) + S_BERTH_TO], AT_LAST_BERTH)


@part_of_kernel
def make_vehicle(m, d):
    """Make a departure that is about to leave an entity that can queue."""
    me = at(m, ENTITIES, m[CONSIGNMENTS] + d)
    m[me + E_PRIORITY] = place_of_priority(m, 0)
    m[me + E_PLACE] = (m[me + E_PRIORITY] << TIE_BITS) | m[at(m, VEHICLE_TIES, d)]
    m[me + E_GENERATION], m[me + E_AT_WORK] = 0, IDLE


@part_of_kernel
def go_to_berth(m, d, berth, waiting):
    """Let a vehicle ask for a berth, or go straight to work where there is none."""
    m[at(m, VOYAGES, d) + D_STEP] = waiting
    if berth == NONE:
        move_vehicle(m, d)
    else:
        request(m, berth, m[CONSIGNMENTS] + d, ONE)


@part_of_kernel
def works_at_berth(m, d, berth, sampler, stream):
    """Let a vehicle load or unload for a drawn time; return whether there is anything to do."""
    if sampler == NONE:
        return False
    i = m[CONSIGNMENTS] + d
    word, scheduled = m[service_of(m, d) + S_WORD], m[at(m, SCHEDULED, d)]
    ticks = drawn_ticks(m, sampler, stream, word, scheduled, 0, 0)
    if berth == NONE:
        wake_at(m, i, m[NOW] + ticks)
    else:
        work(m, berth, i, ONE, ticks)
    return True


@part_of_kernel
def move_vehicle(m, d):
    """Let a vehicle that has its berth, or has done its work there, go on."""
    service, voyage = service_of(m, d), at(m, VOYAGES, d)
    if m[voyage + D_STEP] == AT_FIRST_BERTH:
        m[voyage + D_STEP] = BEING_LOADED
        if works_at_berth(m, d, m[service + S_BERTH_FROM], m[service + S_LOADING], m[service + S_LOADING_STREAM]):
            return
    if m[voyage + D_STEP] == BEING_LOADED:
        depart(m, d)
        return
    if m[voyage + D_STEP] == AT_LAST_BERTH:
        m[voyage + D_STEP], m[voyage + D_BERTHED] = BEING_UNLOADED, m[NOW]
        if works_at_berth(m, d, m[service + S_BERTH_TO], m[service + S_UNLOADING], m[service + S_UNLOADING_STREAM]):
            return
    land(m, d)


@part_of_kernel
def depart(m, d):
    """Let a vehicle leave its origin; its cargo gives up the yard."""
    service, voyage, row = service_of(m, d), at(m, VOYAGES, d), at(m, DEPARTURES, d)
    if m[service + S_BERTH_FROM] != NONE:
        give_back(m, m[service + S_BERTH_FROM], ONE)
    m[row + T_STATE], m[row + T_ACTUAL] = RAN, m[NOW]
    i = m[voyage + D_CARGO]
    while i != NONE:
        me = at(m, ENTITIES, i)
        visit = at(m, ROWS, m[me + E_ROW])
        m[visit + START], m[visit + RESOURCE] = m[NOW], d
        yard = m[at(m, CODE, m[me + E_STEP]) + B]
        if yard != NONE:
            leave_yard(m, i, yard)
        i = m[me + E_CARGO_NEXT]
    m[voyage + D_STEP] = AT_SEA
    due = destination_reopens(m, service, m[NOW] + m[at(m, TRANSITS, d)])
    push(m, due, ARRIVALS, d, VOYAGE, d, 0)


@part_of_kernel
def land(m, d):
    """Let a vehicle's cargo go ashore; it keeps its berth until each has its place in the yard."""
    voyage = at(m, VOYAGES, d)
    m[at(m, DEPARTURES, d) + T_BERTHED] = m[voyage + D_BERTHED]
    m[voyage + D_STEP], m[voyage + D_OWING] = WAITING_FOR_YARD, 0
    i = m[voyage + D_CARGO]
    while i != NONE:
        me = at(m, ENTITIES, i)
        m[at(m, ROWS, m[me + E_ROW]) + END] = m[NOW]
        yard = m[at(m, CODE, m[me + E_STEP]) + C]
        if yard != NONE:
            m[me + E_OWED], m[me + E_OWED_AT] = d, yard
            m[voyage + D_OWING] += 1
        wake_at(m, i, m[NOW])
        i = m[me + E_CARGO_NEXT]
    if not m[voyage + D_OWING]:
        leave_last_berth(m, d)


@part_of_kernel
def leave_last_berth(m, d):
    """Let an unloaded vehicle go."""
    berth = m[service_of(m, d) + S_BERTH_TO]
    m[at(m, VOYAGES, d) + D_STEP] = THROUGH
    m[at(m, DEPARTURES, d) + T_LEFT] = m[NOW]
    if berth != NONE:
        give_back(m, berth, ONE)


@part_of_kernel
def close_quiet_departure(m, d):
    """Complete the row of a departure without our cargo and without berths: it touches nothing in the world."""
    service, row, stop = service_of(m, d), at(m, DEPARTURES, d), m[STOP]
    notice = m[at(m, NOTICES, d)]
    if notice != NONE:
        if notice <= stop:
            m[row + T_STATE] = CANCELLED
        return
    wanted = m[at(m, SCHEDULED, d)] + m[at(m, DELAYS, d)]
    reopens = origin_reopens(m, service, wanted)
    if reopens - wanted > m[service + S_LONGEST_HOLD]:
        if wanted + m[service + S_LONGEST_HOLD] <= stop:
            m[row + T_STATE] = HELD_TOO_LONG
    elif reopens <= stop:
        m[row + T_STATE], m[row + T_ACTUAL] = RAN, reopens
        due = destination_reopens(m, service, reopens + m[at(m, TRANSITS, d)])
        if due <= stop:
            m[row + T_ARRIVED] = m[row + T_BERTHED] = m[row + T_LEFT] = due


# ----------------------------------------------------------------------------------------------------- consignments


@part_of_kernel
def place_of_priority(m, priority):
    """Return the place of a priority among those in use."""
    first = m[PRIORITIES]
    place = first
    while m[place] != priority:
        place += 1
    return place - first


@part_of_kernel
def collect_priorities(m):
    """Note the priorities in use, in order; vehicles have 0."""
    first, count, known = m[PRIORITIES], np.int64(1), np.int64(0)
    m[first] = 0
    for i in range(m[CONSIGNMENTS]):
        priority = m[at(m, PRIORITY_OF, i)]
        if priority == known:
            continue
        known, place = priority, np.int64(0)
        while place < count and m[first + place] < priority:
            place += 1
        if place < count and m[first + place] == priority:
            continue
        if count == MOST_PRIORITIES:
            m[ERROR] = TOO_MANY_PRIORITIES
            return
        for later in range(count, place, -1):
            m[first + later] = m[first + later - 1]
        m[first + place] = priority
        count += 1


@part_of_kernel
def push_release(m, q):
    """Plan the next release of a flow."""
    flow = at(m, FLOWS, q)
    i = m[flow + Q_NEXT]
    if i == m[flow + Q_LAST]:
        return
    m[flow + Q_NEXT] = i + 1
    if m[ORDERED]:
        i = m[at(m, RELEASE_ORDER, i)]
    if m[at(m, RELEASES, i)] >= m[HORIZON]:
        m[flow + Q_NEXT] = m[flow + Q_LAST]
        return
    me, marks = at(m, ENTITIES, i), at(m, MARKS, i)
    m[me + E_PRIORITY] = place_of_priority(m, m[at(m, PRIORITY_OF, i)])
    m[me + E_PLACE] = (m[me + E_PRIORITY] << TIE_BITS) | m[at(m, TIES, i)]
    m[me + E_GENERATION], m[me + E_AT_WORK] = 0, IDLE
    m[me + E_CONTAINERS] = m[at(m, CONTAINERS, i)]
    m[me + E_LOAD_NEXT], m[me + E_LOAD_LAST], m[me + E_OWED], m[me + E_ONWARD] = NONE, i, NONE, NONE
    for kind in range(KINDS):
        m[marks + kind] = NONE
    push(m, m[at(m, RELEASES, i)], MOVES, m[me + E_PLACE], NEXT_RELEASE, i, 0)


@hot_part_of_kernel
def new_row(m, i, step, now):
    """Begin the row of a consignment's visit to a step; return its place, NONE where there is no room."""
    me = at(m, ENTITIES, i)
    number = m[me + E_ROW] + 1
    if number == m[me + E_ROWS_END]:
        m[ERROR] = ROWS_FULL
        return np.int64(NONE)
    visit, slot = np.int64(0), m[at(m, CODE, step) + VISIT_SLOT]
    if slot != NONE:
        count = at(m, COUNTS, i) + slot
        visit = m[count]
        m[count] += 1
    row, seq = at(m, ROWS, number), number - m[me + E_FIRST_ROW]
    m[row + CONSIGNMENT], m[row + SEQ], m[row + STEP], m[row + VISIT], m[row + READY] = i, seq, step, visit, now
    m[row + START], m[row + END], m[row + RESOURCE], m[row + UNITS] = NONE, NONE, NONE, 0
    m[me + E_STEP], m[me + E_ROW] = step, number
    return row


@hot_part_of_kernel
def at_once(m, row, now, resource, units):
    """Complete the row (its place) of a visit that takes no time."""
    m[row + START] = m[row + END] = now
    m[row + RESOURCE], m[row + UNITS] = resource, units


@hot_part_of_kernel
def is_private(m, code):
    """Return whether nobody else can see or change what a consignment does at a step (its place in the memory)."""
    op = m[code + OP]
    return op in (MARK, BRANCH) or (op == DELAY and m[code + B] == NONE)


@part_of_kernel
def advance(m, i, step):
    """Walk a consignment through the program until it has to wait or is delivered.

    Steps that concern nobody else are walked ahead of the clock, as if their time had come; what would happen after
    the stop is taken back at the end.
    """
    now = m[NOW]
    while step != NONE:
        code = at(m, CODE, step)
        if now > m[NOW] and (now > m[HORIZON] or not is_private(m, code)):
            m[at(m, ENTITIES, i) + E_ONWARD] = step
            wake_at(m, i, now)
            return
        row = new_row(m, i, step, now)
        if row == NONE:
            return
        op, step = m[code + OP], m[code + NEXT_STEP]
        if op == DELAY:
            now = begin_delay(m, i, code, row, now)
        elif op == BRANCH:
            step = take_branch(m, i, code, row, now)
        elif op == MARK:
            if m[code + A] < KINDS:
                m[at(m, MARKS, i) + m[code + A]] = now
            at_once(m, row, now, m[code + A], 0)
        elif op == RELEASE:
            release_units(m, i, code, row)
        elif op == SWITCH:
            step = take_switch(m, i, code, row)
        elif has_to_wait(m, i, code, row):
            return
        if now == NONE:
            return
    if now <= m[HORIZON]:
        deliver(m, i, now)


@hot_part_of_kernel
def has_to_wait(m, i, code, row):
    """Let a consignment ask for units of a facility, or wait for a departure or a full load."""
    op, a = m[code + OP], m[code + A]
    if op == BOARD:
        m[at(m, ENTITIES, i) + E_READY] = m[NOW]
        queue_up(m, at(m, SERVICES, a) + S_HEAD, i)
        return True
    if op == BATCH:
        join_batch(m, i, a)
        return True
    units = m[code + C] if m[code + B] == NONE else m[at(m, SIZES, i) + m[code + B]]
    m[row + RESOURCE], m[row + UNITS] = a, units
    if not is_granted_now(m, a, units):
        request(m, a, i, units)
        return True
    m[at(m, FACILITIES, a) + F_IN_USE] += units
    seized(m, i, a, row)
    return False


@hot_part_of_kernel
def is_granted_now(m, f, units):
    """Return whether a request would be the next thing that the dispatcher grants, with nothing to happen before."""
    here = at(m, FACILITIES, f)
    if m[here + F_HEAD] != NONE or m[here + F_REST_HEAD] != NONE or m[AWAKE]:
        return False
    if m[here + F_CAPACITY] <= 0 or m[here + F_IN_USE] + units > m[here + F_CAPACITY]:
        return False
    return not m[HEAP_SIZE] or m[m[HEAP]] > (m[NOW] << PHASE_BITS) | DISPATCH


@hot_part_of_kernel
def seized(m, i, f, row):
    """Note that a consignment holds units of a facility; a vehicle may have waited for that."""
    me = at(m, ENTITIES, i)
    m[row + START] = m[NOW]
    m[at(m, HELD, i) + f] = m[me + E_ROW]
    d = m[me + E_OWED]
    if d != NONE and m[me + E_OWED_AT] == f:
        owing = at(m, VOYAGES, d) + D_OWING
        m[me + E_OWED] = NONE
        m[owing] -= 1
        if not m[owing]:
            push_aged(m, m[NOW], COMPLETIONS, 0, EMPTIED, d, 0)


@hot_part_of_kernel
def go_on(m, i):
    """Let a consignment that waited end its visit and walk on."""
    me = at(m, ENTITIES, i)
    code, onward = at(m, CODE, m[me + E_STEP]), m[me + E_ONWARD]
    m[me + E_ONWARD] = NONE
    if onward == NONE:
        onward = m[code + NEXT_STEP]
        if m[code + OP] == DELAY:
            m[at(m, ROWS, m[me + E_ROW]) + END] = m[NOW]
        elif m[code + OP] == SEIZE:
            seized(m, i, m[code + A], at(m, ROWS, m[me + E_ROW]))
    advance(m, i, onward)


@part_of_kernel
def is_measured(m, i):
    """Return whether the run lasts until a consignment is delivered."""
    inside = m[WINDOW_FROM] <= m[at(m, RELEASES, i)] < m[WINDOW_TO]
    return inside and m[at(m, FLOWS, m[at(m, FLOW_OF, i)]) + Q_MEASURED] == 1


@part_of_kernel
def deliver(m, i, now):
    """Note the delivery of a consignment and of all who travel with it."""
    while i != NONE:
        m[at(m, OUTCOMES, i) + DELIVERED] = now
        if is_measured(m, i):
            m[OUTSTANDING] -= 1
            m[LATEST] = max(m[LATEST], now)
            if not m[OUTSTANDING]:
                m[STOP] = max(m[LATEST], m[WINDOW_TO])
        i = m[at(m, ENTITIES, i) + E_LOAD_NEXT]


@part_of_kernel
def end_walk(m, i):
    """Take back what a consignment walked ahead of the stop, and note how many visits are left and where it stands."""
    me, outcome, stop = at(m, ENTITIES, i), at(m, OUTCOMES, i), m[STOP]
    number, first = m[me + E_ROW], m[me + E_FIRST_ROW]
    if m[outcome + DELIVERED] == NONE or m[outcome + DELIVERED] > stop:
        m[outcome + DELIVERED] = NONE
        while number >= first and m[at(m, ROWS, number) + READY] > stop:
            number -= 1
        if number >= first:
            row = at(m, ROWS, number)
            m[outcome + AT_STEP] = m[row + STEP]
            if m[row + END] > stop:
                m[row + END] = NONE
    m[at(m, SEQS, i)] = number + 1 - first


@hot_part_of_kernel
def begin_delay(m, i, code, row, now):
    """Let a consignment spend a drawn time, at a facility's hours where the step has one.

    Returns when it is through, NONE where that depends on the facility.
    """
    me, f = at(m, ENTITIES, i), m[code + B]
    m[row + START], m[row + RESOURCE] = now, f
    containers = m[me + E_CONTAINERS] if m[code + C] else 1
    ticks = cargo_ticks(m, i, m[me + E_STEP], m[code + A], containers)
    if f == NONE:
        m[row + END] = now + ticks
        return now + ticks
    held = at(m, ROWS, m[at(m, HELD, i) + f])
    work(m, f, i, m[held + UNITS], ticks)
    return np.int64(NONE)


@part_of_kernel
def leave_yard(m, i, f):
    """Let a consignment give up what it holds of a facility."""
    mine = at(m, HELD, i) + f
    held = at(m, ROWS, m[mine])
    m[mine] = NONE
    m[held + END] = m[NOW]
    give_back(m, f, m[held + UNITS])


@part_of_kernel
def release_units(m, i, code, row):
    """Give units back, at once or after a drawn return."""
    f, me = m[code + A], at(m, ENTITIES, i)
    mine = at(m, HELD, i) + f
    held = m[mine]
    at_once(m, row, m[NOW], f, m[at(m, ROWS, held) + UNITS])
    if m[code + B] == NONE:
        leave_yard(m, i, f)
        return
    ticks = cargo_ticks(m, i, m[me + E_STEP], m[code + B], 1)
    m[row + END] = m[mine] = NONE
    number = m[RETURNED_LATER]
    if number == m[RETURNS + 2]:
        m[ERROR] = RETURNS_FULL
        return
    m[RETURNED_LATER] = number + 1
    back = at(m, RETURNS, number)
    m[back], m[back + 1], m[back + 2] = m[me + E_ROW], held, f
    push_aged(m, m[NOW] + ticks, COMPLETIONS, 0, RETURNED, number, 0)


@part_of_kernel
def take_back(m, number):
    """Bring units back that were released some time ago."""
    back = at(m, RETURNS, number)
    held = at(m, ROWS, m[back + 1])
    m[at(m, ROWS, m[back]) + END] = m[held + END] = m[NOW]
    give_back(m, m[back + 2], m[held + UNITS])


@hot_part_of_kernel
def take_branch(m, i, code, row, now):
    """Choose a lane and return the step that follows."""
    branch = at(m, BRANCHES, m[code + A])
    first, taken = m[branch + R_FIRST], m[branch + R_TAKEN]
    if m[NOISE]:
        visit = next_draw(m, i, m[row + STEP])
        if visit >> VISIT_BITS:
            m[ERROR] = TOO_MANY_DRAWS
            return np.int64(NONE)
        key, word = at(m, KEYS, m[code + STREAM]), m[at(m, FLOWS, m[at(m, FLOW_OF, i)]) + Q_WORD]
        lot, _ = philox(m[REPLICATION], word, m[at(m, ORDINALS, i)], visit, m[key], m[key + 1])
        taken = np.int64(0)
        while lot >= m[at(m, LANES, first + taken) + L_UPTO]:
            taken += 1
    lane = at(m, LANES, first + taken)
    at_once(m, row, now, m[code + A], taken)
    if not m[lane + L_AGAIN]:
        return m[lane + L_TARGET]
    laps = at(m, COUNTS, i) + m[lane + L_SLOT]
    m[laps] += 1
    return m[lane + L_TARGET] if m[laps] <= m[lane + L_AGAIN] else m[lane + L_OTHERWISE]


@part_of_kernel
def take_switch(m, i, code, row):
    """Decide whether a consignment leaves its route and return the step that follows."""
    rule = at(m, SWITCHES, m[code + A])
    if m[rule + W_SERVICE] != NONE:
        wait = wait_for_next(m, at(m, SERVICES, m[rule + W_SERVICE]))
        leaves = wait == NONE or wait > m[rule + W_WAIT]
    else:
        leaves = units_ahead(m, m[rule + W_FACILITY], i) > m[rule + W_OVER]
    at_once(m, row, m[NOW], m[code + A], 1 if leaves else 0)
    return m[rule + W_TARGET] if leaves else m[code + NEXT_STEP]


@part_of_kernel
def units_ahead(m, f, i):
    """Return the units asked for by those who wait at a facility ahead of a newcomer, those in service excluded."""
    ahead, other = np.int64(0), m[at(m, FACILITIES, f) + F_HEAD]
    priority = m[at(m, ENTITIES, i) + E_PRIORITY]
    while other != NONE and m[at(m, ENTITIES, other) + E_PRIORITY] <= priority:
        ahead += m[at(m, ENTITIES, other) + E_UNITS]
        other = m[at(m, ENTITIES, other) + E_NEXT]
    return ahead


@part_of_kernel
def wait_for_next(m, service):
    """Return ticks until the next departure of a service still open by schedule and notices, or NONE."""
    last, earliest = m[service + S_LAST], m[NOW] + m[service + S_CLOSE]
    low, high = m[service + S_FIRST], last
    while low < high:
        middle = (low + high) >> 1
        if m[at(m, SCHEDULED, middle)] >= earliest:
            high = middle
        else:
            low = middle + 1
    while low < last:
        notice = m[at(m, NOTICES, low)]
        if notice == NONE or notice > m[NOW]:
            return m[at(m, SCHEDULED, low)] - m[NOW]
        low += 1
    return np.int64(NONE)


@part_of_kernel
def join_batch(m, i, b):
    """Let a consignment wait for a load to fill."""
    batch, flows = at(m, BATCHES, b), m[FLOWS + 2]
    g = b * (flows + 1) + (m[at(m, FLOW_OF, i)] if m[batch + B_PER_FLOW] else flows)
    gathering = at(m, GATHERINGS, g)
    m[at(m, ENTITIES, i) + E_READY] = m[NOW]
    queue_up(m, gathering + G_HEAD, i)
    m[gathering + G_AMOUNT] += m[at(m, SIZES, i) + m[batch + B_MEASURE]]
    m[gathering + G_COUNT] += 1
    if m[gathering + G_COUNT] == 1:
        start_timer(m, g, m[NOW])
    while m[gathering + G_COUNT] and m[gathering + G_AMOUNT] >= m[batch + B_FULL]:
        form_load(m, g)


@part_of_kernel
def start_timer(m, g, since):
    """Plan when a load that is not full leaves all the same."""
    timer = at(m, GATHERINGS, g) + G_TIMER
    m[timer] += 1
    timeout = m[at(m, BATCHES, g // (m[FLOWS + 2] + 1)) + B_TIMEOUT]
    if timeout != NONE:
        push_aged(m, max(since + timeout, m[NOW]), COMPLETIONS, 0, TIMER, g, m[timer])


@part_of_kernel
def join_leader(m, leader, i):
    """Let a consignment travel with the leader of its load from now on."""
    chief, me = at(m, ENTITIES, leader), at(m, ENTITIES, i)
    m[at(m, ENTITIES, m[chief + E_LOAD_LAST]) + E_LOAD_NEXT] = i
    m[chief + E_LOAD_LAST] = m[me + E_LOAD_LAST]
    for measure in range(MEASURES):
        m[at(m, SIZES, leader) + measure] += m[at(m, SIZES, i) + measure]


@part_of_kernel
def form_load(m, g):
    """Let the first members that make a full load, or all there are, go on as one."""
    gathering, batch = at(m, GATHERINGS, g), at(m, BATCHES, g // (m[FLOWS + 2] + 1))
    leader = m[gathering + G_HEAD]
    amount, count, i = np.int64(0), np.int64(0), leader
    while i != NONE:
        size = m[at(m, SIZES, i) + m[batch + B_MEASURE]]
        if count and amount + size > m[batch + B_FULL]:
            break
        amount += size
        count += 1
        i = m[at(m, ENTITIES, i) + E_NEXT]
    for number in range(count):
        i = m[gathering + G_HEAD]
        unlink(m, gathering + G_HEAD, i)
        at_once(m, at(m, ROWS, m[at(m, ENTITIES, i) + E_ROW]), m[NOW], leader, count)
        m[at(m, OUTCOMES, i) + LEADER] = leader
        if number:
            join_leader(m, leader, i)
    sizes, chief = at(m, SIZES, leader), at(m, ENTITIES, leader)
    for measure in range(MEASURES):
        if m[batch + B_BECOMES + measure] != NONE:
            m[sizes + measure] = m[batch + B_BECOMES + measure]
    m[chief + E_CONTAINERS] = max(1, m[sizes + BOX] // ONE)
    wake_at(m, leader, m[NOW])
    m[gathering + G_AMOUNT] -= amount
    m[gathering + G_COUNT] -= count
    m[gathering + G_TIMER] += 1
    if m[gathering + G_COUNT]:
        start_timer(m, g, longest_waiting(m, gathering))


@part_of_kernel
def longest_waiting(m, gathering):
    """Return since when the first of those who still gather has waited."""
    i = m[gathering + G_HEAD]
    since = m[at(m, ENTITIES, i) + E_READY]
    while i != NONE:
        since = min(since, m[at(m, ENTITIES, i) + E_READY])
        i = m[at(m, ENTITIES, i) + E_NEXT]
    return since


# ------------------------------------------------------------------------------------------------------- the world


@part_of_kernel
def open_world(m):
    """Set the first capacities and plan the first departures and releases."""
    collect_priorities(m)
    if m[ERROR]:
        return
    for f in range(m[FACILITIES + 2]):
        next_change(m, f)
        here = at(m, FACILITIES, f)
        if m[here + F_BREAKS]:
            m[here + F_UPTIME_LEFT] = draw_of_facility(m, f, m[here + F_UPTIME], 0)
    for d in range(m[DEPARTURES + 2]):
        notice = m[at(m, NOTICES, d)]
        if notice != NONE and notice <= closing_of(m, d):
            m[at(m, DEPARTURES, d) + T_STATE] = CANCELLED
    for s in range(m[SERVICES + 2]):
        push_load_list(m, at(m, SERVICES, s))
    for i in range(m[CONSIGNMENTS]):
        outcome, me = at(m, OUTCOMES, i), at(m, ENTITIES, i)
        m[outcome + DELIVERED], m[outcome + LEADER], m[outcome + AT_STEP] = NONE, i, NONE
        flow = at(m, FLOWS, m[at(m, FLOW_OF, i)])
        first = m[flow + Q_ROWS] + (i - m[flow + Q_FIRST]) * m[flow + Q_MOST_ROWS]
        m[me + E_ROW], m[me + E_FIRST_ROW], m[me + E_ROWS_END] = first - 1, first, first + m[flow + Q_MOST_ROWS]
        if is_measured(m, i):
            m[OUTSTANDING] += 1
    m[STOP] = m[HORIZON] if m[OUTSTANDING] else m[WINDOW_TO]
    for q in range(m[FLOWS + 2]):
        push_release(m, q)


@hot_part_of_kernel
def wake(m, number, generation):
    """Let an entity move on that waited for time or for a grant; a work that was suspended meanwhile does not."""
    me = at(m, ENTITIES, number)
    if m[me + E_GENERATION] != generation:
        return
    if m[me + E_AT_WORK] == RUNNING:
        leave_work(m, m[me + E_FACILITY], number)
    move_on(m, number)


@hot_part_of_kernel
def move_on(m, number):
    """Let an entity move on that has what it waited for."""
    if number < m[CONSIGNMENTS]:
        go_on(m, number)
    else:
        move_vehicle(m, number - m[CONSIGNMENTS])


@hot_part_of_kernel
def happen(m, kind, number, generation):
    """Let one event happen."""
    if kind == WAKE:
        wake(m, number, generation)
    elif kind == NEXT_RELEASE:
        q = m[at(m, FLOW_OF, number)]
        push_release(m, q)
        advance(m, number, m[at(m, FLOWS, q) + Q_START])
    elif kind == LOADING_ENDS:
        fix_load_list(m, number)
    elif kind == VOYAGE:
        voyage_event(m, number)
    elif kind == CHANGE:
        next_change(m, number)
    elif kind == RETURNED:
        take_back(m, number)
    elif kind == TIMER:
        if m[at(m, GATHERINGS, number) + G_TIMER] == generation:
            form_load(m, number)
    elif kind == EMPTIED:
        leave_last_berth(m, number)
    elif kind == FAILS:
        if m[at(m, FACILITIES, number) + F_TIMER] == generation:
            fail(m, number)
    else:
        repaired(m, number)


@njit(cache=True, nogil=True)
def simulate(cells):
    """Let the world run until its measured consignments are delivered, or to the horizon; return what went wrong."""
    m = pointer(cells)
    open_world(m)
    first = m[HEAP]
    while not m[ERROR]:
        if m[AWAKE] and (not m[HEAP_SIZE] or m[first] > (m[NOW] << PHASE_BITS) | DISPATCH):
            dispatch(m)
            continue
        if not m[HEAP_SIZE] or m[first] >> PHASE_BITS > m[STOP]:
            break
        m[NOW] = m[first] >> PHASE_BITS
        what = m[first + 2]
        pop(m)
        happen(m, what & KIND_MASK, (what >> KIND_BITS) & ENTITY_MASK, what >> GENERATION_SHIFT)
    if m[ERROR]:
        return m[ERROR]
    for d in range(m[DEPARTURES + 2]):
        if m[at(m, VOYAGES, d) + D_STEP] == QUIET:
            close_quiet_departure(m, d)
    for i in range(m[CONSIGNMENTS]):
        end_walk(m, i)
    return np.int64(FINE)


@njit(cache=True, nogil=True)
def gather_rows(cells, visits):
    """Copy the visits, which have room between them, row after row, in canonical order."""
    m, rows = pointer(cells), pointer(visits)
    target = 0
    for i in range(m[CONSIGNMENTS]):
        row = m[ROWS] + m[at(m, ENTITIES, i) + E_FIRST_ROW] * VISIT_COLUMNS
        for cell in range(row, row + m[at(m, SEQS, i)] * VISIT_COLUMNS):
            rows[target] = m[cell]
            target += 1


# ---------------------------------------------------------------------------------------------------------- inputs


@hot_part_of_kernel
def uniforms_of(m, stream, word, ordinal, visit):
    """Return the two uniforms of an entity's draw from a stream."""
    key = at(m, KEYS, stream)
    return philox(m[REPLICATION], word, ordinal, visit, m[key], m[key + 1])


@part_of_kernel
def drawn_by_line(m, sampler, stream, word, scheduled, visit):
    """Return a duration drawn for a departure."""
    k1, k2 = uniforms_of(m, stream, word, scheduled, visit)
    return whole(drawn_amount(m, sampler, k1, k2), m[at(m, SAMPLERS, sampler) + P_SHIFT], 1)


@part_of_kernel
def taken_by_others(m, d, line, scheduled):
    """Write what others take of a departure's room: capacity x drawn share, as `network.inputs.taken_share`."""
    sampler, room, taken = m[line + N_BACKGROUND], at(m, ROOM, d), at(m, BACKGROUND, d)
    k1, k2 = uniforms_of(m, m[line + N_BACKGROUND_STREAM], m[line + N_WORD], scheduled, 0)
    share, one = drawn_amount(m, sampler, k1, k2), np.int64(1) << m[at(m, SAMPLERS, sampler) + P_SHIFT]
    for measure in range(MEASURES):
        capacity = m[room + measure]
        if capacity == NONE:
            continue
        high = (capacity >> SHARE_BITS) * share
        low = (capacity & SHARE_MASK) * share
        whole_part, left = high // one, high % one
        m[taken + measure] = (whole_part << SHARE_BITS) + ((left << SHARE_BITS) + low + (one >> 1)) // one


@njit(cache=True, nogil=True)
def draw_departures(cells):
    """Draw what departures need: delay, notice of cancellation, transit, others' cargo, tie rank."""
    m = pointer(cells)
    ties = m[KEYS + 2] - 1
    for d in range(m[SCHEDULED + 2]):
        line, scheduled = at(m, LINES, m[at(m, SERVICE_OF, d)]), m[at(m, SCHEDULED, d)]
        word, stream = m[line + N_WORD], m[line + N_DELAY_STREAM]
        delay, notice = np.int64(0), np.int64(NONE)
        if m[line + N_DELAY] != NONE and uniforms_of(m, stream, word, scheduled, 0)[0] < m[line + N_DELAY_UPTO]:
            delay = drawn_by_line(m, m[line + N_DELAY], stream, word, scheduled, 1)
        stream, upto = m[line + N_CANCEL_STREAM], m[line + N_CANCEL_UPTO]
        if upto and uniforms_of(m, stream, word, scheduled, 0)[0] < upto:
            notice = max(scheduled - m[line + N_CANCEL_NOTICE], 0)
        m[at(m, DELAYS, d)], m[at(m, NOTICES, d)] = delay, notice
        law = m[at(m, LAWS_OF_DAY, d)]
        m[at(m, TRANSITS, d)] = drawn_by_line(m, law, m[line + N_TRANSIT_STREAM], word, scheduled, 0)
        if m[line + N_BACKGROUND] != NONE:
            taken_by_others(m, d, line, scheduled)
        m[at(m, VEHICLE_TIES, d)] = uniforms_of(m, ties, word, scheduled, 0)[0]


@part_of_kernel
def inverted(m, corner, position):
    """Return the tick at which a cumulative rate reaches a position, as `sampling.arrivals.invert_rate`.

    `corner` is the last corner of the curve at or before the position. The product of the way past it and of the
    length overflows, so the length is taken in chunks, as in long division.
    """
    start, level = m[at(m, CURVE_TICKS, corner)], m[at(m, CURVE_LEVELS, corner)]
    length = m[at(m, CURVE_TICKS, corner + 1)] - start
    height, past = m[at(m, CURVE_LEVELS, corner + 1)] - level, position - level
    bits = LARGEST_BITS - np.int64(math.frexp(np.float64(height))[1])
    left, rest = np.int64(math.frexp(np.float64(length))[1]), np.int64(0)
    ticks = start
    while left > 0:
        chunk = min(bits, left)
        left -= chunk
        product = (rest << chunk) + past * ((length >> left) & ((np.int64(1) << chunk) - 1))
        quotient = product // height
        rest = product - quotient * height
        ticks += quotient << left
    twice = rest + rest
    return ticks + 1 if twice > height or (twice == height and ticks & 1) else ticks


@njit(cache=True, nogil=True)
def draw_releases(cells, q, gap, releases, ties):
    """Draw the releases of a flow and their tie ranks; return how many there are, NONE where the room was too small.

    `gap` is the sampler of the gaps between arrivals of a process of unit rate; the arrays are written from the start.
    """
    m = pointer(cells)
    source, tie_stream = at(m, SOURCES, q), m[KEYS + 2] - 1
    word, stream = m[source + O_WORD], m[source + O_STREAM]
    corner, last = m[source + O_FIRST], m[source + O_LAST]
    end, shift = m[at(m, CURVE_LEVELS, last)], m[at(m, SAMPLERS, gap) + P_SHIFT] - POSITION_BITS
    half, position, number = (np.int64(1) << shift) >> 1, np.int64(0), np.int64(0)
    while True:
        k1, k2 = uniforms_of(m, stream, word, number, 0)
        position += (drawn_amount(m, gap, k1, k2) + half) >> shift
        if position >= end:
            return number
        if number == len(releases):
            return np.int64(NONE)
        while m[at(m, CURVE_LEVELS, corner + 1)] <= position:
            corner += 1
        releases[number] = inverted(m, corner, position)
        ties[number] = uniforms_of(m, tie_stream, word, number, 0)[0]
        number += 1


@njit(cache=True, nogil=True)
def draw_durations(cells, sampler, stream, word, lasts):
    """Draw how long the events of a random closure last."""
    m = pointer(cells)
    for number in range(len(lasts)):
        lasts[number] = drawn_by_line(m, sampler, stream, word, number, 1)
