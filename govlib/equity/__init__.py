"""
Who has how much of what a city supplies, and who lives within reach of it.

Inequality (Gini, Theil, Atkinson, concentration), walking access (coverage and floating
catchments), separation of groups, concentration of suppliers, and the gap between what
people expect and what they get.

Three words used throughout. A *weight* is how many people a row stands for; without
one, each row is one person, which is wrong where rows are places. *Inequality* is that
amounts differ; whether it is unfair depends on need, which these measures do not know.
*Within reach* is no farther than the cutoff, the cutoff included.

Intervals: :func:`inequality` has its own; for all else, hand the measure to
:func:`govlib.resample.bootstrap`.

- How unequal: :func:`gini`, :func:`theil`, :func:`atkinson`, :func:`inequality`,
  :func:`theil_decomposition`, :func:`lorenz_curve`.
- To whose advantage: :func:`concentration_index`, :func:`concentration_curve`.
- Walking access: :func:`coverage`, :func:`floating_catchment`.
- Expectation: :func:`expectation_gap`.
- Separation: :func:`dissimilarity`, :func:`isolation`.
- Suppliers and funders: :func:`herfindahl`, :func:`supplier_concentration`.
"""

from govlib.equity._catchment import CatchmentAccess, floating_catchment
from govlib.equity._coverage import Coverage, coverage
from govlib.equity._expectation import expectation_gap
from govlib.equity._measures import (
    TheilDecomposition,
    atkinson,
    gini,
    inequality,
    theil,
    theil_decomposition,
)
from govlib.equity._ranks import concentration_curve, concentration_index, lorenz_curve
from govlib.equity._segregation import dissimilarity, isolation
from govlib.equity._suppliers import herfindahl, supplier_concentration

__all__ = [
    "CatchmentAccess",
    "Coverage",
    "TheilDecomposition",
    "atkinson",
    "concentration_curve",
    "concentration_index",
    "coverage",
    "dissimilarity",
    "expectation_gap",
    "floating_catchment",
    "gini",
    "herfindahl",
    "inequality",
    "isolation",
    "lorenz_curve",
    "supplier_concentration",
    "theil",
    "theil_decomposition",
]
