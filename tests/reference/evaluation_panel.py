"""
Reference numbers for tests/test_evaluation.py from csdid, diff-diff and pyfixest.

Run in this folder, in an environment of its own that has these three (the versions
are in evaluation_panel_versions.csv):  python evaluation_panel.py
Writes evaluation_panel.csv (the data, drawn here), evaluation_panel_numbers.csv and
evaluation_panel_versions.csv.
"""

import itertools
import warnings
from importlib.metadata import version

import numpy as np
import pandas as pd


def panel():
    """Draw 160 communities over 6 quarters, starts 1, 3, 4 and 6, and never (0)."""
    rng = np.random.default_rng(20261124)
    n, quarters = 160, np.arange(1, 7)
    need = rng.normal(size=n).round(3)
    start = rng.choice([0, 1, 3, 4, 6], size=n, p=[0.35, 0.05, 0.2, 0.2, 0.2])
    start = np.where((need > 1) & (start == 0), 4, start)
    level = rng.normal(size=n) + need
    since = quarters - start[:, None]
    effect = np.where((start[:, None] > 0) & (since >= 0), 0.5 + 0.4 * since, 0)
    meetings = (
        level[:, None]
        + 0.3 * quarters
        + 0.15 * need[:, None] * quarters
        + effect
        + rng.normal(0, 0.8, size=(n, 6))
    ).round(4)
    unit = np.repeat(np.arange(1, n + 1), 6)
    return pd.DataFrame(
        {
            "community": unit,
            "subdistrict": (unit - 1) // 4 + 1,
            "quarter": np.tile(quarters, n),
            "start": np.repeat(start, 6),
            "hall": ((since >= 0) & (start[:, None] > 0)).astype(int).ravel(),
            "need": np.repeat(need, 6),
            "meetings": meetings.ravel(),
        }
    )


def main():
    import diff_diff
    import pyfixest
    from csdid.att_gt import ATTgt

    warnings.simplefilter("ignore")
    data = panel()
    data.to_csv("evaluation_panel.csv", index=False, lineterminator="\n")
    rows = []

    def keep(program, case, term, estimate, std_error):
        rows.append((program, case, term, float(estimate), float(std_error)))

    grid = itertools.product(
        ["never_treated", "not_yet_treated"],
        ["", "need"],
        [0, 1],
        ["varying", "universal"],
        ["all", "no never treated"],
    )
    for comparison, covariate, early, base, who in grid:
        if who != "all" and comparison == "never_treated":
            continue
        used = data if who == "all" else data[data["start"] > 0]
        case = f"{comparison} {covariate or 'none'} {early} {base} {who}"
        fitted = ATTgt(
            yname="meetings",
            gname="start",
            idname="community",
            tname="quarter",
            xformla=f"meetings~{covariate or 1}",
            data=used.copy(),
            control_group=[comparison.replace("_", "")],
            anticipation=early,
        ).fit(est_method="dr", base_period=base, bstrap=False)
        found = fitted.results
        for g, t, att, se in zip(
            found["group"], found["year"], found["att"], found["se"], strict=True
        ):
            keep("csdid", case, f"{g:g} {t:g}", att, se)
        for by in ("simple", "dynamic", "group", "calendar"):
            whole = fitted.aggte(typec=by, bstrap=False, cband=False).atte
            keep(
                "csdid",
                case,
                f"{by} overall",
                whole["overall_att"],
                whole["overall_se"],
            )
            if by == "simple":
                continue
            for label, att, se in zip(
                whole["egt"], whole["att_egt"], np.ravel(whole["se_egt"]), strict=True
            ):
                keep("csdid", case, f"{by} {label:g}", att, se)
        peer = diff_diff.CallawaySantAnna(
            control_group=comparison,
            anticipation=early,
            base_period=base,
            estimation_method="dr",
        )
        result = peer.fit(
            used,
            outcome="meetings",
            unit="community",
            time="quarter",
            first_treat="start",
            covariates=[covariate] if covariate else None,
            aggregate="event_study",
        )
        keep("diff-diff", case, "simple overall", result.overall_att, result.overall_se)
        for (g, t), cell in result.group_time_effects.items():
            keep("diff-diff", case, f"{g:g} {t:g}", cell["effect"], cell["se"])
    for cluster in ("community", "subdistrict"):
        fitted = pyfixest.feols(
            "meetings ~ hall | community + quarter", data, vcov={"CRV1": cluster}
        )
        line = fitted.tidy().loc["hall"]
        keep(
            "pyfixest",
            f"two-way {cluster}",
            "hall",
            line["Estimate"],
            line["Std. Error"],
        )
    # It has no place for units treated from the first period on.
    parts = diff_diff.bacon_decompose(
        data[data["start"] != 1],
        outcome="meetings",
        unit="community",
        time="quarter",
        first_treat="start",
        weights="exact",
    ).to_dataframe()
    for part in parts.itertuples():
        # Its weight is kept in the column of the error.
        term = f"{part.treated_group} {part.control_group}"
        keep("diff-diff", "two by two", term, part.estimate, part.weight)
    pd.DataFrame(
        rows, columns=["program", "case", "term", "estimate", "std_error"]
    ).to_csv("evaluation_panel_numbers.csv", index=False, lineterminator="\n")
    names = ["csdid", "diff-diff", "pyfixest", "numpy", "pandas"]
    pd.DataFrame({"program": names, "version": [version(n) for n in names]}).to_csv(
        "evaluation_panel_versions.csv", index=False, lineterminator="\n"
    )


if __name__ == "__main__":
    main()
