"""
What a committed notebook must be, beyond what nbval compares.

nbval passes a notebook with cleared outputs, a shell command that fails, a cell that
was to raise and does not, and more. Each rule below closes one such gap, and each is
shown to catch a specimen that has the fault.
"""

import ast
import copy
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
COURSE = tomllib.loads((ROOT / "notebooks/course.toml").read_text(encoding="utf-8"))
ROWS = {f"{row['number']}_{row['slug']}": row for row in COURSE["chapter"]}
EXISTING = [name for name, row in ROWS.items() if row["exists"]]
WITH_EXERCISE = [name for name in EXISTING if ROWS[name]["minutes_exercise"]]
EXECUTED = [f"notebooks/{name}.ipynb" for name in EXISTING] + [
    f"exercises/solutions/{name}.ipynb" for name in WITH_EXERCISE
]

SLIDE_TYPES = {"slide", "subslide", "fragment", "skip", "notes", "-"}
AFTER_CLASS = ["Further", "Your turn", "Sources"]
VOLATILE = {
    "a date": r"\b(19|20)\d\d-\d\d-\d\d\b",
    "a time": r"\b\d\d:\d\d:\d\d\b",
    "a memory address": r"\b0x[0-9a-fA-F]{6,}",
    "a random id": r'id=\\?"T_|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-',
    "a machine's path": r"(?<![\w.])/(home|root|work|tmp|usr|Users)/|\b[A-Z]:\\",
}
# A number in bold, such as 47.5 %, but not the name 2SFCA, 1+3+X, 15-minute or step 2.
LABEL = r"(?i)\b(answer|chapter|figure|part|step|table) \d+"
NUMBER = r"(?<![\w+.-])[-+−]?\d[\d,]*(\.\d+)?(?![\w+-])"

Book = dict[str, Any]
Faults = Iterator[str]


def read(path: str) -> Book:
    return json.loads((ROOT / path).read_text(encoding="utf-8"))


def source(cell: dict) -> str:
    return "".join(cell["source"])


def code(book: Book) -> list[dict]:
    return [cell for cell in book["cells"] if cell["cell_type"] == "code"]


def prose(book: Book) -> str:
    return "\n".join(source(c) for c in book["cells"] if c["cell_type"] == "markdown")


def tags(cell: dict) -> list[str]:
    return cell["metadata"].get("tags", [])


def parsed(cell: dict) -> ast.Module:
    """Return the Python of a cell; what is not Python is left to the other rules."""
    text = re.sub(r"(?m)^\s*[%!].*", "", source(cell))
    try:
        return ast.parse(text)
    except SyntaxError:
        return ast.Module([], [])


def sections(row: dict) -> list[dict]:
    return row.get("sections") or COURSE["section"]


# Rules for every notebook that is committed with its outputs.


def was_run_once_in_order(book: Book) -> Faults:
    counts = [cell["execution_count"] for cell in code(book)]
    if not counts:
        yield "has no code cell, so nothing of it is tested"
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts are {counts}, not 1 to {len(counts)}"
    if any(not source(cell).strip() for cell in code(book)):
        yield "has an empty code cell"


def hides_nothing_from_nbval(book: Book) -> Faults:
    for cell in code(book):
        text = source(cell)
        if re.search(r"^\s*!|=\s*!", text, re.MULTILINE):
            yield f"a shell command may fail unseen: {text!r}"
        if text.rstrip().endswith(";"):
            yield f"a trailing semicolon hides nothing in a test: {text!r}"
        if re.search(r"#\s*(NBVAL_|PYTEST_VALIDATE_)", text):
            yield f"a comment switches the comparison off: {text!r}"
        if any(tag.startswith(("nbval-", "pytest-validate")) for tag in tags(cell)):
            yield f"a tag switches the comparison off: {tags(cell)}"


def raises_what_it_says(book: Book) -> Faults:
    for cell in code(book):
        stored = any(o["output_type"] == "error" for o in cell["outputs"])
        if stored != ("raises-exception" in tags(cell)):
            yield f"tag raises-exception and stored error disagree: {source(cell)!r}"


def shows_what_it_makes(book: Book) -> Faults:
    for cell in code(book):
        for node in parsed(cell).body[:-1]:
            call = node.value if isinstance(node, ast.Expr) else None
            name = getattr(getattr(call, "func", None), "id", None)
            if name == "show":
                yield f"a table is seen only if show() comes last: {source(cell)!r}"


