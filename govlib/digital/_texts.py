"""Needs in Chinese request texts: terms, their weights, and what sets groups apart."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from govlib import _columns, _validate

Array = NDArray[np.float64]
Tokeniser = Callable[[str], Iterable[str]]
# Runs of Chinese characters, and of Latin letters or digits, are read apart.
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
_LATIN = re.compile(r"[a-z0-9]+")


def bigrams(text: str) -> list[str]:
    """
    Cut a text into pairs of neighbouring Chinese characters.

    Chinese writes no spaces between words, and most words have two characters. Pairs
    find them without a dictionary, along with pairs that are no words.

    Parameters
    ----------
    text : str
        Any text. A run of Latin letters or digits is one term in lower case; signs
        part runs; a single Chinese character between signs is a term of its own.

    Returns
    -------
    list of str
        The terms in order, repeated ones included.

    See Also
    --------
    term_weights : What terms are worth.

    Examples
    --------
    >>> from govlib import digital
    >>> digital.bigrams("楼道灯不亮，已报12345")
    ['楼道', '道灯', '灯不', '不亮', '已报', '12345']
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be a string, not {type(text).__name__}")
    out = []
    for run in re.finditer(f"{_HAN.pattern}|{_LATIN.pattern}", text.lower()):
        word = run.group()
        if len(word) == 1 or not _HAN.match(word):
            out.append(word)
        else:
            out += [word[i : i + 2] for i in range(len(word) - 1)]
    return out


def _terms(
    data: pd.DataFrame, text: str, tokenise: Tokeniser | None, stop: Iterable[str]
) -> list[Counter[str]]:
    """Return the terms of each text with their counts."""
    values = _columns.complete(data, text, "text")
    wrong = [i for i, v in zip(values.index, values, strict=True) if not _is_text(v)]
    if wrong:
        raise ValueError(
            f"data column {text!r} (text=) must hold text, but row(s) "
            f"{_validate.listing(wrong)} hold something else"
        )
    empty = values.map(lambda value: not value.strip())
    if empty.any():
        raise ValueError(
            f"data column {text!r} (text=) has {int(empty.sum())} empty text(s) in "
            f"row(s) {_validate.listing(values.index[empty])}; drop these rows first"
        )
    cut = bigrams if tokenise is None else tokenise
    if not callable(cut):
        raise TypeError(
            f"tokenise= takes a function from a text to its terms, such as rjieba.cut, "
            f"not {type(cut).__name__}"
        )
    if isinstance(stop, str):
        raise TypeError(f"stop= takes a list of terms, not one text: {stop!r}")
    left_out = set(stop)
    out = []
    for value in values:
        found: Any = cut(value)
        if isinstance(found, str):
            raise TypeError(
                "tokenise= must return a list of terms, not one text; use a function "
                "such as rjieba.cut"
            )
        # A tokeniser of words returns signs and spaces, too: they are no terms.
        terms = (term.strip().lower() for term in found)
        out.append(
            Counter(t for t in terms if t not in left_out and re.search(r"\w", t))
        )
    if not any(out):
        raise ValueError(
            f"no text of {text!r} has a term left; check the column, tokenise= and "
            f"stop="
        )
    return out


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _counts(terms: list[Counter[str]]) -> tuple[sparse.csr_array, list[str]]:
    """Return a text-by-term table of counts, and the terms in order."""
    names = sorted(set().union(*terms))
    place = {name: i for i, name in enumerate(names)}
    rows = np.repeat(np.arange(len(terms)), [len(counter) for counter in terms])
    columns = [place[name] for counter in terms for name in counter]
    values = [float(n) for counter in terms for n in counter.values()]
    return sparse.csr_array((values, (rows, columns)), (len(terms), len(names))), names


