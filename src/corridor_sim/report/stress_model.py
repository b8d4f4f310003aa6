"""The logic part of STRESS-DES: what resolved scenarios say of routes, entities, activities, resources and queues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from corridor_sim.report.markdown import bullets, plain
from corridor_sim.report.words import text_of

Scenario = Mapping[str, Any]
Step = Mapping[str, Any]
KINDS = ("batch", "customs", "board", "seize", "release", "branch", "switch", "mark", "wait", "at", "mode")
"""Keys that tell what a step is, the more telling first."""
TIMES = ("takes", "wait", "or_after")
CHANNEL_TIMES = ("documents", "manifest", "declaration", "arrival_report", "hold", "inspection", "release")
ARRIVALS = ("poisson", "every", "on")


def routes_in_use(resolved: Mapping[str, Scenario], baseline: str) -> Iterator[tuple[str, Scenario, Scenario]]:
    """Yield (route, its body, scenario) of every route that flows take, the baseline's first, each name once."""
    seen: set[str] = set()
    for name in (baseline, *(name for name in resolved if name != baseline)):
        scenario = resolved[name]
        for route in dict.fromkeys(flow["route"] for flow in scenario["flows"].values()):
            if route not in seen:
                seen.add(route)
                yield route, scenario["routes"][route], scenario


def steps_of(steps: Mapping[str, Step], lane: str = "") -> Iterator[tuple[str, Step]]:
    """Yield the steps of a route, those inside lanes after their branch."""
    for name, step in steps.items():
        yield f"{lane}{name}", step
        for which, body in (step.get("branch") or {}).items():
            yield from steps_of(body.get("steps") or {}, f"{lane}{name}/{which}: ")


def kind_of(step: Step) -> str:
    """Return what a step is, and of what: "customs export", "batch 20 pallets", "road A to B"."""
    kind = next((key for key in KINDS if step.get(key) is not None), "")
    what = step.get(kind)
    if kind == "mode":
        return f"{what} {step['origin']} to {step['destination']}"
    if kind == "branch" or kind == "switch":
        return kind
    return f"{kind} {_joined(what, ' or ')}"


def diagram(resolved: Mapping[str, Scenario], baseline: str) -> list[str]:
    """Return each route as a chain of steps."""
    lines = []
    for route, body, _ in routes_in_use(resolved, baseline):
        chain = " -> ".join(f"[{name}: {kind_of(step)}]" for name, step in steps_of(body["steps"]))
        # a code block shows every sign as it is
        lines.append(f"{route}: released -> {chain} -> delivered".replace("`", "'"))
    return ["```text", *(" ".join(line.split()) for line in lines), "```"] if lines else []


def logic(resolved: Mapping[str, Scenario], baseline: str) -> list[str]:
    """Return who goes which way, and what closes on the way."""
    base = resolved[baseline]
    lines = [f"{name} goes {flow['route']}" for name, flow in base["flows"].items()]
    for name, closure in (base.get("closures") or {}).items():
        when = ", ".join(map(str, closure.get("on") or [])) or f"{closure.get('rate')}, each {closure.get('lasts')}"
        acts = "; ".join(f"{', '.join(act['modes'])} at {', '.join(act['places'])}" for act in closure["acts"])
        lines.append(f"closure {name} ({when}) stops {acts}")
    return bullets(lines)


def differences(base: Scenario) -> list[str]:
    """Return the overrides of each alternative, in the words of the file."""
    lines = []
    for name, one in base["alternatives"].items():
        like = f", like {one['like']}" if one.get("like") else ""
        changes = [f"`{path}` = {_value(value)}" for path, value in (one.get("set") or {}).items()]
        lines.append(f"{name}{like}: {'; '.join(changes) or 'the scenario as it stands'}")
    return bullets(lines)


def algorithms(resolved: Mapping[str, Scenario], baseline: str) -> list[str]:
    """Return the rules by which loads are formed, lanes chosen, and routes left."""
    lines: list[str] = []
    for route, body, scenario in routes_in_use(resolved, baseline):
        for name, step in steps_of(body["steps"]):
            lines += [f"{route}, {name}: {rule}" for rule in _rules(step, scenario)]
    return bullets(lines)