def shows_nothing_that_varies(book: Book) -> Faults:
    for cell in code(book):
        for output in cell["outputs"]:
            if output.get("name") == "stderr":
                yield f"stored a line of stderr: {''.join(output['text'])!r}"
            data = output.get("data", {})
            for kind in data:
                if kind.startswith("image/") and kind != "image/png":
                    yield f"a figure is stored as {kind}, not as image/png"
                if "widget" in kind:
                    yield "a widget is shown, which nbval does not compare"
            shown = {k: v for k, v in data.items() if not k.startswith("image/")}
            text = json.dumps([output.get("text"), shown], ensure_ascii=False)
            # Tracebacks are left out: nbval does not compare them, a reader needs them.
            for what, pattern in VOLATILE.items():
                if found := re.search(pattern, text):
                    yield f"an output holds {what}: {found.group()!r}"


def describes_its_figures(book: Book) -> Faults:
    for cell in code(book):
        line = re.search(r"#\| fig-alt: (.+)", source(cell))
        for output in cell["outputs"]:
            if "image/png" in output.get("data", {}):
                stored = output["metadata"].get("image/png", {}).get("alt")
                if line is None:
                    yield f"a figure has no line '#| fig-alt: ...': {source(cell)!r}"
                elif stored != line.group(1).strip():
                    yield f"a figure's stored description is {stored!r}"


def names_the_common_kernel(book: Book) -> Faults:
    if book["metadata"].get("kernelspec", {}).get("name") != "python3":
        yield "the kernel is not python3"
    if book["metadata"].get("language_info") != {"name": "python"}:
        yield "language_info holds more than the name; store with govlib run --store"
    for cell in book["cells"]:
        if odd := {"execution", "ExecuteTime", "scrolled"} & set(cell["metadata"]):
            yield f"a cell's metadata keep what varies: {sorted(odd)}"


EXECUTED_RULES = [
    was_run_once_in_order,
    hides_nothing_from_nbval,
    raises_what_it_says,
    shows_what_it_makes,
    shows_nothing_that_varies,
    describes_its_figures,
    names_the_common_kernel,
]


# Rules for chapters.


def headings(book: Book) -> list[tuple[str, int | None, list[int]]]:
    """Return title, minutes and objectives of each section, in order."""
    found = []
    for part in re.split(r"^## ", prose(book), flags=re.MULTILINE)[1:]:
        title, *rest = [line.strip() for line in part.splitlines() if line.strip()]
        line = re.fullmatch(
            r"\*(\d+) minutes?(?: · objectives? (\d+(?:, \d+)*))?\*",
            rest[0] if rest else "",
        )
        minutes = int(line.group(1)) if line else None
        aims = [int(n) for n in (line.group(2) or "").split(", ") if n] if line else []
        found.append((title, minutes, aims))
    return found


def has_the_sections_of_the_course(book: Book, row: dict) -> Faults:
    planned = [(s["title"], s["minutes"]) for s in sections(row)]
    found = [(title, minutes) for title, minutes, _ in headings(book)]
    in_class, after = found[: len(planned)], found[len(planned) :]
    if in_class != planned:
        yield f"sections are {in_class}, planned are {planned}"
    due = [t for t in AFTER_CLASS if t != "Your turn" or row["minutes_exercise"]]
    if not {"Sources", *due[1:]} <= {title for title, _ in after}:
        yield f"after class come {due}, found {after}"
    if [(t, None) for t in AFTER_CLASS if (t, None) in after] != after:
        yield f"after class come {due} in this order, without minutes; found {after}"
    if not prose(book).startswith(f"# {row['number']} · {row['title_en']}\n"):
        yield f"the title is not '# {row['number']} · {row['title_en']}'"
    if row["title_zh"] not in source(book["cells"][0]):
        yield f"the Chinese title is not {row['title_zh']!r}"


def serves_every_objective(book: Book, row: dict) -> Faults:
    served = {aim for _, _, aims in headings(book) for aim in aims}
    due = set(range(1, len(row["objectives"]) + 1))
    if served != due:
        yield f"sections name objectives {sorted(served)}, planned are {sorted(due)}"
    start = prose(book).partition("## Before you start")[2].partition("\n## ")[0]
    for objective in row["objectives"]:
        # In the chapter its verbs are in bold and it is a part of a sentence.
        if objective["en"].casefold() not in start.replace("*", "").casefold():
            yield f"'Before you start' lacks the objective {objective['en']!r}"


