"""
Regressions against R's own packages, measures against hand counts and R's survey.

Stored numbers come from tests/reference/participation.R (versions beside it).
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

from govlib import _formula, _likelihood, _random_intercept, participation

REFERENCE = Path(__file__).parent / "reference"
PEOPLE = pd.read_csv(REFERENCE / "participation_people.csv", encoding="utf-8")
NUMBERS = pd.read_csv(REFERENCE / "participation.csv", encoding="utf-8")
NUMBERS["term"] = NUMBERS["term"].str.strip()
RIGHT = "age * owner + origin"
OUTCOME = {
    "logit": "votes",
    "linear": "score",
    "poisson": "meetings",
    "negative_binomial": "meetings",
    "ordered": "trust",
}
# R's spelling of a coefficient, and ours.
TERMS = {
    "Intercept": "(Intercept)",
    "origin[T.non-local]": "originnon-local",
    "origin[T.returned]": "originreturned",
}
# Both sides stop Newton's method at double precision; measured gaps are below 1e-9.
RTOL = 1e-8
# clubSandwich takes symmetric square roots of matrices by another route.
RTOL_CR2 = 1e-7


def reference(case):
    table = NUMBERS[NUMBERS["case"] == case].set_index("term")
    assert len(table), case
    return table


def fitted(family, data=PEOPLE, **how):
    if family in {"poisson", "negative_binomial"}:
        how["exposure"] = "years"
    return participation.fit(data, f"{OUTCOME[family]} ~ {RIGHT}", family=family, **how)


def compare(fit, case, rel, columns=("estimate", "std_error")):
    expected = reference(case)
    for row in fit.table.itertuples():
        for column in columns:
            value = expected.loc[TERMS.get(row.term, row.term), column]
            assert getattr(row, column) == pytest.approx(value, rel=rel), (
                row.term,
                column,
            )


GLM = ["logit", "linear", "poisson"]


@pytest.mark.parametrize("family", GLM)
def test_classical_errors_are_those_of_r(family):
    """Base R glm and lm."""
    compare(fitted(family), f"{family} classical", RTOL)


@pytest.mark.parametrize("family", GLM)
def test_clustered_errors_are_those_of_sandwich(family):
    """R sandwich vcovCL(type = "HC1", cadjust = TRUE)."""
    fit = fitted(family, cluster="community", errors="CR1")
    compare(fit, f"{family} CR1", RTOL)
    assert fit.small_sample == "G/(G-1) * (n-1)/(n-k) = 1.04319"  # 30/29 * 599/594
    assert (fit.table["degrees_of_freedom"] == 29).all()


@pytest.mark.parametrize("family", GLM)
def test_few_clusters_give_cr2_as_clubsandwich(family):
    """R clubSandwich vcovCR(type = "CR2"), coef_test(test = "Satterthwaite")."""
    fit = fitted(family, cluster="community")
    assert fit.errors == "CR2"
    columns = ("estimate", "std_error", "degrees_of_freedom")
    compare(fit, f"{family} CR2", RTOL_CR2, columns)


@pytest.mark.parametrize("family", ["logit", "linear"])
def test_weighted_cr2_as_clubsandwich(family):
    """R clubSandwich with the model's variance as target and weights beside it."""
    fit = fitted(family, cluster="community", weight="weight", errors="CR2")
    columns = ("estimate", "std_error", "degrees_of_freedom")
    compare(fit, f"{family} CR2 weighted", RTOL_CR2, columns)


DESIGNS = {
    "strata cluster weight": {
        "strata": "stratum",
        "cluster": "community",
        "weight": "weight",
    },
    "cluster weight": {"cluster": "community", "weight": "weight"},
    "strata weight": {"strata": "stratum", "weight": "weight"},
    "weight": {"weight": "weight"},
}


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("family", GLM)
def test_linearised_errors_are_those_of_svyglm(family, design):
    """R survey svyglm: estimates, errors and residual degrees of freedom."""
    fit = fitted(family, **DESIGNS[design])
    assert fit.errors == "linearised"
    columns = ("estimate", "std_error", "degrees_of_freedom")
    compare(fit, f"{family} linearised {design}", RTOL, columns)


def test_ordered_is_that_of_clm():
    """R ordinal clm; its cut points have our names."""
    compare(fitted("ordered"), "ordered classical", 1e-7)


def test_weighted_ordered_is_that_of_svyolr():
    """
    R survey svyolr.

    It maximises by BFGS and differentiates numerically: five digits, not more.
    """
    fit = fitted("ordered", **DESIGNS["strata cluster weight"])
    compare(fit, "ordered linearised strata cluster weight", 2e-3)


def test_negative_binomial_is_that_of_glm_nb():
    """R MASS glm.nb; alpha is 1 / theta."""
    fit = fitted("negative_binomial")
    compare(fit, "negative_binomial", 1e-6, ("estimate",))
    expected = reference("negative_binomial").loc["log_likelihood", "estimate"]
    assert fit.log_likelihood == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("family", OUTCOME)
@pytest.mark.parametrize("cluster", [None, "community"])
def test_statsmodels_stays_reachable_and_agrees(family, cluster):
    """The statsmodels object has the same maximum and, clustered, the same errors."""
    how = {} if cluster is None else {"cluster": cluster, "errors": "CR1"}
    fit = fitted(family, **how)
    other = fit.statsmodels()
    k = len(fit._fitted.design.names)
    # Its optimiser stops at 1e-5 of the gradient where it has no Newton method.
    rel = 1e-8 if family in GLM else 2e-4
    estimates = fit.table["estimate"][:k]
    assert other.params.to_numpy()[:k] == pytest.approx(estimates.to_numpy(), rel=rel)
    errors = fit.table["std_error"][:k].to_numpy()
    assert other.bse.to_numpy()[:k] == pytest.approx(errors, rel=10 * rel)
    assert other.llf == pytest.approx(fit.log_likelihood, rel=1e-8)


