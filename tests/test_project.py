"""The project as a whole: style, types, docstrings, imports, pins, files, README."""

import dataclasses
import doctest
import importlib
import importlib.util
import inspect
import os
import pkgutil
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType

import numpydoc.docscrape
import numpydoc.validate
import pytest
from packaging.requirements import Requirement

import govlib
from govlib import cli

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
COURSE = tomllib.loads((ROOT / "notebooks/course.toml").read_text(encoding="utf-8"))


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a tool of this environment in the project's folder."""
    tool = Path(sys.executable).with_name(command[0])
    return subprocess.run(
        [tool, *command[1:]],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=os.environ | {"PYTHONUTF8": "1", "NO_COLOR": "1"},
        check=False,
    )


def own_files() -> list[Path]:
    """Return the files of the project: what git tracks or would, or an sdist holds."""
    git = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if git.returncode == 0:
        paths = [ROOT / name for name in git.stdout.split("\0") if name]
    else:
        ignored = {".venv", "uv.lock", "__pycache__", "dist", "build", "reports"}
        paths = [
            path
            for path in ROOT.rglob("*")
            if not ignored & set(path.relative_to(ROOT).parts)
            and not re.search(r"_cache|\.hypothesis|\.egg-info", str(path))
        ]
    return [path for path in paths if path.is_file()]


def texts() -> Iterator[tuple[str, str]]:
    """Return name and content of every own file that is text."""
    for path in own_files():
        content = path.read_bytes()
        if b"\0" not in content:
            yield path.relative_to(ROOT).as_posix(), content.decode("utf-8")


# Tools.


@pytest.mark.parametrize(
    "command",
    [
        "ruff check --no-cache",
        "ruff format --check --no-cache",
        "ty check",
        "lint-imports --no-cache --no-logo",
    ],
)
def test_tool_finds_nothing(command):
    done = run(*command.split())
    assert done.returncode == 0, done.stdout + done.stderr


def public() -> Iterator[str]:
    """Return the import path of every function and class that a user may call."""
    for found in pkgutil.iter_modules(govlib.__path__):
        if found.name.startswith("_"):
            continue
        module = importlib.import_module(f"govlib.{found.name}")
        for name in exported(module):
            yield f"{module.__name__}.{name}"


def exported(module: ModuleType) -> list[str]:
    return [
        name
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and (inspect.isfunction(thing) or inspect.isclass(thing))
        # A package lends its name to what its files define, a module does not.
        and (thing.__module__ + ".").startswith(module.__name__ + ".")
    ]


CHECKS = set(PROJECT["tool"]["numpydoc_validation"]["checks"]) - {"all"}


@pytest.mark.parametrize("path", sorted(public()))
def test_docstring(path):
    found = dict(numpydoc.validate.validate(path)["errors"])
    module, _, name = path.rpartition(".")
    thing = getattr(importlib.import_module(module), name)
    assert thing.__doc__
    if dataclasses.is_dataclass(thing):
        # Its fields are documented as attributes, which is how readers meet them.
        found.pop("PR01", None)
        fields = {field.name for field in dataclasses.fields(thing)}
        assert {n for n in fields if not n.startswith("_")} <= attributes(thing)
    assert {code: text for code, text in found.items() if code not in CHECKS} == {}


def attributes(thing: type) -> set[str]:
    """Return the names in the section Attributes; one line may hold several."""
    rows = numpydoc.docscrape.ClassDoc(thing)["Attributes"]
    return {name.strip() for row in rows for name in row.name.split(",")}


def test_docstring_test_sees_the_library():
    """An empty list of names would pass unseen."""
    assert {"govlib.cli.main", "govlib.resample.bootstrap", "govlib.city.City"} <= {
        *public()
    }


# Pins.


