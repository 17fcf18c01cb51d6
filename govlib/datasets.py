"""The tables of S city with their codebook, and a reader for tables of your own."""

import csv
import hashlib
import io
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from govlib import _codebook, _validate

_DTYPES = {
    # (type, may be missing): what pandas holds it in.
    ("string", False): "str",
    ("string", True): "str",
    ("integer", False): "int64",
    ("integer", True): "Int64",
    ("number", False): "float64",
    ("number", True): "float64",
    ("boolean", False): "bool",
    ("boolean", True): "boolean",
}

# How R, Excel and pandas write that there is no value.
_MISSING = ["", "NA", "#N/A", "NaN"]

_NUMBER = r"\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\s*"
# Codes, not quantities: a leading zero, or more digits than a float holds exactly.
_CODE = r"\s*[-+]?(?:0[0-9]|[0-9]{16}).*"
# Excel writes a number of twelve digits or more with six of them.
_CUT_OFF = r"[1-9](?:\.[0-9]{1,5})?E\+(?:1[1-9]|[2-9][0-9])"

_WORKBOOKS = {b"PK\x03\x04": ".xlsx", b"\xd0\xcf\x11\xe0": ".xls"}
_SAVE_AS = "open it in Excel and save it as 'CSV UTF-8 (comma delimited)'"


def names() -> list[str]:
    """
    List the tables that come with govlib.

    Returns
    -------
    list of str
        Names that :func:`load`, :func:`codebook` and :func:`labels` take.

    Examples
    --------
    >>> "resettlement_residents" in names()
    True
    """
    return [resource["name"] for resource in _codebook.package()["resources"]]


def load(name: str) -> pd.DataFrame:
    """
    Load a table of S city.

    All rows are synthetic: they were drawn from the model in :mod:`govlib.city`, and
    none describes a real person, household, estate or city.

    Parameters
    ----------
    name : str
        One of :func:`names`.

    Returns
    -------
    pandas.DataFrame
        Columns, types and order of categories are those of :func:`codebook`. Text
        with a fixed set of values is categorical; answers coded by numbers stay
        numbers, so that they can be averaged (their labels: :func:`labels`). An
        empty cell is missing; whole numbers and yes-or-no columns that may be
        missing have the types ``Int64`` and ``boolean``.

    Raises
    ------
    ValueError
        If there is no such table, or its file is not the one the codebook describes.

    See Also
    --------
    codebook : What the columns mean.
    read_table : A table of your own.

    Examples
    --------
    The resettlement estate of the study, 9,060 residents in all:

    >>> load("resettlement_residents")["origin"].value_counts()
    origin
    local        4760
    non-local    4300
    Name: count, dtype: int64
    """
    resource = _resource(name)
    # A version control system may have changed the line ends, which means nothing.
    content = (_codebook.folder() / resource["path"]).read_bytes()
    content = content.replace(b"\r\n", b"\n")
    if f"sha256:{hashlib.sha256(content).hexdigest()}" != resource["hash"]:
        raise ValueError(
            f"the file {resource['path']} of the table {name!r} is not the one that "
            f"its codebook describes (the checksums differ); restore it or, after a "
            f"change of the model, run 'python datasets/build.py'; a changed copy "
            f"of your own is read by datasets.read_table"
        )
    schema = resource["schema"]
    return pd.read_csv(
        io.BytesIO(content),
        encoding="utf-8",
        dtype={field["name"]: _dtype(field) for field in schema["fields"]},
        na_values=schema["missingValues"],
        keep_default_na=False,
    )


def codebook(name: str) -> pd.DataFrame:
    """
    Say what the columns of a table mean.

    Parameters
    ----------
    name : str
        One of :func:`names`.

    Returns
    -------
    pandas.DataFrame
        One row per column of the table: ``column``, ``type`` ("string", "integer",
        "number" or "boolean"), ``unit`` (missing for text), ``title_en``,
        ``title_zh``, ``description_en``, ``description_zh``, ``categories_en``,
        ``categories_zh`` (in their order, as "value: label"; missing if there are
        none), ``minimum``, ``maximum`` and ``may_be_missing``.

    Raises
    ------
    ValueError
        If there is no such table.

    Examples
    --------
    >>> origin = codebook("census_residents").set_index("column").loc["origin"]
    >>> origin["categories_zh"]
    'local: 本地; non-local: 外来'
    """
    rows = []
    for field in _resource(name)["schema"]["fields"]:
        rule = field["constraints"]
        row = {"column": field["name"], "type": field["type"]}
        row["unit"] = field.get("unit")
        for key in ("title", "description"):
            for language in _codebook.LANGUAGES:
                row[f"{key}_{language}"] = _codebook.words(field, key, language)
        for language, key in (("en", "label"), ("zh", "zh")):
            listed = [f"{c['value']}: {c[key]}" for c in field.get("categories", [])]
            row[f"categories_{language}"] = "; ".join(listed) or None
        row |= {"minimum": rule.get("minimum"), "maximum": rule.get("maximum")}
        row["may_be_missing"] = not rule.get("required", False)
        rows.append(row)
    return pd.DataFrame(rows)


