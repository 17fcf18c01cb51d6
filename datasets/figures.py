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
