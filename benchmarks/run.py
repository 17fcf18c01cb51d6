"""
Run every benchmark and write benchmarks/README.md from what they print.

Run with: python benchmarks/run.py
"""

import ast
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parent
HEAD = """# Benchmarks

Written by `python benchmarks/run.py`, which runs every script of this folder and needs
the extra `dev` and the packages access, inequality and pm4py. A script
checks that the peers give the same numbers before it prints a ratio. Seconds differ
from machine to machine and with what else it does; ratios within one run are the
evidence.

"""


def main() -> None:
    packages = ["numpy", "scipy", "pandas", "networkx", "igraph", "statsmodels"]
    # Peers that the tests do not need: pip install access inequality pm4py
    packages += ["access", "inequality", "pm4py"]
    machine = [
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in packages),
        f"{os.cpu_count()} cores",
    ]
    parts = [HEAD + ", ".join(machine) + ".\n"]
    for script in sorted(FOLDER.glob("*.py")):
        if script.name == Path(__file__).name:
            continue
        source = script.read_text(encoding="utf-8")
        about = ast.get_docstring(ast.parse(source)) or ""
        print(script.name, flush=True)
        done = subprocess.run(
            [sys.executable, "-X", "utf8", str(script)],
            capture_output=True,
            encoding="utf-8",
        )
        if done.returncode:
            sys.exit(f"{script.name} failed:\n{done.stderr}")
        parts.append(f"## {script.name}\n\n{about}\n\n{done.stdout}")
    readme = "\n".join(parts)
    (FOLDER / "README.md").write_text(readme, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