def labels(name: str, language: str = "en") -> dict[str, str]:
    """
    Give the words to print for the columns and categories of a table.

    Parameters
    ----------
    name : str
        One of :func:`names`.
    language : {"en", "zh"}, default "en"
        English or Chinese.

    Returns
    -------
    dict of str to str
        Titles of columns by their name (``"origin"``), labels of categories by
        column and value (``"origin=local"``), and by the value alone (``"local"``)
        where it is text and means the same in the whole table.

    Raises
    ------
    ValueError
        If there is no such table or language.

    Examples
    --------
    >>> words = labels("census_residents", "zh")
    >>> words["origin"], words["non-local"], words["owner=True"]
    ('户籍来源', '外来', '是')
    """
    _validate.choice(language, _codebook.LANGUAGES, "language")
    return _codebook.labels([_resource(name)], language)


def facts() -> pd.DataFrame:
    """
    List every number of the study and how S city meets it.

    Returns
    -------
    pandas.DataFrame
        The table ``facts``; its columns are explained by ``codebook("facts")``.

    Examples
    --------
    >>> facts()["fact"].is_unique
    True
    """
    return load("facts")


def truth() -> pd.DataFrame:
    """
    List what is known to be true of S city, for every effect that a chapter estimates.

    Returns
    -------
    pandas.DataFrame
        The table ``truth`` as shipped; its columns are explained by
        ``codebook("truth")``. :func:`govlib.city.truth` computes it anew.

    Examples
    --------
    >>> int(truth()["value"].isna().sum())
    0
    """
    return load("truth")


def read_table(
    path: str | PathLike[str], *, encoding: str | None = None
) -> pd.DataFrame:
    r"""
    Read a CSV file of your own, as Excel or a survey platform saves it.

    Parameters
    ----------
    path : str or path
        The file; Chinese and other names are fine.
    encoding : str, optional
        Such as ``"big5"``. By default UTF-8 (with or without a byte-order mark) is
        tried and then GB18030, which includes the GBK of Excel in Chinese.

    Returns
    -------
    pandas.DataFrame
        One row per line after the first, which names the columns (spaces around the
        names are dropped). A column is numeric if all its cells are plain numbers,
        and yes-or-no if all are TRUE or FALSE; everything else, such as 是 and 否 or
        "1,200", stays text, and so do codes with a leading zero or of 16 digits and
        more. Cells that are empty or say NA, #N/A or NaN are missing. Empty rows,
        and empty columns without a name, are left out.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is empty, a workbook with another name, in an unknown encoding,
        not separated by commas, has rows of different length, columns without a name
        or with the same name, or numbers whose digits Excel has cut off.

    See Also
    --------
    load : The tables that come with govlib.

    Notes
    -----
    Few byte sequences are valid UTF-8 by chance, but almost any are valid GB18030.
    So a file that is mostly UTF-8 is refused with the line that is damaged, and one
    that as GB18030 would hold many characters outside the set of GB 2312 is refused
    as being probably in another encoding.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "问卷.csv"
    >>> _ = file.write_bytes("编号,年龄,是否参与\n007,63,是\n".encode("gbk"))
    >>> read_table(file)
        编号  年龄 是否参与
    0  007  63    是
    """
    file = Path(path)
    if not file.is_file():
        beside = [p.name for p in file.parent.iterdir()] if file.parent.is_dir() else []
        hint = _validate.nearest(file.name, beside)
        raise FileNotFoundError(f"there is no file {str(file)!r}{hint}")
    text = _decode(file.read_bytes(), file.name, encoding)
    lines = _lines(text, file.name)
    header = [cell.strip() for cell in lines[0][1]]
    table = pd.DataFrame([cells for _, cells in lines[1:]], columns=range(len(header)))
    table = table[(table != "").any(axis=1)].astype("str")
    table = table.mask(table.isin(_MISSING))
    unnamed = [n for n, title in enumerate(header) if not title]
    if filled := [n for n in unnamed if table[n].notna().any()]:
        raise ValueError(
            f"{file.name} has no name in its first line for column number "
            f"{filled[0] + 1}, which holds values; name the column"
        )
    table = table.drop(columns=unnamed).reset_index(drop=True)
    table.columns = pd.Index([title for title in header if title])
    _validate.frame(table, file.name)
    return pd.DataFrame({title: _typed(table[title], file.name) for title in table})


