"""
How the suite runs: the environment of its processes, and one guard for notebooks.

This file is in the root because notebooks are tests too. What it sets is inherited by
the workers of pytest-xdist and by the kernels of nbval, which start later.
"""

import os
import sys
from collections.abc import Generator

import pytest

# Scripts that made reference values run other packages, which are not installed here.
collect_ignore_glob = ["tests/reference/*"]

os.environ |= {
    # Outputs are stored under 0: what hangs on the order of a set shows as a change.
    "PYTHONHASHSEED": "1848",
    # How a sum is split among threads decides its last digits.
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def pytest_configure(config: pytest.Config) -> None:
    """Let workers warn of text files that are opened without an encoding."""
    if hasattr(config, "workerinput"):
        # Meant for the library, not for the kernels that this worker will start:
        # there, a warning by any package would be a line of output.
        os.environ.pop("PYTHONWARNDEFAULTENCODING", None)
    elif getattr(config.option, "numprocesses", None):
        os.environ["PYTHONWARNDEFAULTENCODING"] = "1"


@pytest.fixture(autouse=True)
def _examples_as_their_readers_see_them(
    request: pytest.FixtureRequest,
) -> Generator[None, None, None]:
    """Let no language and no open figure be left over from another example."""
    example = isinstance(request.node, pytest.DoctestItem)
    if example:
        words = request.getfixturevalue("monkeypatch")
        words.setattr("govlib._words._language", None)
    yield
    drawn = sys.modules.get("matplotlib.pyplot")
    if drawn and example:
        drawn.close("all")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a magic that IPython does not know; nbval does so in stored cells only."""
    result = yield
    for output in getattr(item, "test_outputs", None) or ():
        if output.get("name") == "stderr" and output["text"].startswith("UsageError"):
            pytest.fail(output["text"])
    return result
