"""S city's own figure for each fact, computed from the tables as shipped."""

from collections.abc import Mapping

import networkx as nx
import numpy as np
import pandas as pd

from govlib.city import PARAMETERS

HOUSING = ("old", "high-rise", "resettlement", "lane")


def figures(tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """Return a figure for every fact that S city shows, by the name of the fact."""
    return {
        **_estate(tables["resettlement_residents"]),
        **_places(tables["communities"]),
        **_rosters(tables),
        **_survey(tables["survey"]),
        **_committees(tables["communities"]),
        **_participation(tables["survey"], tables["activity_room"]),
        **_organisations(tables),
        **_structure(tables["actor_scores"], tables["role_lists"]),
        **_requests(tables),
        **_lifts(tables),
        **_services(tables["service_survey"]),
    }


def _estate(residents: pd.DataFrame) -> dict[str, float]:
    origin = residents["origin"]
    return {
        "estate_residents": len(residents),
        "estate_households": residents["household"][origin == "local"].nunique(),
        "estate_non_local": (origin == "non-local").sum(),
        "estate_share": (origin == "non-local").mean(),
    }


def _places(communities: pd.DataFrame) -> dict[str, float]:
    residents = communities["residents"]
    by_housing = communities.groupby("housing", observed=True)
    parameter = {p.name: p.value for p in PARAMETERS}
    share = communities["non_local_share"]
    out = {
        "residents_per_community": residents.mean(),
        "household_size": residents.sum() / communities["households"].sum(),
        "non_local": np.average(share, weights=residents),
        "older": np.average(communities["older_share"], weights=residents),
        "homophily": parameter["homophily"]
        + parameter["heterogeneity"] * (2 * share * (1 - share)).mean(),
    }
    for housing in HOUSING:
        name = housing.replace("-", "_")
        here = by_housing.get_group(housing)
        out[f"share_{name}"] = len(here) / len(communities)
        out[f"older_{name}"] = here["older_share"].mean()
        out[f"non_local_{name}"] = here["non_local_share"].mean()
    return out


def _rosters(tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    census = tables["census_residents"], tables["census_ties"]
    residents = pd.concat([census[0], tables["resettlement_residents"]])
    ties = pd.concat([census[1], tables["resettlement_ties"]])
    building = residents.set_index("resident")["building"]
    same = building[ties["source"]].to_numpy() == building[ties["target"]].to_numpy()
    clustering = []
    for _, pairs in census[1].groupby("estate"):
        network = nx.from_pandas_edgelist(pairs)
        busy = [node for node, degree in network.degree if degree >= 2]
        clustering.append(np.mean(list(nx.clustering(network, busy).values())))
    owner = residents.groupby("origin", observed=True)["owner"].mean()
    return {
        "children": (residents["age"] < 15).mean(),
        "owner_local": owner["local"],
        "owner_non_local": owner["non-local"],
        "same_building": same.mean(),
        "clustering": np.mean(clustering),
    }


def _survey(survey: pd.DataFrame) -> dict[str, float]:
    def mean(values: pd.Series) -> float:
        told = values.dropna().astype(float)
        return np.average(told, weights=survey["weight"][told.index])

    ties = survey["ties"].dropna().astype(float).sort_values(kind="stable")
    weight = survey["weight"][ties.index]
    below = weight.cumsum().to_numpy() / weight.sum()
    average = mean(survey["ties"])

    def answer(item: str, *values: int) -> float:
        told = survey[item].dropna()
        return mean(told.isin(values))

    return {
        "party": mean(survey["party_member"]),
        "ties_mean": average,
        "ties_median": ties.iloc[np.searchsorted(below, 0.5)],
        "ties_none": mean(ties == 0),
        "ties_tenth": ties.iloc[np.searchsorted(below, 0.9)],
        "ties_dispersion": mean((ties - average) ** 2) / average,
        "known_by_name": mean(survey["known_by_name"]),
        "visits_daily": answer("visits", 1),
        "visits_weekly": answer("visits", 2),
        "visits_never": answer("visits", 7),
        "jobs_all": answer("jobs_known", 1),
        "jobs_none": answer("jobs_known", 5),
        "director_unknown": 1 - mean(survey["knows_director"]),
        "trust": answer("trust_neighbours", 1, 2),
    }


def _committees(communities: pd.DataFrame) -> dict[str, float]:
    out = {
        "mandates": communities["mandates"].mean(),
        "mandates_spread": communities["mandates"].std(),
        "staff": communities["staff"].median(),
        "centre_functions": communities.query("subdistrict == 'K-3'")[
            "functions"
        ].mean(),
        "suburb_high_rise_functions": communities.query(
            "housing == 'high-rise' and ring == 'suburb' and subdistrict != 'K-3'"
        )["functions"].median(),
    }
    for share, name in ((0.1, "tenth"), (0.5, "median"), (0.9, "nine_tenths")):
        for column in ("load", "self_governance_time", "functions"):
            out[f"{column}_{name}"] = communities[column].quantile(share)
    for housing, here in communities.groupby("housing", observed=True)["functions"]:
        out[f"functions_{str(housing).replace('-', '_')}"] = here.median()
    return out


def _participation(survey: pd.DataFrame, room: pd.DataFrame) -> dict[str, float]:
    def rate(item: str, where: pd.Series | bool = True) -> float:
        told = survey[survey[item].notna() & where]
        return np.average(told[item].astype(float), weights=told["weight"])

    def aged(low: int, high: int) -> pd.Series:
        return survey["age"].between(low, high)

    party = survey["party_member"].astype(bool)
    away = survey["origin"] == "non-local"
    belonging = survey[["belong_home", "belong_part", "belong_leave"]].astype("Float64")
    belonging = belonging.assign(
        last=6 - survey["belong_indifferent"].astype("Float64")
    )
    score = belonging.mean(axis=1, skipna=False)
    return {
        "took_part": rate("took_part"),
        "took_part_young": rate("took_part", aged(18, 29)),
        "took_part_sixties": rate("took_part", aged(60, 69)),
        "took_part_party": rate("took_part", party),
        "participation_icc": _icc(survey["took_part"], survey["community"]),
        "belonging_icc": _icc(score, survey["community"]),
        "election": rate("voted_election"),
        "election_young": rate("voted_election", aged(18, 29)),
        "election_fifties": rate("voted_election", aged(50, 59)),
        "election_seventies": rate("voted_election", aged(70, 79)),
        "election_party": rate("voted_election", party),
        "election_others": rate("voted_election", ~party),
        "election_eligible": survey.loc[away, "eligible_election"].mean(),
        "owners_vote": rate("voted_owners"),
        "meeting": rate("attended_meeting"),
        "spoke": rate("spoke_meeting"),
        "adopted": rate("adopted_meeting"),
        "volunteered": rate("volunteered"),
        "joined_activity": rate("joined_activity"),
        "posted_chat": rate("posted_chat"),
        "called_hotline": rate("called_hotline"),
        "donated": rate("donated"),
        "room": room["took_part"].mean(),
    }


def _icc(values: pd.Series, group: pd.Series) -> float:
    told = values.dropna().astype(float)
    by = told.groupby(group[told.index])
    size, mean = by.size(), by.mean()
    n, k = size.sum(), len(size)
    between = (size * (mean - told.mean()) ** 2).sum() / (k - 1)
    within = ((told - by.transform("mean")) ** 2).sum() / (n - k)
    usual = (n - (size**2).sum() / n) / (k - 1)
    return (between - within) / (between + (usual - 1) * within)


def _organisations(tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    table, communities = tables["organisations"], tables["communities"]
    alive = table[table["dissolved"].isna()]
    count = alive.groupby("community").size()
    count = count.reindex(communities["community"], fill_value=0)
    income = tables["organisation_income"]
    paid = income.pivot_table(
        index="organisation", columns="payer", values="amount", aggfunc="sum"
    ).fillna(0)
    share = (paid["office"] / paid.sum(axis=1)).reindex(table["organisation"])
    residents = (table["founder_kind"] == "residents").to_numpy()
    return {
        "organisation_types": table["purpose"].nunique(),
        "organisations_median": count.median(),
        "organisations_tenth": count.quantile(0.9),
        "organisations_registered": 1e4
        * alive["registered"].sum()
        / communities["residents"].sum(),
        "organisations_activity": (table["purpose"] == "activity").mean(),
        "office_share_official": share[~residents].mean(),
        "office_share_residents": share[residents].mean(),
    }


def _structure(scores: pd.DataFrame, lists: pd.DataFrame) -> dict[str, float]:
    shared = scores["duties_shared"] / 20
    return {
        "three_carriages": len(set(lists["actor"]) - {"party", "others"}),
        "role_overlap_before": shared[scores["year"] == 1].mean(),
        "role_overlap_list": shared[
            scores["joint_office"] & (scores["year"] == scores["year"].max())
        ].mean(),
    }


def _services(answers: pd.DataFrame) -> dict[str, float]:
    told = answers["satisfaction"].dropna().astype(float)
    return {"satisfaction_mean": told.mean(), "satisfaction_spread": told.std()}


def _requests(tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    problems, requests = tables["problems"], tables["requests"]
    residents = tables["communities"]["residents"].sum()
    # Adults are counted in each quarter of a year.
    adults = problems["adults"].sum() / problems["quarter"].nunique()
    return {
        "problems": 1e3 * problems["problems"].sum() / adults,
        "requests_recorded": 1e3 * problems["recorded"].sum() / residents,
        "requests_solved": requests["solved"].dropna().astype(float).mean(),
        "requests_satisfied": requests["satisfied"].dropna().astype(float).mean(),
    }


def _lifts(tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    wells = tables["lift_stairwells"]
    drawn = wells[wells["drawn"]]
    votes = tables["lift_flats"].merge(drawn[["stairwell", "hall_talks"]])
    told = (votes["tenure"] != "tenant") & (votes["vote"] != "not voted")
    plain = votes[told & ~votes["hall_talks"]]
    agreed = (plain["vote"] == "agree").groupby(plain["floor"]).mean()
    there = wells["community"].str.startswith("M-2-")
    return {
        "lift_meetings": wells.loc[there, "meetings"].mean(),
        "lift_cost": wells["lift_cost"].mean(),
        "lift_subsidy": (wells["lift_subsidy"] / wells["lift_cost"]).mean(),
        "lift_passed": drawn["vote_passed"].mean(),
        "consent_ground": agreed[1],
        "consent_top": agreed[6],
    }
