"""
Whether digital platforms serve residents, the old among them, and talk to each other.

A log of requests is not a list of problems: it holds what was reported, on this
platform, so far. The measures here keep three things apart that a log mixes: problems
and reporting, open and closed cases, matters and requests.

- A service line's rates: :func:`kpi`, :func:`handling_times`.
- Behind the log: :func:`reporting_model`, :func:`true_need`.
- Who is served: :func:`age_gap`, :func:`oaxaca`.
- Several platforms: :func:`link`, :func:`fellegi_sunter`, :func:`linkage_quality`,
  :func:`integration`.
- What requests say: :func:`bigrams`, :func:`term_weights`, :func:`group_terms`,
  :func:`coder_agreement`.
"""

from govlib.digital._age_gap import age_gap
from govlib.digital._coders import coder_agreement
from govlib.digital._decomposition import Decomposition, oaxaca
from govlib.digital._fellegi_sunter import FellegiSunter, fellegi_sunter
from govlib.digital._kpi import handling_times, kpi
from govlib.digital._linkage import Linkage, integration, link, linkage_quality
from govlib.digital._reporting import reporting_model, true_need
from govlib.digital._texts import bigrams, group_terms, term_weights

__all__ = [
    "Decomposition",
    "FellegiSunter",
    "Linkage",
    "age_gap",
    "bigrams",
    "coder_agreement",
    "fellegi_sunter",
    "group_terms",
    "handling_times",
    "integration",
    "kpi",
    "link",
    "linkage_quality",
    "oaxaca",
    "reporting_model",
    "term_weights",
    "true_need",
]
