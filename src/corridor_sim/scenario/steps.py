"""The steps of a route: what a planner can write in `routes.<name>.steps`, one class per kind.

A step is a mapping with one key, its name; the body's leading key tells its kind (`STEP_KINDS`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from corridor_sim.catalog.values import (
    ABOVE_ZERO,
    NOT_EMPTY,
    Capacity,
    Distance,
    Duration,
    FixedDuration,
    Money,
    Portion,
    Temperature,
    Whole,
)
from corridor_sim.errors import did_you_mean

Mode = Literal["road", "rail", "sea", "barge", "air"]
MODES: tuple[Mode, ...] = ("road", "rail", "sea", "barge", "air")


class Part(BaseModel):
    """Base of everything in a scenario: frozen, and no unknown keys."""

    # built when a scenario is first read, and not once more for each part alone
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True)


class ChargeUse(Part):
    """A tariff applied at a step, where more than its name has to be said."""

    tariff: str = Field(description="name under `tariffs`")
    km: Distance | None = Field(None, description="distance charged for, where it is not the step's")
    count: Whole = Field(1, ge=1, description="how many times it applies")


Charges = Annotated[
    tuple[ChargeUse, ...],
    BeforeValidator(
        lambda raw: [
            {"tariff": use} if isinstance(use, str) else use
            for use in (raw if isinstance(raw, list | tuple) else [raw])
        ]
    ),
]


class Step(Part):
    """What every step may say besides its kind."""

    say: str = Field("", description="a sentence for the reader")
    stream: str | None = Field(None, description="name of its random stream; keep the old name when renaming")
    price: Money | None = Field(None, description="price of this step, where no named tariff exists")
    charges: Charges = Field((), description="tariffs that apply when the step ends")
    activity: str | None = Field(None, description="cost activity of `price`; by default that of the step's kind")
    temperature: Temperature | None = Field(None, description="temperature the goods travel or wait at")
    emits: str | None = Field(None, description="name under money.emissions; by default that of the mode, or `hub`")
    damage: Portion | None = Field(None, description="expected share of value lost at each passage, as at a transload")


class Move(Step):
    """A haul without a timetable: it starts when the consignment is ready."""

    mode: Mode = Field(description="written as the leading key, e.g. `road: A to B`")
    origin: str
    destination: str
    takes: Duration
    km: Distance | None = None


class Work(Step):
    """Service at a facility: wait for a server, be worked on, leave."""

    at: str = Field(description="facility")
    takes: Duration
    per: Literal["consignment", "container"] = "consignment"


class Wait(Step):
    """Time that needs no server, such as documents or cooling."""

    wait: Duration


class Board(Step):
    """Wait for a departure of a service and ride it."""

    board: str = Field(description="service")
    leaves: str | None = Field(None, description="yard given up at departure")
    enters: str | None = Field(None, description="finite yard the vehicle unloads into, holding its berth until then")


class Batch(Step):
    """Consolidation: wait until so much is together, or so long, and go on as one load in one box."""

    batch: Annotated[Capacity, ABOVE_ZERO] = Field(description='how much makes a load, e.g. "20 pallets"')
    or_after: FixedDuration | None = Field(None, description="leave with what is there after this time")
    mixes: Literal["flow", "route"] = Field(
        "flow", description="whether only one flow or all of the route share a load"
    )


class Seize(Step):
    """Take places of a yard, pool or other facility and keep them over the following steps."""

    seize: str
    units: Annotated[Capacity, ABOVE_ZERO] | Annotated[Whole, Field(ge=1)] = 1


class Release(Step):
    """Give back what was seized; equipment may return after a drawn time."""

    release: str
    returns_after: Duration | None = None


class Lane(Part):
    """One lane of a branch."""

    share: Portion | None = Field(None, description="probability; exactly one lane may leave it out and takes the rest")
    steps: Steps = Field(default_factory=dict)
    again: str | None = Field(None, description="go back to this earlier step of the route")
    at_most: Whole | None = Field(None, ge=1, le=100, description="how often `again` may happen")

    @model_validator(mode="after")
    def _bounded(self) -> Lane:
        if (self.again is None) != (self.at_most is None):
            raise ValueError("a loop needs both `again: step` and `at_most: n`; without a bound it may never end")
        return self


class Branch(Step):
    """Chance decides the lane, e.g. selected for inspection or not."""

    branch: Annotated[dict[str, Lane], NOT_EMPTY]


class SwitchWhen(Part):
    """When a consignment leaves its route, decided once as it arrives."""

    next_departure_of: str | None = Field(None, description="service")
    later_than: FixedDuration | None = None
    queue_at: str | None = Field(None, description="facility")
    over: Capacity | Annotated[Whole, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _one_rule(self) -> SwitchWhen:
        by_departure = self.next_departure_of is not None and self.later_than is not None
        by_queue = self.queue_at is not None and self.over is not None
        both = {self.next_departure_of, self.later_than, self.queue_at, self.over}
        if by_departure == by_queue or None not in both:
            raise ValueError("write either `next_departure_of` with `later_than`, or `queue_at` with `over`")
        return self


class Switch(Step):
    """Go over to another route at a step of the same place when this one is congested."""

    switch: SwitchWhen
    to: str = Field(description="route")
    join: str = Field(description="name of the step of that route to go on with")


class Mark(Step):
    """Note the time: the cut-off kinds `documents`, `vgm`, `yard`, `release`, or a name used by a charge clock."""

    mark: str


class Customs(Step):
    """A customs or food-control passage: documents, declaration, selected or not, hold, inspection, release."""

    customs: Literal["origin", "export", "transit", "import", "food"]
    channel: str = Field(description="name under `customs_channels`")
    inspect_at: str | None = Field(None, description="facility where selected cargo is inspected")
    marks: str | None = Field(None, description="time mark set at release, e.g. `release` for a customs cut-off")


STEP_KINDS: dict[str, type[Step]] = {
    **dict.fromkeys(MODES, Move),
    "at": Work,
    "wait": Wait,
    "board": Board,
    "batch": Batch,
    "seize": Seize,
    "release": Release,
    "branch": Branch,
    "switch": Switch,
    "mark": Mark,
    "customs": Customs,
}
"""Leading key -> class."""
NO_KIND = "none"
SAYS_KIND = "a step says what it is by one of the keys " + ", ".join(STEP_KINDS)


def _kind(raw: Any) -> str:
    if isinstance(raw, Step):
        return type(raw).__name__
    if not isinstance(raw, Mapping):
        return NO_KIND
    # `seize`/`release` name what they act on; `at` stands beside nothing else, so the first key found decides
    return next((kind.__name__ for key, kind in STEP_KINDS.items() if key in raw), NO_KIND)


def _open_move(raw: Any) -> Any:
    """Turn `road: A to B` into mode, origin and destination."""
    if not isinstance(raw, Mapping):
        return raw
    body = dict(raw)
    for mode in MODES:
        if mode in body and "mode" not in body:
            ends = str(body.pop(mode)).split(" to ")
            if len(ends) != 1 + 1 or not all(end.strip() for end in ends):
                raise ValueError(f'`{mode}:` says from where to where, such as "{mode}: CNCKG to CNSHK"')
            body |= {"mode": mode, "origin": ends[0].strip(), "destination": ends[1].strip()}
    return body


def _of_a_kind(raw: Any) -> Any:
    """Refuse a body without leading key, with a hint for a mistyped one."""
    if isinstance(raw, Mapping) and _kind(raw) == NO_KIND:
        hints = (did_you_mean(str(key), STEP_KINDS) for key in raw if key not in Step.model_fields)
        raise ValueError(f"{SAYS_KIND}{next(filter(None, hints), '')}")
    return raw


AnyStep = Annotated[
    Annotated[Move, BeforeValidator(_open_move), Tag("Move")]
    | Annotated[Work, Tag("Work")]
    | Annotated[Wait, Tag("Wait")]
    | Annotated[Board, Tag("Board")]
    | Annotated[Batch, Tag("Batch")]
    | Annotated[Seize, Tag("Seize")]
    | Annotated[Release, Tag("Release")]
    | Annotated[Branch, Tag("Branch")]
    | Annotated[Switch, Tag("Switch")]
    | Annotated[Mark, Tag("Mark")]
    | Annotated[Customs, Tag("Customs")],
    Discriminator(
        _kind,
        custom_error_type="step_kind",
        custom_error_message=SAYS_KIND,
    ),
    BeforeValidator(_of_a_kind),
]


def _open_steps(raw: Any) -> Any:
    """Turn `- name: {...}` items into a mapping from name to body, in order."""
    if raw is None:
        return {}
    if isinstance(raw, Mapping):
        return raw
    if not isinstance(raw, list):
        raise ValueError("steps are a list of `- name: {...}`")
    named: dict[str, Any] = {}
    for number, item in enumerate(raw):
        if not isinstance(item, Mapping) or len(item) != 1:
            raise ValueError(f"item {number + 1} is not of the form `- name: {{...}}`")
        name, body = next(iter(item.items()))
        if name in named:
            raise ValueError(f'two steps are called "{name}"')
        if not isinstance(body, Mapping):
            raise ValueError(f'step "{name}" needs a body, one of the keys {", ".join(STEP_KINDS)}')
        named[name] = body
    return named


Steps = Annotated[dict[str, AnyStep], BeforeValidator(_open_steps)]
Lane.model_rebuild()
Branch.model_rebuild()
