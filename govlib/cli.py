"""The command line: ``govlib lab``, ``run``, ``release``, ``grade`` and ``city``."""

import argparse
import io
import os
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from govlib import __version__, _course


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after ``govlib``. Default: those of the command line.

    Returns
    -------
    int
        Exit code: 0 all is well, 1 something that was run failed, 2 the request
        cannot be met as it stands, 130 interrupted.

    Raises
    ------
    SystemExit
        After ``--help`` and ``--version``, and for an option that does not exist.

    Examples
    --------
    >>> main(["--version"])
    Traceback (most recent call last):
    SystemExit: 0
    """
    for stream in (sys.stdout, sys.stderr):
        # A console that cannot show Chinese prints a question mark, not an error.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    options = parser().parse_args(arguments)
    try:
        return options.command(options)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "govlib":
            raise
        extra = "io" if error.name == "pyarrow" else "course"
        print(
            f"govlib: {error.name} is not installed, which this command needs: "
            f'pip install "govlib[{extra}]"',
            file=sys.stderr,
        )
    except (OSError, ValueError) as error:
        print(f"govlib: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("govlib: interrupted", file=sys.stderr)
        return 130
    return 2


def parser() -> argparse.ArgumentParser:
    """
    Return the parser of all commands.

    Returns
    -------
    argparse.ArgumentParser
        Options of a parsed command line hold the function to call as ``command``.

    Examples
    --------
    >>> parser().parse_args(["run", "04"]).chapter
    ['04']
    """
    top = argparse.ArgumentParser(
        prog="govlib",
        description="The course on community governance: open it, run it, grade it.",
    )
    top.add_argument("--version", action="version", version=f"govlib {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    lab = commands.add_parser(
        "lab",
        help="open the course in JupyterLab",
        description="Open the course in JupyterLab. Stop it with Ctrl+C.",
    )
    lab.add_argument(
        "--copy",
        metavar="FOLDER",
        type=Path,
        help="work on your own copy in FOLDER; made or brought up to date first, "
        "never overwriting a file that you changed",
    )
    lab.add_argument("--no-browser", action="store_true", help="only print the address")
    lab.add_argument(
        "--port",
        type=int,
        default=8888,
        help="first port to try (default: %(default)s); if taken, the next is used",
    )
    lab.set_defaults(command=_lab)

    run = commands.add_parser(
        "run",
        help="run chapters and write one HTML report each",
        description="Run chapters from top to bottom, without a browser, and write "
        "one HTML report each. The notebooks stay as they are.",
    )
    run.add_argument(
        "chapter",
        nargs="*",
        help="such as 4, 04, cohesion, 04_cohesion or the path of a notebook "
        "(default: every chapter there is)",
    )
    to = run.add_mutually_exclusive_group()
    to.add_argument(
        "--out",
        metavar="FOLDER",
        type=Path,
        default=Path("reports"),
        help="where reports go (default: %(default)s)",
    )
    to.add_argument(
        "--store",
        action="store_true",
        help="for authors: write no report, store the outputs in the notebook itself",
    )
    run.set_defaults(command=_run)

    release = commands.add_parser(
        "release",
        help="give every student an exercise with their own numbers",
        description="Give every student of a roster an exercise with their own "
        "numbers: one archive each to hand out, and one marking file for you. Called "
        "again with a longer roster, it adds the new students and changes nothing "
        "else.",
    )
    release.add_argument(
        "--students",
        metavar="FILE",
        type=Path,
        required=True,
        help="CSV file with a column of student numbers (student, id, number or "
        "学号) and, if you like, name (姓名), and group (小组) for those who hand in "
        "together",
    )
    release.add_argument(
        "--exercise",
        metavar="NN",
        help="such as 4, 04 or cohesion (default: every exercise there is)",
    )
    release.add_argument(
        "--out",
        metavar="FOLDER",
        type=Path,
        default=Path("released"),
        help="where archives and marking files go (default: %(default)s)",
    )
    release.add_argument(
        "--secret",
        metavar="FILE",
        type=Path,
        help="text file from which numbers are drawn; the same secret gives the same "
        "numbers (default: secret.txt in the folder, made at the first run)",
    )
    release.add_argument(
        "--language",
        choices=["en", "zh"],
        default="en",
        help="language of hints that the notebooks start with (default: %(default)s)",
    )
    release.set_defaults(command=_release)

    grade = commands.add_parser(
        "grade",
        help="grade a folder of submissions",
        description="Grade a folder of submissions without running any of their code.",
    )
    grade.add_argument("folder", type=Path, help="folder with the files handed in")
    grade.add_argument(
        "--marking",
        metavar="FILE",
        type=Path,
        help="marking file of the exercise: the one that release wrote (default: the "
        "course folder's for the public numbers, if it has one only)",
    )
    grade.add_argument(
        "--out",
        metavar="FOLDER",
        type=Path,
        help="where results go (default: beside the submissions)",
    )
    grade.add_argument(
        "--keep",
        choices=["last", "best"],
        default="last",
        help="which submission of a student counts (default: %(default)s)",
    )
    grade.add_argument(
        "--pseudonyms",
        action="store_true",
        help="name students by pseudonyms in grades.csv and marking.csv",
    )
    grade.add_argument(
        "--overwrite",
        action="store_true",
        help="replace earlier results; points typed into marking.csv are kept",
    )
    grade.set_defaults(command=_grade)

    city = commands.add_parser(
        "city",
        help="simulate a city of any size and write its tables",
        description="Simulate the synthetic S city and write one file per table. "
        "Interrupted, it leaves the folder as it was.",
    )
    city.add_argument(
        "--size",
        choices=["tiny", "course", "full"],
        default="full",
        help="12, 480 or 4,784 communities (default: %(default)s)",
    )
    city.add_argument(
        "--out",
        metavar="FOLDER",
        type=Path,
        required=True,
        help="where the files go",
    )
    city.add_argument(
        "--seed", type=int, default=2026, help="of all draws (default: %(default)s)"
    )
    city.add_argument(
        "--format",
        choices=["parquet", "csv"],
        default="parquet",
        help="kind of file (default: %(default)s)",
    )
    city.add_argument(
        "--jobs",
        type=int,
        default=-1,
        help="processes; -1 for as many as there are cores (default: %(default)s)",
    )
    city.add_argument("--overwrite", action="store_true", help="replace older files")
    city.set_defaults(command=_city)
    return top


def _lab(options: argparse.Namespace) -> int:
    folder = _course.find(Path.cwd(), original=options.copy is not None)
    if options.copy is not None:
        done = _course.copy(folder, options.copy)
        folder = options.copy.resolve()
        print(f"{folder}: {len(done.new)} new files, {len(done.refreshed)} refreshed")
        for yours, newer in done.kept:
            print(f"you changed {yours}, so it stays; the newer one is {newer}")
    from jupyterlab.labapp import LabApp

    first = next(c.name for c in _course.chapters(folder) if c.exists)
    settings = [
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.port={options.port}",
        f"--LabApp.default_url=/lab/tree/notebooks/{first}.ipynb",
    ]
    # A classroom may have no network, and a student no use for Jupyter's news: the
    # settings in this folder leave out the question and the check for updates.
    config = [str(Path(__file__).parent / "_jupyter")]
    config += filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(config)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        settings.append("--allow-root")
    if options.no_browser or not _has_browser():
        settings.append("--no-browser")
        print("Open the address below (http://...) in a browser. Stop with Ctrl+C.")
    else:
        print("The course opens in your browser. Stop with Ctrl+C.")
    sys.stdout.flush()
    LabApp.launch_instance(settings)
    return 0


def _has_browser() -> bool:
    """Whether a window can be opened; a text browser would take over the terminal."""
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def _run(options: argparse.Namespace) -> int:
    paths = _course.notebooks(_course.find(Path.cwd()), options.chapter)
    from tqdm import tqdm

    from govlib import _notebooks

    books = {path: _notebooks.read(path) for path in paths}
    failed = 0
    total = sum(map(_notebooks.cells_to_run, books.values()))
    with tqdm(total=total, unit="cell") as bar:
        for path, book in books.items():
            bar.set_description(path.stem)
            due = bar.n + _notebooks.cells_to_run(book)
            problem = _notebooks.execute(
                book,
                path.parent,
                executed=bar.update,
                environment=os.environ | (_notebooks.STORING if options.store else {}),
            )
            # What a failure left out must not make the bar end early.
            bar.update(due - bar.n)
            if problem:
                failed += 1
                bar.write(f"{path.stem}, {problem}", file=sys.stderr)
            if options.store:
                if not problem:
                    _notebooks.write(book, path)
                continue
            options.out.mkdir(parents=True, exist_ok=True)
            report = options.out / f"{path.stem}.html"
            # Written after a failure too: an older report would hide it.
            report.write_text(
                _notebooks.page(book, path.stem), encoding="utf-8", newline="\n"
            )
            bar.write(f"{report}{' (incomplete)' if problem else ''}")
    return 1 if failed else 0


def _release(options: argparse.Namespace) -> int:
    course = _course.find(Path.cwd(), original=True)
    sources = _course.exercises(course, options.exercise)
    from govlib import exercises

    for source in sources:
        released = exercises.release(
            options.students,
            source=source,
            out=options.out,
            secret=options.secret,
            language=options.language,
        )
        print(released)
    return 0


def _grade(options: argparse.Namespace) -> int:
    from govlib import exercises

    marking = options.marking or _marking_file(_course.find(Path.cwd()))
    grades = exercises.grade(
        options.folder,
        marking=marking,
        out=options.out,
        keep=options.keep,
        pseudonyms=options.pseudonyms,
        overwrite=options.overwrite,
    )
    print(grades)
    return 0


def _city(options: argparse.Namespace) -> int:
    from govlib import city

    files = city.write(
        options.out,
        size=options.size,
        seed=options.seed,
        form=options.format,
        overwrite=options.overwrite,
        n_jobs=options.jobs,
    )
    size = sum(file.stat().st_size for file in files)
    print(f"{options.out}: {len(files)} tables, {size / 1e6:,.1f} MB")
    return 0


def _marking_file(course: Path) -> Path:
    """Return the one marking file of the course folder."""
    found = sorted((course / "exercises").rglob("*.marking.json"))
    if len(found) == 1:
        return found[0]
    listed = ", ".join(str(path.relative_to(course)) for path in found) or "none"
    raise ValueError(f"name the marking file with --marking; the course has {listed}")
