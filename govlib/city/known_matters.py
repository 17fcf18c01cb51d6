"""What is true of matters and staff in S city, and what a hasty reader would say."""

from dataclasses import replace

import numpy as np
import pandas as pd

from govlib.city import matters
from govlib.city.base import Base, base
from govlib.city.institutions import QUARTERS
from govlib.city.matters import DECISION, LIMIT, QUARTER, Matters
from govlib.city.parameters import resolve
from govlib.city.people import Booleans, Floats
from govlib.city.remedies import Remedy
from govlib.city.row import NONE, Row

CHAPTERS = ("10",)
# Cities over which truths are averaged.
CITIES = 60
# The report at the end of the first year, before any right is delegated, on matters of
# that year; what takes longer than this counts as this long.
REPORT, HORIZON = 4 * QUARTER, 300
# Quarters whose matters have all had the time to be completed.
WATCHED = 11

POPULATION = "population of cities"
FIRST_EN = "matters of the first year, followed to their end"
FIRST_ZH = "第一年的事项，一直跟踪到办结"
CLOSED_EN = "by the end of the year"
ROWS = (
    Row(
        "matter_mean",
        "10",
        f"Mean days to closing, at most {HORIZON} each",
        f"平均办结天数（每件至多计{HORIZON}天）",
        f"Mean over the {FIRST_EN}; one that takes longer than {HORIZON} days "
        f"counts as {HORIZON}",
        f"{FIRST_ZH}，求平均；超过{HORIZON}天者计{HORIZON}天",
        "expectation",
        POPULATION,
        NONE,
        f"Mean days of those that were closed {CLOSED_EN}: the slow ones are still "
        "open",
        "年底已办结事项的平均天数：慢的还没有办结",
    ),
    Row(
        "matter_median",
        "10",
        "Median days to closing",
        "办结天数的中位数",
        f"Days within which half of the {FIRST_EN}, are closed",
        f"{FIRST_ZH}，其中一半办结所需的天数",
        "expectation",
        POPULATION,
        NONE,
        f"Median days of those that were closed {CLOSED_EN}",
        "年底已办结事项的天数中位数",
    ),
    Row(
        "matter_in_time",
        "10",
        f"Share closed within {LIMIT} days",
        f"{LIMIT}天内办结的比例",
        f"Share of the {FIRST_EN}, that took at most {LIMIT} days",
        f"{FIRST_ZH}，其中用时不超过{LIMIT}天的比例",
        "expectation",
        POPULATION,
        NONE,
        f"Share of those closed {CLOSED_EN} that took at most {LIMIT} days",
        f"年底已办结事项中用时不超过{LIMIT}天的比例",
    ),
    Row(
        "decision_waiting",
        "10",
        f"Mean days of waiting for a decision, at most {HORIZON} each",
        f"等待决策的平均天数（每次至多计{HORIZON}天）",
        "From the end of the stage before to the day on which the decision is begun, "
        f"in the first round of {FIRST_EN}",
        f"自前一环节结束至开始决策的天数，{FIRST_ZH}，只计第一轮",
        "expectation",
        POPULATION,
        NONE,
        f"Mean days of those waits that were over {CLOSED_EN}",
        "年底已经结束的等待的平均天数",
    ),
    Row(
        "delegation_average",
        "10",
        f"Effect of delegated rights on the share closed within {LIMIT} days",
        f"下放决策权对{LIMIT}天内办结比例的效应",
        "Communities and quarters with delegated rights, up to quarter "
        f"{WATCHED}: chance that a matter is closed within {LIMIT} days, with the "
        "rights against without; mean over these communities and quarters",
        f"截至第{WATCHED}季度已下放决策权的社区与季度：事项在{LIMIT}天内办结的概率，"
        "下放与不下放相比；对这些社区和季度取平均",
        "total effect",
        POPULATION,
        NONE,
        "Coefficient of having the rights in a regression with fixed effects of "
        "communities and quarters: those who began early serve as controls while their "
        "effect still grows",
        "含社区与季度固定效应的回归中下放变量的系数：先行者在效应增长时被当作对照",
    ),
    Row(
        "delegation_growth",
        "10",
        "Growth of that effect from quarter to quarter",
        "该效应每季度的增长",
        "Further share closed within the limit in each further quarter with the "
        "rights, as more of them are used; mean over the communities that have them",
        "拥有决策权每增加一个季度，因用权增多而使期限内办结比例上升的幅度；对有权的社区取平均",
        "total effect",
        POPULATION,
        NONE,
    ),
    Row(
        "delegation_participation",
        "10",
        "Effect of delegated rights on taking part",
        "下放决策权对居民参与的效应",
        "none: the model is silent. No equation leads from who decides to who takes "
        "part",
        "无：模型未作说明。没有方程把由谁决策与谁来参与联系起来",
        "parameter",
        "model",
        NONE,
    ),
    Row(
        "layer_completion",
        "10",
        f"Effect of the added layer on the share closed within {LIMIT} days",
        f"增设层级对{LIMIT}天内办结比例的效应",
        f"Communities of district {matters.LAYERED}, all quarters: chance that a "
        f"matter is closed within {LIMIT} days, with the layer against without it and "
        "with the few rights that committees elsewhere have without delegation",
        f"{matters.LAYERED}区各社区的全部季度：事项在{LIMIT}天内办结的概率，"
        "有此层级与无此层级（居委会仅有未下放时的少量权限）相比",
        "total effect",
        POPULATION,
        NONE,
        f"Share in district {matters.LAYERED} minus share elsewhere",
        f"{matters.LAYERED}区与其他区的比例之差",
    ),
    Row(
        "layer_fulfilled",
        "10",
        "Effect of the added layer on the share carried out as meant",
        "增设层级对按原意落实比例的效应",
        f"Communities of district {matters.LAYERED}, all quarters: chance that what is "
        "carried out is what was meant, with the layer against without it. A tenth is "
        "lost on the way and five points are gained by guidance",
        f"{matters.LAYERED}区各社区的全部季度：落实结果符合原意的概率，"
        "有此层级与无此层级相比。传递损失十分之一，指导增加五个百分点",
        "total effect",
        POPULATION,
        NONE,
    ),
    Row(
        "layer_break_even",
        "10",
        "Share carried out as meant below which an added layer pays",
        "增设层级合算的临界落实比例",
        "Where guidance adds as much as a layer loses: 0.05 / (1 - 0.9), of a share "
        "without the layer",
        "指导所增与层级所失相等之处：0.05 / (1 − 0.9)，指无该层级时的比例",
        "parameter",
        "model",
        NONE,
    ),
    Row(
        "training_leaving",
        "10",
        "Effect of training on the rate of leaving, log",
        "培训对离职率的效应（对数）",
        "Trained against untrained worker of the same committee in the same quarter: "
        "log ratio of the rates of leaving",
        "同一居委会同一季度内受训与未受训者相比：离职率之比的对数",
        "parameter",
        "model",
        NONE,
        "Log ratio of leavers per day on the staff, ever trained against never: the "
        "days before a training, on which its holder could not leave, are credited to "
        "it",
        "曾受训者与从未受训者每在岗日离职数之比的对数：受训前不可能离职的日子也算在培训名下",
    ),
    Row(
        "training_days",
        "10",
        f"Effect of training all staff on days to closing, at most {HORIZON} each",
        f"全员培训对办结天数的效应（每件至多计{HORIZON}天）",
        "Every worker trained on the first day of each quarter against nobody ever, "
        "mean over all matters. Trained workers do 13 instead of 11 tasks, which "
        "shortens waiting at the committee's desks and no other",
        "每季度第一天全员受训与从未培训相比，对全部事项取平均。受训者每年完成13项而非11项，"
        "只缩短居委会内的等待",
        "total effect",
        POPULATION,
        NONE,
    ),
)


