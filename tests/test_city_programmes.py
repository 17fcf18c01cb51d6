"""Activities as a programme: growing ties, the trial, the panel, and their truths."""

from math import erf, sqrt

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from govlib import city, datasets, evaluation
from govlib.city import known_programmes as known
from govlib.city import programmes
from govlib.city.base import base
from govlib.city.lived import alone
from govlib.city.model import neighbourhood
from govlib.city.remedies import Remedy

TABLES = ["activity_trial", "panel"]
# A community with a hall and activities of their own accord, and one with neither.
ACTIVE, PLAIN = "B-3-05", "A-1-01"
QUARTERS = np.arange(1, 13)
# Cities that the stored table (seeds 1 to 50) has not seen.
FRESH = (51, 52)


def ready(code, **how):
    place = neighbourhood(2026, code, **how)
    return place, programmes.acquaintance(alone(2026, code, **how))


@pytest.fixture(scope="module")
def plain():
    return ready(PLAIN)


@pytest.fixture(scope="module")
def tiny():
    return city.simulate("tiny", only=[*TABLES, "communities"])


def lived(place, degree, **changed):
    return programmes.live(
        2026,
        place.community,
        place.institutions,
        place.people,
        degree,
        place.parameters | changed,
    )


# ------------------------------------------------------------------ ties that grow


def test_where_ties_stay_the_model_is_that_of_participation():
    """Draw by draw: there is one model of belonging and taking part, not two."""
    place = neighbourhood(2026, "B-3-04")
    assert place.institutions.hall[-1] == 1
    part = place.participation()
    life = lived(place, np.broadcast_to(place.degree, (12, place.degree.size)))
    assert (life.belonging == part.belonging).all()
    assert (life.decided == part.decided).all()
    assert (life.year == part.chance).all()


def test_ties_are_those_of_the_network_with_activities_and_without(plain):
    _, known = plain
    off, on = (
        neighbourhood(2026, PLAIN, remedies=[Remedy("activity", held)]).degree
        for held in (0, 1)
    )
    assert (known.without == off).all()
    assert (known.without + known.gained[-1] == on).all()
    # Whether the community has activities of its own does not matter.
    same = programmes.acquaintance(alone(2026, PLAIN, [Remedy("activity", 1)]))
    assert (same.gained == known.gained).all()


def test_an_eighth_of_the_new_ties_is_made_in_each_quarter(plain):
    _, known = plain
    made = np.diff(known.gained.sum(axis=1), prepend=0)
    total = made.sum()
    assert (np.diff(known.gained, axis=0) >= 0).all()
    # Four binomial errors; a tie counts twice, once at either end.
    error = np.sqrt(total / 2 * 1 / 8 * 7 / 8) * 2
    assert np.abs(made - total / 8).max() < 4 * error


def test_ties_once_made_are_kept(plain):
    _, known = plain
    held = np.isin(QUARTERS, (3, 4))
    degree = known.degree(held)
    assert (degree[:2] == known.without).all()
    assert (degree[2] == known.without + known.gained[0]).all()
    assert (degree[3:] == known.without + known.gained[1]).all()


def test_nothing_is_gained_where_activities_are_never_held(plain):
    _, known = plain
    never = programmes.acquaintance(alone(2026, PLAIN), ever=False)
    assert (never.without == known.without).all()
    assert never.gained.sum() == 0
    assert never.gained.shape == known.gained.shape


def test_activities_act_through_ties_alone(plain):
    """Same ties, same lives; more ties, more belonging, in this quarter and on."""
    place, known = plain
    grown = lived(place, known.degree(QUARTERS >= 5))
    alone = lived(place, known.degree(np.zeros(12)))
    gap = (grown.belonging - alone.belonging).mean(axis=1)
    assert (gap[:5] == 0).all()
    assert (np.diff(gap[4:]) > 0).all()
    # First quarter by hand: .3 of the step in 0.5 log(1 + ties); nothing else moves.
    step = 0.5 * (np.log1p(known.without + known.gained[0]) - np.log1p(known.without))
    moved = grown.belonging[5] - alone.belonging[5]
    same = grown.decided[4] == alone.decided[4]
    assert moved[same] == pytest.approx(0.3 * step[same], abs=1e-12)


def test_participation_moves_belonging_in_the_next_quarter(plain):
    """Feedback .45 fades by .7 a quarter; without it nobody's part matters."""
    place, known = plain
    degree = known.degree(np.zeros(12))
    with_, without = lived(place, degree), lived(place, degree, feedback=0.0)
    moved = with_.belonging[1] - without.belonging[1]
    assert moved == pytest.approx(0.45 * (with_.decided[0] - 0.08), abs=1e-12)
    assert np.ptp(without.belonging, axis=0).max() < 1.0


