"""Votes of owners under art. 278 of the Civil Code, and under older rules."""

import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govlib import _validate
from govlib.deliberation._exact import Ints, add_up, by_group, named, positive, whole

Rule = Literal["civil_code", "property_law", "two_thirds", "ninety_percent"]
Nonvoters = Literal["absent", "with_majority"]

AGREE, OPPOSE, ABSTAIN, SILENT = range(4)
ANSWERS = {
    AGREE: ["agree", "yes", "for", "同意", "赞成"],
    OPPOSE: ["oppose", "no", "against", "disagree", "反对", "不同意"],
    ABSTAIN: ["abstain", "弃权"],
    SILENT: ["not voted", "not_voted", "did not vote", "未投", "未投票", "未参与"],
}
OWNER, TENANT, DEVELOPER = range(3)
TENURES = {
    OWNER: ["owner", "业主"],
    TENANT: ["tenant", "renter", "租户", "租客", "承租人"],
    DEVELOPER: ["developer", "unsold", "开发商", "建设单位", "未售"],
}
COUNTED, PARKING = range(2)
USES = {
    COUNTED: [
        "flat",
        "home",
        "shop",
        "office",
        "other",
        "住宅",
        "商铺",
        "办公",
        "其他",
    ],
    PARKING: ["parking", "garage", "车位", "车库"],
}


@dataclass(frozen=True, slots=True)
class VoteResult:
    """
    Outcome of one or many votes, as returned by :func:`vote`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per vote and test: the vote (in a column called as `group` says, if
        given), ``test``, ``have``, ``of`` (both in owners or in the areas' unit),
        ``share`` (NaN if nobody took part), ``threshold``, ``must_exceed`` (more
        than the threshold, or at least as much), ``need`` (the least that passes, at
        the areas' own decimals), ``lacking`` (``need`` less ``have``, or 0),
        ``passed``. Tests under the Civil Code: ``quorum_area``, ``quorum_number``,
        ``majority_area``, ``majority_number``; older rules have the last two only,
        of all owners.
    votes : pandas.DataFrame
        One row per vote: ``passed``, ``owners``, ``area``, and owners and area by
        answer: ``agree``, ``oppose``, ``abstain``, ``not_voted``, ``agree_area``,
        ``oppose_area``, ``abstain_area``, ``not_voted_area``. These are the answers
        as given, whatever `nonvoters` says. ``more_agree_needed``: how many owners
        more, at least, would have to agree, be it those with the largest areas
        (missing with ``nonvoters="with_majority"``).
    rule, matter : str, int
        As given.
    n_tenants, n_parking : int
        Rows that do not vote: tenants' rows, and parking spaces.
    """

    table: pd.DataFrame
    votes: pd.DataFrame
    rule: str
    matter: int
    n_tenants: int
    n_parking: int

    def __str__(self) -> str:
        won = int(self.votes["passed"].sum())
        return (
            f"{won} of {len(self.votes)} vote(s) passed ({self.rule}, matter "
            f"{self.matter}); {self.n_tenants} row(s) of tenants and {self.n_parking} "
            f"of parking left out"
        )


class Test(NamedTuple):
    """One test of many votes in whole numbers."""

    name: str
    have: Ints
    of: Ints
    threshold: Fraction
    must_exceed: bool

    @property
    def need(self) -> Ints:
        """The least whole number that passes; at least one, so that 0 of 0 fails."""
        up, down = self.threshold.numerator, self.threshold.denominator
        least = (
            self.of * up // down + 1 if self.must_exceed else -(-self.of * up // down)
        )
        return np.maximum(least, 1)

    @property
    def passed(self) -> NDArray[np.bool_]:
        """Whether the test is passed."""
        return self.have >= self.need


