"""A page per table, in English and Chinese, from the descriptor of the package."""

from typing import Any


def page(resource: dict[str, Any]) -> str:
    """
    Describe a table and its columns.

    Parameters
    ----------
    resource : dict
        Its part of `datapackage.json`.

    Returns
    -------
    str
        Markdown.
    """
    schema = resource["schema"]
    key = ", ".join(f"`{name}`" for name in schema["primaryKey"])
    lines = [
        f"# `{resource['name']}`: {resource['title']} · {resource['zh']['title']}",
        "",
        resource["description"],
        "",
        resource["zh"]["description"],
        "",
        f"- One row per · 每行对应 {key}",
    ]
    for foreign in schema.get("foreignKeys", []):
        (field,), other = foreign["fields"], foreign["reference"]
        lines.append(
            f"- `{field}` stands in · 对应于 [`{other['resource']}`]"
            f"({other['resource']}.md) `{other['fields'][0]}`"
        )
    for field in schema["fields"]:
        lines += ["", *_field(field)]
    return "\n".join(lines) + "\n"


def _field(field: dict[str, Any]) -> list[str]:
    """Describe a column: type, unit, range, and its values with their labels."""
    constraints = field["constraints"]
    facts = [field["type"]]
    if "unit" in field:
        facts.append(field["unit"])
    low, high = constraints.get("minimum"), constraints.get("maximum")
    if low is not None and high is not None:
        facts.append(f"{low} to {high}")
    elif low is not None:
        facts.append(f"at least {low}")
    elif high is not None:
        facts.append(f"at most {high}")
    facts.append(
        "never empty · 无缺失" if constraints["required"] else "may be empty · 可缺失"
    )
    lines = [
        f"## `{field['name']}`: {field['title']} · {field['zh']['title']}",
        "",
        f"*{'; '.join(facts)}*",
        "",
        field["description"],
        "",
        field["zh"]["description"],
    ]
    if "categories" in field:
        lines.append("")
    for category in field.get("categories", []):
        lines.append(f"- `{category['value']}`: {category['label']} · {category['zh']}")
    return lines
