"""What if: the same futures under every remedy, in any order, on any workers."""

import joblib
import numpy as np
import pandas as pd
import pytest

from govlib import city
from govlib.city import known_participation, scenarios

SIZE = city.Size(1, 1, 4, 20)
HALLS = {"halls": [city.Remedy("hall", 1)]}


def told(remedies=None, outcomes=("participation",), **options):
    options = {"size": SIZE, "runs": 6, "seed": 3} | options
    return city.what_if(remedies or HALLS, outcomes, **options)


def test_a_remedy_without_effect_moves_nothing():
    """Setting what is so already, and doing nothing at all."""
    open_ = city.simulate(SIZE, seed=3, only=["communities"]).communities
    staff = [
        city.Remedy("staff", int(row["staff"]), (row["community"],))
        for _, row in open_.iterrows()
    ]
    table = told({"same staff": staff, "nothing": []}, ["participation", "load"])
    assert (table["estimate"] == 0).all()
    assert (table["conf_low"] == 0).all()
    assert (table["monte_carlo_error"] == 0).all()


def test_numbers_depend_neither_on_workers_nor_on_their_share(monkeypatch):
    one = told(runs=7)
    monkeypatch.setattr(scenarios, "TOGETHER", 2)
    pd.testing.assert_frame_equal(one, told(runs=7), check_exact=True)
    pd.testing.assert_frame_equal(one, told(runs=7, n_jobs=2), check_exact=True)


def test_a_run_is_the_same_whatever_runs_beside_it():
    """Runs 0 to 2 of 3 and of 7 alone differ by what is averaged: check the draws."""
    city_ = scenarios.base(3, SIZE)
    arm = scenarios._Arm.of(city_, scenarios._followed(3, SIZE, None))
    values = city_.parameters
    first, again = (
        [scenarios._Run(arm, 3, k, values).outcome("participation") for k in order]
        for order in ((0, 1, 2), (2, 0, 1))
    )
    assert first == [again[1], again[2], again[0]]
    assert len(set(first)) == 3


def test_a_dask_cluster_gives_the_same_numbers():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=False,
            dashboard_address=None,
        ) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        on_cluster = told()
    pd.testing.assert_frame_equal(told(), on_cluster, check_exact=True)


def test_only_the_equations_that_an_outcome_depends_on_are_evaluated(monkeypatch):
    def never(*_):
        raise AssertionError("nobody has to be followed for this")

    monkeypatch.setattr(scenarios, "_followed", never)
    monkeypatch.setitem(scenarios.EQUATIONS, "participation", never)
    table = told({"few": [city.Remedy("mandates", 40)]}, ["self_governance_time"])
    assert table["estimate"].item() > 0


def test_load_by_hand():
    """Mandates of 110 on 10 workers are a load of 1; sigma(0) of 0.55 is 0.275."""
    set_ = [city.Remedy("mandates", 110), city.Remedy("staff", 10)]
    table = told({"set": set_}, ["load", "self_governance_time"]).set_index("term")
    after = table["baseline"] + table["estimate"]
    assert after["load"] == pytest.approx(1, abs=1e-12)
    assert after["self_governance_time"] == pytest.approx(0.275, abs=1e-12)


def test_other_outcomes_agree_with_the_equations_of_their_themes():
    """All that is redrawn set by remedies, so that one run is the city itself."""
    fixed = [
        city.Remedy("mandates", 110),
        city.Remedy("staff", 10),
        city.Remedy("role_overlap", 0.1),
        city.Remedy("platform", 1),
        city.Remedy("functions", 9),
    ]
    names = ["requests_solved", "satisfaction", "matters_resolved"]
    table = told({"fixed": fixed}, names).set_index("term")
    after = (table["baseline"] + table["estimate"]).to_dict()
    bare = scenarios.base(3, SIZE, remedies=fixed)
    hall = bare.by_quarter("hall")[:, -1]
    # sigma(0.9 - 0.8 * 0.1 + 0.5 hall + 0.4 - 0.15), by 5.4 of the model.
    solved = 1 / (1 + np.exp(-(0.9 - 0.08 + 0.5 * hall + 0.4 - 0.15)))
    assert after["requests_solved"] == pytest.approx(solved.mean(), abs=1e-12)
    # Two functions more than seven at 2.75 points each.
    assert after["satisfaction"] == pytest.approx(66 + 2 * 2.75, abs=1e-9)
    has = scenarios.structure.structure(bare)
    assert after["matters_resolved"] == pytest.approx(has.chance[:, -1].mean())


