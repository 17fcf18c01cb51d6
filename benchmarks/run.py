"""
Run every benchmark and write benchmarks/README.md from what they print.

    python benchmarks/run.py [SCRIPT ...]

With names of scripts, such as `city.py`, the parts of others stay as they are.
"""

import argparse
import ast
import os
import platform
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parent
README = FOLDER / "README.md"
HEAD = """# Benchmarks

Written by `python benchmarks/run.py`, which runs every script of this folder and needs
the extra `dev` and the packages access, inequality and pm4py. A script checks that the
peers give the same numbers before it prints a ratio. Seconds differ from machine to
machine and with what else it does; ratios within one run are the evidence.

"""
PACKAGES = (
    "numpy",
    "scipy",
    "pandas",
    "networkx",
    "igraph",
    "statsmodels",
    "access",
    "inequality",
    "pm4py",
)


def measured(script: Path) -> str:
    """Run a script and return its part: what it is about and what it prints."""
    about = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or ""
    print(script.name, flush=True)
    done = subprocess.run(
        [sys.executable, "-X", "utf8", str(script)],
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode:
        sys.exit(f"{script.name} failed:\n{done.stderr}")
    return f"{about}\n\n{done.stdout}"


def main() -> None:
    """Read the command line, run the scripts and write after each."""
    scripts = sorted(p.name for p in FOLDER.glob("*.py") if p != Path(__file__))
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().split("\n")[0])
    parser.add_argument("script", nargs="*")
    wanted = parser.parse_args().script or scripts
    if not set(wanted) <= set(scripts):
        parser.error(f"choose from {', '.join(scripts)}")
    machine = [
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in PACKAGES),
        f"{os.cpu_count()} cores",
    ]
    old = README.read_text(encoding="utf-8") if README.exists() else ""
    found = re.split(r"^## (\S+\.py)\n\n", old, flags=re.M)
    kept = [part.rstrip() + "\n" for part in found[2::2]]
    parts = dict(zip(found[1::2], kept, strict=True))
    for name in wanted:
        parts[name] = measured(FOLDER / name)
        text = HEAD + ", ".join(machine) + ".\n"
        for other in scripts:
            if other in parts:
                text += f"\n## {other}\n\n{parts[other]}"
        README.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