def figures(seed: int) -> dict[str, float]:
    """
    Run one city in every setting that the truth needs.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    dict of str to float
        One figure per quantity, and ``naive_`` before the naive ones, which here are
        computed from all matters and not only from those whose files are followed.
    """
    city = base(seed)
    on, layer = matters.delegated(city), matters.layered(city)
    parts = list(matters.chunks(city))
    found = [matters.matters(city, part) for part in parts]
    seen = pd.concat([_first_year(each) for each in found])
    gaps = np.concatenate([_gap(each) for each in found])
    out = {
        "matter_mean": seen["days"].clip(upper=HORIZON).mean(),
        "matter_median": seen["days"].median(),
        "matter_in_time": (seen["days"] <= LIMIT).mean(),
        "decision_waiting": seen["wait"].clip(upper=HORIZON).mean(),
        **_delegation(city, on, layer, gaps),
        **_layer(city),
        "training_days": _training(city),
    }
    files = [matters.written(city, *both) for both in zip(parts, found, strict=True)]
    quarters = pd.concat([each["matter_quarters"] for each in files])
    naive = closed_only(seen)
    naive["delegation_average"] = two_way(quarters)[0]
    naive["layer_completion"] = layer_gap(quarters)[0]
    naive["training_leaving"] = ever_trained(
        pd.concat([each["workers"] for each in files])
    )[0]
    return out | {f"naive_{name}": value for name, value in naive.items()}


def exact() -> dict[str, float]:
    """
    Read off the equations what needs no simulated city.

    Returns
    -------
    dict of str to float
        By symbol.

    Examples
    --------
    >>> round(exact()["layer_break_even"], 3)
    0.5
    """
    values = resolve()
    lost = 1 - values["layer_fidelity"]
    return {
        "delegation_participation": 0.0,
        "layer_break_even": values["layer_coaching"] / lost,
        "training_leaving": values["training_leaving"],
    }


