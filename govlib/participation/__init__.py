"""
Who takes part in a community, and why not.

Regressions of participation with survey weights and clusters, read as average
marginal effects and risks rather than odds; the funnel from eligible to adopted; who
speaks for whom; and what the answers are worth that were not given, or not honestly.

Three words used throughout. A *weight* is a sampling weight: how many people a row
stands for. A *cluster* is what was drawn or assigned together, such as a community;
rows of a cluster are not independent. *Strata* are the lists that clusters were drawn
from.

- Who takes part: :func:`fit`, :func:`average_marginal_effects`, :func:`risks`,
  :func:`predict`.
- Communities: :func:`fit_random_intercept`, :func:`intraclass_correlation`,
  :func:`design_effect`.
- Voices: :func:`funnel`, :func:`representation`.
- What was not measured: :func:`e_value`, :func:`robustness_value`.
- Who did not answer: :func:`worst_case_bounds`, :func:`response_weights`,
  :func:`rake`.
- Questions that people do not answer honestly: :func:`list_experiment`,
  :func:`list_experiment_check`.
"""

from govlib.participation._communities import (
    RandomInterceptFit,
    design_effect,
    fit_random_intercept,
    intraclass_correlation,
)
from govlib.participation._confounding import e_value, robustness_value
from govlib.participation._effects import average_marginal_effects, predict, risks
from govlib.participation._list_experiment import (
    list_experiment,
    list_experiment_check,
)
from govlib.participation._nonresponse import (
    rake,
    response_weights,
    worst_case_bounds,
)
from govlib.participation._regression import ParticipationFit, fit
from govlib.participation._voices import funnel, representation

__all__ = [
    "ParticipationFit",
    "RandomInterceptFit",
    "average_marginal_effects",
    "design_effect",
    "e_value",
    "fit",
    "fit_random_intercept",
    "funnel",
    "intraclass_correlation",
    "list_experiment",
    "list_experiment_check",
    "predict",
    "rake",
    "representation",
    "response_weights",
    "risks",
    "robustness_value",
    "worst_case_bounds",
]
