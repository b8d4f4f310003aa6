"""The JSON Schema of scenario files, with which an editor completes keys and shows what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corridor_sim.catalog.laws import LAW_NAMES
from corridor_sim.catalog.values import BY_KEYS, GRADES, NOTES
from corridor_sim.scenario.steps import MODES

FORMAT_VERSION = 1
DIALECT = "https://json-schema.org/draft/2020-12/schema"
ENDS = ("mode", "origin", "destination")
"""What a haul knows of itself, written in files as one key: `road: A to B`."""

Schema = dict[str, Any]


def json_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of the YAML format: the models, as planners write them.

    It accepts every valid scenario. It does not find everything that is wrong: units, names and sizes are for the
    loader to judge.
    """
    from corridor_sim.scenario.model import Scenario

    schema = Scenario.model_json_schema(by_alias=True)
    definitions: Schema = schema["$defs"]
    step_kinds = definitions["Route"]["properties"]["steps"]["additionalProperties"]["oneOf"]
    for part in _objects(schema):
        properties = part.get("properties", {})
        if "steps" in properties:
            properties["steps"] = _step_list(properties["steps"])
        if "charges" in properties:
            properties["charges"] = _uses(properties["charges"])
    _write_ends_as_one_key(definitions["Move"])
    cutoff = definitions["Service"]["properties"]["cutoff"]
    definitions["Service"]["properties"]["cutoff"] = _one_or_by_kind(cutoff)
    # an editor completes the keys of all alternatives of `anyOf`, and shows the errors of the nearest one
    definitions["Step"] = {"anyOf": step_kinds, "description": "what the step does; its leading key says the kind"}
    definitions["Graded"] = _graded()
    for part in _objects(schema):
        _allow_parameters(part)
    definitions["Parameter"] = _parameter()
    head = {"$schema": DIALECT, "$id": f"urn:corridor-sim:scenario:{FORMAT_VERSION}", "version": FORMAT_VERSION}
    title = f"corridor_sim scenario, format version {FORMAT_VERSION}"
    return head | {key: _with_graded(part) for key, part in schema.items()} | {"title": title}


def _objects(schema: Schema) -> Iterator[Schema]:
    yield schema
    yield from schema["$defs"].values()


def _allow_parameters(part: Schema) -> None:
    """Let a parameter stand for each property of an object, and for each of the things it holds by name."""
    properties = part.get("properties", {})
    for name, value in properties.items():
        properties[name] = _or_parameter(value)
        if isinstance(value.get("additionalProperties"), dict):
            value["additionalProperties"] = _or_parameter(value["additionalProperties"])


def _or_parameter(value: Schema) -> Schema:
    described = {"description": value["description"]} if "description" in value else {}
    return {"anyOf": [value, {"$ref": "#/$defs/Parameter"}], **described}


def _parameter() -> Schema:
    name = {"type": "string", "description": "name under `parameters`, or id of the catalog"}
    return {
        "type": "object",
        "properties": {"param": name},
        "required": ["param"],
        "description": "stands for a parameter",
    }


def _step_list(steps: Schema) -> Schema:
    """Return the schema of a list of `- name: {...}` for one of a mapping from name to step."""
    named = {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": {"$ref": "#/$defs/Step"}}
    described = steps.get("description", "in order, each of the form `- name: {...}`")
    return {"type": "array", "items": named, "minItems": steps.get("minProperties", 0), "description": described}


def _uses(charges: Schema) -> Schema:
    """Let a tariff be applied by its name alone, and one of them without a list."""
    one = {"anyOf": [{"type": "string"}, charges["items"]]}
    return {"anyOf": [*one["anyOf"], {"type": "array", "items": one}], "description": charges["description"]}


def _one_or_by_kind(cutoff: Schema) -> Schema:
    by_kind = {key: value for key, value in cutoff.items() if key != "description"}
    return {"anyOf": [cutoff["additionalProperties"], by_kind], "description": cutoff["description"]}


def _write_ends_as_one_key(move: Schema) -> None:
    properties = move["properties"]
    for key in ENDS:
        del properties[key]
    for mode in MODES:
        description = f'a haul by {mode}, such as "CNCKG to CNSZX"'
        properties[mode] = {"type": "string", "pattern": ".+ to .+", "description": description}
    move["required"] = [key for key in move["required"] if key not in ENDS]
    move["oneOf"] = [{"required": [mode]} for mode in MODES]


def _graded() -> Schema:
    """Return the schema of a value with keys: where it comes from, or how it is distributed."""
    meanings: Schema = {grade: {"description": f"the value, {word}"} for grade, word in GRADES.items()}
    meanings |= {law: {"description": f"a {law} distribution"} for law in LAW_NAMES}
    kinds = [{"required": [key]} for key in (*GRADES, *LAW_NAMES, "param")]
    notes: Schema = {note: {} for note in NOTES}
    return {"type": "object", "properties": meanings | notes, "additionalProperties": False, "anyOf": kinds}


def _with_graded(part: Any) -> Any:
    """Return a schema with what may be written with keys put in."""
    if isinstance(part, list):
        return [_with_graded(item) for item in part]
    if not isinstance(part, dict):
        return part
    if part.get("$comment") == BY_KEYS:
        return {"$ref": "#/$defs/Graded"}
    return {key: _with_graded(value) for key, value in part.items()}
