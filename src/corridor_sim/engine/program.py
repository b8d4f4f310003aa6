"""What an engine is given: the Program (rules, no words, no money) and the Inputs of one replication.

Everything is an integer. Ticks are seconds since the scenario's start. Sizes are thousandths (`ONE`) of a base
unit of `MEASURES`. Names appear only in the `*_names` tuples, which engines never read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from corridor_sim.sampling.tables import Sampler

Ints = NDArray[np.int64]

ONE = 1000
"""Sizes are counted in thousandths of their base unit."""
MEASURES = ("teu", "box", "mass", "volume", "plug", "uld", "pallet", "consignment")
"""Columns of every size array: TEU, boxes, kg, litres, reefer plugs, ULD positions, pallets, consignments."""
NONE = -1
"""No facility, no next step, not known, never."""
MARK_KINDS = ("documents", "vgm", "yard", "release")
"""The first marks of every program are the cut-off kinds, in this order."""


class Op(IntEnum):
    """The instruction set (WORLD.md, Steps). `Program.code` columns a..d by operation:

    DELAY    a sampler, b facility whose hours it needs, just seized, or NONE, c 1 if one draw per container; a stream
    SEIZE    a facility, b measure whose size is taken or NONE, c fixed units (thousandths) where b is NONE
    RELEASE  a facility, b sampler of the return delay or NONE
    BOARD    a service, b facility given up at departure or NONE, c facility entered at arrival or NONE
    BATCH    a batch
    BRANCH   a branch
    SWITCH   a switch
    MARK     a mark
    """

    DELAY = 0
    SEIZE = 1
    RELEASE = 2
    BOARD = 3
    BATCH = 4
    BRANCH = 5
    SWITCH = 6
    MARK = 7


class AtClosing(IntEnum):
    """What a drop of capacity does to work under way."""

    PAUSE = 0
    RESTART = 1
    FINISH = 2


class Cause(IntEnum):
    """Why capacity changed."""

    HOURS = 0
    FAILURE = 1


class DepartureState(IntEnum):
    """What became of a departure."""

    PLANNED = 0
    RAN = 1
    CANCELLED = 2
    TOO_LIGHT = 3
    HELD_TOO_LONG = 4


@dataclass(frozen=True, slots=True)
class Instruction:
    """One row of a program; `next` is NONE where the consignment is delivered."""

    op: Op
    next: int
    a: int = NONE
    b: int = NONE
    c: int = 0
    stream: int = NONE


@dataclass(frozen=True, slots=True)
class FacilityRule:
    """Rules of one facility; its capacity over time is in the Inputs. Facilities are ranked by name."""

    units: int
    at_closing: AtClosing
    at_failure: AtClosing
    first_fit: bool
    uptime: int = NONE
    """Sampler of the busy time to failure (`while: busy` failures only), else NONE."""
    repair: int = NONE
    failing_units: int = 0
    failure_stream: int = NONE
    word: int = 0


@dataclass(frozen=True, slots=True)
class ServiceRule:
    """Rules of one service; its departures are in the Inputs. Services are ranked by name."""

    strict: bool
    cutoffs: tuple[int, ...]
    """Ticks before the scheduled departure for each of MARK_KINDS, or NONE."""
    close: int
    """Ticks before the scheduled departure at which the load list is fixed: the last cut-off."""
    minimum_measure: int = NONE
    minimum_load: int = 0
    cancel_if_light: bool = False
    longest_hold: int = 0
    """Ticks a closed origin holds the vehicle before it is cancelled."""
    berth_from: int = NONE
    loading: int = NONE
    berth_to: int = NONE
    unloading: int = NONE
    loading_stream: int = NONE
    unloading_stream: int = NONE
    word: int = 0


@dataclass(frozen=True, slots=True)
class BatchRule:
    """When a batch leaves and what it becomes.

    `measure` and `full` (thousandths) say when it is full; `timeout` ticks from its first member, or NONE.
    `becomes` holds the load's size per measure, NONE where it is the sum of the members.
    """

    measure: int
    full: int
    timeout: int
    becomes: tuple[int, ...]
    per_flow: bool = False


@dataclass(frozen=True, slots=True)
class BranchRule:
    """Lanes of a branch: cumulative thresholds in 2^53, targets, and the lane taken without noise.

    A lane with `again >= 1` may be taken that often by one consignment; after that `otherwise` is its target.
    """

    upto: tuple[int, ...]
    targets: tuple[int, ...]
    likeliest: int
    again: tuple[int, ...]
    otherwise: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SwitchRule:
    """Leave for `target` if the next open departure of `service` is later than `wait` ticks (or none is left), or,
    where `service` is NONE, if more than `over` units (thousandths of `measure`, or of fixed requests where
    `measure` is NONE) wait at `facility`, those in service excluded."""

    target: int
    service: int = NONE
    wait: int = 0
    facility: int = NONE
    measure: int = NONE
    over: int = 0


@dataclass(frozen=True, slots=True)
class FlowRule:
    """A flow of consignments; `word` is the hash of its name, `background` marks others' work."""

    start: int
    word: int
    background: bool
    measured: bool