def _rules(step: Step, scenario: Scenario) -> Iterator[str]:
    if step.get("batch") is not None:
        after = f", or after {step['or_after']}" if step.get("or_after") else ""
        yield f"a load leaves at {_joined(step['batch'], ' or ')}{after}"
    if step.get("customs") is not None:
        yield f"selected for inspection by chance: {scenario['customs_channels'][step['channel']]['selected']}"
    if step.get("branch") is not None:
        yield f"one of the lanes {', '.join(step['branch'])} by chance"
    if step.get("switch") is not None:
        yield f"goes over to {step['to']}, {step['join']}, where {_facts(step['switch'])}"


def entities(base: Scenario) -> list[str]:
    """Return the flows of consignments with their attributes."""
    lines = []
    for name, flow in base["flows"].items():
        facts = {
            "size": ", ".join(map(str, flow["size"])),
            "weight": flow.get("weight"),
            "value": flow.get("value"),
            "due within": flow["due"]["within"],
            "priority": flow.get("priority"),
        }
        lines.append(f"{text_of(flow.get('title')) or name}: {_facts(facts)}")
    return bullets(lines)


def activities(resolved: Mapping[str, Scenario], baseline: str) -> list[str]:
    """Return what is done in each step and how long it takes."""
    lines: list[str] = []
    for route, body, scenario in routes_in_use(resolved, baseline):
        for name, step in steps_of(body["steps"]):
            times = {key: step.get(key) for key in TIMES}
            if step.get("customs") is not None:
                channel = scenario["customs_channels"][step["channel"]]
                times |= {key: channel.get(key) for key in CHANNEL_TIMES}
            if step.get("board") is not None:
                times["ride"] = scenario["services"][step["board"]]["takes"]
            said = _facts(times)
            lines += [f"{route}, {name} ({kind_of(step)}): {said}"] if said else []
    return bullets(lines)


def resources(base: Scenario) -> list[str]:
    """Return facilities and services with what they offer and when."""
    lines = []
    for name, place in base["facilities"].items():
        facts = {
            "servers": place.get("servers"),
            "holds": _joined(place.get("holds")),
            "open": _joined(place.get("opens")),
        }
        lines.append(f"facility {name} at {place['at']}: {_facts(facts)}")
    for name, line in base["services"].items():
        facts = {
            "departs": _joined(line["departs"]),
            "capacity": _joined(line["capacity"]),
            "taken by others": line.get("taken_by_others"),
            "cut-off": _facts(line["cutoff"]) if line.get("cutoff") else None,
        }
        lines.append(f"service {name}, {line['mode']} from {line['origin']} to {line['destination']}: {_facts(facts)}")
    return bullets(lines)


def queues(base: Scenario) -> list[str]:
    """Return the discipline of each facility and service."""
    lines = [f"facility {name}: {place['discipline']}" for name, place in base["facilities"].items()]
    lines += [f"service {name}: {line['loading']}" for name, line in base["services"].items()]
    if lines:
        lines.append("everywhere by priority, then by who was ready earlier, then by a drawn rank")
    return bullets(lines)


def entry(resolved: Mapping[str, Scenario], baseline: str) -> list[str]:
    """Return how each flow comes in, and where its route ends."""
    base = resolved[baseline]
    lines = []
    for name, flow in base["flows"].items():
        arrives = flow["arrives"]
        how = next((f"{key} {_joined(arrives[key])}" for key in ARRIVALS if arrives.get(key)), "")
        season = f", in {flow['season']}" if flow.get("season") else ""
        steps = list(base["routes"][flow["route"]]["steps"])
        first, last = steps[0], steps[-1]
        lines.append(f"{name}: {how}{season}; in at {first}, out after {last}")
    return bullets(lines)


def _joined(value: Any, between: str = ", ") -> str | None:
    if value is None or value == []:
        return None
    return between.join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _value(value: Any) -> str:
    """Return an override's value, as a file could have it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_value(part)}" for key, part in value.items()) + "}"
    return f"[{', '.join(map(_value, value))}]" if isinstance(value, list | tuple) else str(value)


def _facts(facts: Mapping[str, Any]) -> str:
    return plain("; ".join(f"{name} {value}" for name, value in facts.items() if value not in (None, "")))
