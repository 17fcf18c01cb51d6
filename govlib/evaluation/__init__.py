"""
Does a remedy work: trials, staggered starts, paths of effects, and scales.

Three kinds of design. In a *trial* chance decides who is treated, usually whole
communities (clusters). In a *staggered start* communities begin at different times, and
those that have not begun show what would have happened. *Mediation* asks by which path
an effect came about, and needs stronger assumptions than either.

The column `treatment` holds 1 (or true) where a row is treated and else 0. Effects are
in units of the outcome: for an outcome of zeros and ones, in shares (0.08 is 8 points).

- Trials: :func:`randomisation_inference`, :func:`cluster_trial`.
- Planning one: :func:`trial_power`, :func:`clusters_needed`,
  :func:`detectable_effect`.
- Two periods: :func:`difference_in_differences`.
- Staggered starts: :func:`group_time_effects`, :func:`aggregate_effects`,
  :func:`event_study`, and what goes wrong: :func:`two_way_fixed_effects`.
- Paths: :func:`mediation`, :func:`mediation_sensitivity`.
- Scales: :func:`reverse_code`, :func:`scale_scores`, :func:`acquiescence`; their
  reliability is :func:`govlib.organisations.reliability`.
"""

from govlib.evaluation._mediation import (
    Mediation,
    MediationSensitivity,
    mediation,
    mediation_sensitivity,
)
from govlib.evaluation._power import clusters_needed, detectable_effect, trial_power
from govlib.evaluation._randomisation import (
    RandomisationInference,
    randomisation_inference,
)
from govlib.evaluation._scales import acquiescence, reverse_code, scale_scores
from govlib.evaluation._staggered import (
    GroupTimeEffects,
    aggregate_effects,
    event_study,
    group_time_effects,
)
from govlib.evaluation._trials import cluster_trial, difference_in_differences
from govlib.evaluation._two_way import TwoWayFixedEffects, two_way_fixed_effects

__all__ = [
    "GroupTimeEffects",
    "Mediation",
    "MediationSensitivity",
    "RandomisationInference",
    "TwoWayFixedEffects",
    "acquiescence",
    "aggregate_effects",
    "cluster_trial",
    "clusters_needed",
    "detectable_effect",
    "difference_in_differences",
    "event_study",
    "group_time_effects",
    "mediation",
    "mediation_sensitivity",
    "randomisation_inference",
    "reverse_code",
    "scale_scores",
    "trial_power",
    "two_way_fixed_effects",
]
