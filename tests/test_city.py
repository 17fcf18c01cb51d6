"""S city: what the case fixes, what a remedy may touch, and the shipped files."""

import hashlib
import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from itertools import combinations
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from scipy import stats

from govlib import city
from govlib.city import model, places, streams, survey, ties
from govlib.city import people as people_
from govlib.city.parameters import resolve

ROOT = Path(__file__).parents[1]
DATASETS = ROOT / "datasets"
PACKAGE = "datapackage.json"
COMMUNITY = "G-1-02"


def simulate(*size, **options):
    """Make the tables of residents; those of themes have tests of their own."""
    return city.simulate(*size, only=model.RESIDENTS, **options)


@pytest.fixture(scope="module")
def tiny():
    return simulate("tiny")


def changed(one, other):
    """Communities in which any table of two cities differs."""
    found = set()
    for name, table in one.tables.items():
        if name in ("districts", "subdistricts", "cases"):
            assert_frame_equal(table, other.tables[name])
            continue
        key = "community" if "community" in table else "estate"
        for place in {*table[key], *other.tables[name][key]}:
            left, right = (
                t[t[key] == place].reset_index(drop=True)
                for t in (table, other.tables[name])
            )
            if not left.equals(right):
                found.add(place if key == "community" else place.rpartition("-")[0])
    return found


def pairs(place):
    return set(zip(place.ties.source.tolist(), place.ties.target.tolist(), strict=True))


# ------------------------------------------------------------------ draws


def test_pair_uniforms_are_splitmix64(monkeypatch):
    """First outputs for seed 1234567, as Rosetta Code lists them for SplitMix64."""
    published = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    monkeypatch.setattr(streams, "_key", lambda _: (1234567).to_bytes(8, "little"))
    drawn = streams.pair_uniforms(
        0, ("any",), np.zeros(5, dtype=np.int64), np.arange(5)
    )
    assert drawn.tolist() == [(number >> 11) / 2**53 for number in published]


def test_pair_uniforms_are_uniform_and_belong_to_the_pair():
    low = np.arange(20_000)
    drawn = streams.pair_uniforms(1, ("closure", "G-1-01"), low, low + 3)
    assert stats.kstest(drawn, "uniform").pvalue > 0.001
    back = streams.pair_uniforms(1, ("closure", "G-1-01"), low[::-1], low[::-1] + 3)
    assert (back[::-1] == drawn).all()
    other = streams.pair_uniforms(1, ("closure", "G-1-02"), low, low + 3)
    assert abs(np.corrcoef(drawn, other)[0, 1]) < 4 / 20_000**0.5


def test_poisson_quantile_is_scipys():
    uniform = np.linspace(0.0005, 0.9995, 500)
    for mean in (0.0, 0.2, 3.0, 40.0):
        ours = streams.poisson_quantile(uniform, np.full(500, mean))
        # scipy takes the smallest k with cdf >= u; no u here equals a cdf value.
        assert (ours == stats.poisson.ppf(uniform, mean)).all()


def test_streams_differ_by_equation_place_and_seed():
    first = streams.stream(1, "activity", "G-1-01").random()
    others = [
        (1, "activity", "G-1-02"),
        (1, "wealth", "G-1-01"),
        (2, "activity", "G-1-01"),
    ]
    assert all(streams.stream(*names).random() != first for names in others)


@pytest.mark.parametrize("seed", [0, 1, 2026, 2**32 - 1, 2**32, 2**127, 2**128, 2**200])
def test_streams_are_those_of_numpys_spawned_seeds(seed):
    for names in (("activity", "G-1-01"), ("需求", "G-1-02")):
        key = int.from_bytes(streams._key(names), "little")
        low, high = key & 0xFFFFFFFF, key >> 32
        spawned = np.random.SeedSequence(seed, spawn_key=(low, high))
        drawn = np.random.default_rng(spawned).random(5)
        assert (streams.stream(seed, *names).random(5) == drawn).all()


def test_numbers_are_found_among_others_as_numpy_finds_them():
    rng = np.random.default_rng(1)
    some = np.unique(rng.integers(0, 60, 40))
    for values in (rng.integers(-5, 70, 200), some, some[:0]):
        assert (ties.among(values, some) == np.isin(values, some)).all()
        assert not ties.among(values, some[:0]).any()