def is_ready_for_slides(book: Book, row: dict) -> Faults:
    del row  # the same for every chapter
    after_class = False
    for cell in book["cells"]:
        title = re.match(r"## (.+)", source(cell))
        after_class |= title is not None and title.group(1).strip() in AFTER_CLASS
        kind = cell["metadata"].get("slideshow", {}).get("slide_type")
        if kind not in SLIDE_TYPES:
            yield f"slide type {kind!r}: {source(cell)[:60]!r}"
        elif kind != "skip" and (after_class or "stated" in tags(cell)):
            yield f"slide type {kind!r}, not 'skip': {source(cell)[:60]!r}"


def binds_every_bold_number(book: Book, row: dict) -> Faults:
    del row  # the same for every chapter
    bold = {
        text
        for _, text in re.findall(r"(\*\*|__|<b>|<strong>)(.+?)(?:\1|<)", prose(book))
        if re.search(NUMBER, re.sub(LABEL, "", text))
    }
    bound = set()
    for cell in code(book):
        calls = [
            node
            for node in ast.walk(parsed(cell))
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("stated")
        ]
        bound |= {ast.literal_eval(call.args[1]) for call in calls}
        if bool(calls) != ("stated" in tags(cell)):
            yield f"tag 'stated' and the calls disagree: {source(cell)!r}"
        if calls and not cell["metadata"].get("jupyter", {}).get("source_hidden"):
            yield f"a cell of stated numbers is not collapsed: {source(cell)!r}"
        if calls and cell["outputs"]:
            yield f"the text states what was not computed: {cell['outputs']}"
    for text in sorted(bold - bound):
        yield f"**{text}** is not bound to its computation by stated(..., {text!r})"
    for text in sorted(bound - bold):
        yield f"stated(..., {text!r}) binds what the text does not have in bold"


def is_short(book: Book, row: dict) -> Faults:
    del row  # the same for every chapter
    n = 0
    for cell in book["cells"]:
        if cell["cell_type"] == "markdown" and re.match("## Further", source(cell)):
            break
        kind = cell["metadata"].get("slideshow", {}).get("slide_type")
        n += cell["cell_type"] == "code" and kind != "skip"
    if not 15 <= n <= 25:
        yield f"{n} code cells are shown before 'Further', not 15 to 25"
    for cell in code(book):
        for node in ast.walk(parsed(cell)):
            if isinstance(node, ast.FunctionDef) and len(node.body) > 5:
                yield f"function {node.name} is long; a chapter calls the library"


CHAPTER_RULES = [
    has_the_sections_of_the_course,
    serves_every_objective,
    is_ready_for_slides,
    binds_every_bold_number,
    is_short,
]


def faults(book: Book, row: dict) -> list[str]:
    return [
        *[f"{rule.__name__}: {f}" for rule in EXECUTED_RULES for f in rule(book)],
        *[f"{rule.__name__}: {f}" for rule in CHAPTER_RULES for f in rule(book, row)],
    ]