# ------------------------------------------------------------------ the four statements


def phi(x):
    return (1 + erf(x / sqrt(2))) / 2


@pytest.mark.parametrize("belonging", [-1.5, 0.0, 2.2])
def test_expected_score_by_hand(belonging):
    """Chances to pass the cut points, style N(.2, .3), loadings of the survey."""
    z = belonging / 1.1
    total = 0.0
    for loading in (0.8, 0.75, 0.65, -0.6):
        spread = sqrt(1 - loading**2 + 0.09)
        answer = 1 + sum(
            phi((loading * z + 0.2 - cut) / spread) for cut in (-1.5, -0.5, 0.5, 1.5)
        )
        total += answer if loading > 0 else 6 - answer
    found = programmes.expected_score(np.array([belonging]))
    assert found[0] == pytest.approx(total / 4, abs=1e-12)


def test_answers_come_out_as_expected():
    """20,000 people of one belonging: mean of their scores within four errors."""
    rng = np.random.default_rng(1)
    n = 20_000
    style, own = 0.2 + 0.3 * rng.normal(size=n), rng.normal(size=(4, n))
    told = programmes.answers(np.full(n, 0.8), style, own)
    assert set(np.unique(told)) == {1, 2, 3, 4, 5}
    score = (told[:3].sum(axis=0) + 6 - told[3]) / 4
    expected = programmes.expected_score(np.array([0.8]))[0]
    assert score.mean() == pytest.approx(expected, abs=4 * score.std() / sqrt(n))


# ------------------------------------------------------------------ the tables


def test_half_of_each_list_gets_a_stage():
    whole = base(2026)
    chosen, stage = programmes.lottery(whole)
    district = whole.of_place("district")
    for name in np.unique(district):
        here = chosen & (district == name)
        assert here.sum() == 16
        assert stage[here].sum() == 8
    assert not (stage & ~chosen).any()
    assert not (chosen & (whole.of_place("activity") == 1)).any()


def test_the_lot_falls_on_everyone_alike():
    """Over 60 draws of one city's lists a community's chance is one half."""
    whole = base(2026)
    rng = np.random.default_rng(3)
    counts = np.zeros(len(whole.codes))
    object.__setattr__(
        whole, "uniform", lambda *_: rng.random(len(whole.codes))
    )  # the lot alone is drawn again
    drawn = np.zeros(len(whole.codes))
    district, first = whole.of_place("district"), []
    for _ in range(60):
        chosen, stage = programmes.lottery(whole)
        counts += stage
        drawn += chosen
        first += [stage[chosen & (district == name)][0] for name in set(district)]
    share = counts.sum() / drawn.sum()
    assert share == 0.5
    often = drawn > 20
    # Five binomial errors of at least 20 draws.
    assert np.abs(counts[often] / drawn[often] - 0.5).max() < 5 * 0.5 / sqrt(20)
    # Nor does it help to stand first in the list.
    assert np.mean(first) == pytest.approx(0.5, abs=4 * 0.5 / sqrt(len(first)))


def test_the_eager_start_first():
    whole = base(2026)
    when = programmes.starts(whole)
    held = whole.of_place("activity") == 1
    assert set(when[held]) == {5, 7, 9}
    assert (when[~held] == 0).all()
    wealth = whole.of_place("wealth")
    means = [wealth[when == quarter].mean() for quarter in (5, 7, 9)]
    assert means[0] > means[1] > means[2]
    assert min((when == quarter).sum() for quarter in (5, 7, 9)) > 40


def test_tables_of_a_small_city(tiny):
    panel, trial = tiny.panel, tiny.activity_trial
    assert len(panel) == 12 * 12
    assert not panel.duplicated(["community", "quarter"]).any()
    held = panel[panel["quarter"] == 12].set_index("community")["activity"]
    survey = tiny.communities.set_index("community")["activity"]
    assert (held == survey).all()
    first = panel[panel["activity"]].groupby("community")["quarter"].min()
    when = pd.Series(programmes.starts(base(2026, "tiny")), survey.index)
    assert (first == when[when > 0]).all()
    assert trial["respondent"].is_unique
    assert (trial.groupby("community").size() == 20).all()
    assert not set(trial["community"]) & set(survey[survey].index)
    assert (trial["age"] >= 18).all()
    told = trial["ties_after"].notna()
    assert 0.8 < told.mean() < 0.97
    after = [name for name in trial if name.endswith("_after")]
    assert (trial[after].notna().sum(axis=1).isin([0, len(after)])).all()