@dataclass(frozen=True)
class Program:
    """The rules of one alternative: a pure function of the resolved scenario (without tariffs)."""

    code: tuple[Instruction, ...]
    facilities: tuple[FacilityRule, ...]
    services: tuple[ServiceRule, ...]
    batches: tuple[BatchRule, ...]
    branches: tuple[BranchRule, ...]
    switches: tuple[SwitchRule, ...]
    flows: tuple[FlowRule, ...]
    samplers: tuple[Sampler, ...]
    streams: tuple[str, ...]
    window_from: int
    window_to: int
    """Consignments released in [window_from, window_to) are measured."""
    horizon: int
    """The run ends here at the latest."""
    step_names: tuple[str, ...] = field(default=())
    """For each instruction `route/step` as the reader knows it."""
    facility_names: tuple[str, ...] = ()
    service_names: tuple[str, ...] = ()
    flow_names: tuple[str, ...] = ()
    mark_names: tuple[str, ...] = MARK_KINDS
    lane_names: tuple[tuple[str, ...], ...] = ()
    """For each branch the names of its lanes."""


@dataclass(frozen=True)
class Consignments:
    """Arrays over the consignments of one replication, in the order (flow, ordinal).

    `sizes` is (n, len(MEASURES)) in thousandths; `containers` counts boxes for per-container draws.
    """

    flow: Ints
    ordinal: Ints
    release: Ints
    priority: Ints
    tie: Ints
    sizes: Ints
    containers: Ints


@dataclass(frozen=True)
class Departures:
    """Arrays over the departures of one replication, in the order (service, scheduled).

    `delay` ticks after schedule; `notice` the tick at which a cancellation is known, NONE if it runs; `transit`
    ticks; `capacity` and `background` are (n, len(MEASURES)) in thousandths, capacity NONE where it does not bind.
    """

    service: Ints
    scheduled: Ints
    delay: Ints
    notice: Ints
    transit: Ints
    capacity: Ints
    background: Ints
    tie: Ints


@dataclass(frozen=True)
class CapacityChange:
    """One planned change of a facility's capacity (thousandths) at a tick, and its Cause."""

    tick: int
    units: int
    cause: Cause


@dataclass(frozen=True)
class Inputs:
    """Everything of one replication that does not depend on what happens in it."""

    seed: int
    replication: int
    noise: bool
    lanes: dict[int, int]
    """Without noise: branch -> lane to take instead of the likeliest."""
    consignments: Consignments
    departures: Departures
    capacity: tuple[tuple[CapacityChange, ...], ...]
    """For each facility its changes; the first is at tick 0."""
    origin_closed: tuple[tuple[tuple[int, int], ...], ...]
    """For each service the half-open intervals in which its origin is closed for its mode."""
    destination_closed: tuple[tuple[tuple[int, int], ...], ...]
    closures: tuple[tuple[int, int, int], ...] = ()
    """(closure number, from, to) of the closures of this replication, for the report and `not resolved`."""
