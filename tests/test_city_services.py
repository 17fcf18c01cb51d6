"""Services of S city: what is within reach of whom, and what people make of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from scipy import integrate, stats

from govlib import city, equity
from govlib.city import known_services, places, service_places, services, survey, tables
from govlib.city.base import base
from govlib.city.cases import CASES
from govlib.city.parameters import resolve
from govlib.city.people import homes, people
from govlib.city.service_places import River, walk

SIZE = city.Size(3, 3, 10, 20)
TRUTH = Path(__file__).parents[1] / "datasets" / "truth.csv"


@pytest.fixture(scope="module")
def some():
    """Ninety communities: a suburb, a core and another suburb."""
    return base(5, SIZE)


@pytest.fixture(scope="module")
def tens(some):
    return services.tens(some)


@pytest.fixture(scope="module")
def made(some):
    return services.tables(some)


@pytest.fixture(scope="module")
def new_town():
    """The ten of the new town, as the shipped city has it."""
    code = next(case.place for case in CASES if case.case == "new_town")
    there = [places.community(2026, f"{code}-{n:02}") for n in range(1, 11)]
    return there, service_places.facilities(
        2026, there, np.full(10, 12.0), centres=True
    )


# ------------------------------------------------------------------ walks


def test_walks_by_hand():
    """East 300 and north 400; the river at 150 has bridges at 500 and at -100."""
    home, shops = np.array([[0.0, 0.0]]), np.array([[300.0, 400.0], [100.0, -50.0]])
    assert walk(home, shops).tolist() == [[700, 150]]
    water = River(axis=0, at=150.0, bridges=np.array([500.0, -100.0]))
    # Over 500: 300 + 500 + 100 = 900; over -100: 300 + 100 + 500 = 900. Second shop:
    # on the same side, no detour.
    assert walk(home, shops, water).tolist() == [[900, 150]]
    one = River(axis=0, at=150.0, bridges=np.array([500.0]))
    north = River(axis=1, at=200.0, bridges=np.array([-200.0]))
    assert walk(home, shops, one)[0, 0] == 900
    # Crossed going north by a bridge 200 to the west: 200 + 500 + 400.
    assert walk(home, shops, north)[0, 0] == 1100


def test_walks_are_no_shorter_than_straight_lines(tens):
    for ten in tens:
        apart = ten.offices[:, None] - ten.facilities.place[None]
        straight = np.hypot(apart[..., 0], apart[..., 1])
        assert (ten.walks_of_offices >= straight - 1e-9).all()


def test_streets_lengthen_a_walk_by_about_a_quarter():
    """Mean of |cos| + |sin| over all directions is 4 / pi."""
    angle = np.linspace(0, 2 * np.pi, 3601)[:-1]
    around = np.column_stack([np.cos(angle), np.sin(angle)])
    assert walk(np.zeros((1, 2)), around).mean() == pytest.approx(4 / np.pi, rel=1e-6)


def test_a_gate_is_passed_by_all(some):
    """Every walk from a walled block is one to the gate and one on from it."""
    seen = 0
    for place in some.places[:30]:
        near = service_places.blocks(some.seed, place, homes(some.seed, place))
        assert near.gated.any() or (near.gate == near.place).all()
        target = np.array([[0.0, 0.0]])
        found = service_places.walks_from(near, target, None)[:, 0]
        to_gate = np.abs(near.place - near.gate).sum(axis=1)
        assert found == pytest.approx(to_gate + near.gate.sum(axis=1))
        assert (to_gate[near.gated] >= 0).all()
        seen += near.gated.sum()
        # One gate for all blocks of an estate.
        for estate in set(near.estate[near.gated]):
            assert len(np.unique(near.gate[near.estate == estate], axis=0)) == 1
    assert seen > 20


@pytest.mark.parametrize("housing", ["old", "high-rise", "resettlement", "lane"])
def test_walls_are_as_frequent_as_said(housing):
    """Four standard errors of a share over a few hundred estates."""
    place = places.community(1, "A-1-01")
    walled = []
    for n in range(1, 100):
        there = replace(place, code=f"A-1-{n:02}", housing=housing, estates=2)
        near = service_places.blocks(1, there, homes(1, there))
        walled += [bool(near.gated[near.estate == e][0]) for e in range(2)]
    chance = service_places.GATED[housing]
    error = (chance * (1 - chance) / len(walled)) ** 0.5
    assert abs(np.mean(walled) - chance) <= 4 * error


def test_rivers_flow_between_communities(some):
    """In six tens of ten; no office on the water, no place without a bridge."""
    found = [
        service_places.river(seed, some.places[n])
        for seed in range(60)
        for n in range(0, 90, 10)
    ]
    share = np.mean([water is not None for water in found])
    assert abs(share - 0.6) < 4 * (0.6 * 0.4 / len(found)) ** 0.5
    for ten in services.tens(some):
        if ten.river is not None:
            away = np.abs(ten.offices[:, ten.river.axis] - ten.river.at)
            assert away.min() > 200
            assert len(ten.river.bridges) == (3 if ten.river.axis else 2)


# ------------------------------------------------------------------ functions


def test_every_office_reaches_its_functions_and_no_more(some, tens):
    """As many different ones within 1,000 metres as the model says, and which ones."""
    functions = some.by_quarter("functions")[:, -1]
    for ten in tens:
        near = ten.walks_of_offices <= 1000
        for row, number in enumerate(ten.places):
            reached = set(ten.facilities.function[near[row]])
            order = service_places.order_of_functions(some.seed, some.codes[number])
            assert reached == set(np.flatnonzero(order < functions[number]))


def test_the_shipped_city_agrees_with_its_communities():
    """All 480 of them."""
    shipped = base(2026, "course")
    functions = shipped.by_quarter("functions")[:, -1]
    for ten in services.tens(shipped):
        near = ten.walks_of_offices <= 1000
        for row, number in enumerate(ten.places):
            reached = np.unique(ten.facilities.function[near[row]])
            assert reached.size == functions[number]


def test_which_functions_come_first():
    """Chance of the first is its weight over all weights (Plackett and Luce)."""
    first = [
        np.argmin(service_places.order_of_functions(seed, "G-1-01"))
        for seed in range(2000)
    ]
    counts = np.bincount(first, minlength=12)
    weight = np.array([kind.weight for kind in service_places.TWELVE.values()])
    expected = 2000 * weight / weight.sum()
    assert stats.chisquare(counts, expected).pvalue > 1e-4
    every = service_places.order_of_functions(1, "G-1-01")
    assert sorted(every) == list(range(12))


def test_the_new_town_has_centres_with_twelve_functions(new_town):
    there, built = new_town
    counts = pd.Series(built.function).groupby(built.number).nunique()
    assert (counts == 12).sum() >= 2
    offices = np.array([service_places.office(2026, place) for place in there])
    water = service_places.river(2026, there[0])
    of_centre = np.isin(built.number, counts.index[counts == 12])
    length = walk(offices, built.place[of_centre], water)
    assert (length.min(axis=1) <= 1000).all()
    # One roof: all rows of a facility stand in one place.
    spots = pd.DataFrame(built.place).groupby(built.number).nunique()
    assert (spots == 1).all(axis=None)


def test_a_ten_without_functions_has_no_facility(some):
    nothing = service_places.facilities(1, some.places[:10], np.zeros(10))
    assert nothing.number.size == 0


def test_capacity_follows_wealth_and_its_median():
    """log capacity = log median + 0.25 wealth + 0.35 e, over many hosts."""
    place = places.community(1, "A-1-01")
    sizes = {
        wealth: np.log(
            [
                service_places._business(
                    seed, replace(place, wealth=wealth), 0, "supermarket/0"
                )[0]
                for seed in range(800)
            ]
        )
        for wealth in (0.0, 2.0)
    }
    assert sizes[0.0].mean() == pytest.approx(np.log(900), abs=4 * 0.35 / 800**0.5)
    # The same draws, so that the difference has no error but that of rounding to ten.
    assert (sizes[2.0] - sizes[0.0]).mean() == pytest.approx(0.5, abs=0.002)
    assert sizes[0.0].std() == pytest.approx(0.35, rel=4 / 1600**0.5)


# ------------------------------------------------------------------ tables


def test_blocks_hold_everybody(some, made):
    blocks = made["blocks"].groupby("community")[["residents", "older"]].sum()
    for number in (0, 37, 89):
        place = some.places[number]
        who = people(some.seed, place, homes(some.seed, place), some.parameters)
        assert blocks.loc[place.code].tolist() == [
            who.age.size,
            (who.age >= 60).sum(),
        ]
    assert (made["blocks"]["older"] <= made["blocks"]["residents"]).all()


def test_walks_are_those_of_the_map(some, tens, made):
    """Every pair within 1,000 metres, and no other; rounded to the metre."""
    ten = tens[4]
    code = some.codes[ten.places[0]][:3]
    expected = 0
    for number in ten.places:
        place = some.places[number]
        near = service_places.blocks(some.seed, place, homes(some.seed, place))
        _, once = np.unique(ten.facilities.number, return_index=True)
        length = service_places.walks_from(near, ten.facilities.place[once], ten.river)
        expected += (length <= 1000).sum()
    walks = made["walks"][made["walks"]["block"].str[:3] == code]
    assert len(walks) == expected > 50
    assert walks["metres"].between(0, 1000).all()
    pairs = walks.merge(made["blocks"], on="block").merge(
        made["facilities"].drop_duplicates("facility"), on="facility"
    )
    assert len(pairs) == expected
    straight = np.hypot(pairs["x_x"] - pairs["x_y"], pairs["y_x"] - pairs["y_y"])
    # Places and walks are rounded to the metre each.
    assert (pairs["metres"] >= straight - 2).all()


def test_nobody_walks_to_another_subdistrict(made):
    """Not even as the crow flies: blocks and facilities lie too far apart."""
    homes_, kinds = made["blocks"], made["facilities"].drop_duplicates("facility")
    apart = (
        homes_["block"].str[:3].to_numpy()[:, None]
        != kinds["facility"].str[:3].to_numpy()
    )
    length = np.hypot(
        homes_["x"].to_numpy()[:, None] - kinds["x"].to_numpy(),
        homes_["y"].to_numpy()[:, None] - kinds["y"].to_numpy(),
    )
    assert length[apart].min() > 1000


def test_districts_do_not_overlap_on_the_map(made):
    for name in ("blocks", "facilities", "offices"):
        table = made[name]
        ends = table.groupby(table["community"].str[0])[["x", "y"]].agg(["min", "max"])
        for one in ends.index:
            for other in ends.index[ends.index > one]:
                a, b = ends.loc[one], ends.loc[other]
                assert any(
                    a[axis, "max"] < b[axis, "min"] or b[axis, "max"] < a[axis, "min"]
                    for axis in ("x", "y")
                )


def test_a_facility_belongs_to_the_nearest_office(tens, some, made):
    ten = tens[0]
    nearest = ten.walks_of_offices.argmin(axis=0)
    table = made["facilities"]
    mine = table[table["facility"].str[:3] == some.codes[ten.places[0]][:3]]
    expected = pd.Series(nearest).map(lambda c: some.codes[ten.places[c]])
    assert sorted(mine["community"]) == sorted(expected)


def test_tables_have_their_keys(made):
    for name, key in (
        ("blocks", ["block"]),
        ("facilities", ["facility", "function"]),
        ("offices", ["community"]),
        ("service_survey", ["resident"]),
        ("walks", ["block", "facility"]),
    ):
        assert not made[name].duplicated(key).any()
        assert_frame_equal(made[name], made[name].sort_values(key, ignore_index=True))
    assert set(made["walks"]["facility"]) <= set(made["facilities"]["facility"])
    assert set(made["walks"]["block"]) <= set(made["blocks"]["block"])


# ------------------------------------------------------------------ remedies


def test_a_remedy_that_changes_nothing_changes_no_byte(some, made):
    code = some.codes[3]
    same = [city.Remedy("functions", some.institutions[3].functions[-1], (code,))]
    again = services.tables(base(5, SIZE, remedies=same))
    for name in services.TABLES:
        assert_frame_equal(made[name], again[name])


def test_a_remedy_stays_in_its_ten(some, made):
    """Facilities are shared within ten communities, and nowhere else."""
    code = some.codes[23]
    other = services.tables(
        base(5, SIZE, remedies=[city.Remedy("functions", 12, (code,))])
    )
    for name, column in (
        ("blocks", "block"),
        ("facilities", "facility"),
        ("walks", "block"),
        ("service_survey", "resident"),
    ):
        away = [
            t[~t[column].str.startswith(code[:3])] for t in (made[name], other[name])
        ]
        assert_frame_equal(*(t.reset_index(drop=True) for t in away))
    assert not made["facilities"].equals(other["facilities"])
    # In the survey only those of the community itself.
    changed = made["service_survey"].compare(other["service_survey"]).index
    assert set(made["service_survey"]["resident"][changed].str[:6]) == {code}


def test_a_remedy_builds_what_it_says(some):
    code = some.codes[23]
    more = base(5, SIZE, remedies=[city.Remedy("functions", 12, (code,))])
    ten = services.tens(more)[2]
    row = ten.places.index(23)
    near = ten.walks_of_offices[row] <= 1000
    assert len(set(ten.facilities.function[near])) == 12


# ------------------------------------------------------------------ answers


def test_income_is_about_standard(some):
    """0.75 wealth + 0.65 e; and 6,000 exp(0.45 z) yuan."""
    drawn = [services.income(some.seed, place) for place in some.places]
    own = np.concatenate(
        [x - 0.75 * p.wealth for x, p in zip(drawn, some.places, strict=True)]
    )
    assert abs(own.mean()) < 4 * 0.65 / own.size**0.5
    assert own.std() == pytest.approx(0.65, rel=4 / (2 * own.size) ** 0.5)
    # Wealth has a spread of about one over communities.
    assert np.concatenate(drawn).std() == pytest.approx(1, abs=0.15)
    assert services.yuan(np.array([0.0, 1.0])) == pytest.approx(
        [6000, 6000 * np.exp(0.45)]
    )


def test_satisfaction_by_hand():
    """66 + 2.75 (9 - 7) - 4 (8.5 - 7.5) + 11 (-1) = 56.5."""
    values = resolve()
    found = services.satisfaction(9, np.array([8.5]), np.array([-1.0]), values)
    assert found.tolist() == [56.5]
    expected = services.expected_functions(np.array([1.0]), np.array([0.5]), values)
    assert expected.tolist() == [7.5 + 1.0 + 0.6]


def test_answers_come_from_the_survey_sample(some, made):
    """The residents whom the survey draws, with its weights and their addresses."""
    for number in (5, 64):
        place = some.places[number]
        built = homes(some.seed, place)
        who = people(some.seed, place, built, some.parameters)
        sample = survey.draw(some.seed, place, who, SIZE.surveyed)
        told = services.answers(some, number, built, who)
        assert set(told["person"]) <= set(sample.person)
        weight = dict(zip(sample.person, sample.weight, strict=True))
        assert told["weight"].tolist() == [weight[i] for i in told["person"]]
        # People of one household have one income, which they tell in hundreds.
        paid = services.yuan(services.income(some.seed, place))
        own = 100 * np.rint(paid[who.household[told["person"]]] / 100)
        said = ~np.isnan(told["income"])
        assert told["income"][said].tolist() == own[said].tolist()
        mine = made["service_survey"]
        mine = mine[mine["resident"].str[:6] == place.code]
        shown = neighbourhood_names(some, place, told["person"])
        assert set(mine["resident"]) == set(shown)


def neighbourhood_names(some, place, who):
    """Name residents as the survey's table does."""
    return tables.addresses(city.neighbourhood(some.seed, place.code), who)["resident"]


