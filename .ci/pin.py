"""
Pin every package of the course to one version.

The pins stand at the end of pyproject.toml, where uv reads them; constraints.txt, for
pip, is a copy. Run ``uv run python .ci/pin.py`` after changing a dependency, and with
``--upgrade`` to move to newer versions; then store the notebooks again.
"""

import argparse
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADING = "\n# Written by .ci/pin.py, as is constraints.txt; not by hand.\n[tool.uv]\n"


def resolved() -> list[str]:
    """Return ``name==version ; marker`` of everything that the suite needs."""
    command = "uv export --extra dev --no-hashes --no-emit-project --no-annotate"
    out = subprocess.run(
        [*command.split(), "--no-header"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return out.stdout.splitlines()


def project(text: str, pins: list[str]) -> str:
    """Return pyproject.toml with these pins in place of any others."""
    lines = "".join(f'  "{pin}",\n' for pin in pins)
    rest = text.partition(HEADING)[0]
    return f"{rest}{HEADING}constraint-dependencies = [\n{lines}]\n"


def constraints(pins: list[str]) -> str:
    """Return constraints.txt."""
    return "# Written by .ci/pin.py from pyproject.toml.\n" + "\n".join(pins) + "\n"


def main() -> None:
    """Write both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="to the newest versions")
    path = ROOT / "pyproject.toml"
    if parser.parse_args().upgrade:
        text = project(path.read_text(encoding="utf-8"), [])
        path.write_text(text, encoding="utf-8", newline="\n")
        subprocess.run(["uv", "lock", "--upgrade"], cwd=ROOT, check=True)
    pins = resolved()
    text = project(path.read_text(encoding="utf-8"), pins)
    path.write_text(text, encoding="utf-8", newline="\n")
    out = ROOT / "constraints.txt"
    out.write_text(constraints(pins), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