def test_logit_matches_stata():
    """Stata's logit, kept in statsmodels (results_discrete.py, class Spector)."""
    stata = {
        "GPA": 2.82611297201,
        "TUCE": 0.0951576702557,
        "PSI": 2.37868772835,
        "Intercept": -13.0213483201,
    }
    data = sm.datasets.spector.load_pandas().data
    fit = participation.fit(data, "GRADE ~ GPA + TUCE + PSI")
    estimates = fit.table.set_index("term")["estimate"].to_dict()
    assert estimates == pytest.approx(stata, rel=1e-6)
    assert (fit.n, fit.n_dropped) == (32, 0)


def test_average_marginal_effects_match_statsmodels():
    """statsmodels get_margeff(dummy=True): 0/1 columns as steps, PSI .358 not .305."""
    data = sm.datasets.spector.load_pandas().data
    effects = participation.average_marginal_effects(
        participation.fit(data, "GRADE ~ GPA + TUCE + PSI")
    )
    peer = smf.logit("GRADE ~ GPA + TUCE + PSI", data).fit(disp=0, tol=1e-12)
    peer = peer.get_margeff(dummy=True).summary_frame()
    assert effects["contrast"].tolist() == ["slope", "slope", "1 - 0"]
    assert effects["estimate"].to_numpy() == pytest.approx(
        peer["dy/dx"].to_numpy(), rel=1e-8
    )
    assert effects["std_error"].to_numpy() == pytest.approx(
        peer["Std. Err."].to_numpy(), rel=1e-8
    )


def test_effects_and_risks_of_a_survey_match_r():
    """Standardised risks and an interaction's slope, delta method by hand in R."""
    fit = fitted("logit", **DESIGNS["strata cluster weight"])
    table = participation.risks(fit, "owner")
    expected = reference("risks")
    names = ["risk 0", "risk 1", "risk_difference", "risk_ratio", "odds_ratio"]
    for column in ("estimate", "std_error"):
        got = table[column].tolist()
        # age * owner: no single conditional odds ratio exists, so none is given.
        assert got == pytest.approx(expected.loc[names, column].tolist(), rel=RTOL)
    effects = participation.average_marginal_effects(fit, variables=["age"])
    age = expected.loc["age slope"]
    assert effects["estimate"][0] == pytest.approx(age["estimate"], rel=1e-8)
    assert effects["std_error"][0] == pytest.approx(age["std_error"], rel=1e-8)


@pytest.mark.parametrize("family", OUTCOME)
def test_effects_match_differences_of_predictions(family):
    """By definition: average predictions moved a little, errors by differences too."""
    right = "np.log(age) + owner + origin + age:owner"
    fit = participation.fit(PEOPLE, f"{OUTCOME[family]} ~ {right}", family=family)
    effects = participation.average_marginal_effects(fit)
    estimates, vcov = fit.table["estimate"].to_numpy(), fit.vcov.to_numpy()

    def predicted(theta, data):
        _, design = _formula.read(f"{OUTCOME[family]} ~ {right}", data)
        x = design.rows(slice(0, design.n))
        if family == "ordered":
            x = x[1:]
            cuts = np.array([-np.inf, *theta[len(x) :], np.inf])[:, None]
            below = 1 / (1 + np.exp(-(cuts - theta[: len(x)] @ x)))
            return np.diff(below, axis=0).mean(axis=1)
        eta = theta[: len(x)] @ x
        link = {"logit": lambda e: 1 / (1 + np.exp(-e)), "linear": lambda e: e}
        return np.array([link.get(family, np.exp)(eta).mean()])

    def slope(theta):
        h = 1e-4
        ahead = predicted(theta, PEOPLE.assign(age=PEOPLE["age"] + h))
        behind = predicted(theta, PEOPLE.assign(age=PEOPLE["age"] - h))
        return (ahead - behind) / (2 * h)

    def step(theta):
        # Both values occur in the data so that the column keeps its coding.
        out = []
        for value in (1, 0):
            x = PEOPLE.assign(owner=value, first=range(len(PEOPLE)))
            flipped = x.iloc[:1].assign(owner=1 - value)
            both = pd.concat([x, flipped], ignore_index=True)
            with_one = predicted(theta, both) * (len(x) + 1)
            out.append((with_one - predicted_one(theta, flipped)) / len(x))
        return out[0] - out[1]

    def predicted_one(theta, row):
        pad = PEOPLE.iloc[:50]
        pair = pd.concat([pad, row], ignore_index=True)
        return predicted(theta, pair) * 51 - predicted(theta, pad) * 50

    for name, function in (("age", slope), ("owner", step)):
        rows = effects[effects["term"] == name]
        assert rows["estimate"].to_numpy() == pytest.approx(
            function(estimates), rel=1e-6, abs=1e-9
        )
        jacobian = []
        for j in range(estimates.size):
            h = np.zeros(estimates.size)
            h[j] = 1e-5 * max(1.0, abs(estimates[j]))
            ahead, behind = function(estimates + h), function(estimates - h)
            jacobian.append((ahead - behind) / (2 * h[j]))
        errors = np.sqrt(np.diag(np.transpose(jacobian) @ vcov @ np.array(jacobian)))
        assert rows["std_error"].to_numpy() == pytest.approx(errors, rel=1e-4)


PEERS = pd.read_csv(REFERENCE / "participation_peers.csv", encoding="utf-8")


def peer(case):
    return PEERS[PEERS["case"] == case].set_index("term")


@pytest.mark.parametrize("family", GLM)
def test_clustered_errors_are_those_of_pyfixest(family):
    """pyfixest feols, feglm and fepois with CRV1; the latter two stop at 1e-8."""
    expected = peer(f"pyfixest {family}")
    fit = participation.fit(
        PEOPLE,
        f"{OUTCOME[family]} ~ {RIGHT}",
        family=family,
        cluster="community",
        errors="CR1",
    )
    table = fit.table.set_index("term").loc[expected.index]
    for column, rel in (("estimate", 1e-7), ("std_error", 1e-6)):
        values = expected[column].to_numpy()
        assert table[column].to_numpy() == pytest.approx(values, rel=rel)