def test_panel_counts_all_adults_and_calls_forty(tiny, plain):
    """Participation is exact; ties of those called lie near the mean of all adults."""
    place, known = plain
    rows = tiny.panel[tiny.panel["community"] == PLAIN]
    assert not rows["activity"].any()
    life = lived(place, known.degree(np.zeros(12)))
    adult = place.people.age >= 18
    exact = life.decided[:, adult].mean(axis=1)
    assert rows["participation_rate"].to_numpy() == pytest.approx(exact)
    all_ties = known.without[adult]
    error = all_ties.std() / sqrt(12 * 40)
    assert rows["mean_ties"].mean() == pytest.approx(all_ties.mean(), abs=4 * error)
    score = programmes.expected_score(life.belonging[1:, adult])
    # A score has a standard deviation below one.
    assert rows["mean_belonging"].mean() == pytest.approx(
        score.mean(), abs=4 / sqrt(12 * 40)
    )


def test_remedies_come_on_top():
    everywhere = city.simulate("tiny", only=TABLES, remedies=[Remedy("activity", 1)])
    assert everywhere.panel["activity"].all()
    nowhere = city.simulate("tiny", only=TABLES, remedies=[Remedy("activity", 0)])
    assert not nowhere.panel["activity"].any()
    # The lot falls as before, and with activities everywhere it decides nothing.
    both = everywhere.activity_trial, nowhere.activity_trial
    assert (both[0]["stage"] == both[1]["stage"]).all()
    ties = both[0].dropna(subset="ties_after")
    assert (ties["ties_after"] >= ties["ties_before"]).all()
    none = nowhere.activity_trial.query("not stage").dropna(subset="ties_after")
    assert (none["ties_after"] == none["ties_before"]).all()


def test_a_remedy_without_effect_changes_nothing_and_none_reaches_others(tiny):
    idle = city.simulate(
        "tiny", only=TABLES, remedies=[Remedy("activity", 0, (PLAIN,))]
    )
    for name in TABLES:
        # PLAIN has no activities of its own; in the trial a stage may still open.
        assert_frame_equal(idle.tables[name], tiny.tables[name])
    moved = city.simulate(
        "tiny", only=TABLES, remedies=[Remedy("activity", 1, (PLAIN,), 6)]
    )
    for name in TABLES:
        here = moved.tables[name]["community"] == PLAIN
        assert_frame_equal(moved.tables[name][~here], tiny.tables[name][~here])
    changed = moved.panel[moved.panel["community"] == PLAIN]
    assert list(changed["activity"]) == [quarter >= 6 for quarter in QUARTERS]


# ------------------------------------------------------------------ the truths


TRUTH = datasets.truth().query("chapter == '07'").set_index("symbol")


@pytest.fixture(scope="module")
def fresh():
    return pd.DataFrame([known.figures(seed) for seed in FRESH])


def test_every_row_has_its_number():
    assert list(TRUTH.index) == [row.symbol for row in known.ROWS]
    assert TRUTH["value"].notna().all()
    assert TRUTH.loc["activities_belonging_direct", "value"] == 0


@pytest.mark.parametrize(
    "symbol", [row.symbol for row in known.ROWS if row.effect != "parameter"]
)
def test_stored_truth_agrees_with_cities_it_has_not_seen(symbol, fresh):
    """Means differ by less than four standard errors of their difference."""
    row = TRUTH.loc[symbol]
    spread = row["monte_carlo_error"] * row["seeds"] ** 0.5
    error = spread * (1 / len(FRESH) + 1 / row["seeds"]) ** 0.5
    assert abs(fresh[symbol].mean() - row["value"]) < 4 * error


@pytest.mark.parametrize(
    ("symbol", "direction"),
    [
        # Activities are held in high-rises, where ties are few ...
        ("activities_ties", -1),
        # ... and in rich places without need, which take part more.
        ("activities_participation", 1),
        # Halls opened in the same years.
        ("trial_participation", 1),
        # Growth of those already treated is taken off.
        ("panel_ties", -1),
        # Halls open where no activities start.
        ("panel_participation", -1),
        # Who belongs takes part.
        ("participation_belonging", 1),
    ],
)
def test_naive_answer_misleads(symbol, direction):
    """On average, and in the shipped city by more than two standard errors."""
    row = TRUTH.loc[symbol]
    average = row["naive_expected"] - row["value"]
    noise = np.hypot(row["naive_expected_error"], row["monte_carlo_error"])
    assert np.sign(average) == direction
    assert abs(average) > 3 * noise
    shipped = row["naive_city"] - row["value"]
    assert np.sign(shipped) == direction
    assert abs(shipped) > 2 * row["naive_city_error"]


