"""The loader, the codebook, and tables that students bring."""

import hashlib
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from govlib import _codebook, datasets

SURVEY = """\
who,answer,times,active,weight,area
a,-9,3,true,1.5,NA
b,high,,false,0.1,none
c,low,0,,,
"""

FIELDS = [
    {"name": "who", "type": "string", "constraints": {"required": True}},
    {
        "name": "answer",
        "type": "string",
        "constraints": {"enum": ["low", "high"]},
        # Not in the order of the alphabet, so that a lost order shows.
        "categories": [
            {"value": "low", "label": "not much", "zh": "少"},
            {"value": "high", "label": "much", "zh": "多"},
        ],
        "categoriesOrdered": True,
    },
    {
        "name": "times",
        "type": "integer",
        "unit": "times",
        "constraints": {"minimum": 0, "maximum": 9},
        "categories": [{"value": 0, "label": "never", "zh": "从不"}],
    },
    {"name": "active", "type": "boolean", "unit": "yes or no", "constraints": {}},
    {"name": "weight", "type": "number", "unit": "persons", "constraints": {}},
    {"name": "area", "type": "string", "constraints": {}},
]


def _package(folder, content):
    fields = [
        field
        | {
            "title": f"Title of {field['name']}",
            "description": f"About {field['name']}.",
            "zh": {"title": f"{field['name']}的标题", "description": "说明。"},
        }
        for field in FIELDS
    ]
    resource = {
        "name": "survey",
        "path": "survey.csv",
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {"fields": fields, "missingValues": ["", "-9"]},
    }
    text = json.dumps({"resources": [resource]}, ensure_ascii=False)
    (folder / "datapackage.json").write_text(text, encoding="utf-8")
    (folder / "survey.csv").write_bytes(content)


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A package of one table whose every cell is known."""
    _package(tmp_path, SURVEY.encode())
    monkeypatch.setattr(_codebook, "folder", lambda: tmp_path)
    return tmp_path


# ------------------------------------------------------------------ load
@pytest.mark.usefixtures("small")
def test_load_takes_types_and_missing_codes_from_the_codebook():
    table = datasets.load("survey")
    assert table.dtypes.astype(str).to_dict() == {
        "who": "str",
        "answer": "category",
        "times": "Int64",
        "active": "boolean",
        "weight": "float64",
        "area": "str",
    }
    assert list(table["answer"].cat.categories) == ["low", "high"]
    assert table["answer"].cat.ordered
    assert list(table["answer"].isna()) == [True, False, False]
    assert list(table["times"].isna()) == [False, True, False]
    assert table["times"].mean() == 1.5
    # "NA" and "none" are names here, since the codebook has other missing codes.
    assert list(table["area"].fillna("?")) == ["NA", "none", "?"]


def test_load_takes_other_line_ends_but_no_other_content(small):
    (small / "survey.csv").write_bytes(SURVEY.replace("\n", "\r\n").encode())
    assert len(datasets.load("survey")) == 3
    (small / "survey.csv").write_bytes(SURVEY.replace("1.5", "1.6").encode())
    with pytest.raises(
        ValueError, match=r"survey\.csv .* checksums differ.*read_table"
    ):
        datasets.load("survey")


@pytest.mark.parametrize(
    "function", [datasets.load, datasets.codebook, datasets.labels]
)
def test_unknown_table_names_the_nearest(function):
    with pytest.raises(ValueError, match=r"no table 'surveys'; did you mean 'survey'"):
        function("surveys")


def test_checkout_goes_before_the_copy_in_the_package():
    folder = _codebook.folder()
    assert folder.name == "datasets"
    assert (folder.parent / "pyproject.toml").is_file()


# ------------------------------------------------------------------ codebook, labels
@pytest.mark.usefixtures("small")
def test_codebook_has_a_row_per_column():
    book = datasets.codebook("survey").set_index("column")
    assert list(book.index) == list(datasets.load("survey").columns)
    assert book.loc["answer", "categories_en"] == "low: not much; high: much"
    assert book.loc["times", "categories_zh"] == "0: 从不"
    assert (book.loc["times", "minimum"], book.loc["times", "maximum"]) == (0, 9)
    assert list(book["may_be_missing"]) == [False, True, True, True, True, True]
    assert book.loc["who", "title_zh"] == "who的标题"
    assert pd.isna(book.loc["who", "unit"])


@pytest.mark.usefixtures("small")
def test_labels_name_columns_and_categories():
    words = datasets.labels("survey", "zh")
    assert words["answer"] == "answer的标题"
    assert (words["answer=high"], words["high"]) == ("多", "多")
    assert (words["active=True"], words["times=0"]) == ("是", "从不")
    # A number alone may mean anything.
    assert "0" not in words
    assert datasets.labels("survey")["high"] == "much"
    with pytest.raises(ValueError, match="language= must be one of 'en', 'zh'"):
        datasets.labels("survey", "de")


def test_labels_leave_out_what_would_mean_two_things():
    # In estates, resettlement is a type of housing and a roster.
    words = datasets.labels("estates", "zh")
    assert "resettlement" not in words
    assert words["housing=resettlement"] != words["roster=resettlement"]
    assert words["lane"] == words["housing=lane"]


# ------------------------------------------------------------------ shipped tables
@pytest.mark.parametrize("name", datasets.names())
def test_table_matches_its_codebook(name):
    table = datasets.load(name)
    book = datasets.codebook(name).set_index("column")
    assert list(table.columns) == list(book.index)
    assert len(table) > 0
    for column, row in book.iterrows():
        values = table[column]
        assert row["may_be_missing"] or values.notna().all(), column
        assert row["type"] == "string" or isinstance(row["unit"], str), column
        for language in ("en", "zh"):
            assert row[f"title_{language}"], column
            assert row[f"description_{language}"], column
        if isinstance(row["categories_en"], str):
            codes = [pair.split(": ")[0] for pair in row["categories_en"].split("; ")]
            assert set(values.dropna().astype(str)) <= set(codes), column
        for bound, sign in (("minimum", 1), ("maximum", -1)):
            if pd.notna(row[bound]):
                assert ((values.dropna() - row[bound]) * sign >= 0).all(), column


def test_package_says_that_it_is_synthetic_and_under_which_licence():
    package = _codebook.package()
    assert package["synthetic"] is True
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert "no row describes a real person" in package["description"].lower()


def test_frictionless_finds_the_package_valid():
    """Types, constraints, keys and checksums, judged by the standard's own software."""
    descriptor = _codebook.folder() / "datapackage.json"
    command = [sys.executable, "-m", "frictionless", "validate", str(descriptor)]
    run = subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False, errors="replace"
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]