@pytest.mark.parametrize("errors", ["classical", "CR1"])
def test_average_marginal_effects_are_those_of_marginaleffects(errors):
    """marginaleffects avg_slopes, whose differences leave about 3e-6 (see script)."""
    how = {} if errors == "classical" else {"cluster": "community", "errors": errors}
    fit = participation.fit(PEOPLE, f"votes ~ {RIGHT}", **how)
    effects = participation.average_marginal_effects(fit, variables=["age", "origin"])
    expected = peer(f"marginaleffects {errors}")
    assert expected.index.tolist() == [
        "age dY/dX",
        "origin non-local - local",
        "origin returned - local",
    ]
    for column, rel in (("estimate", 1e-6), ("std_error", 2e-5)):
        values = expected[column].to_numpy()
        assert effects[column].to_numpy() == pytest.approx(values, rel=rel)


def test_risks_by_hand():
    """V2 of the course: 54 of 90 with a hall, 36 of 90 without."""
    issues = pd.DataFrame(
        {
            "hall": [1] * 90 + [0] * 90,
            "agreed": [1] * 54 + [0] * 36 + [1] * 36 + [0] * 54,
        }
    )
    table = participation.risks(participation.fit(issues, "agreed ~ hall"), "hall")
    assert table["estimate"].tolist() == pytest.approx([0.4, 0.6, 0.2, 1.5, 2.25, 2.25])
    errors = table.set_index("term")["std_error"]
    assert errors["risk_difference"] == pytest.approx(np.sqrt(2 * 0.24 / 90))
    # Katz's and Woolf's standard errors of the logs.
    ratio = 1.5 * np.sqrt(0.4 / 54 + 0.6 / 36)
    assert errors["risk_ratio"] == pytest.approx(ratio)
    odds = 2.25 * np.sqrt(1 / 54 + 1 / 36 + 1 / 36 + 1 / 54)
    assert errors["odds_ratio"] == pytest.approx(odds)
    row = table.set_index("term").loc["risk_ratio"]
    middle, reach = np.log(1.5), 1.959963984540054 * ratio / 1.5
    assert row["conf_low"] == pytest.approx(np.exp(middle - reach))
    assert row["conf_high"] == pytest.approx(np.exp(middle + reach))
    assert row["statistic"] == pytest.approx(middle * 1.5 / ratio)


def test_odds_ratio_of_risks_is_nearer_to_one_than_the_conditional():
    """Odds ratios do not collapse (Greenland, Robins and Pearl 1999)."""
    fit = participation.fit(PEOPLE, "votes ~ owner + age + origin")
    ratios = participation.risks(fit, "owner").set_index("term")["estimate"]
    assert 1 < ratios["odds_ratio"] < ratios["conditional_odds_ratio"]
    beta = fit.table.set_index("term")["estimate"]["owner"]
    assert ratios["conditional_odds_ratio"] == pytest.approx(np.exp(beta))


def test_risks_of_a_number_need_levels():
    fit = participation.fit(PEOPLE, "votes ~ age")
    with pytest.raises(ValueError, match=r"name the values to compare.*levels=\["):
        participation.risks(fit, "age")
    table = participation.risks(fit, "age", levels=[30, 60])
    b0, b = fit.table["estimate"]
    assert table["estimate"][0] == pytest.approx(1 / (1 + np.exp(-b0 - 30 * b)))
    assert table["estimate"][5] == pytest.approx(np.exp(30 * b))


def test_cr2_contrasts_have_their_own_degrees_of_freedom():
    """The degrees of freedom of a coefficient are those of the same contrast."""
    fit = fitted("linear", cluster="community")
    effects = participation.average_marginal_effects(fit, variables=["origin"])
    rows = fit.table[fit.table["term"].str.startswith("origin")]
    assert effects["degrees_of_freedom"].tolist() == pytest.approx(
        rows["degrees_of_freedom"].tolist()
    )


@pytest.mark.parametrize("points", [1, 7, 15])
def test_random_intercept_is_that_of_glmer(points):
    """
    R lme4, maximised on by nlminb from where glmer stops.

    Without derivatives that leaves about 1e-6 in the estimates, and 1e-4 in errors
    from second differences. Modes are at glmer's own, earlier stop.
    """
    data = PEOPLE.assign(age=PEOPLE["age"] / 10)
    fit = participation.fit_random_intercept(
        data, "votes ~ age + owner + origin", cluster="community", n_points=points
    )
    case = f"random intercept {points}"
    expected = reference(case)
    compare(fit, case, 3e-6, ("estimate",))
    compare(fit, case, 2e-4, ("std_error",))
    assert fit.intercept_sd == pytest.approx(expected.loc["sd", "estimate"], rel=3e-6)
    value = expected.loc["log_likelihood", "estimate"]
    assert fit.log_likelihood == pytest.approx(value, abs=1e-7)
    modes = expected.loc[["c01", "c02", "c03"]]
    got = fit.clusters.set_index("cluster").loc[modes.index]
    for column in ("estimate", "std_error"):
        assert got[column].tolist() == pytest.approx(modes[column].tolist(), rel=2e-3)


def test_random_intercept_gradient_is_that_of_its_likelihood(monkeypatch):
    """Analytic slope against differences of the value, for few points too."""
    caught = {}

    def minimise(function, start, **_):
        caught["function"], caught["start"] = function, start
        raise StopIteration

    monkeypatch.setattr(_random_intercept, "minimize", minimise)
    rows = np.vstack([np.ones(len(PEOPLE)), (PEOPLE["age"] - 50) / 20])
    codes = pd.factorize(PEOPLE["community"])[0].astype(np.int32)
    votes = PEOPLE["votes"].to_numpy(float)
    for points in (1, 2, 5):
        with pytest.raises(StopIteration):
            _random_intercept.maximise(rows, votes, codes, points, np.zeros(2))
        at = np.array([0.3, -0.2, 0.7])
        slope = caught["function"](at)[1]
        for j in range(3):
            h = np.zeros(3)
            h[j] = 1e-5
            change = caught["function"](at + h)[0] - caught["function"](at - h)[0]
            assert slope[j] == pytest.approx(change / 2e-5, rel=1e-6, abs=1e-6)