def vote(
    data: pd.DataFrame,
    *,
    owner: str,
    area: str,
    answer: str,
    unit: str | None = None,
    group: str | None = None,
    tenure: str | None = None,
    use: str | None = None,
    matter: int = 7,
    rule: Rule = "civil_code",
    nonvoters: Nonvoters = "absent",
    total_area: str | float | None = None,
) -> VoteResult:
    r"""
    Count a vote of owners by area and by number, as art. 278 of the Civil Code asks.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per exclusive unit (flat or shop), voted on or not: the denominators
        are all owners, not those who came.
    owner : str
        Column that says whose the unit is. Whoever has several units in a vote
        counts once, with the area of all, and has one answer.
    area : str
        Column of exclusive areas above zero, of at most six decimals.
    answer : str
        Column of answers: agree (``"agree"``, ``"yes"``, ``"同意"``), oppose
        (``"oppose"``, ``"no"``, ``"反对"``), abstain (``"abstain"``, ``"弃权"``) or
        nothing (``"not voted"``, ``"未投"``). Who abstains takes part without
        agreeing.
    unit : str, optional
        Column of flat numbers, each once in a vote. Needed with tenants.
    group : str, optional
        Column that says which rows vote together: the stairwell, the building, or
        the estate. This is the scope of the vote, and owners are counted anew in
        each. Default: all rows are one vote.
    tenure : str, optional
        Column of ``"owner"`` (业主), ``"tenant"`` (租户) or ``"developer"`` (开发商,
        未售). Tenants' rows do not count, but the owner of their flat must be listed
        too. All units of the developer count as one owner. Default: all are owners.
    use : str, optional
        Column that says what the unit is: ``"parking"`` (车位) does not count,
        ``"flat"`` (住宅), ``"shop"`` (商铺), ``"office"`` (办公) and ``"other"`` do.
        Default: all count.
    matter : int, default 7
        Number of the matter in art. 278: 1 rules of the assembly, 2 covenant, 3
        owners' committee, 4 property company, 5 using the maintenance fund, 6 raising
        it, 7 altering or rebuilding (a lift), 8 changing the use of common parts, 9
        other major matters.
    rule : {"civil_code", "property_law", "two_thirds", "ninety_percent"}
        Default ``"civil_code"``, in force since 2021. For comparison, of all owners:
        ``"property_law"``, art. 76 of 2007; ``"two_thirds"`` and
        ``"ninety_percent"``, local practice for lifts, whatever the matter.
    nonvoters : {"absent", "with_majority"}
        Default ``"absent"``. ``"with_majority"``: who does not vote takes part and
        joins the answer that leads by area and by number (if none leads by both,
        nobody is added). Some covenants said so under the 2009 guidance on owners'
        assemblies, art. 26; whether they may under the Code is contested.
    total_area : str or float, optional
        What the counted areas must add up to: a column, the same throughout a vote,
        or one number without `group`. Default: not checked.

    Returns
    -------
    VoteResult
        ``.table`` has each test with what is lacking, ``.votes`` who won.

    Raises
    ------
    TypeError
        If `data` is no DataFrame or a column is not named.
    ValueError
        If a column is unknown or has missing values; an area is not above zero or
        has too many decimals; a flat has two rows; an owner gives two answers or is
        written in two ways; a word is not known; a tenant's flat has no owner; areas
        do not add up to `total_area`; or nobody took part in any vote.

    See Also
    --------
    pass_probability : Chance of passing before the vote.

    Notes
    -----
    Under the Code [1]_ owners of at least two thirds of the area and at least two
    thirds of the number must take part. Matters 6 to 8 need at least three quarters
    of the area and of the number *that took part*, the others more than half. "以上"
    includes the number itself and "过半数" must exceed half (art. 1259). So matter 7
    may pass with half of all owners, and a neighbour who stays at home instead of
    voting no helps the yes once the quorum is safe.

    Property Law [2]_: at least two thirds of all for raising or using the fund and
    for rebuilding (matters 5, 6, 7 above), more than half of all for the others.
    Who counts as one owner follows [3]_. The share of ``"ninety_percent"`` is asked
    of area and number alike.

    Areas are whole numbers of their last decimal and thresholds are compared as
    whole numbers, so nothing is rounded.

    References
    ----------
    .. [1] Civil Code of the People's Republic of China (2020), art. 278 and 1259.
    .. [2] Property Law of the People's Republic of China (2007), art. 76.
    .. [3] Supreme People's Court, Interpretation on disputes over condominium
       ownership (2009, amended 2020), art. 8 and 9.

    Examples
    --------
    Twelve owners of 80 square metres; nine take part and seven agree:

    >>> stairwell = pd.DataFrame(
    ...     {
    ...         "owner": range(12),
    ...         "area": 80,
    ...         "answer": ["同意"] * 7 + ["反对"] * 2 + ["未投"] * 3,
    ...     }
    ... )
    >>> lift = vote(stairwell, owner="owner", area="area", answer="answer")
    >>> lift.table[["test", "have", "of", "need", "lacking", "passed"]]
                  test   have     of   need  lacking  passed
    0      quorum_area  720.0  960.0  640.0      0.0    True
    1    quorum_number    9.0   12.0    8.0      0.0    True
    2    majority_area  560.0  720.0  540.0      0.0    True
    3  majority_number    7.0    9.0    7.0      0.0    True

    One of the three who stayed at home comes and says no:

    >>> stairwell.loc[9, "answer"] = "反对"
    >>> lift = vote(stairwell, owner="owner", area="area", answer="answer")
    >>> lift.votes[["passed", "agree", "oppose", "not_voted", "more_agree_needed"]]
       passed  agree  oppose  not_voted  more_agree_needed
    0   False      7       3          2                  1
    """
    _validate.frame(data)
    check_rule(rule, matter, nonvoters)
    home, names = by_group(data, group)
    tenures = np.full(len(data), OWNER)
    if tenure is not None:
        tenures = _words(_validate.column(data, tenure, "tenure"), TENURES, "tenure")
    uses = np.full(len(data), COUNTED)
    if use is not None:
        uses = _words(_validate.column(data, use, "use"), USES, "use")
    tenant, parking = tenures == TENANT, uses == PARKING
    kept = ~tenant & ~parking
    _check_units(data, unit, home, tenant & ~parking, kept)
    home, listed = home[kept], data[kept]
    nobody = np.bincount(home, minlength=len(names)) == 0
    if nobody.any():
        where = "" if group is None else f" in {_validate.listing(names[nobody])}"
        raise ValueError(
            f"data lists no owner of a unit that counts{where}, so nobody may vote"
        )
    areas, digits = whole(positive(_validate.column(listed, area, "area"), "area"))
    votes = _words(_validate.column(listed, answer, "answer"), ANSWERS, "answer")
    if (votes == SILENT).all():
        raise ValueError(
            f"nobody took part: data column {answer!r} (answer=) holds no vote of an "
            f"owner; is it the right column?"
        )
    if total_area is not None:
        _check_total(listed, total_area, group, home, names, areas, digits)
    persons, first = owners(listed, owner, home, tenures[kept] == DEVELOPER)
    two = votes != votes[first][persons]
    if two.any():
        who = listed[owner][two].unique()
        raise ValueError(
            f"{len(who)} owner(s) give different answers for their flats: "
            f"{_validate.listing(who)}; an owner counts once, so give all their flats "
            f"one answer (the developer's unsold flats too)"
        )
    shape = len(names), 4
    at = home * 4 + votes
    by_area = add_up(at, areas, shape)
    by_number = add_up(at[first], np.ones(len(first), dtype=np.int64), shape)
    tests = run_tests(by_number, by_area, rule, matter, nonvoters)
    passed = np.logical_and.reduce([test.passed for test in tests])
    columns = {
        "passed": passed,
        "owners": by_number.sum(axis=1),
        "area": by_area.sum(axis=1) / 10**digits,
    }
    answers = ["agree", "oppose", "abstain", "not_voted"]
    columns |= dict(zip(answers, by_number.T, strict=True))
    columns |= {f"{a}_area": by_area[:, k] / 10**digits for k, a in enumerate(answers)}
    more = pd.Series(pd.NA, index=range(len(names)), dtype="Int64")
    if nonvoters == "absent":
        of_owner, given = add_up(persons, areas, first.shape), votes[first]
        lost = np.flatnonzero(~passed)
        more[:] = 0
        more[lost] = [
            _more_needed(given[mine], of_owner[mine], rule, matter)
            for mine in _members(home[first], lost)
        ]
    columns["more_agree_needed"] = more
    return VoteResult(
        table=_tests_table(tests, digits, group, names),
        votes=named(pd.DataFrame(columns), group, names),
        rule=rule,
        matter=int(matter),
        n_tenants=int(tenant.sum()),
        n_parking=int((parking & ~tenant).sum()),
    )


