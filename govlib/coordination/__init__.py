"""
Whether the actors of a neighbourhood work as one.

Scores and set memberships are numbers from 0 to 1.

- Who holds which duty: :func:`responsibilities`, :func:`role_overlap`.
- Scores from indicators: :func:`normalise`, :func:`sample_goalposts`,
  :func:`entropy_weights`, :func:`entropy_weight_sensitivity`.
- The coupling coordination degree: :func:`coupling_coordination`,
  :func:`coupling_variants` with its usual mistakes, :func:`coordination_intervals`,
  :func:`weight_sensitivity`.
- Who stands between others in the network of organisations: :func:`betweenness`,
  :func:`brokerage`.
- Qualitative comparative analysis with crisp and fuzzy sets: :func:`calibrate`,
  :func:`necessity`, :func:`sufficiency`, :func:`truth_table`, :func:`minimise`, and
  :func:`noise_paths`, which asks how often pure noise yields a path.
"""

from govlib.coordination._brokers import betweenness, brokerage
from govlib.coordination._coupling import (
    COORDINATION_CLASSES,
    COUPLING_CLASSES,
    coordination_intervals,
    coupling_coordination,
    weight_sensitivity,
)
from govlib.coordination._duties import responsibilities, role_overlap
from govlib.coordination._forms import coupling_variants
from govlib.coordination._minimise import Solution, minimise
from govlib.coordination._scores import (
    entropy_weight_sensitivity,
    entropy_weights,
    normalise,
    sample_goalposts,
)
from govlib.coordination._sets import calibrate, necessity, sufficiency
from govlib.coordination._truth import TruthTable, noise_paths, truth_table

__all__ = [
    "COORDINATION_CLASSES",
    "COUPLING_CLASSES",
    "Solution",
    "TruthTable",
    "betweenness",
    "brokerage",
    "calibrate",
    "coordination_intervals",
    "coupling_coordination",
    "coupling_variants",
    "entropy_weight_sensitivity",
    "entropy_weights",
    "minimise",
    "necessity",
    "noise_paths",
    "normalise",
    "responsibilities",
    "role_overlap",
    "sample_goalposts",
    "sufficiency",
    "truth_table",
    "weight_sensitivity",
]