def test_random_intercept_integral_is_right():
    """
    Against scipy's own integration of one cluster at a time.

    With 31 points the sum over the 30 clusters is exact to rounding.
    """
    from scipy.integrate import quad

    fit = participation.fit_random_intercept(
        PEOPLE, "votes ~ owner", cluster="community", n_points=31
    )
    b0, b1 = fit.table["estimate"]
    total = 0.0
    for _, members in PEOPLE.groupby("community"):
        eta = (b0 + b1 * members["owner"]).to_numpy()
        sign = np.where(members["votes"] == 1, 1, -1)

        def likelihood(b, eta=eta, sign=sign):
            chance = np.prod(1 / (1 + np.exp(-sign * (eta + fit.intercept_sd * b))))
            return chance * np.exp(-(b**2) / 2) / np.sqrt(2 * np.pi)

        total += np.log(quad(likelihood, -8, 8, epsabs=1e-14)[0])
    assert fit.log_likelihood == pytest.approx(total, abs=1e-6)


def test_latent_likeness_by_its_formula():
    fit = participation.fit_random_intercept(PEOPLE, "votes ~ 1", cluster="community")
    variance = fit.intercept_sd**2
    expected = variance / (variance + np.pi**2 / 3)
    assert fit.intraclass_correlation == pytest.approx(expected)
    assert 0 < expected < 1


def test_likeness_matches_analysis_of_variance():
    """R anova(lm()) mean squares; interval and F by their textbook formulas."""
    table = participation.intraclass_correlation(
        PEOPLE, value="score", cluster="community"
    )
    expected = reference("likeness").loc["intraclass_correlation", "estimate"]
    assert table["estimate"][0] == pytest.approx(expected, rel=1e-10)
    assert table["conf_low"][0] < expected < table["conf_high"][0]


def test_likeness_interval_by_hand():
    """
    Four values 0, 2, 4, 6 in two clusters: F = 8 with 1 and 2 degrees of freedom.

    F(.975; 1, 2) = 38.506 and F(.025; 1, 2) = 0.0012516 (tables), so the bounds are
    (8 / 38.506 - 1) / (8 / 38.506 + 1) and (8 / .0012516 - 1) / (8 / .0012516 + 1).
    """
    data = pd.DataFrame({"y": [0, 2, 4, 6], "g": ["a", "a", "b", "b"]})
    row = participation.intraclass_correlation(data, value="y", cluster="g").iloc[0]
    assert row["estimate"] == pytest.approx(14 / 18)
    assert row["statistic"] == pytest.approx(8)
    low, high = 8 / 38.506, 8 / 0.0012516
    assert row["conf_low"] == pytest.approx((low - 1) / (low + 1), rel=1e-4)
    assert row["conf_high"] == pytest.approx((high - 1) / (high + 1), rel=1e-4)


@pytest.mark.parametrize("design", DESIGNS)
def test_design_effect_is_that_of_svymean(design):
    """R survey svymean(deff = "replace")."""
    table = participation.design_effect(PEOPLE, value="votes", **DESIGNS[design])
    expected = reference(f"design effect {design}").loc["design", "estimate"]
    assert table["estimate"][0] == pytest.approx(expected, rel=1e-10)
    assert table["effective_n"][0] == pytest.approx(600 / expected, rel=1e-10)


def test_kish_by_hand():
    """Weights 1, 1, 2, 4: 4 * 22 / 64."""
    data = pd.DataFrame({"y": [0, 1, 1, 0], "w": [1, 1, 2, 4]})
    table = participation.design_effect(data, value="y", weight="w")
    assert table.set_index("term")["estimate"]["weighting"] == pytest.approx(88 / 64)


@pytest.mark.parametrize(
    ("case", "row", "group", "design"),
    [
        ("share votes all", 0, None, "strata cluster weight"),
        ("share speaks all", 2, None, "strata cluster weight"),
        ("share speaks previous", 3, None, "strata cluster weight"),
        ("share votes non-local", 0, "non-local", "strata cluster weight"),
        ("share votes weight only", 0, None, "weight"),
    ],
)
def test_funnel_shares_are_those_of_svyciprop(case, row, group, design):
    """R survey svyciprop(method = "logit"), in domains too."""
    how = DESIGNS[design] | ({} if group is None else {"group": "origin"})
    table = participation.funnel(PEOPLE, stages=["votes", "speaks"], **how)
    if group is not None:
        table = table[table["origin"] == group].reset_index(drop=True)
    expected = reference(case)
    got = table.iloc[row]
    assert got["estimate"] == pytest.approx(expected.loc["estimate", "estimate"])
    error = expected.loc["estimate", "std_error"]
    assert got["std_error"] == pytest.approx(error, rel=1e-8)
    assert got["conf_low"] == pytest.approx(expected.loc["low", "estimate"], rel=1e-7)
    assert got["conf_high"] == pytest.approx(expected.loc["high", "estimate"], rel=1e-7)


def test_funnel_counts_who_came_unasked():
    """By hand: of six eligible two are asked; three attend, two of them unasked."""
    data = pd.DataFrame(
        {
            "eligible": [1, 1, 1, 1, 1, 1, 0, 0],
            "asked": [1, 1, 0, 0, 0, 0, 0, 0],
            "attends": [1, 0, 1, 1, 0, 0, 0, 0],
            "adopted": [True, None, None, None, None, None, None, None],
        }
    )
    table = participation.funnel(data, stages=list(data.columns))
    table = table[table["term"] == "share_of_previous"].set_index("stage")
    assert table["n"].tolist() == [6, 2, 1, 1]
    assert table["n_before"].tolist() == [8, 6, 2, 1]
    assert table["n_without_previous"].tolist() == [0, 0, 2, 0]
    assert table["estimate"].tolist() == pytest.approx([6 / 8, 2 / 6, 1 / 2, 1])


def test_funnel_where_nobody_goes_on():
    """Nobody of ten: the exact bound 1 - .025 ** (1 / 10); then no share at all."""
    data = pd.DataFrame({"asked": [0] * 10, "attends": [0] * 10})
    table = participation.funnel(data, stages=["asked", "attends"])
    assert table["estimate"][0] == 0
    assert table["conf_high"][0] == pytest.approx(1 - 0.025**0.1)
    assert np.isnan(table["estimate"][3])