def test_how_many_answer(made):
    """About three in four of those drawn; a tenth leave income open."""
    drawn = SIZE.total * SIZE.surveyed
    told = made["service_survey"]
    assert 0.70 < len(told) / drawn < 0.85
    assert 0.08 < told["income"].isna().mean() < 0.16
    assert told["satisfaction"].isna().mean() < 0.06
    for column, least, most in (
        ("expected_functions", 0, 12),
        ("satisfaction", 0, 100),
    ):
        assert told[column].dropna().between(least, most).all()


def test_regression_gives_back_the_parameters(some, made):
    """Least squares with income held fixed: within four standard errors."""
    told = made["service_survey"].dropna()
    functions = pd.Series(some.by_quarter("functions")[:, -1], some.codes)
    z = np.log(told["income"].to_numpy(dtype=float) / 6000) / 0.45
    x = np.column_stack(
        [np.ones(len(told)), told["resident"].str[:6].map(functions), z]
    )
    y = told["satisfaction"].to_numpy(dtype=float)
    found, residual, *_ = np.linalg.lstsq(x, y, rcond=None)
    error = np.sqrt(residual[0] / (len(y) - 3) * np.diag(np.linalg.inv(x.T @ x)))
    # Answers end at 0 and 100, which takes about a hundredth of any slope.
    assert found[1] == pytest.approx(2.75, abs=4 * error[1] + 0.03)
    assert found[2] == pytest.approx(-4.0, abs=4 * error[2] + 0.05)