def test_effects_grow_with_time_and_belonging_lags():
    """Ties grow by an eighth of the whole a quarter, belonging slower at first."""
    paths = {
        outcome: np.array(
            [TRUTH.loc[f"event_{outcome}_{e}", "value"] for e in range(8)]
        )
        for outcome in ("ties", "belonging")
    }
    assert (np.diff(paths["belonging"]) > 0).all()
    eighths = paths["ties"] / np.arange(1, 9)
    assert eighths.max() / eighths.min() < 1.2
    assert paths["belonging"][0] < paths["belonging"][7] / 8
    assert paths["belonging"][7] < TRUTH.loc["activities_belonging", "value"]
    assert 0 < TRUTH.loc["loop_belonging", "value"] < paths["belonging"][7]


# ------------------------------------------------------------------ the shipped city


COLUMNS = {"treatment": "activity", "unit": "community", "time": "quarter"}


@pytest.fixture(scope="module")
def panel():
    return datasets.load("panel")


def test_naive_answers_come_from_the_shipped_tables(panel):
    """The library's estimators on the files a student reads, against the builder's."""
    for outcome, column in (
        ("ties", "mean_ties"),
        ("participation", "participation_rate"),
    ):
        fitted = evaluation.two_way_fixed_effects(panel, outcome=column, **COLUMNS)
        row = TRUTH.loc[f"panel_{outcome}"]
        # Files are rounded to two decimals of ties and four of a rate.
        assert fitted.table["estimate"][0] == pytest.approx(row["naive_city"], abs=5e-4)
        assert fitted.table["std_error"][0] == pytest.approx(
            row["naive_city_error"], rel=0.03
        )
    survey = datasets.load("survey").query("answered").dropna(subset=["ties"])
    places = datasets.load("communities").astype({"community": str})
    held = (
        survey["community"].astype(str).map(places.set_index("community")["activity"])
    )
    means = [
        np.average(part["ties"].astype(float), weights=part["weight"])
        for part in (survey[held.to_numpy()], survey[~held.to_numpy()])
    ]
    assert TRUTH.loc["activities_ties", "naive_city"] == pytest.approx(
        means[0] - means[1], abs=1e-5
    )


def test_the_right_designs_find_the_truth(panel):
    """Trial and event study within 2.6 errors (99 %) of the known effects."""
    trial = datasets.load("activity_trial").dropna(subset=["ties_after"])
    row = evaluation.cluster_trial(
        trial,
        outcome="ties_after",
        treatment="stage",
        cluster="community",
        strata="district",
        covariates=["ties_before"],
    ).iloc[1]
    gap = row["estimate"] - TRUTH.loc["trial_ties", "value"]
    assert abs(gap) < 2.6 * row["std_error"]
    for outcome in ("ties", "belonging"):
        study = evaluation.event_study(panel, outcome=f"mean_{outcome}", **COLUMNS)
        after = study[study["event_time"] >= 0]
        known = [TRUTH.loc[f"event_{outcome}_{e}", "value"] for e in range(8)]
        miss = (after["estimate"].to_numpy() - known) / after["std_error"].to_numpy()
        assert np.abs(miss).max() < 3
    effects = evaluation.group_time_effects(panel, outcome="mean_ties", **COLUMNS)
    average = evaluation.aggregate_effects(effects).iloc[0]
    gap = average["estimate"] - TRUTH.loc["panel_ties", "value"]
    assert abs(gap) < 2.6 * average["std_error"]


def test_halls_and_not_the_estimator_turn_the_sign(panel):
    """The same estimator among communities that never get a hall."""
    rate = {"outcome": "participation_rate", **COLUMNS}
    found = []
    for rows in (
        panel,
        panel[~panel["community"].isin(panel[panel["hall"]].community)],
    ):
        effects = evaluation.group_time_effects(rows, **rate)
        found.append(evaluation.aggregate_effects(effects).iloc[0])
    assert found[0]["conf_high"] < 0
    truth = TRUTH.loc["panel_participation", "value"]
    assert found[1]["conf_low"] < truth < found[1]["conf_high"]
