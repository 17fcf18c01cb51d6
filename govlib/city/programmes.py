"""Shared activities as a programme: a trial by lot, and a start in three waves."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import erf, sqrt

import numpy as np
import pandas as pd
from tqdm import tqdm

from govlib.city.base import Base
from govlib.city.institutions import QUARTERS, Institutions
from govlib.city.participation import (
    BELONGING_KEPT,
    BELONGING_MEAN,
    BELONGING_SD,
    INTERCEPT,
    USUAL,
    YEAR_START,
    asked,
    belonging_level,
    quarterly,
)
from govlib.city.people import MOST, Booleans, Floats, Homes, Integers, People
from govlib.city.people import homes as homes_of
from govlib.city.people import people as people_of
from govlib.city.places import Community, community
from govlib.city.remedies import replaced
from govlib.city.streams import pair_uniforms, stream
from govlib.city.survey import AGREE, BELONGING
from govlib.city.ties import Ties, ties