def test_funnel_refuses_what_it_cannot_count():
    data = pd.DataFrame({"asked": [1, 1, 0], "attends": [1, None, None], "t": "是"})
    with pytest.raises(ValueError, match="'attends' has 1 missing"):
        participation.funnel(data, stages=["asked", "attends"])
    with pytest.raises(ValueError, match=r"must hold true and false, or 1 and 0.*'是'"):
        participation.funnel(data, stages=["t"])
    with pytest.raises(ValueError, match="did you mean 'attends'"):
        participation.funnel(data, stages=["asked", "attend"])
    with pytest.raises(TypeError, match="a list of columns"):
        participation.funnel(data, stages="asked")
    with pytest.raises(ValueError, match="each column once"):
        participation.funnel(data, stages=["asked", "asked"])


def test_representation_is_that_of_r():
    """R survey svyratio, svymean and svycontrast of four totals."""
    table = participation.representation(
        PEOPLE, voice="speeches", group="origin", **DESIGNS["strata cluster weight"]
    )
    table = table[table["origin"] == "non-local"].set_index("term")
    expected = reference("representation")
    for term in expected.index:
        assert table.loc[term, "estimate"] == pytest.approx(
            expected.loc[term, "estimate"], rel=1e-10
        )
        assert table.loc[term, "std_error"] == pytest.approx(
            expected.loc[term, "std_error"], rel=1e-8
        )