def _resource(name: str) -> dict[str, Any]:
    """Return the descriptor of a table, or name the nearest."""
    found = {
        resource["name"]: resource for resource in _codebook.package()["resources"]
    }
    if name not in found:
        hint = _validate.nearest(name, found)
        raise ValueError(
            f"there is no table {name!r}{hint}; datasets.names() lists all"
        )
    return found[name]


def _dtype(field: dict[str, Any]) -> str | pd.CategoricalDtype:
    """Return the pandas type of a column of a shipped table."""
    if field["type"] == "string" and "categories" in field:
        values = [category["value"] for category in field["categories"]]
        return pd.CategoricalDtype(values, ordered=field["categoriesOrdered"])
    return _DTYPES[field["type"], not field["constraints"].get("required", False)]


def _decode(content: bytes, name: str, encoding: str | None) -> str:
    """Return the text of a file, refusing what would give wrong characters."""
    if not content.strip():
        raise ValueError(f"{name} is empty; {_SAVE_AS} again")
    for start, kind in _WORKBOOKS.items():
        if content.startswith(start):
            raise ValueError(
                f"{name} is an Excel workbook ({kind}), whatever its name ends in; "
                f"{_SAVE_AS}"
            )
    if encoding is None and b"\0" in content:
        raise ValueError(
            f"{name} is not a CSV file in UTF-8 or GB18030 (it holds zero bytes, as "
            f"Excel's 'Unicode text' does); {_SAVE_AS}"
        )
    if encoding is not None:
        return _strictly(content, name, encoding)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        bad = content.decode("utf-8", errors="replace")
        damaged = bad.count("\ufffd")
        if sum(not c.isascii() for c in bad) > 2 * damaged:
            line = content.count(b"\n", 0, error.start) + 1
            raise ValueError(
                f"{name} is in UTF-8 but line {line} holds bytes that are not; "
                f"repair that line or {_SAVE_AS}"
            ) from None
    text = _strictly(content, name, "gb18030")
    foreign = [c for c in text if not c.isascii()]
    rare = [c for c in foreign if not c.encode("gb2312", errors="ignore")]
    if len(rare) > len(foreign) / 4:
        raise ValueError(
            f"{name} is not in UTF-8, and read as GB18030 it would hold odd characters "
            f"such as {_validate.listing(dict.fromkeys(rare), 3)}; {_SAVE_AS}, or name "
            f"its encoding: encoding='big5' or 'cp1252' perhaps, or 'gb18030' if the "
            f"characters are right"
        )
    return text


def _strictly(content: bytes, name: str, encoding: str) -> str:
    """Decode, or say which line cannot be read."""
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        tried = encoding if encoding != "gb18030" else "UTF-8 or GB18030"
        raise ValueError(
            f"{name} cannot be read as {tried}: see line {line}; {_SAVE_AS}, or name "
            f"its encoding with encoding="
        ) from None
    except LookupError:
        raise ValueError(
            f"encoding= must name an encoding such as 'gb18030' or 'big5', "
            f"not {encoding!r}"
        ) from None


def _lines(text: str, name: str) -> list[tuple[int, list[str]]]:
    """Return the cells of each line with its number, all of the same length."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as error:
        raise ValueError(
            f"{name} line {reader.line_num} cannot be read ({error}); look for a "
            f"quotation mark that is not closed there or above"
        ) from None
    width = len(lines[0][1])
    for mark, called in (
        (";", "semicolons"),
        ("\t", "tabs"),
        ("，", "the full-width ，"),
    ):
        if len(next(csv.reader([text.splitlines()[0]], delimiter=mark))) > width:
            raise ValueError(
                f"the columns of {name} are separated by {called}, not by commas; "
                f"{_SAVE_AS}, or use pandas.read_csv(path, sep={mark!r})"
            )
    for number, cells in lines:
        if len(cells) != width:
            raise ValueError(
                f"{name} line {number} has {len(cells)} cell(s) where the first line "
                f"names {width} column(s); look for a comma too many or too few, and "
                f"put quotation marks around text that holds commas"
            )
    return lines


def _typed(values: pd.Series, name: str) -> pd.Series:
    """Return text as numbers or as yes and no where every cell is one."""
    cells = values.dropna()
    if (cut_off := cells[cells.str.fullmatch(_CUT_OFF)]).size:
        raise ValueError(
            f"{name} column {values.name!r} holds {cut_off.iloc[0]} in row "
            f"{cut_off.index[0]}: Excel has cut off the last digits; show the "
            f"column as text or without decimals in Excel and save it again"
        )
    if cells.empty or cells.str.fullmatch(_CODE).any():
        return values
    if cells.str.fullmatch(_NUMBER).all():
        return pd.to_numeric(values)
    if cells.isin(["TRUE", "FALSE"]).all():
        truth_values = values.map({"TRUE": True, "FALSE": False})
        return truth_values.astype("bool" if len(cells) == len(values) else "boolean")
    return values
