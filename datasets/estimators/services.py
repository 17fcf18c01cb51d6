"""
Right designs of chapter 06: what a function is worth to people of the same income.

How far people walk is counted in every block of the city, where there is nothing to
estimate; what people expect and think is asked of a sample.
"""

import numpy as np
import pandas as pd

from estimators import Answer, Check
from estimators._shared import answer, mean, regression, subdistrict
from govlib.city import City, Size
from govlib.city.base import Base, base
from govlib.city.hasty import slope

SIZE = Size(8, 6, 2, 20)
TABLES = ("service_survey",)
CHECKS = (
    Check(
        "functions_satisfaction",
        "Linear regression of satisfaction on functions with income held fixed",
        "满意度对功能数的线性回归，控制收入",
        "below",
    ),
    Check(
        "income_satisfaction",
        "The same regression: the logarithm of income, functions held fixed",
        "同一回归中收入对数的系数，控制功能数",
        "above",
    ),
    Check(
        "functions_shortfall",
        "Functions expected and missing, nothing counted for those who have more, each "
        "community by its residents",
        "期望而未得的功能数，超出期望者计为零，各社区按居民数加权",
        "below",
    ),
)


def right(city: City) -> dict[str, Answer]:
    """Answer as the chapter does."""
    told = answers(city)
    held = regression(told, "satisfaction ~ functions + doublings", errors="CR1")
    expected = told.dropna(subset=["expected"])
    here = expected.groupby("community")["expected"].transform("size")
    expected = expected.assign(
        missed=(expected["expected"] - expected["functions"]).clip(lower=0),
        weight=expected["residents"] / here,
    )
    return {
        "functions_satisfaction": answer(held, "functions"),
        "income_satisfaction": answer(held, "doublings"),
        # Every city has the same districts: they are strata.
        "functions_shortfall": mean(
            expected,
            "missed",
            weight="weight",
            strata="district",
            errors="linearised",
        ),
    }


def naive(city: City) -> dict[str, float]:
    """Answer as a hasty reader does, who needs no map for these."""
    told = answers(city)
    return {
        "functions_satisfaction": slope(told["functions"], told["satisfaction"]),
        "income_satisfaction": slope(told["doublings"], told["satisfaction"]),
        "functions_shortfall": float((told["expected"] - told["functions"]).mean()),
    }


def answers(city: City) -> pd.DataFrame:
    """Return the survey on services with where people live, as numbers."""
    told = city.service_survey
    where = places(base(city.seed, SIZE))
    numbers = {
        name: told[name].astype("Float64").astype(float)
        for name in ("income", "expected_functions", "satisfaction")
    }
    community = told["resident"].str.rsplit("-", n=2).str[0]
    return pd.DataFrame(
        {
            "community": community,
            "subdistrict": subdistrict(community),
            "district": community.str.partition("-")[0],
            "functions": community.map(where["functions"]),
            "residents": community.map(where["residents"]),
            "doublings": np.log2(numbers["income"]),
            "expected": numbers["expected_functions"],
            "satisfaction": numbers["satisfaction"],
        }
    )


def places(bare: Base) -> pd.DataFrame:
    """
    Return functions and residents of communities.

    The table `communities` has them too, and takes all residents and their ties to
    make.
    """
    return pd.DataFrame(
        {
            "functions": bare.by_quarter("functions")[:, -1],
            "residents": bare.residents,
        },
        index=list(bare.codes),
    )
