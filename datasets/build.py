"""
Write every data set of the course from the model of S city.

    python datasets/build.py [--out FOLDER] [--truth CITIES [--chapters NN ...]]

Rewrites the tables, facts.csv, datapackage.json, the pages of codebook/ and the numbers
in README.md of this folder, or writes them all into another. truth.csv and
truth_check.csv (see check_truth.py) are taken from this folder as they are. With
--truth it is the other way round: truth.csv alone is computed anew, from so many
simulated cities at most (the shipped one from 400, in about an hour on two cores), or
its rows of some chapters.
"""

import argparse
import hashlib
import json
import platform
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from figures import figures
from pages import page

from govlib import city

HERE = Path(__file__).parent
SEED = 2026


def read_codebook() -> dict[str, Any]:
    """Return fields and tables of all files in codebook/, each said once."""
    book: dict[str, Any] = {"field": {}, "table": {}}
    first, last = HERE / "codebook" / "residents.toml", HERE / "codebook" / "truth.toml"
    others = sorted({*(HERE / "codebook").glob("*.toml")} - {first, last})
    for path in (first, *others, last):
        part = tomllib.loads(path.read_text(encoding="utf-8"))
        for kind, known in book.items():
            for name, words in part.get(kind, {}).items():
                if name in known:
                    raise KeyError(f"{path.name} says {kind}.{name} a second time")
                known[name] = words
    return book


def text(table: pd.DataFrame, fields: list[dict[str, Any]]) -> str:
    """Return a table as CSV text: same numbers, same bytes."""
    out = pd.DataFrame(index=table.index)
    for field in fields:
        values = table[field["name"]]
        missing = values.isna()
        if field["type"] == "number":
            # + 0.0 turns a negative zero into zero.
            written = [f"{v + 0.0:.{field['decimals']}f}" for v in values.fillna(0.0)]
        elif field["type"] == "boolean":
            written = ["true" if v else "false" for v in values.fillna(False)]
        elif field["type"] == "integer":
            written = [str(int(v)) for v in values.fillna(0)]
        else:
            written = list(values.fillna(""))
        out[field["name"]] = np.where(missing, "", written)
    return out.to_csv(index=False, lineterminator="\n")