@pytest.mark.parametrize("mean", [1.0, 1.3, 2.25, 3.97, 6.0])
def test_household_sizes_add_up(mean):
    uniform = np.random.default_rng(3).random(997)
    size = people_.sizes(uniform, mean)
    assert size.sum() == round(mean * 997)
    assert size.min() >= 1
    assert size.max() <= 6


# ------------------------------------------------------------------ the case


def test_resettlement_estate_has_the_studys_counts(tiny):
    residents = tiny.resettlement_residents
    local = residents["origin"] == "local"
    assert len(residents) == residents["resident"].nunique() == 9060
    assert (~local).sum() == 4300
    assert local.sum() == 4760
    assert residents.loc[local, "household"].nunique() == 1200
    assert residents.groupby("household")["origin"].nunique().max() == 1
    assert residents["floor"].between(1, 18).all()


def test_every_case_stands_where_a_table_has_it():
    """Nine places are named in the study; all exist in the shipped city."""
    cases = pd.read_csv(DATASETS / "cases.csv")
    tables = {
        "district": "districts",
        "sub-district": "subdistricts",
        "community": "communities",
        "estate": "estates",
    }
    assert len(cases) == 9
    for level, place in zip(cases["level"], cases["place"], strict=True):
        known = pd.read_csv(DATASETS / f"{tables[level]}.csv")
        assert place in set(known[level.replace("-", "")])


# ------------------------------------------------------------------ structure


@pytest.mark.parametrize("roster", ["census", "resettlement"])
def test_ties_join_neighbours_of_one_estate(tiny, roster):
    residents = tiny.tables[f"{roster}_residents"].set_index("resident")
    rows = tiny.tables[f"{roster}_ties"]
    assert (rows["source"] < rows["target"]).all()
    assert not rows.duplicated(["source", "target"]).any()
    for column in ("source", "target"):
        end = residents.loc[rows[column]]
        assert (end["estate"].to_numpy() == rows["estate"].to_numpy()).all()
    homes = [
        residents.loc[rows[end], "household"].to_numpy() for end in rows.columns[1:]
    ]
    assert (homes[0] != homes[1]).all()


def test_residents_and_households_are_numbered_within_their_estate(tiny):
    rosters = tiny.census_residents
    # Some estate must not be the first of its community, or nothing is tested.
    assert (rosters["estate"].str[-1] != "1").any()
    for estate, people in rosters.groupby("estate"):
        wanted = [f"{estate}-{number:05}" for number in range(1, len(people) + 1)]
        assert people["resident"].tolist() == wanted
        homes = people["household"].unique().tolist()
        assert homes == [f"{estate}-H{h:04}" for h in range(1, len(homes) + 1)]


def test_survey_counts_the_ties_of_the_roster(tiny):
    """A resident of the roster has at least its ties; about one in 17 is elsewhere."""
    place = city.neighbourhood(tiny.seed, "G-2-03")
    rows = tiny.resettlement_ties
    roster = pd.concat([rows["source"], rows["target"]]).value_counts()
    told = tiny.survey[tiny.survey["community"] == "G-2-03"].dropna(subset=["ties"])
    assert len(told) > 3
    for resident, count in zip(told["resident"], told["ties"], strict=True):
        number = int(resident[-5:]) - 1
        assert count == roster.get(resident, 0) + place.ties.outside[number]


def test_places_add_up(tiny):
    estates = tiny.estates.groupby("community")[["households", "residents"]].sum()
    communities = tiny.communities.set_index("community")
    assert_frame_equal(estates, communities[["households", "residents"]])
    assert len(tiny.communities) == 2 * 2 * 3
    assert len(tiny.survey) == 120


def test_a_community_alone_is_the_same_as_in_a_larger_city(tiny):
    other = city.simulate(city.Size(1, 2, 4, 10))
    shared = set(tiny.communities["community"]) & set(other.communities["community"])
    assert len(shared) == 6
    for name in ("communities", "estates", "survey"):
        tables = (tiny.tables[name], other.tables[name])
        left, right = (
            t[t["community"].isin(shared)].reset_index(drop=True) for t in tables
        )
        assert_frame_equal(
            left.drop(columns="roster", errors="ignore"),
            right.drop(columns="roster", errors="ignore"),
        )
    assert_frame_equal(tiny.resettlement_ties, other.resettlement_ties)


def test_a_city_without_rosters_still_has_the_tables():
    small = city.simulate(city.Size(1, 1, 1, 5))
    assert list(small.resettlement_ties.columns) == ["estate", "source", "target"]
    assert small.resettlement_residents.empty