def check_rule(rule: str, matter: int, nonvoters: str) -> None:
    """Refuse unknown rules, matters and treatments of silence."""
    _validate.choice(rule, get_args(Rule), "rule")
    _validate.choice(nonvoters, get_args(Nonvoters), "nonvoters")
    _validate.count(matter, "matter")
    _validate.choice(matter, range(1, 10), "matter")


def run_tests(
    by_number: Ints, by_area: Ints, rule: Rule, matter: int, nonvoters: Nonvoters
) -> list[Test]:
    """Return each test of votes given as owners and areas by answer, shape (G, 4)."""
    silent_joins = np.zeros(len(by_number), dtype=bool)
    silent_agrees = silent_joins
    if nonvoters == "with_majority":
        ahead = np.ones((len(by_number), 3), dtype=bool)
        for votes in (by_number, by_area):
            for k in range(3):
                others = np.delete(votes[:, :3], k, axis=1).max(axis=1)
                ahead[:, k] &= votes[:, k] > others
        silent_joins, silent_agrees = ahead.any(axis=1), ahead[:, AGREE]
    tests = []
    for what, votes in (("area", by_area), ("number", by_number)):
        everyone, silent = votes.sum(axis=1), votes[:, SILENT]
        took_part = everyone - np.where(silent_joins, 0, silent)
        agree = votes[:, AGREE] + np.where(silent_agrees, silent, 0)
        if rule == "civil_code":
            tests.append(
                Test(f"quorum_{what}", took_part, everyone, Fraction(2, 3), False)
            )
        base = took_part if rule == "civil_code" else everyone
        tests.append(Test(f"majority_{what}", agree, base, *_majority(rule, matter)))
    return sorted(tests, key=lambda test: test.name.startswith("majority"))


