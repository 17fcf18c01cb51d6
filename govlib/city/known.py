"""What is true of S city, by the model, beside what a hasty reader would say."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from types import ModuleType

import joblib
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from tqdm import tqdm

from govlib import _validate
from govlib.city import (
    known_boundaries,
    known_lifts,
    known_matters,
    known_organisations,
    known_programmes,
    known_requests,
    known_services,
    known_structure,
    known_values,
)
from govlib.city.cases import CASES
from govlib.city.hasty import slope
from govlib.city.known_participation import (
    ROWS as PARTICIPATION_ROWS,
)
from govlib.city.known_participation import (
    naive_answers,
    naive_errors,
    parameter_values,
    participation_figures,
)
from govlib.city.model import Neighbourhood, neighbourhood, simulate
from govlib.city.parameters import resolve
from govlib.city.places import SIZES, SURVEY_QUARTER, community, community_codes
from govlib.city.remedies import Remedy
from govlib.city.row import NONE, Row
from govlib.city.tables import census_estates
from govlib.city.ties import mixed_rate

ESTATE = next(c.community for c in CASES if c.case == "resettlement_estate")
# Modules that know what is true of further chapters: each has CHAPTERS, ROWS, CITIES
# (how many simulated cities are enough), figures(seed) -> one number per symbol in one
# city, and per "naive_" + symbol; exact() -> numbers that need no simulated city; and
# shown(seed) -> per symbol the naive answer in the shipped city and its standard error.
THEMES: tuple[ModuleType, ...] = (
    known_boundaries,
    known_lifts,
    known_matters,
    known_organisations,
    known_programmes,
    known_requests,
    known_services,
    known_structure,
    known_values,
)
# Chapters whose truths are about residents, and the tables that answer them.
RESIDENTS = ("04", "05")
SURVEYED = ("survey", "activity_room", "communities")
# Communities of each simulated city in which variables are set.
COMMUNITIES = 8
# Cities that are enough for participation.
ENOUGH = 200
# One in so many simulated cities is surveyed as a whole, at least two.
WHOLE = 20


ROWS = (
    Row(
        "size_elasticity",
        "04",
        "Effect of an estate's size on ties per resident, log per log",
        "小区规模对人均关系数的效应（对数/对数）",
        "The resettlement estate, with its own number of households against half as "
        "many: difference of log mean ties per resident over that of log residents",
        "动迁安置房小区，现有户数与减半户数相比：人均关系数对数之差除以居民人数对数之差",
        "total effect",
        "population of cities",
        NONE,
        "Slope of log density on log residents across the dozen census estates",
        "十二个普查小区中，密度对数对居民人数对数的斜率",
    ),
    Row(
        "homophily_direct",
        "04",
        "Preference for one's own origin, log rate ratio",
        "同源偏好（对数率比）",
        "Chance that two residents of the resettlement estate become tied, same origin "
        "against different origin, given both ends' age, length of residence, "
        "sociability and address: homophily + heterogeneity x 2M(1 - M)",
        "在年龄、居住年限、交往倾向和住址均给定时，动迁安置房小区两名居民建立关系的概率："
        "同源与异源相比；等于同质性参数加异质性参数乘以2M(1−M)",
        "parameter",
        "model",
        NONE,
        "Log odds ratio within buildings, which also counts closeness in age and "
        "introductions by neighbours in common",
        "楼栋内的对数优势比，其中还包含年龄相近和共同邻居介绍的作用",
    ),
    Row(
        "homophily_total",
        "04",
        "Homophily within buildings, log odds ratio of a tie",
        "楼栋内的同质性（关系的对数优势比）",
        "Odds of a tie for same-origin against mixed pairs of different households in "
        "the same building of the resettlement estate, pooled over buildings after "
        "Mantel and Haenszel; with closeness in age and introductions",
        "动迁安置房小区同一楼栋内不同家庭的居民对，同源与异源相比建立关系的优势比，"
        "按曼特尔-亨塞尔法合并各楼栋；包含年龄相近和介绍的作用",
        "expectation",
        "population of cities",
        NONE,
        "The same odds ratio over all pairs of the estate: sorting into buildings is "
        "counted as preference",
        "对全小区所有居民对计算同一优势比：把按楼栋的居住分化算作偏好",
    ),
    Row(
        "ei_expected",
        "04",
        "E-I index of the resettlement estate",
        "动迁安置房小区的E-I指数",
        "Ties between origins minus ties within, over all ties inside the estate",
        "小区内异源关系数减同源关系数，除以全部关系数",
        "expectation",
        "population of cities",
        NONE,
    ),
    Row(
        "ei_opportunity",
        "04",
        "E-I index without preference",
        "没有偏好时的E-I指数",
        "E-I index of the resettlement estate if origin played no part in who becomes "
        "tied (homophily and heterogeneity set to 0), everyone living where they live",
        "若建立关系与户籍来源无关（同质性与异质性参数均为0）而住址不变，该小区的E-I指数",
        "expectation",
        "population of cities",
        NONE,
        "What labels shuffled over the whole estate give: as if everyone could live "
        "next to anyone",
        "在全小区打乱户籍标签所得的期望：如同任何人都可能与任何人为邻",
    ),
    Row(
        "ei_preference",
        "04",
        "Part of the E-I index that is preference",
        "E-I指数中属于偏好的部分",
        "E-I index of the resettlement estate minus the same index without preference",
        "该小区的E-I指数减去没有偏好时的同一指数",
        "total effect",
        "population of cities",
        NONE,
        "E-I index minus what labels shuffled over the whole estate give",
        "E-I指数减去在全小区打乱标签所得的期望",
    ),
    Row(
        "contact_cross_ties",
        "04",
        "Contact instead of conflict: ties between origins per resident",
        "由“冲突”改为“接触”：人均异源关系数",
        "Ties to residents of the other origin per resident of the resettlement "
        "estate, world of contact minus world of conflict",
        "动迁安置房小区人均异源关系数，“接触”世界减“冲突”世界",
        "total effect",
        "population of cities",
        NONE,
    ),
    Row(
        "activity_ties",
        "04",
        "Effect of shared activities on ties per resident",
        "共同活动对人均关系数的效应",
        "Community, activities held against not held: mean ties of adult residents, "
        "averaged over all communities of a course-size city",
        "以社区为单位，举办与不举办活动相比：成年居民的平均关系数，对教学规模城市的全部社区取平均",
        "total effect",
        "population of cities",
        NONE,
        "Mean ties of adults where activities are held minus where they are not",
        "有活动社区与无活动社区成年居民平均关系数之差",
    ),
)


def log_odds_ratio(place: Neighbourhood, stratum: NDArray[np.int64]) -> float:
    """
    Measure how much likelier two residents of the same origin are to be tied.

    Parameters
    ----------
    place : Neighbourhood
        A community of one estate.
    stratum : numpy.ndarray of int, shape (n,)
        Group of each resident; only pairs within a group are compared.

    Returns
    -------
    float
        Log of the odds ratio pooled over strata.

    Notes
    -----
    In stratum s let a and b be tied and untied pairs of the same origin, c and d tied
    and untied mixed pairs, N their sum, pairs of one household left out. The pooled
    odds ratio is (sum of ad / N) / (sum of bc / N) [1]_.

    References
    ----------
    .. [1] Mantel, N. and Haenszel, W. (1959). Statistical aspects of the analysis of
       data from retrospective studies of disease. Journal of the National Cancer
       Institute 22(4), 719-748.
    """
    people, ties = place.people, place.ties
    size = int(stratum.max()) + 1

    def per_stratum(where: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.bincount(stratum[where], minlength=size).astype(float)

    non_local = per_stratum(people.non_local)
    local = per_stratum(~people.non_local)
    home = np.bincount(people.household)
    inside = np.zeros(size)
    first = np.searchsorted(people.household, np.arange(home.size))
    np.add.at(inside, stratum[first], home * (home - 1) / 2)
    same_pairs = (local * (local - 1) + non_local * (non_local - 1)) / 2 - inside
    mixed_pairs = local * non_local
    here = stratum[ties.source] == stratum[ties.target]
    mixed = people.non_local[ties.source] != people.non_local[ties.target]
    a = np.bincount(stratum[ties.source[here & ~mixed]], minlength=size)
    c = np.bincount(stratum[ties.source[here & mixed]], minlength=size)
    both = np.maximum(same_pairs + mixed_pairs, 1)
    upper = (a * (mixed_pairs - c) / both).sum()
    lower = ((same_pairs - a) * c / both).sum()
    return float(np.log(upper / lower))


def e_i(place: Neighbourhood) -> float:
    """
    Return external minus internal ties over all ties of a community.

    Parameters
    ----------
    place : Neighbourhood
        The community.

    Returns
    -------
    float
        In [-1, 1]; -1 if all ties join residents of the same origin.
    """
    people, ties = place.people, place.ties
    mixed = people.non_local[ties.source] != people.non_local[ties.target]
    return float(2 * mixed.mean() - 1)


def estate_figures(seed: int) -> dict[str, float]:
    """
    Run the resettlement estate of one city in every setting that the truth needs.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    dict of str to float
        One figure per quantity, and ``naive_`` before the naive ones.
    """
    shown = neighbourhood(seed, ESTATE)
    blind = neighbourhood(seed, ESTATE, parameters={"homophily": 0, "heterogeneity": 0})
    contact = neighbourhood(seed, ESTATE, world="contact")
    half = neighbourhood(
        seed,
        ESTATE,
        remedies=[Remedy("households", shown.community.households // 2)],
    )
    n = shown.people.age.size
    building = shown.homes.building[shown.people.household]

    def ties_per_resident(place: Neighbourhood) -> float:
        return 2 * place.ties.source.size / place.people.age.size

    def crossing(place: Neighbourhood) -> float:
        return ties_per_resident(place) * (1 + e_i(place)) / 2

    # Under labels shuffled over everyone a tie is mixed as often as any pair is.
    non_local = int(shown.people.non_local.sum())
    labels = 4 * non_local * (n - non_local) / (n * (n - 1)) - 1
    within = log_odds_ratio(shown, building)
    return {
        "size_elasticity": np.log(ties_per_resident(shown) / ties_per_resident(half))
        / np.log(n / half.people.age.size),
        "naive_homophily_direct": within,
        "homophily_total": within,
        "naive_homophily_total": log_odds_ratio(shown, np.zeros_like(building)),
        "ei_expected": e_i(shown),
        "ei_opportunity": e_i(blind),
        "naive_ei_opportunity": labels,
        "ei_preference": e_i(shown) - e_i(blind),
        "naive_ei_preference": e_i(shown) - labels,
        "contact_cross_ties": crossing(contact) - crossing(shown),
    }


def density_slope(seed: int) -> float:
    """
    Regress log density on log size over the census estates of one city.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    float
        Slope by least squares.
    """
    size, density = [], []
    for estate, roster in census_estates(
        seed, community_codes(SIZES["course"])
    ).items():
        if roster != "census":
            continue
        code, _, number = estate.rpartition("-")
        place = neighbourhood(seed, code)
        here = place.homes.estate[place.people.household] == int(number) - 1
        n = int(here.sum())
        m = int((here[place.ties.source] & here[place.ties.target]).sum())
        size.append(n)
        density.append(2 * m / (n * (n - 1)))
    return slope(np.log(size), np.log(density))


def some_communities(seed: int) -> list[str]:
    """
    Choose communities from all parts of a city, others in each city.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    list of str
        Codes of eight communities.
    """
    codes = community_codes(SIZES["course"])
    step = len(codes) // COMMUNITIES
    return codes[seed % step :: step]


def activity_figures(seed: int) -> list[tuple[float, float, int]]:
    """
    Switch activities on and off in some communities of one city.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    list of tuple
        Per community: mean ties of adults with activities, without, and whether the
        city as it is has them.
    """
    out = []
    for code in some_communities(seed):
        on, off = (
            neighbourhood(seed, code, remedies=[Remedy("activity", activity)])
            for activity in (1, 0)
        )
        adult = on.people.age >= 18
        held = community(seed, code).activity
        out.append((on.degree[adult].mean(), off.degree[adult].mean(), held))
    return out


def activity_difference(
    survey: pd.DataFrame, communities: pd.DataFrame
) -> tuple[float, float]:
    """
    Compare mean ties where activities are held with where they are not.

    Parameters
    ----------
    survey, communities : pandas.DataFrame
        Tables of a city.

    Returns
    -------
    difference : float
        Weighted mean of those who answered, with activities minus without.
    std_error : float
        Its standard error, with communities as clusters.
    """
    told = survey.dropna(subset=["ties"]).merge(
        communities[["community", "activity"]], on="community"
    )
    told = told.assign(total=told["weight"] * told["ties"].astype(float))
    sums = told.groupby(["activity", "community"])[["total", "weight"]].sum()
    difference, variance = 0.0, 0.0
    for held, sign in ((True, 1), (False, -1)):
        part = sums.loc[held]
        mean = part["total"].sum() / part["weight"].sum()
        residual = (part["total"] - mean * part["weight"]) / part["weight"].sum()
        difference += sign * mean
        variance += len(part) / (len(part) - 1) * (residual**2).sum()
    return float(difference), float(variance**0.5)


def truth(
    *,
    seed: int = 2026,
    cities: int = 400,
    n_jobs: int = 1,
    chapters: Collection[str] | None = None,
) -> pd.DataFrame:
    """
    Tell what is true of S city, and how far off the naive answers are.

    Parameters
    ----------
    seed : int, default 2026
        Seed of the city in which the naive answers are given.
    cities : int, default 400
        Cities over which truths are averaged, at least 8. Chapters whose truths are
        sure with fewer stop earlier: the column ``seeds`` says where.
    n_jobs : int, default 1
        Processes, as in :class:`joblib.Parallel`. The numbers do not depend on it.
    chapters : collection of str, optional
        Numbers of the chapters whose truths are wanted, such as ``["02"]``; all by
        default. Those of chapters 04 and 05 take most of the time.

    Returns
    -------
    pandas.DataFrame
        One row per quantity: ``symbol``, ``chapter``, titles and estimands in both
        languages, ``effect``, ``scope``, ``spillover``, ``quarter``, ``value`` with
        ``monte_carlo_error`` over ``seeds`` cities, and the naive answer: in words,
        ``naive_expected`` with its error, ``naive_city`` with its standard error.

    Raises
    ------
    TypeError
        If a number is not whole.
    ValueError
        If `seed` is negative, `cities` below 8, or a chapter has no truths.

    See Also
    --------
    simulate : The model.

    Notes
    -----
    An effect is the difference of two runs with the same draws, averaged over cities
    with seeds 1, 2, and so on; its Monte-Carlo error is the standard deviation over
    cities divided by the root of their number. The standard error of a naive answer
    is its standard deviation over cities; for answers on participation a jackknife
    over sub-districts, and for the comparison of activities a linearised one with
    communities as clusters. What the naive answers on participation give on average
    comes from one in twenty of the cities, simulated as a whole.

    Examples
    --------
    The shipped table comes from ``truth()``:

    >>> from govlib import datasets
    >>> shipped = datasets.load("truth").set_index("symbol")
    >>> print(round(shipped.loc["homophily_direct", "value"], 2))
    1.75
    """
    _validate.count(seed, "seed", least=0)
    _validate.count(cities, "cities", least=8)
    known = {chapter: theme for theme in THEMES for chapter in theme.CHAPTERS}
    asked = [*RESIDENTS, *known] if chapters is None else list(chapters)
    for chapter in asked:
        _validate.choice(chapter, [*RESIDENTS, *known], "chapters")
    parts = []
    if "04" in asked:
        parts.append(_of_ties(seed, cities, n_jobs))
    if "05" in asked:
        parts.append(_of_participation(seed, min(cities, ENOUGH), n_jobs))
    for theme in THEMES:
        if set(asked) & set(theme.CHAPTERS):
            parts.append(_of_theme(theme, seed, min(cities, theme.CITIES), n_jobs))
    return pd.concat(parts, ignore_index=True)


def _of_theme(theme: ModuleType, seed: int, cities: int, n_jobs: int) -> pd.DataFrame:
    """Tell what is true of one theme."""
    jobs = (joblib.delayed(theme.figures)(s) for s in range(1, cities + 1))
    done = joblib.Parallel(n_jobs=n_jobs, return_as="generator")(jobs)
    found = pd.DataFrame(tqdm(done, total=cities, desc=theme.__name__, disable=None))
    values = {str(name): _average(found[name].dropna()) for name in found}
    exact = theme.exact()
    values |= {name: (value, 0.0) for name, value in exact.items()}
    shown = {f"naive_{name}": answer for name, answer in theme.shown(seed).items()}
    return _table(theme.ROWS, values, shown, exact, cities)


def _of_ties(seed: int, cities: int, n_jobs: int) -> pd.DataFrame:
    """Tell what is true of ties."""
    jobs = (joblib.delayed(_ties_of)(s) for s in range(1, cities + 1))
    done = joblib.Parallel(n_jobs=n_jobs, return_as="generator")(jobs)
    estates, slopes, activities = zip(
        *tqdm(done, total=cities, desc="cities", disable=None), strict=True
    )
    figures = {name: [e[name] for e in estates] for name in estates[0]}
    figures["naive_size_elasticity"] = [s for s in slopes if s is not None]
    on, off, held = np.array(activities).transpose(2, 0, 1)
    figures["activity_ties"] = (on - off).mean(axis=1)
    # Mean and its error over cities, by quantity.
    values = {name: _average(numbers) for name, numbers in figures.items()}
    with_, without = _average(on[held == 1]), _average(off[held == 0])
    values["naive_activity_ties"] = (
        with_[0] - without[0],
        float(np.hypot(with_[1], without[1])),
    )
    exact = {"homophily_direct": -np.log(_mixed_rate(seed))}
    values |= {name: (value, 0.0) for name, value in exact.items()}

    # In the shipped city one estimate each, whose error is its spread over cities.
    here = estate_figures(seed) | {"naive_size_elasticity": density_slope(seed)}
    shown = {
        name: (number, float(np.std(figures[name], ddof=1)))
        for name, number in here.items()
    }
    city = simulate("course", seed=seed, only=SURVEYED)
    shown["naive_activity_ties"] = activity_difference(city.survey, city.communities)
    return _table(ROWS, values, shown, exact, cities)


def _of_participation(seed: int, cities: int, n_jobs: int) -> pd.DataFrame:
    """Tell what is true of participation."""
    jobs = (joblib.delayed(_participation_of)(s) for s in range(1, cities + 1))
    done = joblib.Parallel(n_jobs=n_jobs, return_as="generator")(jobs)
    found = list(tqdm(done, total=cities, desc="cities", disable=None))
    figures = {name: [f[name] for f in found] for name in found[0]}
    whole = (joblib.delayed(_naive)(s) for s in range(1, max(cities // WHOLE, 2) + 1))
    surveys = list(joblib.Parallel(n_jobs=n_jobs, return_as="generator")(whole))
    figures |= {f"naive_{name}": [s[name] for s in surveys] for name in surveys[0]}
    values = {name: _average(numbers) for name, numbers in figures.items()}
    exact = parameter_values()
    values |= {name: (value, 0.0) for name, value in exact.items()}
    city = simulate("course", seed=seed, only=SURVEYED)
    tables = city.survey, city.activity_room, city.communities
    errors = naive_errors(*tables)
    shown = {
        f"naive_{name}": (answer, errors[name])
        for name, answer in naive_answers(*tables).items()
    }
    return _table(PARTICIPATION_ROWS, values, shown, exact, cities)


def _table(
    rows: Iterable[Row],
    values: Mapping[str, tuple[float, float]],
    shown: Mapping[str, tuple[float, float]],
    exact: Collection[str],
    cities: int,
) -> pd.DataFrame:
    """Put words and numbers together, each with its error."""
    nothing = (np.nan, np.nan)
    table = []
    for row in rows:
        naive = f"naive_{row.symbol}"
        numbers = (*values[row.symbol], *values.get(naive, nothing))
        value, error, expected, expected_error = numbers
        answer, answer_error = shown.get(naive, nothing)
        table.append(
            asdict(row)
            | {
                "quarter": SURVEY_QUARTER,
                "value": value,
                "monte_carlo_error": error,
                # What is read off the equations needs no simulated city.
                "seeds": 0 if row.symbol in exact else cities,
                "naive_expected": expected,
                "naive_expected_error": expected_error,
                "naive_city": answer,
                "naive_city_error": answer_error,
            }
        )
    return pd.DataFrame(table)


def _ties_of(
    seed: int,
) -> tuple[dict[str, float], float | None, list[tuple[float, float, int]]]:
    """All that the truth of ties takes from one city."""
    # A slope needs a dozen estates: a quarter of the cities is enough.
    slope = density_slope(seed) if seed % 4 == 1 else None
    return estate_figures(seed), slope, activity_figures(seed)


def _participation_of(seed: int) -> dict[str, float]:
    """All that the truth of participation takes from one city."""
    return participation_figures(seed, some_communities(seed))


def _naive(seed: int) -> dict[str, float]:
    """Answer as a hasty reader does in one whole city."""
    city = simulate("course", seed=seed, only=SURVEYED)
    return naive_answers(city.survey, city.activity_room, city.communities)


def _mixed_rate(seed: int) -> float:
    """Factor on a tie between origins in the resettlement estate, by the equations."""
    return mixed_rate(community(seed, ESTATE), resolve(), "conflict")


def _average(numbers: ArrayLike) -> tuple[float, float]:
    """Mean over cities and its Monte-Carlo error."""
    array = np.asarray(numbers)
    return float(array.mean()), float(array.std(ddof=1) / array.size**0.5)