def test_resettlement_estate_has_the_numbers_of_the_study():
    residents = datasets.load("resettlement_residents")
    assert residents["origin"].value_counts().to_dict() == {
        "local": 4760,
        "non-local": 4300,
    }
    local = residents[residents["origin"] == "local"]
    assert local["household"].nunique() == 1200


def test_facts_and_truth_are_tables_of_the_package():
    assert datasets.facts().equals(datasets.load("facts"))
    assert datasets.truth().equals(datasets.load("truth"))


# ------------------------------------------------------------------ read_table
CHINESE = "编号,年龄,是否参与\r\n007,63,是\r\n008,,否\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_read_table_reads_what_excel_saves(tmp_path, encoding):
    path = tmp_path / "问卷 结果.csv"
    path.write_bytes(CHINESE.encode(encoding))
    table = datasets.read_table(path)
    assert table.to_dict("list") == {
        "编号": ["007", "008"],
        "年龄": [63.0, pytest.approx(np.nan, nan_ok=True)],
        "是否参与": ["是", "否"],
    }


def _file(folder, content):
    path = folder / "mine.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _read(folder, content):
    return datasets.read_table(_file(folder, content))


def test_read_table_guesses_types_only_where_nothing_is_lost(tmp_path):
    content = """\
n,x,code,long,big,money,yes,partly,date
1,1.5,01,110101199001011234,9007199254740993,"1,200",TRUE,TRUE,2026-01-02
2,-2e3,10,,9007199254740993,3,FALSE,,2026-01-03
"""
    table = _read(tmp_path, content)
    assert table.dtypes.astype(str).to_dict() == {
        "n": "int64",
        "x": "float64",
        "code": "str",
        "long": "str",
        "big": "str",
        "money": "str",
        "yes": "bool",
        "partly": "boolean",
        "date": "str",
    }
    assert list(table["x"]) == [1.5, -2000.0]
    assert table["long"][0] == "110101199001011234"
    assert table["money"][0] == "1,200"
    assert list(table["yes"]) == [True, False]


