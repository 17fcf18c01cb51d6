"""Where the shipped tables lie, and what their columns and categories are called."""

import json
from collections import defaultdict
from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "zh")


def folder() -> Traversable:
    """Return the checkout's data folder, or else the one inside the package."""
    checkout = Path(__file__).parents[1]
    # Another installed package may be called datasets; only ours has the project
    # file beside it. The checkout goes first, so that an editable install never
    # reads the copy that was made when it was installed.
    if (checkout / "pyproject.toml").is_file() and (checkout / "datasets").is_dir():
        return checkout / "datasets"
    return files("govlib") / "_data"


def package() -> dict[str, Any]:
    """Return the Data Package descriptor."""
    text = (folder() / "datapackage.json").read_text(encoding="utf-8")
    return json.loads(text)


def categories(field: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the values that a field can take, with their labels."""
    if field["type"] == "boolean":
        return [
            {"value": False, "label": "no", "zh": "否"},
            {"value": True, "label": "yes", "zh": "是"},
        ]
    return field.get("categories", [])


def words(thing: dict[str, Any], key: str, language: str) -> str:
    """Return the title or description of a field or resource in a language."""
    return thing[key] if language == "en" else thing["zh"][key]


def labels(resources: Iterable[dict[str, Any]], language: str) -> dict[str, str]:
    """
    Return what to print for columns and categories of some tables.

    Keys are column names ("origin"), a category in its column ("origin=local") and
    the category alone ("local"). A key that would mean two things is left out;
    a column's name goes before a category of the same spelling.
    """
    columns, inside, alone = (defaultdict(set) for _ in range(3))
    for resource in resources:
        for field in resource["schema"]["fields"]:
            name = field["name"]
            columns[name].add(words(field, "title", language))
            for category in categories(field):
                value = category["value"]
                label = category["label" if language == "en" else "zh"]
                inside[f"{name}={value}"].add(label)
                # The code 1 means something else in every question.
                if not isinstance(value, int) or isinstance(value, bool):
                    alone[str(value)].add(label)
    found = alone | inside | columns
    return {key: texts.pop() for key, texts in found.items() if len(texts) == 1}