def test_weights_make_up_for_unequal_chances():
    """Horvitz and Thompson's estimator is unbiased: 400 draws from one population."""
    place = city.neighbourhood(1, COMMUNITY)
    adult = place.people.age >= 18
    for old in (0, 60):
        here = place.people.age >= old
        totals = []
        for seed in range(400):
            drawn = survey.draw(seed, place.community, place.people, 20)
            totals.append(drawn.weight[here[drawn.person]].sum())
        error = np.std(totals, ddof=1) / 20
        assert abs(np.mean(totals) - (adult & here).sum()) < 4 * error
        assert error < 0.05 * (adult & here).sum()


def test_people_without_ties_answer_less():
    """Share of the drawn who answer on ties, shipped survey: the model says less."""
    shipped = city.simulate("tiny", seed=5)
    assert shipped.survey.loc[~shipped.survey["answered"], "visits"].isna().all()
    place = city.neighbourhood(1, COMMUNITY)
    n = place.people.age.size
    told = []
    for degree in (np.zeros(n, np.int64), np.full(n, 4)):
        asked = survey.ask(1, place.community, place.homes, place.people, degree, 99)
        told.append(np.isfinite(asked.items["ties"]).sum())
    assert told[0] < told[1]


# ------------------------------------------------------------------ remedies


def test_a_remedy_of_no_effect_changes_nothing(tiny):
    held = tuple(tiny.communities.query("activity")["community"])
    assert 0 < len(held) < 12
    same = [city.Remedy("activity", 1, communities=held)]
    later = {"activity": 0, "hall": 1, "mandates": 200, "staff": 5, "functions": 0}
    same += [city.Remedy(name, value, start=13) for name, value in later.items()]
    for row in tiny.communities.to_dict("records"):
        for name in ("staff", "functions"):
            same.append(city.Remedy(name, row[name], (row["community"],)))
    assert changed(tiny, simulate("tiny", remedies=same)) == set()


@pytest.mark.parametrize(
    "values",
    [
        {"activity": 1},
        {"households": 900},
        {"mandates": 200, "staff": 5, "functions": 1},
    ],
)
def test_a_remedy_changes_nothing_elsewhere(tiny, values):
    here = tiny.communities.query("not activity and subdistrict == 'A-1'")
    chosen = tuple(here["community"])
    assert chosen
    remedies = [city.Remedy(k, v, communities=chosen) for k, v in values.items()]
    assert changed(tiny, simulate("tiny", remedies=remedies)) == set(chosen)


@pytest.mark.parametrize(("variable", "value"), [("hall", 1), ("non_local_share", 0.9)])
def test_a_hall_reaches_its_own_subdistrict_alone(tiny, variable, value):
    """By the modelled spillover; a share of older residents has it through need."""
    within = set(tiny.communities.query("subdistrict == 'A-1'")["community"])
    remedy = city.Remedy(variable, value, communities=("A-1-03",))
    other = simulate("tiny", remedies=[remedy])
    found = changed(tiny, other)
    assert "A-1-03" in found
    assert found <= within
    if variable == "hall":
        assert not tiny.communities.set_index("community").loc["A-1-03", "hall"]
        # A hall moves nobody's ties, and what it moves is participation.
        before = tiny.survey.columns.get_loc("eligible_election")
        assert_frame_equal(tiny.survey.iloc[:, :before], other.survey.iloc[:, :before])


@pytest.mark.parametrize("spillover", [0.0, 0.25])
def test_a_hall_nearby_acts_by_the_spillover_alone(spillover):
    """One hall in another of the ten communities raises every chance, or none."""
    without, with_ = (
        city.neighbourhood(
            1,
            "A-1-02",
            remedies=[city.Remedy("hall", hall, communities=("A-1-03",))],
            parameters={"spillover": spillover},
        ).participation()
        for hall in (0, 1)
    )
    if spillover:
        assert (with_.chance > without.chance).all()
    else:
        assert (with_.chance == without.chance).all()


def test_the_last_remedy_to_start_holds():
    early = city.Remedy("activity", 0, start=1)
    late = city.Remedy("activity", 1, start=12)
    assert places.community(1, COMMUNITY, remedies=[late, early]).activity == 1
    assert (
        places.community(1, COMMUNITY, remedies=[late, early], quarter=11).activity == 0
    )