# ------------------------------------------------------------------ truth


@pytest.fixture(scope="module")
def figures(some, made):
    return known_services.truths(some, made), known_services.naive_answers(some, made)


def test_truths_of_access_are_those_of_the_library(some, made, figures):
    """Two ways to each number: sums of pandas there, `equity` here."""
    true, naive = figures
    blocks, kinds, walks = (made[n] for n in ("blocks", "facilities", "walks"))
    blocks = blocks.assign(district=blocks["block"].str[0])
    how = {"source": "block", "target": "facility", "cutoff": 1000}
    every = how | {"function": "function", "weight": "residents"}
    on_foot = equity.coverage(blocks, kinds, walks, distance="metres", **every)
    circles = equity.coverage(blocks, kinds, coordinates=("x", "y"), **every)
    assert true["functions_on_foot"] == pytest.approx(on_foot.mean_functions)
    assert naive["functions_on_foot"] == pytest.approx(circles.mean_functions)
    split = equity.theil_decomposition(
        blocks.assign(n=on_foot.blocks["functions"]),
        value="n",
        group="district",
        weight="residents",
    )
    assert true["functions_between_districts"] == pytest.approx(split.between_share)
    clinics = kinds[kinds["function"] == "clinic"]
    near = walks[walks["facility"].isin(clinics["facility"])]
    old = every | {"weight": "older"}
    for found, expected in (
        (true, equity.coverage(blocks, clinics, near, distance="metres", **old)),
        (naive, equity.coverage(blocks, clinics, coordinates=("x", "y"), **old)),
    ):
        assert found["older_without_clinic"] == pytest.approx(
            1 - expected.mean_functions
        )
    supply = how | {"supply": "capacity", "weight": "residents", "distance": "metres"}
    plain = equity.floating_catchment(blocks, clinics, near, **supply).table["access"]
    assert true["clinic_gini"] == pytest.approx(equity.gini(plain, blocks["residents"]))
    inside = clinics.groupby("community")["capacity"].sum().reindex(some.codes)
    people_ = blocks.groupby("community")["residents"].sum().reindex(some.codes)
    assert naive["clinic_gini"] == pytest.approx(
        equity.gini(inside.fillna(0) / people_)
    )


