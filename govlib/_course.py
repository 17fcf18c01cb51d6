"""The course folder: where it is, which chapters it has, a copy of it for a student."""

import hashlib
import itertools
import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from govlib import __version__, _files

# What a student works with: no sources and no worked solutions. The data are in the
# library, which a chapter asks for them by name.
COPIED = (
    "LICENSE-CONTENT",
    "datasets/README.md",
    "exercises/*.ipynb",
    "exercises/*.keys.json",
    "notebooks/*.ipynb",
    "notebooks/course.toml",
    "notebooks/figures/*",
)
# In the copy: the fingerprint of each file as it was last delivered, by which a file
# that the student changed is told from one that only grew old.
RECORD = ".govlib-copy.json"


@dataclass(frozen=True, slots=True)
class Chapter:
    """One row of ``course.toml``: `name` is ``NN_slug``; planned ones do not exist."""

    name: str
    title: str
    exists: bool


@dataclass(slots=True)
class Copied:
    """
    What :func:`copy` did, as paths inside the student's folder.

    Attributes
    ----------
    new, refreshed : list of str
        Files that were not there, and files that were an older edition, unchanged.
    kept : list of tuple of str
        Files that the student changed, each with the newer edition put beside it.
    """

    new: list[str] = field(default_factory=list)
    refreshed: list[str] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)


def find(start: Path, *, original: bool = False) -> Path:
    """
    Return the course folder around `start`, or else the checkout of this package.

    With `original` a student's copy is passed over: what it is refreshed from.
    """
    start = start.resolve()
    checkout = Path(__file__).resolve().parent.parent
    for folder in (start, *start.parents, checkout):
        copied = (folder / RECORD).exists()
        if (folder / "notebooks" / "course.toml").is_file() and not (
            original and copied
        ):
            return folder
    raise FileNotFoundError(
        f"there is no course folder here ({start}) or above it. The installed package "
        f"holds the library and the data; the notebooks and exercises come with a "
        f"clone of the repository or the source archive govlib-{__version__}.tar.gz. "
        f"Unpack one, change into it and run this again"
    )


def chapters(course: Path) -> list[Chapter]:
    """Return the chapters of a course, planned ones included, in their order."""
    with open(course / "notebooks" / "course.toml", "rb") as file:
        rows = tomllib.load(file)["chapter"]
    return [
        Chapter(f"{row['number']}_{row['slug']}", row["title_en"], row["exists"])
        for row in rows
    ]


def notebooks(course: Path, asked: Sequence[str]) -> list[Path]:
    """
    Return the notebooks that a reader asked for; every existing chapter by default.

    A chapter goes by its number (``4``, ``04``), its slug (``cohesion``), both
    (``04_cohesion``) or the path of its notebook; any other notebook by its path.
    """
    known = {chapter.name: chapter for chapter in chapters(course)}
    if not asked:
        asked = [name for name, chapter in known.items() if chapter.exists]
    names = _spellings(known)
    found = []
    for word in asked:
        if word.endswith(".ipynb") and Path(word).is_file():
            found.append(Path(word))
            continue
        name = names.get(word.removesuffix(".ipynb").casefold())
        if name is None:
            raise _unknown("chapter or notebook", word, names, "chapters", known)
        if not known[name].exists:
            raise ValueError(f"chapter {name} is planned but not written yet")
        found.append(course / "notebooks" / f"{name}.ipynb")
    # Asked for twice is run once.
    return list(dict.fromkeys(found))


def exercises(course: Path, asked: str | None) -> list[Path]:
    """
    Return the source of the exercise that a lecturer asked for, or all sources.

    An exercise goes by the number or the slug of its chapter, or both.
    """
    folder = course / "exercises" / "source"
    known = {path.stem: path for path in sorted(folder.glob("[0-9][0-9]_*.py"))}
    if not known:
        raise ValueError(
            f"{course} holds no exercises/source, from which numbers are drawn; run "
            f"this in a clone of the repository, not in a copy made by lab --copy"
        )
    if asked is None:
        return list(known.values())
    names = _spellings(known)
    name = names.get(asked.casefold())
    if name is None:
        raise _unknown("exercise", asked, names, "exercises", known)
    return [known[name]]


def _spellings(known: Iterable[str]) -> dict[str, str]:
    """Return ``NN_slug`` by each way to write it."""
    names = {}
    for name in known:
        number, _, slug = name.partition("_")
        names |= dict.fromkeys((name, number, number.lstrip("0") or "0", slug), name)
    return names


def _unknown(
    what: str, word: str, names: Iterable[str], there: str, known: Iterable[str]
) -> ValueError:
    # Here, because pandas comes with it and would slow every command.
    from govlib import _validate

    hint = _validate.nearest(word, names) or f"; {there} are {', '.join(known)}"
    return ValueError(f"there is no {what} {word!r}{hint}")


def copy(course: Path, folder: Path) -> Copied:
    """
    Bring a student's own copy up to date without overwriting what the student changed.

    A file that is missing is written, one that was never changed is refreshed. Where
    the student changed a file and the course has a newer one, the newer lands beside
    it, once.
    """
    folder = folder.resolve()
    if folder == course.resolve():
        raise ValueError(f"{folder} is the course folder itself; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    record = _read_record(folder / RECORD)
    done = Copied()
    sources = sorted(
        path for pattern in COPIED for path in course.glob(pattern) if path.is_file()
    )
    for source in sources:
        path = source.relative_to(course).as_posix()
        content = source.read_bytes()
        now, target = _fingerprint(content), folder / path
        there = _fingerprint(target.read_bytes()) if target.exists() else None
        if there is None:
            _write(target, content, folder)
            done.new.append(path)
        elif there != now and there == record.get(path):
            _write(target, content, folder)
            done.refreshed.append(path)
        elif there != now and record.get(path) != now:
            beside = _beside(target, folder, record)
            _write(beside, content, folder)
            newer = beside.relative_to(folder).as_posix()
            record[newer] = now
            done.kept.append((path, newer))
        record[path] = now
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    _write(folder / RECORD, text.encode("utf-8"), folder)
    return done


def _beside(target: Path, folder: Path, record: dict[str, str]) -> Path:
    """Return a free name for a newer edition, or one whose file was never changed."""
    for number in itertools.count(1):
        ending = "" if number == 1 else f"_{number}"
        path = target.with_name(f"{target.stem}_newer{ending}{target.suffix}")
        if not path.exists():
            return path
        if _fingerprint(path.read_bytes()) == record.get(
            path.relative_to(folder).as_posix()
        ):
            return path
    raise AssertionError  # pragma: no cover


def _fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read_record(path: Path) -> dict[str, str]:
    """Return the record; without a readable one every file counts as changed."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _write(target: Path, content: bytes, folder: Path) -> None:
    """Write a file of the copy, and nowhere else."""
    if not target.parent.resolve().is_relative_to(folder):
        # A link in the student's folder leads somewhere else.
        raise ValueError(f"{target} is outside {folder}; nothing was written there")
    target.parent.mkdir(parents=True, exist_ok=True)
    _files.write(target, content)
