"""All charts of a run, in the order in which a report shows them."""

from __future__ import annotations

from corridor_sim.report.charts.base import Chart
from corridor_sim.report.charts.corridor_map import CORRIDOR_MAP
from corridor_sim.report.charts.cost_breakdown import COST_BREAKDOWN
from corridor_sim.report.charts.cost_waterfall import COST_WATERFALL
from corridor_sim.report.charts.time_cost_distance import TIME_COST_DISTANCE
from corridor_sim.report.charts.transit_times import TRANSIT_TIMES

CHARTS: tuple[Chart, ...] = (CORRIDOR_MAP, TIME_COST_DISTANCE, TRANSIT_TIMES, COST_BREAKDOWN, COST_WATERFALL)
BY_NAME = {chart.name: chart for chart in CHARTS}
KEPT = ("time_cost_distance", "transit_times", "cost_breakdown", "cost_waterfall")
"""Charts that every run keeps as pictures; the others are drawn when somebody asks for them."""