def _members(home: Ints, votes: Ints) -> list[Ints]:
    """Return the owners of each of these votes."""
    order = np.argsort(home, kind="stable")
    start, stop = (np.searchsorted(home[order], votes, s) for s in ("left", "right"))
    return [order[i:j] for i, j in zip(start, stop, strict=True)]


def _more_needed(answers: Ints, areas: Ints, rule: Rule, matter: int) -> int:
    """Return the least number of owners who would have to change to agree."""
    # Whoever came and did not agree, or stayed at home; of each kind the largest
    # first, as nobody else would help more. All ways to split the change are tried.
    came, home = (
        np.concatenate(([0], np.cumsum(-np.sort(-areas[who]))))
        for who in ((answers == OPPOSE) | (answers == ABSTAIN), answers == SILENT)
    )
    x, y = (grid.ravel() for grid in np.indices((len(came), len(home))))
    tables = []
    for first, second, agree in (
        (np.arange(len(came)), np.arange(len(home)), (answers == AGREE).sum()),
        (came, home, areas[answers == AGREE].sum()),
    ):
        table = np.zeros((len(x), 4), dtype=np.int64)
        table[:, AGREE] = agree + first[x] + second[y]
        table[:, OPPOSE] = first[-1] - first[x]
        table[:, SILENT] = second[-1] - second[y]
        tables.append(table)
    tests = run_tests(*tables, rule, matter, "absent")
    enough = np.logical_and.reduce([test.passed for test in tests])
    return int((x + y)[enough].min())


def _majority(rule: Rule, matter: int) -> tuple[Fraction, bool]:
    """Return the share of agreement and whether it must be exceeded."""
    if rule == "two_thirds":
        return Fraction(2, 3), False
    if rule == "ninety_percent":
        return Fraction(9, 10), False
    if rule == "civil_code" and matter in {6, 7, 8}:
        return Fraction(3, 4), False
    # The Property Law had using and raising the fund as one matter, with rebuilding.
    if rule == "property_law" and matter in {5, 6, 7}:
        return Fraction(2, 3), False
    return Fraction(1, 2), True


def _tests_table(
    tests: list[Test], digits: int, group: str | None, names: pd.Index
) -> pd.DataFrame:
    """Return one row per vote and test."""
    parts = []
    for k, test in enumerate(tests):
        scale = 10**digits if test.name.endswith("area") else 1
        share = np.full(len(names), np.nan)
        np.divide(test.have, test.of, out=share, where=test.of > 0)
        columns = {
            "test": test.name,
            "have": test.have / scale,
            "of": test.of / scale,
            "share": share,
            "threshold": float(test.threshold),
            "must_exceed": test.must_exceed,
            "need": test.need / scale,
            "lacking": np.maximum(test.need - test.have, 0) / scale,
            "passed": test.passed,
        }
        part = pd.DataFrame(columns, index=np.arange(len(names)) * len(tests) + k)
        parts.append(named(part, group, names))
    return pd.concat(parts).sort_index()


