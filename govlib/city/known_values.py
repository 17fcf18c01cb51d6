"""What is true of the four values in S city's communities, and of their league."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from govlib.city import organisations, structure, survey
from govlib.city.base import Base, base
from govlib.city.hasty import jackknife, slope
from govlib.city.model import Neighbourhood, neighbourhood, simulate
from govlib.city.participation import YEAR_START
from govlib.city.people import Booleans, Floats
from govlib.city.places import SIZES, community_codes
from govlib.city.row import NONE, Row

CHAPTERS = ("01",)
CITIES = 20
# One in so many communities of each simulated city, others in each.
EVERY = 10
# Worst and best of each value, between which scores run from 0 to 1: share of
# buildings with a Party branch, share of adults who took part, living social
# organisations per 10,000 residents, functions of twelve.
GOALPOSTS = {
    "party": (0.0, 1.0),
    "participation": (0.0, 0.6),
    "social": (0.0, 40.0),
    "services": (0.0, 12.0),
}
EQUAL = dict.fromkeys(GOALPOSTS, 1.0)
# Participation counts half, the other three a sixth each.
HALF = EQUAL | {"participation": 3.0}
_MANY = "population of cities"
_TOP_EN = "Communities in the top quarter by the participation rate of the survey"
_TOP_ZH = "按调查参与率排在前四分之一的社区"

ROWS = (
    Row(
        "participants",
        "01",
        "Adults who took part at least once in the year before the survey",
        "调查前一年至少参与过一次的成年人比例",
        "Share of adults who took part in a community decision in at least one of the "
        "last four quarters: mean over communities",
        "最近四个季度中至少有一个季度参与社区决策的成年居民比例：对社区取平均",
        "expectation",
        _MANY,
        NONE,
        "The committees' quarterly participants over four quarters, per adult: who "
        "came in three quarters is three",
        "居委会登记的四个季度参与人数之和除以成年人数：三个季度都来的人算作三人",
    ),
    Row(
        "rate_spread",
        "01",
        "Spread of participation rates between communities",
        "社区间参与率的标准差",
        "Standard deviation over communities of the chance that an adult took part in "
        "the last four quarters, mean over the community's adults",
        "各社区成年居民最近四个季度参与概率均值在社区间的标准差",
        "expectation",
        _MANY,
        NONE,
        "Standard deviation of the survey's rates: a dozen or so answers each differ "
        "by chance as well",
        "调查所得各社区参与率的标准差：每个社区只有十几份答案，本身就有偶然差异",
    ),
    Row(
        "rate_signal",
        "01",
        "How much of a lead in the survey is a lead in truth",
        "调查中的领先有多少是真实的领先",
        "Slope over communities of the true participation rate on the survey's rate: "
        "what is kept, on average, of a distance from the mean",
        "各社区真实参与率对调查参与率的回归斜率：与均值的差距平均保留多少",
        "expectation",
        _MANY,
        NONE,
        "1: the league table is read as it stands",
        "1：对排行榜照单全收",
    ),
    Row(
        "top_lead",
        "01",
        "Lead of the top quarter in participation",
        "参与率前四分之一社区的领先幅度",
        f"{_TOP_EN}: mean of their true rates minus that of all communities",
        f"{_TOP_ZH}：其真实参与率均值减去全部社区均值",
        "expectation",
        _MANY,
        NONE,
        "The same with the rates of the survey, by which they were chosen",
        "用挑选它们时所依据的调查参与率计算同一差值",
    ),
    Row(
        "top_kept",
        "01",
        "Share of the top quarter that belongs there",
        "前四分之一中名副其实的比例",
        f"{_TOP_EN}: share of them in the top quarter by the true rate",
        f"{_TOP_ZH}：其中按真实参与率也在前四分之一的比例",
        "expectation",
        _MANY,
        NONE,
        "1: who is on the list is among the best",
        "1：榜上有名即为优秀",
    ),
    Row(
        "weights_moved",
        "01",
        "Share of the top quarter that falls out when weights change",
        "更换权重后跌出前四分之一的比例",
        "Communities in the top quarter of the index of the four values with equal "
        "weights, true rates of participation: share of them that is not in the top "
        "quarter if participation counts half and the others a sixth each",
        "以真实参与率计算、四重价值等权重的综合指数前四分之一社区：若参与占一半、"
        "其余各占六分之一，其中不再位于前四分之一的比例",
        "expectation",
        _MANY,
        NONE,
        "0: one league table is shown, as if there were no other",
        "0：只展示一张排行榜，仿佛没有别的排法",
    ),
    Row(
        "right_weights",
        "01",
        "The right weight of participation",
        "参与的正确权重",
        "none: the model is silent. No equation has an index; what a value is worth "
        "is for people to say, not for data",
        "无：模型未涉及。没有任何方程包含综合指数；一种价值值多少由人来判断，而非由数据决定",
        "parameter",
        "model",
        NONE,
    ),
)


def scores(raw: pd.DataFrame) -> pd.DataFrame:
    """
    Turn the four values into scores between their goalposts.

    Parameters
    ----------
    raw : pandas.DataFrame
        One row per community and one column for each of `GOALPOSTS`.

    Returns
    -------
    pandas.DataFrame
        Of the same shape, from 0 to 1: (value - worst) / (best - worst), what lies
        beyond a goalpost set to it.

    Examples
    --------
    >>> raw = {"party": [0.5], "participation": [0.3], "social": [50], "services": [9]}
    >>> scores(pd.DataFrame(raw)).iloc[0].tolist()
    [0.5, 0.5, 1.0, 0.75]
    """
    ends = {name: GOALPOSTS[name] for name in raw}
    return pd.DataFrame(
        {
            name: ((raw[name] - worst) / (best - worst)).clip(0, 1)
            for name, (worst, best) in ends.items()
        }
    )


def first_quarter(values: Floats) -> Booleans:
    """
    Tell who is in the top quarter.

    Parameters
    ----------
    values : numpy.ndarray of float, shape (n,)
        The more, the better.

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
        True for n / 4 of them, rounded up; of equal ones the first come first.

    Examples
    --------
    >>> first_quarter(np.array([0.1, 0.9, 0.3, 0.2])).tolist()
    [False, True, False, False]
    """
    inside = np.zeros(len(values), dtype=np.bool_)
    inside[np.argsort(-values, kind="stable")[: -(-len(values) // 4)]] = True
    return inside


def moved(raw: pd.DataFrame) -> float:
    """
    Measure how much of the top quarter the weights decide.

    Parameters
    ----------
    raw : pandas.DataFrame
        As for :func:`scores`.

    Returns
    -------
    float
        Share of the top quarter under `EQUAL` weights that is not in it under `HALF`.
    """
    scored = scores(raw)
    equal, half = (
        first_quarter(sum(weight * scored[name] for name, weight in given.items()))
        for given in (EQUAL, HALF)
    )
    return float(1 - half[equal].mean())


def figures(seed: int) -> dict[str, float]:
    """
    Measure everything in one city, rightly and as a hasty reader does.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    dict of str to float
        By symbol, and by ``naive_`` and symbol.
    """
    codes = some_communities(seed)
    bare = base(seed, "course")
    rates = pd.DataFrame(
        [_rates(neighbourhood(seed, code)) for code in codes], index=codes
    )
    true = rates["true"].to_numpy()
    asked = rates["asked"].to_numpy()
    top = first_quarter(asked)
    raw = institutions(bare).loc[codes].assign(participation=true)
    naive = naive_answers(rates)
    return {
        "participants": float(true.mean()),
        "rate_spread": float(true.std(ddof=1)),
        "rate_signal": slope(asked, true),
        "top_lead": float(true[top].mean() - true.mean()),
        "top_kept": float(first_quarter(true)[top].mean()),
        "weights_moved": moved(raw),
        **{f"naive_{name}": value for name, value in naive.items()},
    }


def some_communities(seed: int) -> list[str]:
    """
    Choose one in ten communities from all parts of a city, others in each city.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    list of str
        Codes of 48 communities.
    """
    return community_codes(SIZES["course"])[seed % EVERY :: EVERY]


def institutions(bare: Base) -> pd.DataFrame:
    """
    Count three of the four values, which need no survey.

    Parameters
    ----------
    bare : Base
        The city without residents.

    Returns
    -------
    pandas.DataFrame
        By community: ``party``, ``social`` and ``services`` as in `GOALPOSTS`.
    """
    party = structure.tables(bare)["party_units"].set_index("community")
    found = organisations.tables(bare)["organisations"]
    living = found.loc[found["dissolved"].isna(), "community"].value_counts()
    residents = pd.Series(bare.residents, bare.codes)
    return pd.DataFrame(
        {
            "party": party["party_coverage"],
            "social": 10_000 * living.reindex(bare.codes).fillna(0) / residents,
            "services": pd.Series(bare.by_quarter("functions")[:, -1], bare.codes),
        }
    ).loc[list(bare.codes)]


def naive_answers(rates: pd.DataFrame) -> dict[str, float]:
    """
    Answer as a hasty reader does.

    Parameters
    ----------
    rates : pandas.DataFrame
        One row per community: ``asked``, its rate in the survey, and ``times``,
        participants of four quarters per adult.

    Returns
    -------
    dict of str to float
        By symbol.
    """
    asked = rates["asked"].to_numpy(dtype=float)
    return {
        "participants": float(rates["times"].mean()),
        "rate_spread": float(asked.std(ddof=1)),
        "rate_signal": 1.0,
        "top_lead": float(asked[first_quarter(asked)].mean() - asked.mean()),
        "top_kept": 1.0,
        "weights_moved": 0.0,
    }


def exact() -> dict[str, float]:
    """
    Say on what the model is silent.

    Returns
    -------
    dict of str to float
        By symbol.
    """
    return {"right_weights": 0.0}


def shown(seed: int) -> dict[str, tuple[float, float]]:
    """
    Give the naive answers in the shipped city.

    Parameters
    ----------
    seed : int
        Its seed.

    Returns
    -------
    dict of str to tuple of float
        By symbol: the answer, and its standard error by a jackknife that leaves out
        one sub-district at a time; 0 for answers that no data move.
    """
    city = simulate("course", seed=seed, only=["communities", "survey", "panel"])
    told = city.survey.dropna(subset=["took_part"])
    part = told["took_part"].astype(float) * told["weight"]
    by = told["community"]
    year = city.panel[city.panel["quarter"] > YEAR_START].groupby("community")
    rates = pd.DataFrame(
        {
            "asked": part.groupby(by).sum() / told["weight"].groupby(by).sum(),
            "times": year["participation_rate"].sum(),
        }
    )
    place = city.communities.set_index("community")["subdistrict"].loc[rates.index]
    return _answered(rates, place.to_numpy())


def _answered(
    rates: pd.DataFrame, place: Sequence[str] | np.ndarray
) -> dict[str, tuple[float, float]]:
    """Answer, with the error that leaving out one place at a time gives."""
    names = np.asarray(place)
    error = jackknife([naive_answers(rates[names != p]) for p in np.unique(names)])
    answers = naive_answers(rates)
    return {name: (answers[name], float(error[name])) for name in answers}


def _rates(place: Neighbourhood) -> dict[str, float]:
    """Measure participation in a community: true, surveyed, and by the register."""
    part = place.participation()
    adult = place.people.age >= 18
    seed, community = place.seed, place.community
    drawn = survey.ask(
        seed,
        community,
        place.homes,
        place.people,
        place.degree,
        SIZES["course"].surveyed,
    )
    told = survey.ask_participation(seed, community, part, drawn)["took_part"]
    answered = ~np.isnan(told)
    return {
        "true": float(part.chance[adult].mean()),
        "asked": float(np.average(told[answered], weights=drawn.weight[answered])),
        "times": float(part.decided[YEAR_START:, adult].sum(axis=0).mean()),
    }