@pytest.mark.parametrize("mean", [-3.0, -0.4, 0.0, 2.5])
def test_mean_excess_by_integration(mean):
    """Mean of the positive part of a normal variable, by quadrature."""
    expected, _ = integrate.quad(
        lambda x: x * stats.norm.pdf(x, mean, 1.3647), 0, mean + 15
    )
    found = known_services.excess(np.array([mean]), 1.3647)[0]
    assert found == pytest.approx(expected, rel=1e-6)


def test_shortfall_is_what_the_drawn_expect(some, figures):
    """Mean over all households of expected less there, from the equations' draws."""
    missed = []
    for place, has in zip(some.places, some.institutions, strict=True):
        hoped = services.expected_functions(
            services.income(some.seed, place),
            np.random.default_rng(1).standard_normal(place.households),
            some.parameters,
        )
        missed.append(np.maximum(hoped - has.functions[-1], 0).mean())
    expected = np.average(missed, weights=some.residents)
    # Some 1,700 draws with a spread of about one in each of ninety communities.
    assert figures[0]["functions_shortfall"] == pytest.approx(expected, abs=0.02)


def test_centres_everywhere_is_two_runs(some, figures):
    """Mean expected satisfaction with twelve functions set by remedy, less without."""
    every = base(5, SIZE, remedies=[city.Remedy("functions", 12)])

    def mean(bare):
        values = [
            services.satisfaction(
                has.functions[-1], np.array([7.5]), np.zeros(1), bare.parameters
            )[0]
            for has in bare.institutions
        ]
        return np.average(values, weights=bare.residents)

    assert figures[0]["centres_everywhere"] == pytest.approx(mean(every) - mean(some))