def test_representation_shares_add_up_and_silence_is_zero():
    data = pd.DataFrame({"speaks": [1, 2, 0, 0], "home": ["a", "b", "c", "c"]})
    table = participation.representation(data, voice="speaks", group="home")
    by = table.pivot_table(index="home", columns="term", values="estimate")
    assert by["share_of_voices"].tolist() == pytest.approx([1 / 3, 2 / 3, 0])
    assert by["share_of_residents"].sum() == pytest.approx(1)
    assert by["ratio"]["c"] == 0
    silent = table[(table["home"] == "c") & (table["term"] == "ratio")]
    assert silent[["conf_low", "conf_high", "p_value"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("voice", "group", "message"),
    [
        ([0, 0, 0], ["a", "b", "b"], "zero for everyone"),
        ([1, -1, 0], ["a", "b", "b"], "cannot be negative"),
        ([1, 0, 0], ["a", "a", "a"], "one group only"),
        ([1, None, 0], ["a", "a", "b"], "1 missing"),
        ([1, 0, 0], ["a", None, "b"], "1 missing"),
    ],
)
def test_representation_refuses(voice, group, message):
    data = pd.DataFrame({"v": voice, "g": group})
    with pytest.raises(ValueError, match=message):
        participation.representation(data, voice="v", group="g")


# What ought not to matter.


@pytest.mark.parametrize("family", OUTCOME)
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_row_order_and_weight_scale_do_not_matter(family, seed):
    how = DESIGNS["strata cluster weight"]
    rng = np.random.default_rng(seed)
    shuffled = PEOPLE.iloc[rng.permutation(len(PEOPLE))]
    shuffled = shuffled.assign(weight=shuffled["weight"] * 37)
    one, other = fitted(family, **how), fitted(family, shuffled, **how)
    for column in ("estimate", "std_error"):
        assert other.table[column].to_numpy() == pytest.approx(
            one.table[column].to_numpy(), rel=1e-7
        )


def test_weights_of_one_are_no_weights():
    data = PEOPLE.assign(weight=1.0)
    with_weights = fitted("logit", data, weight="weight", cluster="community")
    without = fitted("logit", cluster="community", errors="linearised")
    pd.testing.assert_frame_equal(with_weights.table, without.table, rtol=1e-10)


def test_a_weight_of_two_is_two_people_for_estimates():
    twice = PEOPLE.loc[PEOPLE.index.repeat(2)]
    doubled = pd.concat([PEOPLE, PEOPLE[PEOPLE["owner"] == 1]])
    weighted = PEOPLE.assign(weight=1.0 + PEOPLE["owner"])
    assert fitted("logit", twice).table["estimate"].to_numpy() == pytest.approx(
        fitted("logit").table["estimate"].to_numpy(), rel=1e-8
    )
    assert fitted("logit", doubled).table["estimate"].to_numpy() == pytest.approx(
        fitted("logit", weighted, weight="weight").table["estimate"].to_numpy(),
        rel=1e-8,
    )


def test_many_rows_take_the_same_path_in_pieces(monkeypatch):
    """Chunks of 64 rows and a thinned start give what one chunk gives."""
    whole = fitted("logit", **DESIGNS["strata cluster weight"])
    effects = participation.average_marginal_effects(whole)
    monkeypatch.setattr(_formula, "CHUNK", 64)
    monkeypatch.setattr(_likelihood, "LARGE", 100)
    pieces = fitted("logit", **DESIGNS["strata cluster weight"])
    pd.testing.assert_frame_equal(pieces.table, whole.table, rtol=1e-8)
    again = participation.average_marginal_effects(pieces)
    pd.testing.assert_frame_equal(again, effects, rtol=1e-8)


def test_large_numbers_lose_no_digits():
    """A year and its square: estimates are those of the year counted from 2016."""
    data = PEOPLE.assign(year=2010.0 + PEOPLE["years"])
    far = participation.fit(data, "votes ~ year + I(year**2)")
    data["year"] -= 2015
    near = participation.fit(data, "votes ~ year + I(year**2)")
    pick = far.table["estimate"][2], near.table["estimate"][2]
    assert pick[0] == pytest.approx(pick[1], rel=1e-6)
    slopes = [
        participation.average_marginal_effects(f)["estimate"][0] for f in (far, near)
    ]
    assert slopes[0] == pytest.approx(slopes[1], rel=1e-6)


def test_input_is_not_modified():
    before = PEOPLE.copy(deep=True)
    fit = fitted("logit", **DESIGNS["strata cluster weight"])
    participation.average_marginal_effects(fit)
    participation.funnel(PEOPLE, stages=["votes", "speaks"], group="origin")
    pd.testing.assert_frame_equal(PEOPLE, before)


def test_a_fit_keeps_its_data():
    """Changing a column after the fit changes no effect."""
    data = PEOPLE.copy()
    fit = participation.fit(data, "votes ~ age + owner")
    before = participation.average_marginal_effects(fit)
    data["age"] = 0
    data.loc[:, "owner"] = 1
    pd.testing.assert_frame_equal(participation.average_marginal_effects(fit), before)


def test_missing_rows_are_dropped_and_counted():
    """Equal to the fit of the complete rows; a level seen only there is left out."""
    data = PEOPLE.astype({"age": float, "origin": object})
    data.loc[data.index[:5], "origin"] = "elsewhere"
    data.loc[data.index[:5], "age"] = np.nan
    data.loc[data.index[5:8], "votes"] = np.nan
    fit = fitted("logit", data, cluster="community")
    assert (fit.n, fit.n_dropped) == (592, 8)
    assert not any("elsewhere" in term for term in fit.vcov.index)
    pd.testing.assert_frame_equal(
        fit.table, fitted("logit", PEOPLE.iloc[8:], cluster="community").table
    )
    ordered = pd.Categorical(
        data["origin"], ["elsewhere", *sorted(set(PEOPLE["origin"]))]
    )
    again = fitted("logit", data.assign(origin=ordered), cluster="community")
    pd.testing.assert_frame_equal(again.table, fit.table)


def test_text_categories_and_chinese_names():
    data = PEOPLE.assign(
        户籍=PEOPLE["origin"].map({"local": "本地"}).fillna("外来"), 年龄=PEOPLE["age"]
    )
    data["参加"] = np.where(PEOPLE["votes"] == 1, "是", "否")
    fit = participation.fit(data, "(参加 == '是') ~ 年龄 + 户籍")
    same = participation.fit(
        data.assign(other=data["户籍"] == "本地"), "votes ~ age + other"
    )
    assert fit.table["term"].tolist() == ["Intercept", "户籍[T.本地]", "年龄"]
    assert fit.table["estimate"].to_numpy() == pytest.approx(
        same.table["estimate"].to_numpy()
    )


@pytest.mark.parametrize("dtype", ["bool", "boolean", "Int64", "float32", "object"])
def test_outcomes_and_regressors_of_any_numeric_type(dtype):
    data = PEOPLE.assign(votes=PEOPLE["votes"].astype(bool).astype(dtype))
    data["owner"] = PEOPLE["owner"].astype(bool).astype(dtype)
    fit = participation.fit(data, "votes ~ owner + age")
    expected = participation.fit(PEOPLE, "votes ~ owner + age").table["estimate"]
    got = fit.table["estimate"].to_numpy()
    assert sorted(got) == pytest.approx(sorted(expected), rel=1e-7)


def test_a_notebook_variable_is_not_a_column():
    income = np.ones(len(PEOPLE))
    assert income.size
    with pytest.raises(ValueError, match="no column 'income'"):
        participation.fit(PEOPLE, "votes ~ income")


# Errors at the door: the data or formula, and what the message must say.
def with_column(**columns):
    return PEOPLE.assign(**columns)


TWO = np.where(PEOPLE["votes"] == 1, "是", "否")
BAD = [
    ("three values", with_column(votes=PEOPLE["years"]), {}, "true or false, or 1 and"),
    (
        "one and two",
        with_column(votes=PEOPLE["votes"] + 1),
        {},
        r"holds 1\.0, 2\.0; say",
    ),
    ("one value", with_column(votes=1), {}, r"one value only \(1\)"),
    ("text", with_column(votes=TWO), {}, "text such as '否', '是'; say which value"),
    (
        "category",
        with_column(votes=pd.Categorical(TWO)),
        {},
        "the alphabet would decide",
    ),
    ("constant", with_column(age=7), {}, "'age' has one value only"),
    ("one level", with_column(origin="local"), {}, r"'origin' has one value.*'local'"),
    (
        "collinear",
        with_column(age=2 * PEOPLE["owner"] + 1),
        {},
        "'owner' is a combination of 'age'",
    ),
    ("infinite", with_column(age=np.inf), {}, "infinite"),
    ("dates", with_column(age=pd.Timestamp("2020-01-01")), {}, "must hold numbers"),
    ("no rows", with_column(age=np.nan), {}, "no row of data is complete"),
    ("typo", PEOPLE.rename(columns={"age": "agee"}), {}, "did you mean 'agee'"),
    ("negative", with_column(weight=-1.0), {"weight": "weight"}, "600 value.*negative"),
    (
        "zero",
        with_column(weight=[0.0] + [1] * 599),
        {"weight": "weight"},
        r"row\(s\) 0;",
    ),
    (
        "no weight",
        with_column(weight=[np.nan] + [1] * 599),
        {"weight": "weight"},
        "1 miss",
    ),
    ("weight typo", PEOPLE, {"weight": "wieght"}, "did you mean 'weight'"),
    ("one cluster", with_column(c="x"), {"cluster": "c"}, "only one cluster of 'c'"),
    (
        "missing cluster",
        with_column(c=[None] + ["a", "b"] * 299 + ["a"]),
        {"cluster": "c"},
        "1 miss",
    ),
    (
        "lonely",
        with_column(s=["a"] * 10 + ["b"] * 590),
        {"strata": "s", "cluster": "community"},
        "only one cluster.*'a'",
    ),
    (
        "not nested",
        with_column(s=["a", "b"] * 300),
        {"strata": "s", "cluster": "community"},
        "more than one stratum",
    ),
    (
        "few",
        with_column(c=["a", "b", "c"] * 200),
        {"cluster": "c", "errors": "linearised"},
        "3 clusters leave no degrees",
    ),
    (
        "classical",
        PEOPLE,
        {"cluster": "community", "errors": "classical"},
        "independent",
    ),
    ("no cluster", PEOPLE, {"errors": "CR2"}, "needs cluster="),
    ("errors", PEOPLE, {"errors": "cr1"}, "did you mean 'CR1'"),
    ("family", PEOPLE, {"family": "logistic"}, "did you mean 'logit'"),
    ("exposure", PEOPLE, {"exposure": "years"}, "belongs to counts"),
    ("level", PEOPLE, {"conf_level": 95}, "between 0 and 1"),
]


@pytest.mark.parametrize(
    ("data", "how", "message"), [b[1:] for b in BAD], ids=[b[0] for b in BAD]
)
def test_bad_input_is_refused(data, how, message):
    with pytest.raises(ValueError, match=message):
        participation.fit(data, "votes ~ age + owner + origin", **how)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("votes = age", "must have one '~'"),
        ("votes ~ age +", "cannot be read"),
        ("votes ~ (age", "cannot be read"),
        ("~ age", "exactly one outcome"),
        ("votes + score ~ age", "exactly one outcome"),
        ("votes ~ aeg", "did you mean 'age'"),
        ("vote ~ age", "did you mean 'votes'"),
        ("votes ~ log(age)", r"write np\.log"),
        ("votes ~ np.log(owner)", "logarithms of zero"),
        ("votes ~ age + (1|community)", "fit_random_intercept"),
        ("votes ~ Q('agee')", "did you mean 'age'"),
    ],
)
def test_formula_typing_errors_are_named(formula, message):
    with pytest.raises(ValueError, match=message):
        participation.fit(PEOPLE, formula)
    with pytest.raises(TypeError, match="formula is text"):
        participation.fit(PEOPLE, 3)
    with pytest.raises(TypeError, match="must be a pandas DataFrame"):
        participation.fit([1], formula)


