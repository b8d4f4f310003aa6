"""All charts of a run, in the order in which a report shows them."""

from __future__ import annotations

from corridor_sim.report.charts.base import Chart
from corridor_sim.report.charts.claims import CLAIMS
from corridor_sim.report.charts.corridor_map import CORRIDOR_MAP
from corridor_sim.report.charts.cost_breakdown import COST_BREAKDOWN
from corridor_sim.report.charts.cost_waterfall import CHANGE_WATERFALL, COST_WATERFALL
from corridor_sim.report.charts.late_because import LATE_BECAUSE
from corridor_sim.report.charts.loads_over_time import LOADS_OVER_TIME
from corridor_sim.report.charts.missed_connections import MISSED_CONNECTIONS
from corridor_sim.report.charts.on_time_by_weekday import ON_TIME_BY_WEEKDAY
from corridor_sim.report.charts.queues_over_time import QUEUES_OVER_TIME
from corridor_sim.report.charts.string_line import STRING_LINE
from corridor_sim.report.charts.time_cost_distance import TIME_COST_DISTANCE
from corridor_sim.report.charts.transit_times import TRANSIT_TIMES

CHARTS: tuple[Chart, ...] = (
    CORRIDOR_MAP,
    TIME_COST_DISTANCE,
    STRING_LINE,
    TRANSIT_TIMES,
    COST_BREAKDOWN,
    COST_WATERFALL,
    CHANGE_WATERFALL,
    QUEUES_OVER_TIME,
    LOADS_OVER_TIME,
    ON_TIME_BY_WEEKDAY,
    MISSED_CONNECTIONS,
    LATE_BECAUSE,
    CLAIMS,
)
BY_NAME = {chart.name: chart for chart in CHARTS}
KEPT = ("time_cost_distance", "transit_times", "cost_breakdown", "cost_waterfall")
"""Charts that every run keeps as pictures; the others are drawn when somebody asks for them."""
