"""
Numbers of pyfixest and marginaleffects for tests/test_participation.py.

Neither is a dependency of the project. Run in this folder, in an environment of its
own:  python participation_peers.py
Reads participation_people.csv; writes participation_peers.csv and
participation_peers_versions.csv.
"""

from importlib.metadata import version

import marginaleffects
import pandas as pd
import pyfixest
import statsmodels.formula.api as smf

RIGHT = "age * owner + origin"
people = pd.read_csv("participation_people.csv", encoding="utf-8")
people["origin"] = people["origin"].astype("category")
rows = []


def keep(case, terms, estimates, errors):
    for row in zip(terms, estimates, errors, strict=True):
        rows.append((case, *row))


# Clustered errors with the factor G/(G-1) (n-1)/(n-k).
cluster = {"CRV1": "community"}
fits = {
    "linear": pyfixest.feols(f"score ~ {RIGHT}", people, vcov=cluster),
    "logit": pyfixest.feglm(f"votes ~ {RIGHT}", people, family="logit", vcov=cluster),
    "poisson": pyfixest.fepois(f"meetings ~ {RIGHT}", people, vcov=cluster),
}
for family, fit in fits.items():
    table = fit.tidy()
    keep(f"pyfixest {family}", table.index, table["Estimate"], table["Std. Error"])

# Average marginal effects, with the model's own and with clustered errors. Slopes and
# their gradients are differences: a short step leaves noise (its default 1e-3 in the
# error of age, 1e-6 as much as 0.1), a tenth of a year about 3e-6 of either kind.
codes = people["community"].astype("category").cat.codes
for case, how in {
    "classical": {},
    "CR1": {"cov_type": "cluster", "cov_kwds": {"groups": codes}},
}.items():
    model = smf.logit(f"votes ~ {RIGHT}", people).fit(disp=0, tol=1e-12, **how)
    table = marginaleffects.avg_slopes(model, variables=["age", "origin"], eps=0.1)
    names = [
        f"{term} {contrast}"
        for term, contrast in zip(table["term"], table["contrast"], strict=True)
    ]
    keep(f"marginaleffects {case}", names, table["estimate"], table["std_error"])

columns = ["case", "term", "estimate", "std_error"]
pd.DataFrame(rows, columns=columns).to_csv(
    "participation_peers.csv", index=False, encoding="utf-8", lineterminator="\n"
)
packages = ["pyfixest", "marginaleffects", "statsmodels", "pandas", "polars", "numpy"]
pd.DataFrame({"package": packages, "version": map(version, packages)}).to_csv(
    "participation_peers_versions.csv",
    index=False,
    encoding="utf-8",
    lineterminator="\n",
)