def merged(codebook: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the fields of a table with the table's own changes of words."""
    table = codebook["table"][name]
    changes = table.get("changes", {})
    return [
        {"name": field} | codebook["field"][field] | changes.get(field, {})
        for field in table["fields"]
    ]


def schema(codebook: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the Table Schema of a table."""
    table = codebook["table"][name]
    fields = []
    for field in merged(codebook, name):
        constraints: dict[str, Any] = {
            "required": field["name"] not in table.get("missing", [])
        }
        if table["key"] == [field["name"]]:
            constraints["unique"] = True
        for bound in ("minimum", "maximum"):
            if bound in field:
                constraints[bound] = field[bound]
        out = {
            "name": field["name"],
            "type": field["type"],
            "title": field["title"],
            "description": field["description"],
            "zh": {"title": field["title_zh"], "description": field["description_zh"]},
            "constraints": constraints,
        }
        if "unit" in field:
            out["unit"] = field["unit"]
        if "categories" in field:
            constraints["enum"] = [c["value"] for c in field["categories"]]
            out["categories"] = field["categories"]
            out["categoriesOrdered"] = field.get("ordered", False)
        fields.append(out)
    keys = []
    for field, where in table.get("refers", {}).items():
        resource, _, other = where.partition(".")
        keys.append(
            {
                "fields": [field],
                "reference": {"resource": resource, "fields": [other or field]},
            }
        )
    out = {"fields": fields, "primaryKey": table["key"], "missingValues": [""]}
    return out | ({"foreignKeys": keys} if keys else {})


def package(codebook: dict[str, Any], contents: dict[str, bytes]) -> dict[str, Any]:
    """Return the Data Package descriptor of all tables."""
    resources = []
    for name, content in contents.items():
        table = codebook["table"][name]
        resources.append(
            {
                "name": name,
                "type": "table",
                "path": f"{name}.csv",
                "title": table["title"],
                "description": table["description"],
                "zh": {
                    "title": table["title_zh"],
                    "description": table["description_zh"],
                },
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(content),
                "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
                "schema": schema(codebook, name),
            }
        )
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "s-city",
        "title": "S city: a synthetic city's neighbourhoods",
        "description": (
            "Synthetic data for teaching. No row describes a real person, household, "
            "estate or city."
        ),
        "zh": {
            "title": "S市：一座合成城市的社区",
            "description": "教学用合成数据，不描述任何真实的人、家庭、小区或城市。",
        },
        "version": version("govlib"),
        "synthetic": True,
        "made": {
            "command": "python datasets/build.py",
            "call": f'govlib.city.simulate("course", seed={SEED})',
            "seed": SEED,
            "python": platform.python_version(),
            "numpy": version("numpy"),
            "pandas": version("pandas"),
        },
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "title": "Creative Commons Attribution 4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
            }
        ],
        "sources": [{"title": "govlib, the structural model in govlib/city"}],
        "contributors": [{"title": "The govlib authors", "roles": ["author"]}],
        "resources": resources,
    }


def facts(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the numbers of the study and the targets beside S city's figures."""
    source = tomllib.loads((HERE / "facts.toml").read_text(encoding="utf-8"))
    city_figures = figures(tables)
    rows = []
    for name, fact in source.items():
        row = {"fact": name, "part": None, "low": None, "high": None} | fact
        row["city"] = city_figures.pop(name, None)
        if row["low"] is None:
            row["met"] = "not shown"
        else:
            row["met"] = "yes" if row["low"] <= row["city"] <= row["high"] else "no"
        rows.append(row)
    if city_figures:
        raise KeyError(f"facts.toml has no {', '.join(city_figures)}")
    return pd.DataFrame(rows).sort_values("fact", ignore_index=True)


def updated(
    readme: str,
    contents: dict[str, bytes],
    rows: dict[str, int],
    checks: pd.DataFrame,
) -> str:
    """Return the datasheet with its tables written anew."""
    lines = ["| table | rows | kB |", "|---|---:|---:|"]
    for name, content in contents.items():
        where = f"[`{name}`](codebook/{name}.md)"
        lines.append(f"| {where} | {rows[name]:,} | {len(content) / 1000:,.0f} |")
    total = sum(len(content) for content in contents.values())
    lines.append(f"| all | {sum(rows.values()):,} | {total / 1000:,.0f} |")
    readme = between(readme, "tables", lines)
    lines = [
        "| effect | chapter | truth | right design | coverage | cities | naive |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for row in checks.itertuples():
        naive = "" if pd.isna(row.naive_mean) else f"{row.naive_mean:,.4g}"
        lines.append(
            f"| `{row.symbol}` | {row.chapter} | {row.value:,.4g} "
            f"| {row.mean_estimate:,.4g} | {100 * row.coverage:.1f} % "
            f"| {row.cities:,} | {naive} |"
        )
    return between(readme, "coverage", lines)


def between(readme: str, what: str, lines: list[str]) -> str:
    """Return a text with the lines between two marks replaced."""
    start, end = f"<!-- {what}: written by build.py -->", f"<!-- end of {what} -->"
    before, _, rest = readme.partition(start)
    _, _, after = rest.partition(end)
    return f"{before}{start}\n" + "\n".join(lines) + f"\n{end}{after}"


def renewed(new: pd.DataFrame, chapters: list[str] | None) -> pd.DataFrame:
    """Return the truths with those of some chapters in place of the shipped ones."""
    if chapters is None:
        return new
    old = pd.read_csv(HERE / "truth.csv", dtype={"chapter": "str"})
    kept = old[~old["chapter"].isin(new["chapter"])]
    return pd.concat([kept, new]).sort_values("chapter", kind="stable")


def build(
    folder: Path, truths: int | None = None, chapters: list[str] | None = None
) -> None:
    """Write every table, the descriptor and the datasheet into a folder."""
    codebook = read_codebook()
    tables: dict[str, pd.DataFrame] = {}
    if truths:
        new = city.truth(seed=SEED, cities=truths, n_jobs=-1, chapters=chapters)
        tables["truth"] = renewed(new, chapters)
        new_tables = [
            name
            for name in codebook["table"]
            if not name.startswith("truth") and not (HERE / f"{name}.csv").exists()
        ]
        tables |= city.simulate("course", seed=SEED, only=new_tables).tables
    else:
        tables |= city.simulate("course", seed=SEED).tables
        tables["facts"] = facts(tables)
    contents, rows = {}, {}
    for name in codebook["table"]:
        if name in tables:
            fields = merged(codebook, name)
            contents[name] = text(tables[name], fields).encode("utf-8")
        else:
            contents[name] = (HERE / f"{name}.csv").read_bytes()
        rows[name] = contents[name].count(b"\n") - 1
    for name, content in contents.items():
        (folder / f"{name}.csv").write_bytes(content)
    described = package(codebook, contents)
    descriptor = json.dumps(described, ensure_ascii=False, indent=1)
    (folder / "datapackage.json").write_bytes((descriptor + "\n").encode("utf-8"))
    (folder / "codebook").mkdir(exist_ok=True)
    for resource in described["resources"]:
        path = folder / "codebook" / f"{resource['name']}.md"
        path.write_bytes(page(resource).encode("utf-8"))
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    checks = pd.read_csv(HERE / "truth_check.csv", dtype={"chapter": "str"})
    readme = updated(readme, contents, rows, checks)
    (folder / "README.md").write_bytes(readme.encode("utf-8"))


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", metavar="FOLDER", type=Path, default=HERE)
    parser.add_argument("--truth", metavar="CITIES", type=int)
    parser.add_argument("--chapters", metavar="NN", nargs="+")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    build(given.out, given.truth, given.chapters)


if __name__ == "__main__":
    main()