def shown(seed: int) -> dict[str, tuple[float, float]]:
    """
    Give the hasty reader's answers in the shipped city.

    Parameters
    ----------
    seed : int
        Seed of the city.

    Returns
    -------
    dict of str to tuple of float
        Answer and standard error by symbol, by community or sub-district.
    """
    files = matters.tables(base(seed))
    quarters = files["matter_quarters"]
    seen = first_year(files["matters"], files["matter_events"])
    names = sorted(seen["community"].unique())
    places = dict(list(seen.groupby("community")))
    answers = closed_only(seen)
    rng = np.random.default_rng(seed)
    draws = pd.DataFrame(
        [
            closed_only(pd.concat([places[n] for n in rng.choice(names, len(names))]))
            for _ in range(100)
        ]
    )
    out = {name: (answers[name], float(draws[name].std())) for name in answers}
    return out | {
        "delegation_average": two_way(quarters),
        "layer_completion": layer_gap(quarters),
        "training_leaving": ever_trained(files["workers"]),
    }


def first_year(heads: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """
    Collect what the files say of the first year's matters.

    Parameters
    ----------
    heads, visits : pandas.DataFrame
        The tables ``matters`` and ``matter_events``.

    Returns
    -------
    pandas.DataFrame
        One row per matter: ``community``, ``opened``, ``days`` to its closing and
        ``wait`` for its first decision, each missing if not known on the last day,
        and ``decided``, the day on which the decision was begun.
    """
    mine = heads[heads["opened_on"] < REPORT].set_index("matter")
    asked = visits[visits["matter"].isin(mine.index)].copy()
    asked["before"] = asked.groupby("matter")["finished_on"].shift()
    decisions = asked[asked["cycle_stage"] == "decision"].drop_duplicates("matter")
    decisions = decisions.set_index("matter")
    return pd.DataFrame(
        {
            "community": mine["community"],
            "opened": mine["opened_on"],
            "days": mine["closed_on"] - mine["opened_on"],
            "wait": decisions["started_on"] - decisions["before"],
            "decided": decisions["started_on"],
        },
        index=mine.index,
    )


def _first_year(found: Matters) -> pd.DataFrame:
    """Collect the same of all matters, followed to their end."""
    there = found.exists & (np.arange(QUARTERS) < REPORT / QUARTER)[None, :, None]
    at = np.nonzero(there)
    visits = found.visited[at] & (found.stage[at] == DECISION)
    first = visits & (np.arange(8) < 4)
    length = np.where(found.visited[at], found.waiting[at] + found.working[at], 0)
    begun = found.opened[at][:, None] + length.cumsum(axis=1) - found.working[at]
    asked = first.any(axis=1)
    row = first.argmax(axis=1)
    place = np.arange(row.size)
    return pd.DataFrame(
        {
            "opened": found.opened[at],
            "days": found.days[at],
            "wait": np.where(asked, found.waiting[at][place, row], np.nan),
            "decided": np.where(asked, begun[place, row], np.nan),
        }
    )


def closed_only(seen: pd.DataFrame) -> dict[str, float]:
    """
    Average what is over by the end of the first year.

    Parameters
    ----------
    seen : pandas.DataFrame
        From :func:`first_year`.

    Returns
    -------
    dict of str to float
        The naive answers on times, by symbol.
    """
    closed = seen.loc[seen["opened"] + seen["days"] <= REPORT, "days"]
    waited = seen.loc[seen["decided"] <= REPORT, "wait"]
    return {
        "matter_mean": float(closed.mean()),
        "matter_median": float(closed.median()),
        "matter_in_time": float((closed <= LIMIT).mean()),
        "decision_waiting": float(waited.mean()),
    }


def _in_time(days: Floats, exists: Booleans) -> Floats:
    """Return the share closed in time by community, of all its matters."""
    return ((days <= LIMIT) & exists).sum(axis=(1, 2)) / exists.sum(axis=(1, 2))


def _gap(found: Matters) -> Floats:
    """Return how much more is closed in time if decided locally, by community."""
    local = _in_time(found.days_local, found.exists)
    return local - _in_time(found.days_up, found.exists)


def _delegation(
    city: Base, on: Floats, layer: Floats, gaps: Floats
) -> dict[str, float]:
    values = city.parameters

    def chance(given: Floats) -> Floats:
        old, new, use = matters.rights(given, layer, values)
        return old * matters.OLD_USE + new * use

    effect = (chance(on) - chance(np.zeros_like(on))) * gaps[:, None]
    held = on > 0
    held[:, WATCHED:] = False
    new = matters.rights(on, layer, values)[1][:, -1]
    grows = matters.LEARNING * new * gaps
    return {
        "delegation_average": float(effect[held].mean()),
        "delegation_growth": float(grows[new > 0].mean()),
    }


def _layer(city: Base) -> dict[str, float]:
    """Take the layer away from the district that has it."""
    here = np.flatnonzero(city.of_place("district") == matters.LAYERED)
    part = slice(int(here[0]), int(here[-1]) + 1)
    without = replace(city, remedies=(*city.remedies, Remedy("layer", 0)))
    shares = []
    for world in (city, without):
        found = matters.matters(world, part)
        local = found.local_chance.mean(axis=1)
        in_time = local * _in_time(found.days_local, found.exists)
        in_time += (1 - local) * _in_time(found.days_up, found.exists)
        load = _load(world, part)
        layer = matters.layered(world)[part]
        own, up = (
            matters.fulfilment(load, np.array(n), layer * above, world.parameters)
            for n, above in ((matters.LAYERS_LOCAL, 0), (matters.LAYERS_UP, 1))
        )
        meant = found.local_chance * own + (1 - found.local_chance) * up
        shares.append((in_time.mean(), meant.mean()))
    return {
        "layer_completion": float(shares[0][0] - shares[1][0]),
        "layer_fulfilled": float(shares[0][1] - shares[1][1]),
    }


def _load(city: Base, part: slice) -> Floats:
    """Return the load of committees whose trained workers do more."""
    capacity = 11 + 2 * matters.staff(city, part).trained_share
    staff = city.by_quarter("staff")[part]
    return city.by_quarter("mandates")[part] / (capacity * staff)


def _training(city: Base) -> float:
    """Train everybody, and nobody, in some communities from everywhere."""
    some = slice(city.seed % 5, len(city.codes), 5)
    means = []
    for chance in (1, 0):
        world = replace(city, remedies=(*city.remedies, Remedy("training", chance)))
        found = matters.matters(world, some)
        means.append(found.days.clip(max=HORIZON)[found.exists].mean())
    return float(means[0] - means[1])


def two_way(quarters: pd.DataFrame) -> tuple[float, float]:
    """
    Regress the share closed in time on having the rights, with two fixed effects.

    Parameters
    ----------
    quarters : pandas.DataFrame
        The table ``matter_quarters``.

    Returns
    -------
    tuple of float
        Coefficient, and standard error with sub-districts as clusters.
    """
    known = quarters.dropna(subset=["matters_completed"])
    known = known[known["matters_opened"] > 0]
    y = (known["matters_completed"] / known["matters_opened"]).astype(float)
    x = known["delegated"].astype(float)
    place, time = known["community"], known["quarter"]
    moved = []
    for values in (y, x):
        centred = values.copy()
        # Cells without a matter leave the panel unbalanced: sweep until it rests.
        for _ in range(50):
            centred = centred - centred.groupby(place).transform("mean")
            centred = centred - centred.groupby(time).transform("mean")
        moved.append(centred)
    y, x = moved
    slope = float((x * y).sum() / (x * x).sum())
    score = (x * (y - slope * x)).groupby(place.str[:3]).sum()
    g = len(score)
    error = np.sqrt(g / (g - 1) * (score**2).sum()) / (x * x).sum()
    return slope, float(error)


def layer_gap(quarters: pd.DataFrame) -> tuple[float, float]:
    """
    Compare the district with the added layer with the others.

    Parameters
    ----------
    quarters : pandas.DataFrame
        The table ``matter_quarters``.

    Returns
    -------
    tuple of float
        Difference of the shares closed in time, and standard error by sub-district.
    """
    known = quarters.dropna(subset=["matters_completed"])
    known = known.astype({"matters_completed": float})
    of = known["community"].str[:3]
    sums = known.groupby(of)[["matters_completed", "matters_opened"]].sum()
    share = sums["matters_completed"] / sums["matters_opened"]
    there = share.index.str[0] == matters.LAYERED
    mine, others = share[there], share[~there]
    gap = mine.mean() - others.mean()
    error = np.sqrt(mine.var() / len(mine) + others.var() / len(others))
    return float(gap), float(error)


def ever_trained(workers: pd.DataFrame) -> tuple[float, float]:
    """
    Compare the rates of leaving of those ever and never trained.

    Parameters
    ----------
    workers : pandas.DataFrame
        The table ``workers``.

    Returns
    -------
    tuple of float
        Log ratio of leavers per day, and its standard error.
    """
    left = workers["left_on"].notna()
    since = workers["joined"].clip(lower=0)
    days = workers["left_on"].fillna(matters.LAST) - since
    trained = workers["trained_on"].notna()
    leavers = left.groupby(trained).sum()
    rates = leavers / days.groupby(trained).sum()
    return (
        float(np.log(rates[True] / rates[False])),
        float(np.sqrt((1 / leavers).sum())),
    )