def term_weights(
    data: pd.DataFrame,
    *,
    text: str,
    group: str | None = None,
    tokenise: Tokeniser | None = None,
    stop: Iterable[str] = (),
    least_texts: int = 2,
    most_terms: int = 10,
) -> pd.DataFrame:
    r"""
    List the terms that say most about request texts, by TF-IDF.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per request.
    text : str
        Column of texts, none missing or empty.
    group : str, optional
        Column of groups, such as age or platform; each has its own list.
    tokenise : callable, optional
        Function from a text to its terms, such as ``rjieba.cut``. By default pairs of
        characters, :func:`bigrams`, which need no package.
    stop : iterable of str, optional
        Terms to leave out, such as "请问". Signs are left out anyway.
    least_texts : int, default 2
        A term must be in so many texts of the whole table.
    most_terms : int, default 10
        Terms per group.

    Returns
    -------
    pandas.DataFrame
        Per group the terms in order of weight: ``term``; ``estimate``, the mean
        TF-IDF over the group's texts (0 to 1); ``texts``, in how many of them it is;
        ``share`` of them. Ties are in the order of the terms.

    Raises
    ------
    TypeError
        If `data` is no DataFrame, or `tokenise` is no function that returns terms.
    ValueError
        If a column is unknown or has missing values; a text is empty; no term is left.

    See Also
    --------
    group_terms : Terms that one group uses more than the others.

    Notes
    -----
    With :math:`f_{ti}` the number of times term t is in text i, n texts and
    :math:`d_t` of them with t, the weight is :math:`f_{ti} (1 + \ln((1 + n) / (1 +
    d_t)))`, each text scaled to Euclidean length one: the smooth form of [1]_ that
    scikit-learn uses. Document frequencies come from the whole table, so that lists of
    groups can be compared.

    References
    ----------
    .. [1] Salton, G. and Buckley, C. (1988). Term-weighting approaches in automatic
       text retrieval. Information Processing and Management 24(5), 513-523.

    Examples
    --------
    >>> from govlib import digital
    >>> log = pd.DataFrame({"text": ["楼道灯不亮", "楼道堆物", "楼道灯坏"]})
    >>> digital.term_weights(log, text="text", most_terms=2)
      term  estimate  texts  share
    0   楼道      0.74      3   1.00
    1   道灯      0.53      2   0.67
    """
    if _validate.frame(data).empty:
        raise ValueError("data has no rows, so there is no text to read")
    _validate.count(least_texts, "least_texts")
    _validate.count(most_terms, "most_terms")
    counts, names = _counts(_terms(data, text, tokenise, stop))
    texts_with = np.diff(counts.tocsc().indptr)
    idf = 1 + np.log((1 + len(data)) / (1 + texts_with))
    # Terms that are too rare are no terms at all, before texts get their length.
    kept = np.flatnonzero(texts_with >= least_texts)
    if not kept.size:
        raise ValueError(
            f"no term is in {least_texts} text(s) or more; lower least_texts="
        )
    counts, idf = counts[:, kept], idf[kept]
    names = [names[i] for i in kept]
    weighted = counts.multiply(idf[None, :]).tocsr()
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    scale = np.divide(1, length, out=np.zeros(length.size), where=length > 0)
    weighted = sparse.diags_array(scale) @ weighted
    tables = []
    for name, members in _groups(data, group):
        mean = np.asarray(weighted[members].mean(axis=0)).ravel()
        with_term = np.diff(counts[members].tocsc().indptr)
        order = np.lexsort((np.arange(mean.size), -mean.round(12)))[:most_terms]
        order = order[mean[order] > 0]
        table = pd.DataFrame(
            {
                "term": [names[i] for i in order],
                "estimate": mean[order],
                "texts": with_term[order],
                "share": with_term[order] / members.size,
            }
        )
        if group is not None:
            table.insert(0, group, name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _groups(
    data: pd.DataFrame, group: str | None
) -> list[tuple[object, NDArray[np.intp]]]:
    if group is None:
        return [(None, np.arange(len(data)))]
    values = _columns.complete(data, group, "group")
    found = pd.Categorical(values).remove_unused_categories()
    return [
        (level, np.flatnonzero(found.codes == i))
        for i, level in enumerate(found.categories)
    ]


def group_terms(
    data: pd.DataFrame,
    *,
    text: str,
    group: str,
    tokenise: Tokeniser | None = None,
    stop: Iterable[str] = (),
    least_texts: int = 5,
    most_terms: int = 10,
) -> pd.DataFrame:
    r"""
    List the terms that one group's requests hold more often than the others'.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per request.
    text, group : str
        Columns of texts and of two or more groups.
    tokenise : callable, optional
        Function from a text to its terms; by default :func:`bigrams`.
    stop : iterable of str, optional
        Terms to leave out.
    least_texts : int, default 5
        A term must be in so many texts of the whole table.
    most_terms : int, default 10
        Terms per group.

    Returns
    -------
    pandas.DataFrame
        Per group, terms in order of ``statistic``: ``term``; ``share`` of the group's
        texts that hold it and ``share_others``; ``estimate``, the log odds ratio;
        ``std_error``; ``statistic``, their quotient. Only terms that the group uses
        more.

    Raises
    ------
    TypeError
        If `data` is no DataFrame, or `tokenise` is no function that returns terms.
    ValueError
        If a column is unknown or has missing values; a text is empty; there is one
        group; no term is in enough texts.

    See Also
    --------
    term_weights : Terms that say most about texts.

    Notes
    -----
    Texts, not terms, are counted: a request that repeats a word is one request. Half
    a text is added to each of the four counts [1]_. Hundreds of terms are looked at,
    so a statistic of 2 is nothing: read the list for what leads it.

    References
    ----------
    .. [1] Monroe, B. L., Colaresi, M. P. and Quinn, K. M. (2008). Fightin' words:
       lexical feature selection and evaluation for identifying the content of
       political conflict. Political Analysis 16(4), 372-403.

    Examples
    --------
    >>> from govlib import digital
    >>> log = pd.DataFrame(
    ...     {
    ...         "age": ["60+"] * 5 + ["18-59"] * 5,
    ...         "text": ["电梯坏了"] * 4 + ["停车难"] + ["停车难"] * 4 + ["电梯坏了"],
    ...     }
    ... )
    >>> terms = digital.group_terms(log, text="text", group="age", most_terms=1)
    >>> terms[["age", "term", "share", "share_others"]]
         age term  share  share_others
    0  18-59   停车    0.8           0.2
    1    60+   坏了    0.8           0.2
    """
    if _validate.frame(data).empty:
        raise ValueError("data has no rows, so there is no text to read")
    _validate.count(least_texts, "least_texts")
    _validate.count(most_terms, "most_terms")
    groups = _groups(data, group)
    if len(groups) < 2:
        raise ValueError(
            f"data column {group!r} (group=) has one group only, so there are no "
            f"others to compare with"
        )
    counts, names = _counts(_terms(data, text, tokenise, stop))
    held = (counts > 0).astype(float)
    overall = np.asarray(held.sum(axis=0)).ravel()
    kept = np.flatnonzero(overall >= least_texts)
    if not kept.size:
        raise ValueError(
            f"no term is in {least_texts} text(s) or more; lower least_texts="
        )
    held, overall = held[:, kept], overall[kept]
    tables = []
    for name, members in groups:
        here = np.asarray(held[members].sum(axis=0)).ravel()
        n, others = members.size, len(data) - members.size
        cells = (
            np.array([here, n - here, overall - here, others - overall + here]) + 0.5
        )
        ratio = np.log(cells[0] * cells[3] / (cells[1] * cells[2]))
        error = np.sqrt((1 / cells).sum(axis=0))
        statistic = ratio / error
        order = np.lexsort((np.arange(here.size), -statistic.round(12)))[:most_terms]
        order = order[ratio[order] > 0]
        tables.append(
            pd.DataFrame(
                {
                    group: name,
                    "term": [names[kept[i]] for i in order],
                    "share": here[order] / n,
                    "share_others": (overall - here)[order] / others,
                    "estimate": ratio[order],
                    "std_error": error[order],
                    "statistic": statistic[order],
                }
            )
        )
    return pd.concat(tables, ignore_index=True)
