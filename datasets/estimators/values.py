"""How far communities differ in participation: chapter 01."""

import numpy as np
import pandas as pd

from estimators import Answer, Check
from estimators._shared import around
from govlib import indicators
from govlib.city import City, Size, known_values
from govlib.city.hasty import jackknife

# One community of each sub-district, so that those compared share no draw, and forty
# adults in it: the spread of true rates does not depend on how many are asked.
SIZE = Size(8, 5, 1, 40)
TABLES = ("survey",)

CHECKS = (
    Check(
        "rate_spread",
        "Variance of the survey's rates less what answers scatter, its square root; "
        "interval of the variance by leaving out one community at a time",
        "调查参与率的方差减去答案本身的抽样方差，再开平方；方差的区间用逐个剔除社区的刀切法",
        "above",
    ),
)


def right(city: City) -> dict[str, Answer]:
    """Return what the chapter calls the better answers."""
    rates = _rates(city.survey)
    variance = _true_variance(rates)
    n = len(rates)
    left = [
        {"variance": _true_variance(rates.drop(index=place))} for place in rates.index
    ]
    found = around(variance, jackknife(left)["variance"], n - 1)
    # Where chance explains more than all of the spread, nothing is left of it.
    estimate, low, high = (float(max(v, 0) ** 0.5) for v in found)
    return {"rate_spread": (estimate, low, high)}


def naive(city: City) -> dict[str, float]:
    """Return the hasty reader's answers."""
    rates = _rates(city.survey)
    # The register, which counts times, has no part in the spread.
    given = pd.DataFrame({"asked": rates["estimate"], "times": np.nan})
    return {"rate_spread": known_values.naive_answers(given)["rate_spread"]}


def _rates(survey: pd.DataFrame) -> pd.DataFrame:
    """Return each community's rate with its error and its answers."""
    told = survey[survey["answered"]]
    asked = {"values": ["took_part"], "weight": "weight", "strata": "community"}
    return indicators.rates(told, group="community", **asked)


def _true_variance(rates: pd.DataFrame) -> float:
    """Return the variance between communities that chance does not explain."""
    # What one answer scatters is taken from all communities together.
    answer = (rates["n"] * rates["std_error"] ** 2).mean()
    return float(rates["estimate"].var() - (answer / rates["n"]).mean())
