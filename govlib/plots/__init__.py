"""
Figures of results: one function per kind, each takes a table and returns its axes.

Importing this module registers a font with Chinese characters and puts it behind the
font in use, so that Chinese text can be drawn on any machine.
"""

from govlib.plots._general import (
    caterpillar,
    distribution,
    estimates,
    funnel,
    mixing_matrix,
    network,
    use,
)

__all__ = [
    "caterpillar",
    "distribution",
    "estimates",
    "funnel",
    "mixing_matrix",
    "network",
    "use",
]