@pytest.mark.parametrize(
    ("family", "outcome", "message"),
    [
        ("ordered", PEOPLE["origin"], "give its order"),
        ("ordered", PEOPLE["score"], "has fractions"),
        ("poisson", PEOPLE["score"], "must hold counts"),
        ("poisson", -PEOPLE["years"], "must hold counts"),
        ("linear", PEOPLE["origin"], "must hold numbers"),
        (
            "negative_binomial",
            PEOPLE["years"] * 0 + [4, 5] * 300,
            "use family='poisson'",
        ),
        ("linear", PEOPLE["age"] * 2.0, "gives the outcome exactly"),
    ],
)
def test_outcomes_of_the_wrong_kind_are_refused(family, outcome, message):
    with pytest.raises(ValueError, match=message):
        participation.fit(PEOPLE.assign(y=outcome), "y ~ age + owner", family=family)


def test_an_ordered_outcome_takes_its_stated_order():
    words = {1: "never", 2: "seldom", 3: "often", 4: "always"}
    answer = pd.Categorical(
        PEOPLE["trust"].map(words), list(words.values()), ordered=True
    )
    fit = participation.fit(
        PEOPLE.assign(trust=answer), f"trust ~ {RIGHT}", family="ordered"
    )
    numbers = fitted("ordered").table["estimate"]
    assert fit.table["estimate"].to_numpy() == pytest.approx(numbers.to_numpy())
    assert fit.table["term"].tolist()[-1] == "often|always"


def separated(kind):
    data = PEOPLE.assign(member=0.0)
    if kind == "category":
        data.loc[data["votes"].eq(1) & data["age"].lt(40), "member"] = 1.0
    elif kind == "number":
        data["member"] = data["votes"] * 5.0 + np.random.default_rng(1).random(600)
    elif kind == "together":
        noise = np.random.default_rng(1).normal(size=600)
        data["member"] = noise + data["votes"] * 3
        data["other"] = noise
    return data


@pytest.mark.parametrize("kind", ["category", "number"])
def test_perfect_separation_names_the_variable(kind):
    message = r"perfect separation: the outcome follows from 'member' without"
    with pytest.raises(ValueError, match=message):
        participation.fit(separated(kind), "votes ~ age + member + origin")
    with pytest.raises(ValueError, match=message):
        participation.fit_random_intercept(
            separated(kind), "votes ~ age + member + origin", cluster="community"
        )


def test_separation_by_two_variables_together():
    message = "perfect separation: the outcome follows from 'member', 'other' without"
    with pytest.raises(ValueError, match=message):
        participation.fit(separated("together"), "votes ~ member + other")


@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
def test_separation_of_counts(family):
    """Only what is constant among positive counts can separate: `near` is not."""
    data = PEOPLE.assign(barred=(PEOPLE["age"] > 80) * 1.0)
    data.loc[data["barred"] == 1, "meetings"] = 0
    noise = np.random.default_rng(2).random(600)
    data["near"] = 2 * (data["meetings"] > 0) + noise
    with pytest.raises(ValueError, match="always 0 for some values of 'barred', so"):
        participation.fit(data, "meetings ~ owner + barred + near", family=family)


def test_separation_of_ordered_outcomes():
    data = PEOPLE.assign(barred=(PEOPLE["age"] > 80) * 1.0)
    data.loc[data["barred"] == 1, "trust"] = 4
    with pytest.raises(ValueError, match="follows from 'barred' without exception"):
        participation.fit(data, "trust ~ owner + barred", family="ordered")


def test_a_cluster_of_one_row_counts_as_one():
    data = PEOPLE.assign(c=PEOPLE["community"].where(PEOPLE.index > 0, "alone"))
    fit = fitted("logit", data, cluster="c")
    assert fit.n_clusters == 31
    assert np.isfinite(fit.table["std_error"]).all()
    alone = fitted("logit", PEOPLE.assign(c=PEOPLE.index), cluster="c")
    rows = fitted("logit", errors="linearised")
    factor = (600 / 599 * 599 / 594) / (600 / 599)
    assert alone.vcov.to_numpy() == pytest.approx(rows.vcov.to_numpy() * factor)


def test_effects_name_a_variable_that_is_not_there():
    fit = participation.fit(PEOPLE, "votes ~ age + origin")
    with pytest.raises(ValueError, match=r"'agee' does not explain.*'age'"):
        participation.average_marginal_effects(fit, variables=["agee"])
    with pytest.raises(
        ValueError, match=r"no level 'nonlocal'; did you mean 'non-local'"
    ):
        participation.risks(fit, "origin", levels=["local", "nonlocal"])
    linear = participation.fit(PEOPLE, "score ~ age", family="linear")
    with pytest.raises(ValueError, match="use average_marginal_effects"):
        participation.risks(linear, "age")