def test_a_platform_raises_what_is_recorded_and_not_what_is_needed():
    table = told(
        {"open": [city.Remedy("platform", 1)], "none": [city.Remedy("platform", 0)]},
        ["requests_recorded", "need"],
    ).set_index(["remedy", "term"])["estimate"]
    gained = table["open", "requests_recorded"] - table["none", "requests_recorded"]
    # The study's prototype: 81 more per 1,000.
    assert 40 < gained < 120
    assert table["open", "need"] == table["none", "need"] == 0


def test_effect_of_halls_agrees_with_whole_communities():
    """The same contrast over all adults, by the functions behind the truth table."""
    size = city.Size(1, 1, 10, 20)
    codes = [f"G-1-{k:02}" for k in range(1, 11)]
    adults, gained = 0.0, 0.0
    for code in codes:
        total, count = known_participation._community_figures(5, code)["hall_all"]
        adults, gained = adults + count, gained + total
    both = {
        "all": [city.Remedy("hall", 1, start=known_participation.OPEN)],
        "none": [city.Remedy("hall", 0)],
    }
    table = city.what_if(both, size=size, seed=5, runs=40).set_index("remedy")
    got = table.loc["all", "estimate"] - table.loc["none", "estimate"]
    # 200 adults of some 40,000, and needs of their own from quarter 5 on.
    assert got == pytest.approx(gained / adults, abs=0.006)


def test_interval_holds_the_share_of_runs_that_it_says():
    wide, narrow = told(runs=40), told(runs=40, conf_level=0.5)
    assert wide["conf_low"].item() < narrow["conf_low"].item()
    assert narrow["conf_high"].item() < wide["conf_high"].item()
    assert wide["estimate"].item() == narrow["estimate"].item()
    assert (wide["conf_low"] < wide["estimate"]).all()


def test_monte_carlo_error_shrinks_with_runs():
    few, many = told(runs=10), told(runs=90)
    ratio = few["monte_carlo_error"].item() / many["monte_carlo_error"].item()
    assert 1.5 < ratio < 6


def test_uncertain_parameters_widen_the_interval():
    sure, unsure = told(runs=40), told(runs=40, spread=0.3)
    width = [t["conf_high"].item() - t["conf_low"].item() for t in (sure, unsure)]
    assert width[1] > 5 * width[0]
    # Effects of the model, not of the city: the same parameters under all remedies.
    values = scenarios._uncertain(scenarios.base(3, SIZE).parameters, 3, 0, 0.3)
    assert values["part_hall"] != 0.6
    assert values["owner_local"] == 0.86


def test_activities_bring_ties_and_belonging():
    remedies = {
        "on": [city.Remedy("activity", 1)],
        "off": [city.Remedy("activity", 0)],
    }
    table = told(remedies, ["ties", "belonging"]).set_index(["remedy", "term"])
    assert table.loc[("on", "ties"), "estimate"] >= 0
    assert table.loc[("off", "ties"), "estimate"] <= 0
    gained = table["estimate"].loc["on"] - table["estimate"].loc["off"]
    assert (gained > 0.05).all()


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        (([city.Remedy("hall", 1)],), {}, TypeError, "takes a mapping"),
        ((HALLS, "participation"), {}, TypeError, "takes several names"),
        ((HALLS, ["turnout"]), {}, ValueError, "turnout"),
        ((HALLS,), {"runs": 1}, ValueError, "runs= must be at least 2"),
        ((HALLS,), {"spread": -1}, ValueError, "spread="),
        ((HALLS,), {"size": "small"}, ValueError, "size"),
        (
            ({"move": [city.Remedy("non_local_share", 0.5)]},),
            {},
            ValueError,
            "use city.simulate",
        ),
        (
            ({"a": [city.Remedy("hall", 1, ("X-1-01",))]},),
            {},
            ValueError,
            "communities",
        ),
    ],
)
def test_wrong_requests_are_refused(arguments, options, error, message):
    with pytest.raises(error, match=message):
        city.what_if(*arguments, **{"size": SIZE, "seed": 3, "runs": 4} | options)


def test_inputs_are_not_changed():
    remedies = {"halls": [city.Remedy("hall", 1)]}
    told(remedies)
    assert remedies == HALLS
    assert np.isfinite(told()["baseline"]).all()