def test_activity_only_adds_ties():
    without, with_ = (
        city.neighbourhood(1, COMMUNITY, remedies=[city.Remedy("activity", a)])
        for a in (0, 1)
    )
    assert pairs(without) < pairs(with_)
    assert (without.ties.outside <= with_.ties.outside).all()
    assert (without.people.age == with_.people.age).all()


def test_homophily_only_takes_ties_between_origins():
    blind, shown = (
        city.neighbourhood(1, "G-2-03", parameters={"homophily": h, "closure": 0})
        for h in (0, 1.2)
    )
    assert pairs(shown) < pairs(blind)
    non_local = blind.people.non_local
    lost = pairs(blind) - pairs(shown)
    assert all(non_local[i] != non_local[j] for i, j in lost)


def test_contact_only_adds_ties():
    conflict, contact = (
        city.neighbourhood(1, "G-2-03", world=world)
        for world in ("conflict", "contact")
    )
    assert pairs(conflict) < pairs(contact)


def test_candidates_thin_as_the_equation_says():
    """Mixed against same-origin ties with and without homophily: exp(-h), h = 0.8.

    Without closure, ages effect or heterogeneity each candidate is accepted alone, so
    the number of mixed ties left has mean exp(-0.8) of those before.
    """
    plain = {"closure": 0, "heterogeneity": 0, "homophily": 0}
    before, after = (
        city.neighbourhood(7, "G-2-03", parameters=plain | {"homophily": h})
        for h in (0, 0.8)
    )
    non_local = before.people.non_local
    mixed = [
        (non_local[p.ties.source] != non_local[p.ties.target]).sum()
        for p in (before, after)
    ]
    kept, chance = mixed[1] / mixed[0], np.exp(-0.8)
    assert abs(kept - chance) < 4 * np.sqrt(chance * (1 - chance) / mixed[0])


def test_closure_joins_only_those_with_a_neighbour_in_common():
    place = city.neighbourhood(1, COMMUNITY)
    t, at = place.ties, place.homes
    first = city.neighbourhood(1, COMMUNITY, parameters={"closure": 0})
    neighbours = {}
    for i, j in pairs(first):
        neighbours.setdefault(i, set()).add(j)
        neighbours.setdefault(j, set()).add(i)
    closed = list(zip(t.source[t.closed], t.target[t.closed], strict=True))
    assert closed
    assert pairs(place) == pairs(first) | set(closed)
    address = (at.estate * 1000 + at.building)[place.people.household]
    for i, k in closed:
        assert neighbours[i] & neighbours[k]
        assert address[i] == address[k]


def test_closure_with_certainty_joins_everyone_who_has():
    """With closure 1 and no preference, all open paths within a building close."""
    blind = {"homophily": 0, "heterogeneity": 0}
    first, full = (
        city.neighbourhood(1, COMMUNITY, parameters=blind | {"closure": c})
        for c in (0, 1)
    )
    who, at = first.people, first.homes
    address = (at.estate * 1000 + at.building)[who.household]
    network = nx.Graph(pairs(first))
    paths = {
        (min(i, k), max(i, k))
        for node in network
        for i, k in combinations(network[node], 2)
        if address[i] == address[k] and who.household[i] != who.household[k]
    }
    assert pairs(full) == pairs(first) | paths


def test_exposure_by_hand():
    """(6.4 / 8 + 0.2) ** 0.2 = 1 and exp(0.005 * 20) at 65; no more after 85."""
    got = ties.exposure(np.array([45, 65, 85, 95]), np.array([6.4] * 4), resolve())
    assert got == pytest.approx([1, np.exp(0.1), np.exp(0.2), np.exp(0.2)])


def test_mixed_rate_by_hand():
    """Half non-local: 2M(1 - M) = 1/2, so exp(-1.2 -/+ 1.1 / 2)."""
    remedy = city.Remedy("non_local_share", 0.5)
    half = places.community(1, COMMUNITY, remedies=[remedy])
    assert ties.mixed_rate(half, resolve(), "conflict") == pytest.approx(np.exp(-1.75))
    assert ties.mixed_rate(half, resolve(), "contact") == pytest.approx(np.exp(-0.65))