def test_read_table_knows_how_others_write_missing(tmp_path):
    table = _read(tmp_path, "a,b\n1,NA\n#N/A,none\n,x\nNaN,\n4,y\n")
    assert list(table["a"].isna()) == [False, True, True, True, False]
    assert list(table["b"].fillna("?")) == ["?", "none", "x", "?", "y"]


def test_read_table_drops_what_is_empty_and_trims_names(tmp_path):
    table = _read(tmp_path, " a ,　b　,,\n1,2,,\n,,,\n\n3,4,,\n")
    assert table.to_dict("list") == {"a": [1, 3], "b": [2, 4]}
    assert list(table.index) == [0, 1]


def test_read_table_keeps_a_table_without_rows(tmp_path):
    assert list(_read(tmp_path, "a,b\n").columns) == ["a", "b"]


def test_read_table_keeps_commas_and_lines_inside_quotes(tmp_path):
    table = _read(tmp_path, 'a,b\n"x, y","one\ntwo"\n')
    assert table.loc[0].tolist() == ["x, y", "one\ntwo"]


BIG5 = "編號,姓名,意見\n1,陳大文,贊成加裝電梯\n2,黃小明,擔心採光與噪音\n".encode("big5")

# (content, what the error must say)
REFUSED = [
    pytest.param(b"", "is empty", id="empty"),
    pytest.param(b" \r\n", "is empty", id="blank"),
    pytest.param(b"PK\x03\x04rest", r"Excel workbook \(\.xlsx\)", id="xlsx"),
    pytest.param(b"\xd0\xcf\x11\xe0rest", r"Excel workbook \(\.xls\)", id="xls"),
    pytest.param("a,b\n1,2\n".encode("utf-16"), "Unicode text", id="utf-16"),
    pytest.param("a;b\n1;2\n", "separated by semicolons", id="semicolons"),
    pytest.param("a\tb\n1\t2\n", "separated by tabs", id="tabs"),
    pytest.param("甲，乙\n1，2\n", "separated by the full-width", id="full-width"),
    pytest.param("a,b\n1,2\n1,2,3\n", r"line 3 has 3 cell\(s\)", id="long row"),
    pytest.param("a,b\n1,2\n\n3\n", r"line 4 has 1 cell\(s\)", id="short row"),
    pytest.param("a,a\n1,2\n", "more than one column called 'a'", id="same name"),
    pytest.param("a,\n1,2\n", "no name .* for column number 2", id="no name"),
    pytest.param('a,b\n"1,2\n', "quotation mark", id="open quote"),
    pytest.param("id\n4.40106E+17\n", "column 'id' holds 4.40106E.17 in row 0", id="E"),
    pytest.param(b"a\n\xff\xff\n", "UTF-8 or GB18030: see line 2", id="bytes"),
    pytest.param(
        "地点\n小区\n".encode() + b"\xe5\xb0\n", "in UTF-8 but line 3", id="damaged"
    ),
    pytest.param(
        "a\nna\xefve caf\xe9s\n".encode("latin-1"), "odd characters", id="west"
    ),
    pytest.param(BIG5, "odd characters .* encoding='big5'", id="big5"),
]


@pytest.mark.parametrize(("content", "message"), REFUSED)
def test_read_table_refuses(tmp_path, content, message):
    with pytest.raises(ValueError, match=f"(?s)^.*{message}") as error:
        _read(tmp_path, content)
    assert "mine.csv" in str(error.value)


def test_read_table_takes_the_encoding_from_one_who_knows(tmp_path):
    table = datasets.read_table(_file(tmp_path, BIG5), encoding="big5")
    assert table["意見"][0] == "贊成加裝電梯"
    with pytest.raises(ValueError, match="cannot be read as utf-8: see line 1"):
        datasets.read_table(_file(tmp_path, BIG5), encoding="utf-8")
    with pytest.raises(ValueError, match=r"encoding= must name .* not 'big-five'"):
        datasets.read_table(_file(tmp_path, BIG5), encoding="big-five")


def test_read_table_takes_rare_names_in_gbk(tmp_path):
    # 喆 and 镕 are outside GB 2312 but in GBK, and common in names.
    text = "姓名,小区\n陶喆,幸福里小区\n朱镕,和平新村小区\n"
    assert list(_read(tmp_path, text.encode("gbk"))["姓名"]) == ["陶喆", "朱镕"]


def test_read_table_names_the_nearest_file(tmp_path):
    (tmp_path / "问卷2026.csv").write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(FileNotFoundError, match=r"did you mean '问卷2026\.csv'"):
        datasets.read_table(tmp_path / "问卷2025.csv")