@pytest.mark.parametrize("rule", EXECUTED_RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", EXECUTED)
def test_executed_notebook(path, rule):
    assert list(rule(read(path))) == []


@pytest.mark.parametrize("rule", CHAPTER_RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("name", EXISTING)
def test_chapter(name, rule):
    assert list(rule(read(f"notebooks/{name}.ipynb"), ROWS[name])) == []


@pytest.mark.parametrize("name", WITH_EXERCISE)
def test_student_sheet_is_blank(name):
    book = read(f"exercises/{name}.ipynb")
    assert [c["execution_count"] for c in code(book)] == [None] * len(code(book))
    assert [c["outputs"] for c in code(book)] == [[]] * len(code(book))
    assert list(hides_nothing_from_nbval(book)) == []
    assert list(names_the_common_kernel(book)) == []


@pytest.mark.parametrize("name", WITH_EXERCISE)
def test_questions_serve_every_objective(name, monkeypatch):
    import importlib.util

    path = ROOT / f"exercises/source/{name}.py"
    monkeypatch.syspath_prepend(path.parent)
    spec = importlib.util.spec_from_file_location(f"exercise_{name}", path)
    exercise = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(exercise)
    served = {question.objective for question in exercise.QUESTIONS}
    assert served == set(range(1, len(ROWS[name]["objectives"]) + 1))
    minutes = sum(question.minutes for question in exercise.QUESTIONS)
    assert minutes == ROWS[name]["minutes_exercise"]


# The course.


def test_course_rows_are_complete():
    assert [row["number"] for row in ROWS.values()] == [f"{i:02}" for i in range(14)]
    for name, row in ROWS.items():
        assert 2 <= len(row["objectives"]) <= 4, name
        assert all(aim["en"] and aim["zh"] for aim in row["objectives"]), name
        assert row["title_en"], name
        assert row["title_zh"], name
        # Chapters in preparation may name their sections later.
        if row["exists"] or "sections" in row:
            assert sum(s["minutes"] for s in sections(row)) == row["minutes_teach"]
    assert sum(section["minutes"] for section in COURSE["section"]) == 90


def test_course_needs_have_no_cycle():
    taught: set[str] = set()
    left = {row["number"]: set(row["needs"]) for row in ROWS.values()}
    while left:
        ready = {number for number, needs in left.items() if needs <= taught}
        assert ready, f"a chapter needs one that needs it, or an unknown one: {left}"
        taught |= ready
        left = {number: left[number] for number in left.keys() - ready}


def test_course_and_folders_agree():
    def names(pattern: str) -> set[str]:
        return {path.stem for path in ROOT.glob(pattern)}

    assert names("notebooks/*.ipynb") == set(EXISTING)
    assert names("exercises/*.ipynb") == set(WITH_EXERCISE)
    assert names("exercises/solutions/*.ipynb") == set(WITH_EXERCISE)
    assert names("exercises/source/[0-9]*.py") == set(WITH_EXERCISE)


def test_course_modules_and_their_tests_exist():
    for name in EXISTING:
        for module in ROWS[name]["modules"]:
            path = ROOT / "govlib" / module
            assert path.is_dir() or path.with_suffix(".py").is_file(), module
            assert list(ROOT.glob(f"tests/test_{module}*.py")), module


def test_course_datasets_exist():
    from govlib import datasets

    used = {table for name in EXISTING for table in ROWS[name]["datasets"]}
    assert used <= set(datasets.names())


def test_every_cell_of_every_notebook_is_collected():
    """A notebook that nbval does not see would pass without being tested."""
    folders = ["notebooks", "exercises/solutions"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-n0", *folders],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    found = dict(re.findall(r"^(\S+\.ipynb): (\d+)$", run.stdout, re.MULTILINE))
    expected = {path: str(len(code(read(path)))) for path in EXECUTED}
    assert found == expected, run.stdout + run.stderr
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    paths = options["tool"]["pytest"]["ini_options"]["testpaths"]
    assert set(folders) <= set(paths)


# The guard itself: a specimen without fault, then one fault at a time.

ROW = {
    "number": "99",
    "title_en": "A specimen",
    "title_zh": "样本",
    "objectives": [{"en": "Count to two"}, {"en": "Say what two is"}],
    "minutes_exercise": 60,
}


def cell(kind: str, text: str, slide: str = "slide", **metadata: Any) -> dict:
    body = {
        "cell_type": kind,
        "id": f"c{zlib.crc32(text.encode()):08x}",
        "metadata": {"slideshow": {"slide_type": slide}, **metadata},
        "source": text,
    }
    return body | ({"outputs": [], "execution_count": 0} if kind == "code" else {})


def specimen() -> Book:
    """Return a notebook as the rules want it; it can be executed."""
    aims = {"Look": " · objective 1", "Limits": " · objectives 1, 2"}
    cells = [cell("markdown", "# 99 · A specimen\n### 样本")]
    for i, section in enumerate(COURSE["section"]):
        title, minutes = section["title"], section["minutes"]
        line = f"*{minutes} minutes{aims.get(title, '')}*"
        cells.append(cell("markdown", f"## {title}\n\n{line}"))
        cells.append(cell("code", f"{i} + 1", "fragment"))
        cells[-1]["outputs"] = [
            {
                "output_type": "execute_result",
                "execution_count": 0,
                "metadata": {},
                "data": {"text/plain": str(i + 1)},
            }
        ]
    cells[1]["source"] += "\n\n- **count** to two;\n- **say** what two is.\n"
    cells.append(cell("markdown", "**Step 2.** Of **2SFCA** there are **2 kinds**."))
    cells.append(
        cell(
            "code",
            'from govlib.chapter import stated\n\nstated(2, "2 kinds")',
            "skip",
            tags=["stated"],
            jupyter={"source_hidden": True},
        )
    )
    cells.append(cell("code", "print('two')"))
    cells[-1]["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "two\n"}
    ]
    cells.append(
        cell("code", "#| fig-alt: A dot\nfrom IPython.display import Image\n_ = Image")
    )
    cells += [cell("markdown", f"## {title}", "skip") for title in AFTER_CLASS]
    book = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    for i, item in enumerate(code(book), start=1):
        item["execution_count"] = i
        for output in item["outputs"]:
            if "execution_count" in output:
                output["execution_count"] = i
    return book


def output(book: Book, **content: Any) -> None:
    """Give the printing cell of the specimen another output."""
    code(book)[-2]["outputs"] = [{"metadata": {}, **content}]


def shown(book: Book, kind: str, text: str) -> None:
    output(book, output_type="display_data", data={kind: text})


def edit(book: Book, old: str, new: str) -> None:
    """Replace text in the one cell that has it."""
    (found,) = [c for c in book["cells"] if old in c["source"]]
    found["source"] = found["source"].replace(old, new)


def put(book: Book, place: int, **content: Any) -> None:
    code(book)[place].update(content)


TRAPS: dict[str, tuple[Callable[[Book], Any], str]] = {
    "cleared": (lambda b: put(b, 3, execution_count=None), "execution counts"),
    "run twice": (lambda b: put(b, 3, execution_count=9), "execution counts"),
    "no code": (
        lambda b: b.update(cells=[c for c in b["cells"] if c["cell_type"] != "code"]),
        "no code cell",
    ),
    "empty cell": (lambda b: edit(b, "print('two')", " "), "empty code cell"),
    "shell": (lambda b: edit(b, "print('two')", "!false"), "shell command"),
    "shell value": (lambda b: edit(b, "print('two')", "a = !false"), "shell command"),
    "semicolon": (lambda b: edit(b, "print('two')", "2;"), "semicolon"),
    "skip comment": (
        lambda b: edit(b, "print('two')", "# NBVAL_SKIP\n2"),
        "comment switches",
    ),
    "skip tag": (
        lambda b: code(b)[3]["metadata"].update(tags=["nbval-ignore-output"]),
        "tag switches",
    ),
    "raises nothing": (
        lambda b: code(b)[3]["metadata"].update(tags=["raises-exception"]),
        "disagree",
    ),
    "stored error": (
        lambda b: output(b, output_type="error", ename="E", evalue="", traceback=[]),
        "disagree",
    ),
    "table unseen": (
        lambda b: edit(b, "print('two')", "show(1)\nprint('two')"),
        "comes last",
    ),
    "stderr": (
        lambda b: output(b, output_type="stream", name="stderr", text="Warning"),
        "stderr",
    ),
    "date": (lambda b: shown(b, "text/plain", "on 2026-03-01"), "a date"),
    "time": (lambda b: shown(b, "text/plain", "at 10:31:07"), "a time"),
    "address": (lambda b: shown(b, "text/plain", "<G at 0x7f31c0de>"), "address"),
    "styler": (lambda b: shown(b, "text/html", '<i id="T_1f2a">'), "random id"),
    "path": (lambda b: shown(b, "text/plain", "/ho" + "me/a/x.csv"), "path"),
    "windows path": (lambda b: shown(b, "text/plain", "C:" + "\\a.csv"), "path"),
    "svg": (lambda b: shown(b, "image/svg+xml", "<svg>"), "image/svg+xml"),
    "widget": (
        lambda b: shown(b, "application/vnd.jupyter.widget-view+json", "{}"),
        "widget",
    ),
    "figure unsaid": (lambda b: shown(b, "image/png", "iVBO"), "fig-alt"),
    "figure misdescribed": (
        lambda b: put(
            b,
            -1,
            outputs=[
                {
                    "output_type": "display_data",
                    "data": {"image/png": "iVBO"},
                    "metadata": {"image/png": {"alt": "A line"}},
                }
            ],
        ),
        "stored description",
    ),
    "kernel": (
        lambda b: b["metadata"]["kernelspec"].update(name="my-env"),
        "kernel is not",
    ),
    "python version": (
        lambda b: b["metadata"]["language_info"].update(version="3.11.7"),
        "language_info",
    ),
    "timing": (
        lambda b: code(b)[0]["metadata"].update(execution={"iopub.execute_input": ""}),
        "metadata keep",
    ),
    "section renamed": (lambda b: edit(b, "## Look", "## See"), "sections are"),
    "minutes changed": (lambda b: edit(b, "*15 minutes*", "*16 minutes*"), "sections"),
    "no sources": (lambda b: b["cells"].pop(), "after class"),
    "sources have minutes": (
        lambda b: edit(b, "## Sources", "## Sources\n\n*2 minutes*"),
        "without minutes",
    ),
    "title": (lambda b: edit(b, "A specimen", "Another"), "the title"),
    "title in Chinese": (lambda b: edit(b, "样本", "标本"), "Chinese title"),
    "objective unserved": (
        lambda b: edit(b, "objectives 1, 2", "objective 1"),
        "sections name objectives",
    ),
    "objective unsaid": (lambda b: edit(b, "- **count** to two", ""), "lacks"),
    "no slide type": (
        lambda b: b["cells"][5]["metadata"].clear(),
        "slide type None",
    ),
    "sources on a slide": (
        lambda b: b["cells"][-1]["metadata"]["slideshow"].update(slide_type="slide"),
        "not 'skip'",
    ),
    "bold unbound": (lambda b: edit(b, "Of **2SFCA**", "Of **9,060**"), "not bound"),
    "bold in tags": (lambda b: edit(b, "Of **2SFCA**", "<b>0.31</b>"), "not bound"),
    "bound, not bold": (
        lambda b: edit(b, "**2 kinds**", "2 kinds"),
        "does not have in bold",
    ),
    "stated otherwise": (
        lambda b: put(
            b, -3, outputs=[{"output_type": "stream", "name": "stdout", "text": "no"}]
        ),
        "what was not computed",
    ),
    "stated in the open": (
        lambda b: code(b)[-3]["metadata"].pop("jupyter"),
        "not collapsed",
    ),
    "stated untagged": (
        lambda b: code(b)[-3]["metadata"].pop("tags"),
        "tag 'stated'",
    ),
    "long": (
        lambda b: b["cells"].__setitem__(
            slice(5, 5), [cell("code", "1") for _ in range(12)]
        ),
        "27 code cells",
    ),
    "long function": (
        lambda b: edit(b, "print('two')", "def f():\n" + "    f()\n" * 6),
        "function f is long",
    ),
}


def test_specimen_has_no_fault():
    assert faults(specimen(), ROW) == []


@pytest.mark.parametrize("name", TRAPS)
def test_guard_catches(name):
    spoil, message = TRAPS[name]
    book = copy.deepcopy(specimen())
    spoil(book)
    assert any(message in fault for fault in faults(book, ROW))


def test_nbval_and_the_hook_catch_what_is_not_in_the_file(tmp_path):
    """The rest of the guard runs with the cells: unknown magics and changed outputs."""
    book = specimen()
    good = len(code(book))
    for text in [
        "%no_such_magic",
        "print('three')",
        "import warnings; warnings.warn(2)",
    ]:
        book["cells"].append(cell("code", text))
        book["cells"][-1]["execution_count"] = len(code(book))
    # nbval alone lets this one pass, which was not run yet.
    code(book)[good]["execution_count"] = None
    (tmp_path / "specimen.ipynb").write_text(json.dumps(book), encoding="utf-8")
    shutil.copy(ROOT / "conftest.py", tmp_path)
    options = ["-n0", "-rA", "--tb=no", "-p", "no:cacheprovider"]
    place = ["-c", ROOT / "pyproject.toml", "--rootdir", tmp_path, tmp_path]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *place],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    lines = re.findall(r"^(PASSED|FAILED) \S+::Cell (\d+)", run.stdout, re.MULTILINE)
    found = [result for result, _ in sorted(lines, key=lambda line: int(line[1]))]
    assert found == ["PASSED"] * good + ["FAILED"] * 3, run.stdout + run.stderr