def test_more_households_do_not_mean_more_ties_each():
    """Mean ties in a community of 1,000 and of 4,000 households, without closure.

    With it the small one has 6 % more: pairs met in the estate are more often of one
    building, where closure works. 0.05 is four standard errors of 24 seeds.
    """
    means = [
        np.mean(
            [
                city.neighbourhood(
                    seed,
                    COMMUNITY,
                    remedies=[city.Remedy("households", h)],
                    parameters={"closure": 0},
                ).degree.mean()
                for seed in range(1, 25)
            ]
        )
        for h in (1000, 4000)
    ]
    assert means[1] / means[0] == pytest.approx(1, abs=0.05)


# ------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"size": "corse"}, ValueError, "size= must be one of .*did you mean 'course'"),
        (
            {"size": 12},
            TypeError,
            "size= takes 'tiny', .* or a city.Size",
        ),
        ({"size": city.Size(99, 1, 1, 1)}, ValueError, "districts= must lie between 1"),
        (
            {"size": city.Size(1, 0, 1, 1)},
            ValueError,
            "subdistricts= must be at",
        ),
        ({"seed": -1}, ValueError, "seed= must be at least 0"),
        ({"seed": 1.5}, TypeError, "seed= takes a whole number"),
        ({"world": "peace"}, ValueError, "world= must be one of 'conflict', 'contact'"),
        ({"parameters": {"homophilly": 1}}, ValueError, "did you mean 'homophily'"),
        (
            {"parameters": {"closure": 2}},
            ValueError,
            "'closure' must lie between 0 and 1",
        ),
        ({"parameters": {"closure": "a"}}, TypeError, "'closure' takes a number"),
        ({"parameters": {"closure": np.nan}}, ValueError, "between 0 and 1, not nan"),
        ({"remedies": ["activity"]}, TypeError, "takes a list of city.Remedy, not str"),
    ],
)
def test_bad_input(arguments, error, message):
    with pytest.raises(error, match=message):
        city.simulate(**({"size": "tiny"} | arguments))


@pytest.mark.parametrize(
    ("remedy", "error", "message"),
    [
        (city.Remedy("activities", 1), ValueError, "did you mean 'activity'"),
        (city.Remedy("activity", 2), ValueError, "activity must lie between 0 and 1"),
        (city.Remedy("activity", 0.5), ValueError, "activity takes a whole number"),
        (city.Remedy("hall", 0.5), ValueError, "hall takes a whole number"),
        (city.Remedy("staff", 0), ValueError, "staff must lie between 1 and 100"),
        (city.Remedy("functions", 13), ValueError, "functions must lie between 0"),
        (
            city.Remedy("activity", 1, ("G-1-20",)),
            ValueError,
            "communities= must be",
        ),
        (city.Remedy("activity", 1, "G-1-02"), TypeError, r"such as \('G-1-02',\)"),
        (city.Remedy("activity", 1, start=0), ValueError, "start= must be at least 1"),
    ],
)
def test_bad_remedies(remedy, error, message):
    with pytest.raises(error, match=message):
        city.simulate("tiny", remedies=[remedy])


def test_two_remedies_may_not_contradict():
    both = [city.Remedy("activity", 1), city.Remedy("activity", 0, ("G-1-02",))]
    with pytest.raises(ValueError, match="two remedies set 'activity' of 'G-1-02'"):
        city.simulate("tiny", remedies=both)


# ------------------------------------------------------------------ shipped files


def test_results_do_not_depend_on_the_hash_seed():
    script = (
        "from govlib import city\n"
        "import hashlib\n"
        "tables = city.simulate(city.Size(1, 1, 2, 5)).tables\n"
        "text = ''.join(t.to_csv() for t in tables.values())\n"
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": value},
            capture_output=True,
            check=True,
            text=True,
            cwd=ROOT,
        ).stdout
        for value in ("0", "1")
    }
    assert len(seen) == 1


def test_shipped_files_are_what_the_model_makes(tmp_path):
    """Same bytes with the versions that made them; elsewhere the same moments."""
    subprocess.run(
        [sys.executable, str(DATASETS / "build.py"), "--out", str(tmp_path)],
        check=True,
        cwd=tmp_path,
    )
    shipped, fresh = (
        json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        for folder in (DATASETS, tmp_path)
    )
    made = shipped["made"]
    same = all(made[name] == version(name) for name in ("numpy", "pandas")) and (
        platform.system(),
        platform.machine(),
    ) == ("Linux", "x86_64")
    assert [r["name"] for r in shipped["resources"]] == [
        r["name"] for r in fresh["resources"]
    ]
    for resource in shipped["resources"]:
        old, new = (
            (folder / resource["path"]).read_bytes().replace(b"\r\n", b"\n")
            for folder in (DATASETS, tmp_path)
        )
        assert resource["hash"] == f"sha256:{hashlib.sha256(old).hexdigest()}"
        assert resource["bytes"] == len(old)
        if same:
            assert old == new, resource["name"]
        else:
            left, right = (
                pd.read_csv(folder / resource["path"])
                for folder in (DATASETS, tmp_path)
            )
            for column in left.select_dtypes("number"):
                assert left[column].mean() == pytest.approx(
                    right[column].mean(), rel=0.01
                )
    if same:
        assert (DATASETS / "README.md").read_text(encoding="utf-8") == (
            tmp_path / "README.md"
        ).read_text(encoding="utf-8")
        assert shipped | {"made": 0} == fresh | {"made": 0}


