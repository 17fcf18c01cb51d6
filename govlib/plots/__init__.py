"""
Figures of results: one function per kind, each takes a table and returns its axes.

Importing this module registers a font with Chinese characters and puts it behind the
font in use, so that Chinese text can be drawn on any machine.
"""

from govlib.plots._boundaries import cascade, overlap, waiting
from govlib.plots._city import causal_graph, cost_frontier
from govlib.plots._general import (
    caterpillar,
    distribution,
    estimates,
    funnel,
    mixing_matrix,
    network,
    use,
)
from govlib.plots._lifts import consent_by_floor, cost_by_floor, vote_tests
from govlib.plots._matters import break_even, process_map, stuck
from govlib.plots._organisations import composition, delay, survival
from govlib.plots._programmes import before_after, event_study, reassignments
from govlib.plots._requests import age_gap, records, service_rates
from govlib.plots._services import access_map, lorenz, parts, reach
from govlib.plots._structure import (
    coupling_level,
    organisation_network,
    score_map,
    truth_table,
)
from govlib.plots._values import rate_limits

__all__ = [
    "access_map",
    "age_gap",
    "before_after",
    "break_even",
    "cascade",
    "caterpillar",
    "causal_graph",
    "composition",
    "consent_by_floor",
    "cost_by_floor",
    "cost_frontier",
    "coupling_level",
    "delay",
    "distribution",
    "estimates",
    "event_study",
    "funnel",
    "lorenz",
    "mixing_matrix",
    "network",
    "organisation_network",
    "overlap",
    "parts",
    "process_map",
    "rate_limits",
    "reach",
    "reassignments",
    "records",
    "score_map",
    "service_rates",
    "stuck",
    "survival",
    "truth_table",
    "use",
    "vote_tests",
    "waiting",
]
