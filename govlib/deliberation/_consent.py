"""Will this stairwell agree, and what offer changes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import special

from govlib import _validate
from govlib.deliberation._chances import pass_probability
from govlib.deliberation._costs import Scheme, cost_shares, read_floors
from govlib.deliberation._exact import chance
from govlib.deliberation._votes import Rule, owners

SCHEMES: tuple[Scheme, ...] = ("guangzhou", "steep", "equal", "shapley")


@dataclass(frozen=True, slots=True)
class ConsentParameters:
    """
    Weights of the utility in :func:`consent`, in log odds of agreeing.

    The default values are teaching assumptions, not estimates.

    Attributes
    ----------
    intercept : float
        Of the average owner on the ground floor, before its loss.
    climb : float
        Gain per storey that need not be climbed.
    cost : float
        Loss per 10,000 yuan paid, and gain per 10,000 received.
    loss_first, loss_second : float
        Loss of light, quiet and price on the ground floor and on the second.
    hall : float
        Effect of talks in a good-neighbour deliberation hall.
    hall_low : float
        The same in addition on the two lowest floors, whose concerns are heard.
    frailty : float
        Further gain per storey for whom stairs are hard.
    frail_mean : float
        Frailty of the average owner, to whom the other values belong.
    """

    intercept: float = -0.3
    climb: float = 0.79
    cost: float = 0.4
    loss_first: float = 1.8
    loss_second: float = 0.66
    hall: float = 0.78
    hall_low: float = 0.55
    frailty: float = 0.3
    frail_mean: float = 0.25


DEFAULT = ConsentParameters()


@dataclass(frozen=True, slots=True)
class OfferSearch:
    """
    Offers compared, as returned by :func:`cheapest_offer`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per offer: ``scheme``, ``compensation`` (yuan to each compensated
        flat), ``total_compensation``, ``pass_probability``, ``reaches_target``.
        Sorted: cheapest first, of equally cheap ones the likeliest to pass.
    flats : pandas.DataFrame
        The chosen offer, one row per flat: the flat, ``floor``, ``payment``,
        ``probability`` of agreeing.
    scheme : str
        Scheme chosen.
    compensation, pass_probability : float
        Of the chosen offer.
    reaches_target : bool
        False if no offer does; the chosen one is then the likeliest to pass.
    target : float
        As given.
    """

    table: pd.DataFrame
    flats: pd.DataFrame
    scheme: str
    compensation: float
    pass_probability: float
    reaches_target: bool
    target: float

    def __str__(self) -> str:
        best = (
            f"{self.scheme} with {self.compensation:,.0f} yuan to each compensated "
            f"flat passes with probability {self.pass_probability:.1%}"
        )
        if self.reaches_target:
            return f"cheapest offer that reaches {self.target:.0%}: {best}"
        return f"no offer reaches {self.target:.0%}; the likeliest: {best}"


def consent(
    data: pd.DataFrame,
    *,
    floor: str,
    payment: str,
    hall: str | bool = False,
    frail: str | None = None,
    parameters: ConsentParameters = DEFAULT,
) -> pd.DataFrame:
    r"""
    Find the chance that the owner of each flat agrees to a lift.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per flat.
    floor : str
        Column of floors, whole numbers from 1.
    payment : str
        Column of what the flat pays in yuan, below zero if it is compensated; such as
        ``payment`` of :func:`cost_shares`.
    hall : str or bool, default False
        Whether talks were held in a deliberation hall: for all, or a column of true
        and false.
    frail : str, optional
        Column of how hard stairs are, from 0 to 1. Default: everyone is average.
    parameters : ConsentParameters
        Weights of the utility.

    Returns
    -------
    pandas.DataFrame
        One row per row of `data`, with its index: ``floor``, ``payment``,
        ``utility`` (log odds), ``probability``.

    Raises
    ------
    TypeError
        If `data` is no DataFrame, a column is not named, or `parameters` is of
        another kind.
    ValueError
        If a column is unknown or has missing values, a floor is not a whole number
        from 1, or `hall` or `frail` is outside 0 to 1.

    See Also
    --------
    pass_probability : From these chances to the vote.

    Notes
    -----
    With floor f, payment m in 10,000 yuan, hall h and frailty r, the log odds of
    agreeing are :math:`\alpha + (\beta + \gamma (r - \bar r))(f - 1) - \kappa m -
    \lambda_1 1[f = 1] - \lambda_2 1[f = 2] + h(\eta + \eta_L 1[f \le 2])`.

    The logit is a random-utility model [1]_; its default weights are a teaching
    assumption. For six floors of two flats, 420,000 yuan and coefficients 0, 0.5, 1,
    1.1, 1.2, 1.3 they give .11, .27, .41, .56, .71, .82 by floor, and with the hall
    .32, .58, .60, .74, .84, .91. Owners who follow each other are left to
    `correlation` in :func:`pass_probability`.

    References
    ----------
    .. [1] McFadden, D. (1974). Conditional logit analysis of qualitative choice
       behavior. In P. Zarembka (ed.), Frontiers in econometrics. Academic Press.

    Examples
    --------
    >>> flats = pd.DataFrame({"floor": [1, 6], "payment": [0, 53_529]})
    >>> consent(flats, floor="floor", payment="payment")["probability"].round(
    ...     2
    ... ).tolist()
    [0.11, 0.82]
    """
    _validate.frame(data)
    if not isinstance(parameters, ConsentParameters):
        raise TypeError(
            f"parameters= takes a ConsentParameters, not {type(parameters).__name__}"
        )
    floors = read_floors(data, floor)
    pays = _validate.numeric(
        _validate.complete(_validate.column(data, payment, "payment"))
    ).to_numpy()
    talks = chance(data, hall if isinstance(hall, str) else float(hall), "hall")
    p, above, low = parameters, floors - 1, floors <= 2
    utility = p.intercept + p.climb * above - p.cost * pays / 10_000
    utility = utility - p.loss_first * (floors == 1) - p.loss_second * (floors == 2)
    utility = utility + talks * (p.hall + p.hall_low * low)
    if frail is not None:
        utility += p.frailty * (chance(data, frail, "frail") - p.frail_mean) * above
    columns = {
        "floor": floors,
        "payment": pays,
        "utility": utility,
        "probability": special.expit(utility),
    }
    return pd.DataFrame(columns, index=data.index)


def cheapest_offer(
    data: pd.DataFrame,
    *,
    unit: str,
    floor: str,
    owner: str,
    area: str,
    cost: float,
    subsidy: float = 0,
    schemes: Sequence[Scheme] | Mapping[str, Mapping[int, float]] = SCHEMES,
    compensations: Sequence[float] = tuple(range(0, 35_000, 5_000)),
    compensated_floors: Sequence[int] = (1,),
    paid_by: Literal["flats", "outside"] = "flats",
    target: float = 0.5,
    probability: str | None = None,
    turnout: str | float = 1.0,
    correlation: float = 0.0,
    hall: str | bool = False,
    frail: str | None = None,
    parameters: ConsentParameters = DEFAULT,
    matter: int = 7,
    rule: Rule = "civil_code",
) -> OfferSearch:
    """
    Find the cheapest compensation, and the coefficients, with which a vote passes.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per flat of one stairwell; no tenants and no parking spaces.
    unit, floor, owner, area : str
        Columns of flats, floors, owners and exclusive areas.
    cost, subsidy : float
        Yuan, as in :func:`cost_shares`.
    schemes : sequence of str, or mapping
        Coefficients to try: names as in :func:`floor_coefficients`, or a name for
        each mapping of floors to coefficients. Default: four common schemes.
    compensations : sequence of float
        Yuan to try for each compensated flat. Default: 0 to 30,000 by 5,000.
    compensated_floors : sequence of int, default (1,)
        Floors whose flats are compensated.
    paid_by : {"flats", "outside"}
        Default ``"flats"``: the neighbours raise the compensation, and like the lift
        less for it. ``"outside"``: a fund pays.
    target : float, default 0.5
        Probability of passing to be reached.
    probability : str, optional
        Column of the probability that the owner agrees, if taking part, to the first
        scheme without compensation. Default: that of :func:`consent`.
    turnout, correlation : str or float, float
        As in :func:`pass_probability`.
    hall, frail, parameters : various
        As in :func:`consent`. With `probability`, only the weight of money is used.
    matter, rule : int, str
        As in :func:`vote`.

    Returns
    -------
    OfferSearch
        ``.table`` of all offers, ``.flats`` of the chosen one.

    Raises
    ------
    TypeError, ValueError
        For everything that :func:`cost_shares`, :func:`consent` and
        :func:`pass_probability` refuse, or if there is nothing to try.

    See Also
    --------
    pass_probability : The chance that one offer passes.

    Notes
    -----
    Every scheme is tried with every compensation, and of those that reach `target`
    the one with the least money is taken. What passes most easily is not for that
    the fairest. An owner of several flats decides by their mean utility.

    Examples
    --------
    Six floors of two flats; talks have been held and a fund pays the compensation:

    >>> flats = pd.DataFrame({"flat": range(12), "area": 80})
    >>> flats["floor"] = flats["flat"] // 2 + 1
    >>> found = cheapest_offer(
    ...     flats,
    ...     unit="flat",
    ...     floor="floor",
    ...     owner="flat",
    ...     area="area",
    ...     cost=700_000,
    ...     subsidy=280_000,
    ...     hall=True,
    ...     paid_by="outside",
    ... )
    >>> found.scheme, found.compensation, round(found.pass_probability, 3)
    ('shapley', 15000.0, 0.501)
    """
    _validate.frame(data)
    _validate.choice(paid_by, ("flats", "outside"), "paid_by")
    target = _validate.between(target, 0, 1, "target=")
    tried = schemes if isinstance(schemes, Mapping) else {s: s for s in schemes}
    if not tried or not len(compensations) or data.empty:
        raise ValueError("there is nothing to try; give flats, schemes, compensations")
    floors = read_floors(data, floor)
    paid = np.isin(floors, list(compensated_floors))
    outside = paid_by == "outside"
    rows, offers = [], []
    for scheme, coefficients in tried.items():
        for yuan in compensations:
            shares = cost_shares(
                data,
                unit=unit,
                floor=floor,
                cost=cost,
                subsidy=subsidy,
                scheme=coefficients,
                compensation=dict.fromkeys(compensated_floors, 0 if outside else yuan),
            )
            rows.append(shares["payment"].to_numpy() - paid * yuan * outside)
            offers.append((scheme, float(yuan), float(paid.sum() * yuan)))
    pays = np.array(rows)
    if probability is None:
        long = pd.concat([data] * len(offers), ignore_index=True)
        long["payment"] = pays.ravel()
        found = consent(
            long,
            floor=floor,
            payment="payment",
            hall=hall,
            frail=frail,
            parameters=parameters,
        )
        utility = found["utility"].to_numpy().reshape(pays.shape)
    else:
        plain = cost_shares(
            data,
            unit=unit,
            floor=floor,
            cost=cost,
            subsidy=subsidy,
            scheme=next(iter(tried.values())),
        )
        more = (pays - plain["payment"].to_numpy()) / 10_000
        utility = special.logit(chance(data, probability, "probability"))
        utility = utility - parameters.cost * more
    of, _ = owners(data, owner, np.zeros(len(data), dtype=np.int64))
    members = np.eye(of.max() + 1)[of]
    # One owner has one opinion: the mean over the flats.
    chances = special.expit(utility @ members / members.sum(axis=0))[:, of]
    ballots = pd.DataFrame(
        {
            "offer": np.repeat(np.arange(len(offers)), len(data)),
            "owner": np.tile(data[owner], len(offers)),
            "area": np.tile(_validate.column(data, area, "area"), len(offers)),
            "turnout": np.tile(chance(data, turnout, "turnout"), len(offers)),
            "probability": chances.ravel(),
        }
    )
    passes = pass_probability(
        ballots,
        probability="probability",
        owner="owner",
        area="area",
        group="offer",
        turnout="turnout",
        correlation=correlation,
        matter=matter,
        rule=rule,
    )["pass_probability"].to_numpy()
    names = ["scheme", "compensation", "total_compensation"]
    table = pd.DataFrame(offers, columns=names)
    table["pass_probability"] = passes
    table["reaches_target"] = passes >= target
    order = np.lexsort((-passes, table["total_compensation"]))
    enough = order[passes[order] >= target]
    best = int(enough[0]) if enough.size else int(order[np.argmax(passes[order])])
    columns = {
        unit: data[unit].to_numpy(),
        "floor": floors,
        "payment": pays[best],
        "probability": chances[best],
    }
    return OfferSearch(
        table=table.iloc[order].reset_index(drop=True),
        flats=pd.DataFrame(columns, index=data.index),
        scheme=str(offers[best][0]),
        compensation=offers[best][1],
        pass_probability=float(passes[best]),
        reaches_target=bool(enough.size),
        target=target,
    )
