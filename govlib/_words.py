"""What figures say, in English and Chinese, and the font that can write it."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from matplotlib import font_manager
from matplotlib import pyplot as plt

from govlib import _codebook, _validate

Language = Literal["en", "zh"]
Labels = Language | Mapping[str, str] | None
# language -> "phrases" or "names" -> key -> text
Vocabulary = Mapping[str, Mapping[str, Mapping[str, str]]]

FONT = "Govlib Sans SC"

# What figures say of themselves. Apart from the names below, since a column of yours
# may be called "n" or "missing".
PHRASES = {
    "en": {
        "between": "tie between groups",
        "chance": "Ties, as a multiple of what chance would give",
        "counts": "The ties that each group has, and with whom",
        "excludes": "interval excludes the reference",
        "includes": "interval includes the reference",
        "inside": "observed, within the interval",
        "interval": "{title} ({level:.4g} % interval)",
        "missing": "{title} ({n:,} missing)",
        "n": "{title} (n = {n:,})",
        "of_previous": "{share}  ({before:.0f} % of those before)",
        "ordered": "{title} ({n:,}, in order of the estimate)",
        "outside": "observed, outside the interval",
        "reference": "reference ({n:.3g})",
        "share": "Share",
        "share_of_group": "Share of the group",
        "within": "tie within a group",
    },
    "zh": {
        "between": "组间关系",
        "chance": "关系数与随机期望之比",
        "counts": "各组拥有的关系及其去向",
        "excludes": "区间不含参照值",
        "includes": "区间包含参照值",
        "inside": "观测值，在区间内",
        "interval": "{title}（{level:.4g}%区间）",
        "missing": "{title}（缺失{n:,}）",
        "n": "{title}（n = {n:,}）",
        "of_previous": "{share}（占上一环节的{before:.0f}%）",
        "ordered": "{title}（共{n:,}个，按估计值排序）",
        "outside": "观测值，在区间外",
        "reference": "参照值（{n:.3g}）",
        "share": "比例",
        "share_of_group": "占本组的比例",
        "within": "组内关系",
    },
}

# Columns and terms of results, which no codebook holds.
NAMES = {
    "en": {
        "assortativity": "Assortativity",
        "bridges": "Bridges",
        "clustering": "Clustering",
        "components": "Components",
        "core_number": "Core number",
        "cutpoints": "Cutpoints",
        "degree": "Degree (ties)",
        "density": "Density",
        "diameter": "Diameter",
        "e_i_index": "E-I index",
        "estimate": "Estimate",
        "expected": "expected by chance",
        "global_efficiency": "Global efficiency",
        "isolates": "Isolates",
        "largest_component_share": "Share in the largest component",
        "log_odds_ratio": "Log odds ratio",
        "max_core_number": "Highest core number",
        "mean_clustering": "Mean clustering",
        "mean_degree": "Mean degree (ties per resident)",
        "mean_distance": "Mean distance",
        "reachable_share": "Share of pairs that can reach each other",
        "size": "Size",
        "transitivity": "Transitivity",
        "triangles": "Triangles",
    },
    "zh": {
        "assortativity": "同配系数",
        "bridges": "桥边数",
        "clustering": "聚类系数",
        "components": "连通分量数",
        "core_number": "核数",
        "cutpoints": "割点数",
        "degree": "度（关系数）",
        "density": "密度",
        "diameter": "直径",
        "e_i_index": "E-I指数",
        "estimate": "估计值",
        "expected": "随机期望",
        "global_efficiency": "全局效率",
        "isolates": "孤立点数",
        "largest_component_share": "最大连通分量占比",
        "log_odds_ratio": "对数优势比",
        "max_core_number": "最大核数",
        "mean_clustering": "平均聚类系数",
        "mean_degree": "平均度（人均关系数）",
        "mean_distance": "平均距离",
        "reachable_share": "可达对占比",
        "size": "规模",
        "transitivity": "传递性",
        "triangles": "三角形数",
    },
}

_language: Language | None = None


def speak(language: Language) -> None:
    """Set the language of figures that are not told otherwise."""
    global _language
    _language = _validate.choice(language, _codebook.LANGUAGES, "language")


@dataclass(frozen=True, slots=True)
class Words:
    """
    What one figure prints.

    Attributes
    ----------
    phrases : mapping of str to str
        What the figure says of itself, with places to fill.
    names : mapping of str to str
        Titles of columns and labels of categories, with keys as in
        :func:`govlib.datasets.labels`.
    """

    phrases: Mapping[str, str]
    names: Mapping[str, str]

    @classmethod
    def of(cls, labels: Labels, more: Vocabulary | None = None) -> "Words":
        """
        Return the words for the argument ``labels=`` of a figure.

        Figures of one topic bring `more` words: by language, ``"phrases"`` and
        ``"names"`` as above.
        """
        own_phrases, own_names = (
            {lang: (more or {}).get(lang, {}).get(kind, {}) for lang in PHRASES}
            for kind in ("phrases", "names")
        )
        language, own = _language, {}
        if isinstance(labels, Mapping):
            own = labels
        elif labels is not None:
            language = _validate.choice(labels, _codebook.LANGUAGES, "labels")
        # Without a language, a reader's own columns keep their own names.
        if language is None:
            return cls(PHRASES["en"] | own_phrases["en"], own)
        book = _codebook.labels(_codebook.package()["resources"], language)
        names = NAMES[language] | own_names[language] | book | dict(own)
        return cls(PHRASES[language] | own_phrases[language], names)

    def name(self, name: object, column: str | None = None) -> str:
        """Return the words for a column, or for a category (of `column`)."""
        alone = self.names.get(str(name), str(name))
        return self.names.get(f"{column}={name}", alone)

    def phrase(self, key: str, **places: object) -> str:
        """Return what the figure says of itself, with its places filled."""
        return self.phrases[key].format(**places)


def wrapped(text: str, beside: int) -> str:
    """Break a label into lines where `beside` of them share the width of a figure."""
    # A Chinese character is as wide as two letters, and a line may end after any.
    if text.isascii():
        return textwrap.fill(text, max(72 // beside, 6), break_long_words=False)
    lines = np.ceil(len(text) / max(36 // beside, 3))
    return textwrap.fill(text, int(np.ceil(len(text) / lines)))


def register() -> None:
    """Make the font known to matplotlib, once, in every weight."""
    known = font_manager.fontManager
    if any(font.name == FONT for font in known.ttflist):
        return
    known.addfont(Path(__file__).parent / "fonts" / "GovlibSansSC-Regular.ttf")
    regular = known.ttflist[-1]
    # There is no bold file. Without these entries matplotlib would say so each time.
    known.ttflist.extend(
        replace(regular, weight=weight)
        for weight in range(100, 1000, 100)
        if weight != regular.weight
    )


def fall_back_on_chinese() -> None:
    """Look for characters that the fonts in use lack in ours."""
    if FONT not in plt.rcParams["font.family"]:
        plt.rcParams["font.family"] = [*plt.rcParams["font.family"], FONT]


register()
fall_back_on_chinese()