def load(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("pin", ROOT / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pins_and_constraints_agree():
    pins = PROJECT["tool"]["uv"]["constraint-dependencies"]
    written = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert load(".ci/pin.py").constraints(pins) == written


def test_every_requirement_is_pinned():
    pins = [Requirement(p) for p in PROJECT["tool"]["uv"]["constraint-dependencies"]]
    assert all(re.fullmatch(r"==[^*,]+", str(pin.specifier)) for pin in pins)
    assert not any(pin.url for pin in pins)
    extras = PROJECT["project"]["optional-dependencies"]
    asked = {
        Requirement(text).name
        for group in [PROJECT["project"]["dependencies"], *extras.values()]
        for text in group
    }
    assert asked - {"govlib"} <= {pin.name for pin in pins}


def test_this_environment_is_the_pinned_one():
    """Outputs of notebooks are compared to the letter, so the versions must agree."""
    wrong = []
    for text in PROJECT["tool"]["uv"]["constraint-dependencies"]:
        pin = Requirement(text)
        if pin.marker is None or pin.marker.evaluate():
            try:
                found = version(pin.name)
            except PackageNotFoundError:
                found = "none"
            if found not in pin.specifier:
                wrong.append(f"{text}, installed is {found}")
    assert wrong == []


# Files.


def test_no_text_names_a_machine_or_an_index():
    # Written so that this file does not hold what it looks for.
    forbidden = [
        r"(?<![\w.)])[/](home|root|work|tmp|Users)/",
        r"\b[C-Z]:\\\\?(Users|Windows)",
        r"\bindex-ur[l]",
        r"python" + "hosted",
        r"/simpl[e]/?[\"'\s]",
        r"https?://[\w.-]*\b(proxy|mirror|artifactory|nexus)\b",
        r"https?://(?!127\.)\d+\.\d+\.\d+\.\d+",
    ]
    found = [
        f"{name}: {match.group()}"
        for name, text in texts()
        for pattern in forbidden
        for match in re.finditer(pattern, text)
    ]
    assert found == []


def test_no_file_is_large():
    large = {
        path.relative_to(ROOT).as_posix(): path.stat().st_size
        for path in own_files()
        if path.stat().st_size > 3_000_000
    }
    assert large == {}


def test_text_files_are_utf8_with_unix_line_ends():
    assert [name for name, text in texts() if "\r" in text] == []


# README.


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_readme_commands_exist():
    commands = [
        line for block in blocks("(?:bash|powershell)") for line in block.splitlines()
    ]
    assert "uv run pytest" in commands
    assert "uv run govlib lab" in commands
    called = [
        shlex.split(line.partition("govlib ")[2])
        for line in [*commands, *re.findall(r"`([^`\n]+)`", README)]
        if re.match(r"(uv run |\S*[/\\])govlib ", line)
    ]
    assert len(called) >= 6
    for words in called:
        cli.parser().parse_args(words)


def test_readme_extra_and_files_exist():
    assert set(re.findall(r'-e "\.\[(\w+)\]"', README)) <= set(
        PROJECT["project"]["optional-dependencies"]
    )
    assert set(re.findall(r"-c (\S+)", README)) == {"constraints.txt"}


def test_both_commands_use_the_same_environment():
    """The second command must not undo the first."""
    assert PROJECT["dependency-groups"]["dev"] == ["govlib[dev]"]
    assert "govlib[course,io]" in PROJECT["project"]["optional-dependencies"]["dev"]
    assert not re.search(r"uv run --(extra|group|with|no)", README)


def test_readme_example_is_right():
    flags = doctest.NORMALIZE_WHITESPACE
    test = doctest.DocTestParser().get_doctest(
        "".join(blocks("python")), {}, "README.md", "README.md", 0
    )
    assert test.examples
    said: list[str] = []
    result = doctest.DocTestRunner(optionflags=flags).run(test, out=said.append)
    assert result.failed == 0, "".join(said)


def test_readme_lists_the_course():
    for row in COURSE["chapter"]:
        name = f"{row['number']}_{row['slug']}"
        title, exercise = row["title_en"], "planned"
        if row["exists"]:
            title = f"[{title}](notebooks/{name}.ipynb)"
            link = f"[exercise](exercises/{name}.ipynb)"
            exercise = link if row["minutes_exercise"] else ""
        line = f"| {row['number']} | {title} | {row['part']} | {exercise} |"
        assert line in README.splitlines()


def links() -> Iterator[tuple[str, str]]:
    """Return page and target of each link to a file of the project."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("*/README.md")]
    pages += [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("exercises/**/*.ipynb")]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^()\s\"\\]+)\)", text):
            if not re.match(r"https?:|mailto:|#|attachment:|data:", target):
                yield page.relative_to(ROOT).as_posix(), target.partition("#")[0]


@pytest.mark.parametrize(("page", "target"), sorted(set(links())))
def test_link_leads_somewhere(page, target):
    assert (ROOT / page).parent.joinpath(target).exists()


def test_ci_runs_the_command_of_the_readme():
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    (pattern,) = re.findall(r"grep -m1 '(.+)' README.md", script)
    found = [line for line in README.splitlines() if re.match(pattern, line)]
    assert found == ["uv run pytest"]


def test_versions_agree():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^version: (\S+)", citation, re.MULTILINE) == [
        govlib.__version__
    ]
    assert re.search(r"^## (\S+)", changes, re.MULTILINE).group(1) == govlib.__version__
    assert PROJECT["project"]["version"] == govlib.__version__


def test_sdist_lists_what_is_there():
    listed = PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert [name for name in listed if not (ROOT / name.lstrip("/")).exists()] == []
    kept = {path.relative_to(ROOT).parts[0] for path in own_files()}
    # Git's own settings and the project file need no listing.
    assert kept - {name.lstrip("/") for name in listed} <= {
        ".gitignore",
        "pyproject.toml",
    }
