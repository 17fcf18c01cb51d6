"""
Research and teaching tools for how a city's neighbourhoods govern themselves.

Write ``from govlib import cohesion`` for a topic, ``from govlib import datasets``
for the data of the synthetic S city.
"""

from importlib.metadata import version

__version__ = version("govlib")