def test_statsmodels_has_no_weights_for_some():
    fit = fitted("ordered", weight="weight")
    with pytest.raises(ValueError, match="no weights for ordered"):
        fit.statsmodels()
    weighted = fitted("logit", weight="weight")
    assert weighted.statsmodels().params.to_numpy() == pytest.approx(
        weighted.table["estimate"].to_numpy(), rel=1e-7
    )


def test_the_fit_says_what_it_did():
    text = str(fitted("logit", cluster="community", errors="CR1"))
    assert "600 rows, 30 clusters, 0 dropped" in text
    assert "CR1 errors, G/(G-1) * (n-1)/(n-k) = 1.04319" in text
    random = participation.fit_random_intercept(
        PEOPLE, "votes ~ 1", cluster="community", n_points=3
    )
    assert "quadrature with 3 point(s)" in str(random)


def test_a_start_from_every_seventeenth_row_may_miss_a_category(monkeypatch):
    """
    Data in a periodic order: the start is given up, the answer is the same.

    Without that, the start is arbitrary and Newton's method does not come back.
    """
    rng = np.random.default_rng(0)
    n = 50_000
    home = np.array(["b", "c", "d"])[np.arange(n) % 3]
    home[np.arange(n) % _likelihood.THINNING == 0] = "a"
    data = pd.DataFrame({"x": rng.normal(size=n), "home": home})
    data["y"] = rng.random(n) < 1 / (1 + np.exp(-data["x"]))
    expected = participation.fit(data, "y ~ x * home").table
    monkeypatch.setattr(_likelihood, "LARGE", 100)
    thinned = participation.fit(data, "y ~ x * home").table
    pd.testing.assert_frame_equal(thinned, expected, rtol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_a_rare_outcome_among_many_rows(seed, monkeypatch):
    """
    Twenty of 20,000: every 17th row holds one or none of them, so that its maximum is
    far away or infinite. The answer is that of all rows from the beginning.
    """
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(rng.normal(size=(20_000, 2)), columns=["a", "b"])
    data["y"] = 0
    data.loc[rng.choice(20_000, 20, replace=False), "y"] = 1
    expected = participation.fit(data, "y ~ a + b").table
    monkeypatch.setattr(_likelihood, "LARGE", 1000)
    distances = watched(monkeypatch, len(data))
    thinned = participation.fit(data, "y ~ a + b").table
    pd.testing.assert_frame_equal(thinned, expected, rtol=1e-9)
    # Without going back to the beginning, steps out and back take up to forty.
    assert len(distances) < 16


def watched(monkeypatch, n):
    """Return a list that gets the distance from the maximum at passes over n rows."""
    distances, total = [], _likelihood._Problem.total

    def noted(self, *arguments):
        value, gradient, information = total(self, *arguments)
        if self.design.n == n:
            distances.append(gradient @ np.linalg.solve(information, gradient))
        return value, gradient, information

    monkeypatch.setattr(_likelihood._Problem, "total", noted)
    return distances


def test_the_few_rows_know_how_the_gradient_bends(monkeypatch):
    """Newton's step alone leaves .24 here, squared, in standard errors."""
    rng = np.random.default_rng(1)
    data = pd.DataFrame(rng.normal(size=(50_000, 4)), columns=list("abcd"))
    odds = np.exp(data["a"] + data["b"] / 2)
    data["y"] = rng.random(50_000) < odds / (1 + odds)
    monkeypatch.setattr(_likelihood, "LARGE", 1000)
    distances = watched(monkeypatch, 50_000)
    participation.fit(data, "y ~ a + b + c + d")
    assert distances[0] > 50
    assert distances[1] < 0.02


@pytest.mark.parametrize("family", OUTCOME)
def test_many_rows_need_few_passes(family, monkeypatch):
    """At a million three, of so few five at most; scores are those at the maximum."""
    data = pd.concat([PEOPLE] * 20, ignore_index=True)
    data = data.sample(frac=1, random_state=1, ignore_index=True)
    how = {"cluster": "community", "errors": "CR1"}
    expected = fitted(family, data, **how)
    monkeypatch.setattr(_likelihood, "LARGE", 1000)
    distances = watched(monkeypatch, len(data))
    fit = fitted(family, data, **how)
    assert len(distances) <= 5
    assert fit.vcov.to_numpy() == pytest.approx(expected.vcov.to_numpy(), rel=1e-8)


def test_slopes_along_a_spline_stay_inside_the_data():
    """Equal to differences of predictions, as R's splines allow no step outside."""
    fit = participation.fit(PEOPLE, "votes ~ bs(age, df=4)", conf_level=0.9)
    effect = participation.average_marginal_effects(fit)["estimate"][0]
    _, design = _formula.read("votes ~ bs(age, df=4)", PEOPLE)
    everyone, h = slice(0, 600), 1e-3
    ages = PEOPLE["age"].to_numpy(float)
    inside = ages.clip(ages.min() + h, ages.max() - h)
    rows = design.rows(everyone)
    theta = fit.table["estimate"].to_numpy()
    chance = [
        1 / (1 + np.exp(-theta @ design.changed(everyone, {"age": inside + d}, rows)))
        for d in (h, -h)
    ]
    assert effect == pytest.approx(np.mean(chance[0] - chance[1]) / (2 * h), rel=1e-3)
    with pytest.raises(ValueError, match="no variable whose effect"):
        participation.average_marginal_effects(participation.fit(PEOPLE, "votes ~ 1"))


def test_funnel_takes_nullable_booleans_whose_later_stages_were_not_asked():
    people = pd.DataFrame(
        {
            "attends": pd.array([True, True, False, False], dtype="boolean"),
            "speaks": pd.array([True, False, None, None], dtype="boolean"),
        }
    )
    table = participation.funnel(people, stages=["attends", "speaks"])
    assert table["estimate"].tolist() == [0.5, 0.5, 0.25, 0.5]
