"""A made-up run of a corridor: three ways from Chongqing to Hong Kong, with results as `study` hands them over."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from corridor_sim.report.run import Run

ACTIVITIES = (
    ("road haulage", "transport", "cash", 0.35),
    ("rail freight", "transport", "cash", 0.30),
    ("sea freight", "transport", "cash", 0.12),
    ("terminal handling", "transport", "cash", 0.11),
    ("reefer plug-in", "storage", "cash", 0.03),
    ("storage", "storage", "cash", 0.04),
    ("documents", "management", "cash", 0.02),
    ("customs inspection", "management", "cash", 0.03),
    ("equipment hire", "transport", "cash", 0.07),
    ("insurance", "management", "cash", 0.01),
    ("rail subsidy", "transport", "cash", -0.08),
    ("stock in transit", "storage", "time", 0.11),
    ("decay", "storage", "time", 0.05),
    ("carbon", "management", "carbon", 0.02),
)
BY_TRUCK = (("road haulage", "transport", "cash", 0.97), ("documents", "management", "cash", 0.03), *ACTIVITIES[-3:])
TRUCK = (
    ("loading", "packhouse", "packhouse", 0, 0, 6, 500),
    ("haul to Shenzhen", "packhouse", "CNSZX", 0, 1480, 34, 14800),
    ("border", "CNSZX", "CNSZX", 1480, 1480, 5, 900),
    ("haul to market", "CNSZX", "HK market", 1480, 1535, 3, 6200),
)
QINZHOU = (
    ("batch", "packhouse", "packhouse", 0, 0, 30, 0),
    ("drayage", "packhouse", "CNCKG-TJC", 0, 62, 4, 1800),
    ("origin inspection", "CNCKG-TJC", "CNCKG-TJC", 62, 62, 9, 350),
    ("rail", "CNCKG-TJC", "CNQZH", 62, 1218, 52, 6400),
    ("export check", "CNQZH", "CNQZH", 1218, 1218, 31, 800),
    ("feeder", "CNQZH", "HKHKG", 1218, 1842, 44, 3900),
    ("food check", "HKHKG", "HKHKG", 1842, 1842, 15, 1100),
    ("delivery", "HKHKG", "HK market", 1842, 1860, 3, 2300),
)


def est(value: float | None, half: float | None = None, unit: str = "CNY", resolved: bool = True) -> dict[str, Any]:
    """An estimate as in summary.json."""
    interval = value is not None and half is not None
    return {
        "value": value,
        "low": value - half if interval else None,
        "high": value + half if interval else None,
        "unit": unit,
        "n": 30,
        "resolved": resolved,
        "method": "ratio of sums, linearised, t" if interval else "not available: cargo was not delivered",
    }


def steps(route: str, legs: tuple[Any, ...], scale: float) -> list[dict[str, Any]]:
    elapsed, rows = 0.0, []
    for name, origin, destination, km_from, km_to, hours, cost in legs:
        elapsed += hours * scale
        rows.append(
            {
                "route": route,
                "step": name,
                "kind": "move" if km_to > km_from else "work",
                "mode": "road" if km_to > km_from else "",
                "origin": origin,
                "destination": destination,
                "km_from": km_from,
                "km_to": km_to,
                "hours": est(hours * scale, 1.0, "h"),
                "waiting": est(hours * scale / 2, 0.5, "h"),
                "travelling": est(hours * scale / 2, 0.5, "h"),
                "emissions": est(10.0 * scale, 0.5, "kg CO2e/t"),
                "elapsed": {"mean": elapsed, "p10": elapsed * 0.85, "p90": elapsed * 1.25},
                "cost": est(float(cost), 20.0),
                "lane": "",
            }
        )
    return rows


def costs(cash: float, subsidy: float) -> list[dict[str, Any]]:
    rows = []
    for base, factor in (("cash", 1.0), ("total_logistics", 1.16), ("with_carbon", 1.18)):
        for perspective, share in (("shipper", 0.8), ("consignee", 0.2), ("chain", 1.0)):
            for per, kg in (("box", 1.0), ("kg", 18000.0)):
                for when, paid in (("before", subsidy), ("after", 0.0)):
                    value = (cash * factor + paid) * share / kg
                    rows.append(
                        {"base": base, "perspective": perspective, "per": per, "subsidy": when}
                        | est(value, 0.01 * value)
                    )
    return rows


def kpis(hours: np.ndarray) -> dict[str, Any]:
    p50, p90 = np.quantile(hours, [0.5, 0.9])
    return {
        "transit_p50": est(float(p50), 2.0, "h"),
        "transit_p90": est(float(p90), 5.0, "h"),
        "transit_mean": est(float(hours.mean()), 2.0, "h"),
        "latest_departure": est(float(p90), 5.0, "h"),
        "on_time": est(0.931, 0.02, "share"),
        "lateness_mean": est(None, None, "h"),
        "undelivered": est(0.0, 0.0, "share"),
        "emissions": est(91.0, 3.0, "kg CO2e"),
    }


def alternative(name: str, title: str, legs: tuple[Any, ...], scale: float, hours: np.ndarray) -> dict[str, Any]:
    cash = float(sum(leg[-1] for leg in legs)) * (0.7 + 0.3 * scale)
    subsidy = 0.0 if legs is TRUCK else 1200.0
    return {
        "name": name,
        "title": {"en": title, "zh-Hans": "团结村经钦州"},
        "supposition": scale < 1,
        "sources": ["B6"] if scale < 1 else [],
        "is_baseline": legs is TRUCK,
        "kpis": kpis(hours),
        "by_flow": {"crisp plum": kpis(hours), "lemon": kpis(hours + 1)},
        "costs": costs(cash, subsidy),
        "activities": [
            {"activity": word, "cost_class": kind, "base": base, "common": False} | est(cash * share, 40.0)
            for word, kind, base, share in (BY_TRUCK if legs is TRUCK else ACTIVITIES)
        ],
        "steps": steps("by_truck" if legs is TRUCK else "by_qinzhou", legs, scale),
        "main_route": "by_truck" if legs is TRUCK else "by_qinzhou",
        "views": [],
        "breaks": [],
        "late_because": [late("inspection hold", legs[-2][0], 0.43, "barge", "fri", "sea")],
        "corridor": {"tfi1_border_hours": est(6.0, 0.5, "h")},
        "releases": [],
        "services": [],
        "facilities": [],
        "assumptions": {"cost_share": 0.62, "time_share": 0.4, "unknown_tax_share": 0.0},
        "undelivered": est(0.0, 0.0, "share"),
    }


def late(kind: str, step: str, share: float, service: str = "", weekday: str = "", mode: str = "") -> dict[str, Any]:
    where = {"kind": kind, "step": step, "service": service, "weekday": weekday, "mode": mode}
    return {"cause": kind, **where, "share": share, **est(share, 0.02, "share")}


def comparison(one: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    savings = []
    for row, old in zip(one["costs"], base["costs"], strict=True):
        saving, half = old["value"] - row["value"], 0.012 * old["value"]
        key = {name: row[name] for name in ("base", "perspective", "per", "subsidy")}
        percent = est(100 * saving / old["value"], 100 * half / old["value"], "%")
        savings.append(key | {"cny": est(saving, half), "percent": percent, "separated": abs(saving) > half})
    differences = {}
    for name, figure in one["kpis"].items():
        old = base["kpis"][name]["value"]
        value = None if figure["value"] is None else figure["value"] - old
        differences[name] = est(value, 3.0 if figure["unit"] == "h" else 0.03, figure["unit"]) | {
            "separated": value is not None and figure["unit"] == "h"
        }
    flows = {
        "crisp plum": {"total_logistics": est(-12.0, 3.0, "%") | {"separated": True}},
        "lemon": {"total_logistics": est(1.0, 2.0, "%") | {"separated": False}},
    }
    return {
        "alternative": one["name"],
        "against": base["name"],
        "kpis": differences,
        "savings": savings,
        "flow_savings": flows,
        "where": where(one, base),
    }


def where(one: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    """Bars by activity, those of rail and sea under legs of their own; a tonne is a thousand kilograms."""
    kg = 18000.0
    sums: dict[tuple[str, str], float] = {}
    for side, sign in ((one, 1), (base, -1)):
        for row in side["activities"]:
            key = (row["base"], row["activity"])
            sums[key] = sums.get(key, 0.0) + sign * row["value"]
    legs = {"road haulage": ("packhouse", "CNSZX", "road"), "rail freight": ("CNCKG-TJC", "CNQZH", "rail")}
    bars = [
        dict(zip(("origin", "destination", "mode"), legs.get(activity, ("", "", "")), strict=True))
        | {"base": kind, "activity": activity, "cents": round(value * 100), "separated": True}
        | {"per_tonne": est(value / kg * 1000, 2.0), "per_box": est(value, 36.0)}
        for (kind, activity), value in sums.items()
    ]
    totals = []
    for name, kinds in (("cash", 1), ("total_logistics", 2), ("with_carbon", 3)):
        inside = [bar for bar in bars if bar["base"] in ("cash", "time", "carbon")[:kinds]]
        value = sum(bar["cents"] for bar in inside) / 100
        total = {"base": name, "cents": round(value * 100), "separated": True, "baseline_cents": 0}
        figures = {"per_tonne": est(value / kg * 1000, 9.0), "per_box": est(value, 160.0)}
        totals.append(total | figures | {"alternative_cents": round(value * 100)})
    return {"totals": totals, "bars": bars, "equal": 1}


def summary_and_samples() -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    generator = np.random.default_rng(7)
    truck = 40 + generator.gamma(4.0, 2.2, 900)
    ordinary = 120 + generator.gamma(3.0, 26.0, 900)
    convenient = 115 + generator.gamma(3.0, 19.0, 900)
    alternatives = [
        alternative("truck", "Reefer truck through Shenzhen, as shippers do today", TRUCK, 1.0, truck),
        alternative("qinzhou_ordinary", "Rail to Qinzhou, feeder, ordinary clearance", QINZHOU, 1.0, ordinary),
        alternative("qinzhou_convenient", "The same with the convenient channel", QINZHOU, 0.88, convenient),
        alternative("with_certificate", "And a Hong Kong quality mark", QINZHOU, 0.87, convenient * 0.99),
    ]
    summary = {
        "results_version": 1,
        "version": "0.1.0",
        "scenario": {
            "name": "qinzhou",
            "title": {"en": "Chongqing produce to Hong Kong through Qinzhou", "zh-Hans": "重庆农产品经钦州至香港"},
            "question": {"en": "How fast, how surely and at what cost does Chongqing fruit reach Hong Kong?"},
            "file": "scenarios/qinzhou.yaml",
        },
        "run": {
            "seed": 20260422,
            "replications": 30,
            "engine": "reference",
            "noise": True,
            "lanes": {},
            "measure": ["2026-06-26", "2026-08-31"],
            "confidence": 0.95,
        },
        "baseline": "truck",
        "alternatives": alternatives,
        "comparisons": [comparison(one, alternatives[0]) for one in alternatives[1:]],
        "anomalies": [],
        "thresholds": [
            {
                "name": "hold",
                "says": {"en": "The channel is worth it by length of a hold"},
                "vary": "customs_channels.convenient.hold",
                "unit": "h",
                "of": "qinzhou_convenient",
                "crossing": est(36.0, 4.0, "h"),
                "verdict": "worth it below",
                "points": [{"number": 12.0}, {"number": 48.0}],
            }
        ],
        "inputs": [],
        "sources": {},
        "notes": ["Holidays of 2027 are assumed to fall as in 2026."],
    }
    hours = {"truck": truck, "qinzhou_ordinary": ordinary, "qinzhou_convenient": convenient}
    hours["with_certificate"] = convenient * 0.99
    return summary, {name: sample(each) for name, each in hours.items()}


def sample(hours: np.ndarray) -> dict[str, np.ndarray]:
    """Ticks of release and delivery; the last consignment is not delivered."""
    release = np.arange(len(hours) + 1) * 60
    return {"release": release, "delivered": np.append(release[:-1] + (hours * 3600).astype(np.int64), -1)}


@dataclass
class FakeResults:
    """What `evaluate` returns, made up."""

    summary: dict[str, Any]
    samples: dict[str, dict[str, Any]]
    manifest_recipe: dict[str, Any] = field(default_factory=lambda: {"python": "3.11"})
    resolved: dict[str, Any] = field(default_factory=lambda: {"truck": {"name": "qinzhou", "flows": {"plum": {}}}})

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        frames = [pd.DataFrame({"alternative": name, **sample}) for name, sample in self.samples.items()]
        return {"consignments": pd.concat(frames, ignore_index=True)}

    def run(self) -> Run:
        """The same as reports see it."""
        return Run(self.summary, self.resolved, self.tables)


def results() -> FakeResults:
    return FakeResults(*summary_and_samples())