def owners(
    data: pd.DataFrame,
    owner: str,
    home: Ints,
    developer: NDArray[np.bool_] | None = None,
) -> tuple[Ints, Ints]:
    """Return the number of each row's owner in its vote, and each owner's first row."""
    ids = _validate.column(data, owner, "owner")
    if developer is None:
        developer = np.zeros(len(data), dtype=bool)
    codes, levels = pd.factorize(_validate.complete(ids[~developer]))
    plain = pd.Series([_plain(level) for level in levels])
    alike = plain.duplicated(keep=False).to_numpy()
    if alike.any():
        raise ValueError(
            f"data column {owner!r} (owner=) seems to write an owner in two ways, who "
            f"would count twice: {_validate.listing(levels[alike])}; give each one "
            f"spelling"
        )
    person = np.full(len(data), len(levels), dtype=np.int64)
    person[~developer] = codes
    _, first, number = np.unique(
        home * (len(levels) + 1) + person, return_index=True, return_inverse=True
    )
    return number, first


def _plain(word: object) -> object:
    """Return text without what the eye does not see: width and blanks."""
    if not isinstance(word, str):
        return word
    return "".join(unicodedata.normalize("NFKC", word).split())


def _words(values: pd.Series, known: dict[int, list[str]], argument: str) -> Ints:
    """Return the code of each word, or list the words that are not known."""
    codes, levels = pd.factorize(_validate.complete(values))
    meaning = {word: code for code, words in known.items() for word in words}
    # A blank inside "not voted" matters no more than its case.
    meaning |= {word.replace(" ", ""): code for word, code in meaning.items()}
    plain = [str(_plain(level)).casefold() for level in levels]
    unknown = [
        level for level, word in zip(levels, plain, strict=True) if word not in meaning
    ]
    if unknown:
        words = [word for some in known.values() for word in some]
        raise ValueError(
            f"data column {values.name!r} ({argument}=) holds {len(unknown)} unknown "
            f"word(s): {_validate.listing(unknown)}"
            f"{_validate.nearest(unknown[0], words)}; use one of "
            f"{_validate.listing(words, 30)}"
        )
    return np.array([meaning[word] for word in plain], dtype=np.int64)[codes]


def _check_units(
    data: pd.DataFrame,
    unit: str | None,
    home: Ints,
    tenant: NDArray[np.bool_],
    kept: NDArray[np.bool_],
) -> None:
    """Refuse flats with two rows and rented flats without their owner."""
    if unit is None:
        if tenant.any():
            raise ValueError(
                f"data lists {int(tenant.sum())} tenant(s), who have no vote; name the "
                f"column of flats as unit=, so that the owner of each can be found"
            )
        return
    flats = _validate.complete(_validate.column(data, unit, "unit"))
    keys = pd.Series(list(zip(home, flats, strict=True)), index=data.index)
    again = keys[kept].duplicated()
    if again.any():
        raise ValueError(
            f"data column {unit!r} (unit=) has {int(again.sum())} flat(s) with two "
            f"votes: {_validate.listing(flats[kept][again].unique())}; joint owners "
            f"have one vote, so keep one row per flat"
        )
    alone = tenant & ~keys.isin(set(keys[kept])).to_numpy()
    if alone.any():
        raise ValueError(
            f"{int(alone.sum())} flat(s) are listed with a tenant only, who has no "
            f"vote: {_validate.listing(flats[alone])}; add a row for the owner, with "
            f"the answer 'not voted' if there is none"
        )


def _check_total(
    data: pd.DataFrame,
    total: str | float,
    group: str | None,
    home: Ints,
    names: pd.Index,
    areas: Ints,
    digits: int,
) -> None:
    """Refuse areas that do not add up to what the register says."""
    if isinstance(total, str):
        stated, more = whole(_validate.column(data, total, "total_area"))
    elif group is not None:
        raise TypeError(
            "total_area= takes one number for one vote; with group= name a column that "
            "holds the total of each"
        )
    else:
        number = _validate.between(total, 0, np.inf, "total_area=")
        stated, more = whole(pd.Series([number], name="total_area"))
        stated = np.broadcast_to(stated, home.shape)
    have = add_up(home, areas, (len(names),))[home] * 10 ** max(more - digits, 0)
    wrong = have != stated * 10 ** max(digits - more, 0)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        where = "" if group is None else f" of {_validate.listing([names[home[row]]])}"
        raise ValueError(
            f"the areas{where} add up to {have[row] / 10 ** max(more, digits):,}, not "
            f"to the stated total of {stated[row] / 10**more:,}; look for a flat that "
            f"is missing or listed twice"
        )
