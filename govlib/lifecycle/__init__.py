"""
Where a matter gets stuck between analysis, decision, execution and evaluation.

Four words used throughout. A *matter* is what a community deals with; it is *open*
until it is closed. A *stage* is one of the four steps of whole-cycle management, a
*spell* the time that a matter waits for a stage or is worked on in it. What is open at
the last look is never dropped: that it took longer than so far is information.

- How long: :func:`durations`, :func:`survival_curve`, :func:`restricted_mean`,
  :func:`finished_by`, :func:`cox`, and what changes on the way: :func:`split_at`,
  :func:`event_rate`.
- Where: :func:`stage_spells`, :func:`stuck`.
- By which way: :func:`directly_follows`, :func:`variants`, :func:`conformance`.
- Who may decide: :func:`decision_rights`, :func:`completion_panel`.
- Layers and staff: :func:`transmitted`, :func:`added_layer`, :func:`staff_training`.
"""

from govlib.lifecycle._curves import (
    SurvivalCurve,
    durations,
    finished_by,
    restricted_mean,
    split_at,
    survival_curve,
)
from govlib.lifecycle._hazards import CoxFit, cox
from govlib.lifecycle._moments import CYCLE
from govlib.lifecycle._powers import (
    added_layer,
    completion_panel,
    decision_rights,
    event_rate,
    staff_training,
    transmitted,
)
from govlib.lifecycle._process import (
    Conformance,
    conformance,
    directly_follows,
    variants,
)
from govlib.lifecycle._stages import stage_spells, stuck

__all__ = [
    "CYCLE",
    "Conformance",
    "CoxFit",
    "SurvivalCurve",
    "added_layer",
    "completion_panel",
    "conformance",
    "cox",
    "decision_rights",
    "directly_follows",
    "durations",
    "event_rate",
    "finished_by",
    "restricted_mean",
    "split_at",
    "staff_training",
    "stage_spells",
    "stuck",
    "survival_curve",
    "transmitted",
    "variants",
]