def test_parameters_are_the_exact_truths():
    """Twice the income is log 2 / 0.45 of a standard deviation; each costs 4."""
    exact = known_services.exact()
    assert exact["functions_satisfaction"] == 2.75
    assert exact["income_satisfaction"] == pytest.approx(-4 * np.log(2) / 0.45)
    assert exact["supplier_quality"] == 0


def test_rows_and_figures_agree(figures):
    true, naive = figures
    symbols = [row.symbol for row in known_services.ROWS]
    assert len(set(symbols)) == len(symbols)
    assert set(true) | set(known_services.exact()) == set(symbols)
    with_words = {row.symbol for row in known_services.ROWS if row.naive_en}
    assert set(naive) == with_words
    for row in known_services.ROWS:
        assert bool(row.naive_en) == bool(row.naive_zh)


def test_every_lesson_misleads_in_the_shipped_city():
    """The shipped table: naive and true more than two standard errors apart."""
    table = pd.read_csv(TRUTH, dtype={"chapter": "str"}, encoding="utf-8")
    rows = table[table["chapter"] == "06"].dropna(subset=["naive_city"])
    assert len(rows) == 6
    off = (rows["naive_city"] - rows["value"]).abs() / rows["naive_city_error"]
    assert (off > 2).all()
    sign = np.sign(rows["naive_expected"] - rows["value"])
    assert (sign == np.sign(rows["naive_city"] - rows["value"])).all()


def test_map_places_are_known_for_every_district():
    """Every letter of a larger city once."""
    letters = "".join(service_places.MAP)
    assert sorted(letters) == sorted(places.RINGS)
    assert len(letters) == 20
