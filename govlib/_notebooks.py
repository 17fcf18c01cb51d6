"""Executing notebooks without a browser: reports, and outputs to be committed."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import nbformat
from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jinja2 import DictLoader
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from govlib import _files

# A chapter takes under a minute; ten minutes in one cell is an endless loop.
CELL_SECONDS = 600
# Stored outputs must not hang on the order of sets or on how sums are threaded.
_PANEL = "application/vnd.jupyter.widget-view+json"
STORING = {
    "PYTHONHASHSEED": "0",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_ALT = re.compile(r"#\| fig-alt: (.+)")
# The page loads nothing but MathJax: without a network, formulas stay as typed and
# all else reads the same.
_PAGE = """
{%- extends "lab/index.html.j2" -%}
{%- block html_head_js_requirejs -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block data_png scoped -%}
<div class="jp-RenderedImage jp-OutputArea-output">
<img src="data:image/png;base64,{{ output.data['image/png'] }}"
 alt="{{ (output | get_metadata('alt', 'image/png') or '') | escape_html }}">
</div>
{%- endblock -%}
"""


class _ThisPython(KernelSpecManager):
    """The Python that runs this, whatever a user has registered as ``python3``."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        del kernel_name  # there is one answer
        # Only errors: warnings of the kernel itself would mar the progress bar.
        command = get_kernel_dict(extra_arguments=["--IPKernelApp.log_level=40"])
        return KernelSpec(resource_dir=RESOURCES, **command)


def read(path: Path) -> NotebookNode:
    """Return the notebook in `path`, or say that the file is not one."""
    try:
        with open(path, encoding="utf-8") as file:
            return nbformat.read(file, as_version=4)
    except (UnicodeDecodeError, nbformat.reader.NotJSONError) as error:
        raise ValueError(f"{path} is not a notebook: {str(error)[:80]}") from None


def cells_to_run(notebook: NotebookNode) -> int:
    """Return how many code cells there are to execute."""
    return sum(c.cell_type == "code" and c.source.strip() != "" for c in notebook.cells)


def execute(
    notebook: NotebookNode,
    folder: Path,
    *,
    executed: Callable[[], object],
    environment: Mapping[str, str],
) -> str | None:
    """
    Run `notebook` in place as if it lay in `folder`; return what went wrong, if so.

    `executed` is called after each code cell. The message is one line with the number
    that the cell would show and the error.
    """
    started = 0

    def start(**_: object) -> None:
        nonlocal started
        started += 1

    for cell in notebook.cells:
        if cell.cell_type == "code":
            # Cells after a failure must not keep the numbers of an earlier run.
            cell.execution_count, cell.outputs = None, []
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        resources={"metadata": {"path": str(folder)}},
        coalesce_streams=True,
        on_cell_execute=start,
        on_cell_executed=lambda **_: executed(),
    )
    client.km = client.create_kernel_manager()
    client.km.kernel_spec_manager = _ThisPython()
    try:
        client.execute(env=dict(environment))
    except CellExecutionError as error:
        first = str(error.evalue).strip().partition("\n")[0]
        return f"cell [{started}]: {error.ename}: {first}"
    except CellTimeoutError:
        return f"cell [{started}]: still running after {CELL_SECONDS} seconds; stopped"
    except DeadKernelError:
        return f"cell [{started}]: Python itself stopped (out of memory?)"
    describe_figures(notebook)
    return None


def describe_figures(notebook: NotebookNode) -> None:
    """Give the figures of a cell the words of its line ``#| fig-alt: ...``."""
    for cell in notebook.cells:
        found = _ALT.search(cell.source)
        if cell.cell_type != "code" or found is None:
            continue
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                output.metadata["image/png"] = {"alt": found.group(1).strip()}


def write(notebook: NotebookNode, path: Path) -> None:
    """Store an executed notebook without what changes from run to run."""
    notebook.metadata.kernelspec = NotebookNode(KERNEL)
    notebook.metadata.language_info = NotebookNode(name="python")
    for cell in notebook.cells:
        for key in ("execution", "ExecuteTime", "collapsed", "scrolled", "trusted"):
            cell.metadata.pop(key, None)
        # A panel has another id each time, and nothing to show while nothing runs.
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(_PANEL, None)
    notebook.metadata.pop("widgets", None)
    _files.write(path, nbformat.writes(notebook) + "\n")


def page(notebook: NotebookNode, title: str) -> str:
    """Return an executed notebook as one HTML page that holds its own figures."""
    exporter = HTMLExporter(
        template_file="page.html.j2",
        extra_loaders=[DictLoader({"page.html.j2": _PAGE})],
    )
    html, _ = exporter.from_notebook_node(
        notebook, resources={"metadata": {"name": title}}
    )
    return html
