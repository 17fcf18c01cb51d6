"""Remedies: interventions on the model, written down as data."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from govlib import _validate

# What a remedy may set, and to what: whole numbers where the limits are whole.
VARIABLES = {
    "activity": (0, 1),
    "delegation": (0, 1),
    "doorstep": (0, 1),
    "functions": (0, 12),
    "hall": (0, 1),
    "households": (300, 20_000),
    "joint_office": (0, 1),
    "layer": (0, 1),
    "lift_compensation": (0, 100_000),
    "lift_support": (0.0, 1.0),
    "lift_targets": (1, 100),
    "lift_teams": (1, 50),
    "mandates": (0, 400),
    "non_local_share": (0.0, 1.0),
    "party_coverage": (0.0, 1.0),
    "platform": (0, 1),
    "role_overlap": (0.0, 1.0),
    "staff": (1, 100),
    "training": (0.0, 1.0),
}


@dataclass(frozen=True, slots=True)
class Remedy:
    """
    An intervention: one variable of named communities is set to a value.

    It replaces the variable's equation, whatever the causes of the variable, and
    leaves every draw of the city as it is: the do-operator of [1]_.

    Attributes
    ----------
    variable : str
        ``"activity"`` or ``"hall"`` (1 if shared activities are held or a deliberation
        hall is open, else 0), ``"mandates"`` and ``"staff"`` of the residents'
        committee, ``"functions"`` within 15 minutes (of 12), ``"non_local_share"``
        (expected share, 0 to 1), ``"households"``, or ``"lift_compensation"`` (yuan for
        each ground-floor flat where a lift is planned), ``"lift_targets"`` of a
        committee under the special plan and ``"lift_support"`` per target (0 to 1: all
        that the plan reckons with).
    value : float
        What the variable is set to.
    communities : tuple of str or None
        Codes of the communities; None means all.
    start : int
        First quarter in which it holds. People and their ties are those of the
        survey's quarter throughout.

    References
    ----------
    .. [1] Pearl, J. (2009). Causality, 2nd ed. Cambridge University Press.

    Examples
    --------
    >>> Remedy("activity", 1, communities=("G-2-03",))
    Remedy(variable='activity', value=1, communities=('G-2-03',), start=1)
    """

    variable: str
    value: float
    communities: tuple[str, ...] | None = None
    start: int = 1


def check(
    remedies: Sequence[Remedy] | None, communities: Collection[str]
) -> tuple[Remedy, ...]:
    """
    Return the remedies if each names a variable, value and places that exist.

    Parameters
    ----------
    remedies : sequence of Remedy, optional
        Interventions.
    communities : collection of str
        Codes of the city's communities.

    Returns
    -------
    tuple of Remedy
        The same remedies.

    Raises
    ------
    TypeError
        If an entry is not a Remedy, or `communities` of one is a single text.
    ValueError
        If a variable or community is not known, a value is out of range, a start
        is not a quarter, or two remedies set one variable of one community from
        the same quarter.

    Examples
    --------
    >>> check(None, ["G-1-01"])
    ()
    """
    given = tuple(remedies or ())
    seen: set[tuple[str, str, int]] = set()
    for remedy in given:
        if not isinstance(remedy, Remedy):
            raise TypeError(
                f"remedies= takes a list of city.Remedy, not {type(remedy).__name__}"
            )
        _validate.choice(remedy.variable, VARIABLES, "variable")
        _validate.between(remedy.value, *VARIABLES[remedy.variable], remedy.variable)
        whole = isinstance(VARIABLES[remedy.variable][0], int)
        if whole and remedy.value != int(remedy.value):
            raise ValueError(
                f"{remedy.variable} takes a whole number, not {remedy.value!r}"
            )
        _validate.count(remedy.start, "start")
        if isinstance(remedy.communities, str):
            raise TypeError(
                f"communities= takes several codes, such as ({remedy.communities!r},)"
            )
        places = communities if remedy.communities is None else remedy.communities
        for place in places:
            _validate.choice(place, communities, "communities")
            key = (remedy.variable, place, remedy.start)
            if key in seen:
                raise ValueError(
                    f"two remedies set {remedy.variable!r} of {place!r} from quarter "
                    f"{remedy.start}; keep one"
                )
            seen.add(key)
    return given


def replaced(
    remedies: Sequence[Remedy],
    variable: str,
    community: str,
    quarter: int,
    value: float,
) -> float:
    """
    Return what a variable is once the remedies have acted on it.

    Parameters
    ----------
    remedies : sequence of Remedy
        Interventions, checked.
    variable, community : str
        The variable, and the place it belongs to.
    quarter : int
        The quarter to look at.
    value : float
        What the variable's own equation gives.

    Returns
    -------
    float
        The value of the remedy that started last, else `value`.

    Examples
    --------
    >>> later = Remedy("activity", 1, start=5)
    >>> replaced([later], "activity", "G-2-03", 4, 0)
    0
    >>> replaced([later], "activity", "G-2-03", 5, 0)
    1
    """
    acting = [
        remedy
        for remedy in remedies
        if remedy.variable == variable
        and remedy.start <= quarter
        and (remedy.communities is None or community in remedy.communities)
    ]
    return max(acting, key=lambda r: r.start).value if acting else value