def test_package_is_valid():
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "frictionless",
            "validate",
            "--json",
            "datapackage.json",
        ],
        cwd=DATASETS,
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
    )
    assert json.loads(done.stdout)["valid"], done.stdout


def test_facts_that_the_city_misses_are_known():
    """The departures that the datasheet and the notes explain."""
    facts = pd.read_csv(DATASETS / "facts.csv", keep_default_na=False)
    assert set(facts.loc[facts["met"] == "no", "fact"]) == {
        "consent_ground",
        "non_local",
        "ties_tenth",
        "took_part_party",
    }
    study = facts[facts["origin_of"] == "study"]
    assert len(study) == 15
    assert (study["note_en"] != "").all()


def test_facts_by_hand():
    """A few of S city's figures, computed another way from the shipped tables."""
    facts = pd.read_csv(DATASETS / "facts.csv").set_index("fact")["city"]
    communities = pd.read_csv(DATASETS / "communities.csv")
    told = pd.read_csv(DATASETS / "survey.csv").dropna(subset=["ties"])
    assert facts["share_old"] == round((communities["housing"] == "old").mean(), 4)
    none = told.loc[told["ties"] == 0, "weight"].sum() / told["weight"].sum()
    assert facts["ties_none"] == round(none, 4)
    mean = (told["weight"] * told["ties"]).sum() / told["weight"].sum()
    assert facts["ties_mean"] == round(mean, 4)
    assert facts["estate_share"] == round(4300 / 9060, 4)
    staff = 11 * communities["staff"]
    load = (communities["mandates"] / staff).median()
    assert facts["load_median"] == round(load, 4)
    voted = pd.read_csv(DATASETS / "survey.csv").dropna(subset=["voted_election"])
    party = voted[voted["party_member"]]
    turnout = party.loc[party["voted_election"] == True, "weight"].sum()  # noqa: E712
    assert facts["election_party"] == round(turnout / party["weight"].sum(), 4)
    room = pd.read_csv(DATASETS / "activity_room.csv")
    assert facts["room"] == round(room["took_part"].mean(), 4)
    kept = pd.read_csv(DATASETS / "problems.csv")["recorded"].sum()
    assert facts["requests_recorded"] == round(
        1000 * kept / communities["residents"].sum(), 4
    )
    wells = pd.read_csv(DATASETS / "lift_stairwells.csv").query("drawn")
    assert facts["lift_passed"] == round(wells["vote_passed"].mean(), 4)
    flats = pd.read_csv(DATASETS / "lift_flats.csv")
    plain = wells.loc[~wells["hall_talks"], "stairwell"]
    ground = flats[flats["stairwell"].isin(plain) & (flats["floor"] == 1)]
    votes = ground.loc[ground["tenure"] != "tenant", "vote"].value_counts()
    share = votes["agree"] / (votes.sum() - votes["not voted"])
    assert facts["consent_ground"] == round(share, 4)


def test_data_are_small():
    assert sum(file.stat().st_size for file in DATASETS.glob("*.csv")) < 12e6


@given(
    # Weights of people add up to more than nothing.
    st.lists(st.floats(0, 9), min_size=1, max_size=40).filter(lambda x: sum(x) > 1e-9),
    st.lists(st.floats(0, 1), max_size=40),
)
def test_positions_are_those_of_a_binary_search(steps, shares):
    """Ends that coincide, values on an end, and the last end itself."""
    ends = np.cumsum(steps)
    values = np.concatenate((np.array(shares) * ends[-1], ends, [0.0]))
    found = ties._finder(ends)(values)
    assert found.tolist() == np.searchsorted(ends, values, "right").tolist()
