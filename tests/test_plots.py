"""Figures, judged by the data they draw."""

import json
import logging
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import font_manager
from matplotlib import pyplot as plt
from matplotlib.collections import EllipseCollection, LineCollection
from matplotlib.colors import same_color, to_rgb

from govlib import _codebook, _words, datasets, plots
from govlib.plots import _general


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    """Leave no figure and no setting behind."""
    monkeypatch.setattr(_words, "_language", None)
    with mpl.rc_context():
        yield
    plt.close("all")


def _draw(ax):
    """Draw as for a file; warnings are errors, so a missing glyph fails here."""
    ax.figure.canvas.draw()
    return ax


def _texts(items):
    return [item.get_text() for item in items]


def _legend(ax):
    return _texts(ax.get_legend().get_texts())


# ------------------------------------------------------------------ Chinese
def test_chinese_is_drawn_without_a_chinese_font(caplog):
    _, ax = plt.subplots()
    ax.set_title("动迁安置房小区：外来人口", weight="bold")
    ax.set_xlabel("“户籍来源”（%）—《编码簿》", style="italic")
    ax.plot([-1, 1], [-1, 1])
    with caplog.at_level(logging.WARNING):
        _draw(ax)
    # A font that has no bold file would be reported in every chapter.
    assert caplog.messages == []


def test_a_character_in_no_font_is_an_error():
    _, ax = plt.subplots()
    # A character of the second plane, which neither font has.
    ax.set_title("𠮷")
    with pytest.raises(UserWarning, match=r"Glyph 134071 .* missing from font"):
        _draw(ax)


def test_seaborn_figures_draw_chinese_too():
    import seaborn as sns

    sns.set_theme()
    plots.use("zh")
    data = pd.DataFrame({"户籍来源": ["本地", "外来"], "年龄": [30, 40]})
    _draw(sns.barplot(data, x="户籍来源", y="年龄"))
    # Figures with panels lay themselves out, and must not be told otherwise.
    sns.relplot(data, x="年龄", y="年龄", col="户籍来源").figure.canvas.draw()


def test_font_has_every_character_of_the_codebook():
    paths = {font_manager.findfont(name) for name in ("DejaVu Sans", _words.FONT)}
    have = {
        code for path in paths for code in font_manager.get_font(path).get_charmap()
    }
    text = json.dumps(_codebook.package(), ensure_ascii=False)
    text += "".join(datasets.load("cases").astype(str).sum())
    assert {c for c in text if ord(c) not in have} == set()


def test_pdf_holds_the_outlines(tmp_path):
    _, ax = plt.subplots()
    ax.set_title("外来")
    with mpl.rc_context({"pdf.fonttype": 42}):
        ax.figure.savefig(tmp_path / "figure.pdf")
    assert b"GovlibSansSC" in (tmp_path / "figure.pdf").read_bytes()


# ------------------------------------------------------------------ settings
def test_functions_change_no_settings():
    before = dict(plt.rcParams)
    plots.distribution(pd.DataFrame({"x": [1, 2]}), value="x")
    assert dict(plt.rcParams) == before
    assert before["font.family"] == ["sans-serif", _words.FONT]


def test_use_sets_size_and_language():
    plots.use("zh")
    ax = plots.distribution(pd.DataFrame({"ties": [1, 2]}), value="ties")
    width, height = ax.figure.get_size_inches() * ax.figure.dpi
    assert (width, height) == (1280, 720)
    assert ax.get_xlabel() == "邻里关系数"
    # A figure may still be told otherwise.
    ax = plots.distribution(pd.DataFrame({"ties": [1, 2]}), value="ties", labels="en")
    assert ax.get_xlabel() == "Ties with neighbours"
    with pytest.raises(ValueError, match="language= must be one of 'en', 'zh'"):
        plots.use("cn")


def test_labels_none_keeps_names_and_a_mapping_replaces_them():
    table = pd.DataFrame({"ties": [1, 2], "origin": ["local", "non-local"]})
    ax = plots.distribution(table, value="ties", group="origin")
    assert ax.get_xlabel() == "ties"
    assert _legend(ax) == ["local (n = 1)", "non-local (n = 1)"]
    words = {"ties": "Friends", "origin=local": "born here", "non-local": "came here"}
    ax = plots.distribution(table, value="ties", group="origin", labels=words)
    assert ax.get_xlabel() == "Friends"
    assert _legend(ax) == ["born here (n = 1)", "came here (n = 1)"]
    with pytest.raises(ValueError, match="labels= must be one of 'en', 'zh'"):
        plots.distribution(table, value="ties", labels="fr")


def test_both_languages_have_the_same_words_with_the_same_places():
    for book in (_words.PHRASES, _words.NAMES):
        assert book["en"].keys() == book["zh"].keys()
    for key, text in _words.PHRASES["en"].items():
        for mark in ("{title}", "{n", "{level"):
            assert text.count(mark) == _words.PHRASES["zh"][key].count(mark), key


def test_a_column_may_be_called_like_a_phrase():
    table = pd.DataFrame({"n": [1, 2], "missing": ["share", "within"]})
    ax = plots.distribution(table, value="n", group="missing", labels="zh")
    assert ax.get_xlabel() == "n"
    assert _legend(ax) == ["share（n = 1）", "within（n = 1）"]


def test_a_mapping_goes_before_the_codebook():
    plots.use("zh")
    table = pd.DataFrame({"ties": [1, 2], "origin": ["local", "non-local"]})
    ax = plots.distribution(
        table, value="ties", group="origin", labels={"ties": "朋友数"}
    )
    assert ax.get_xlabel() == "朋友数"
    assert _legend(ax)[1] == "外来（n = 1）"


def test_colours_differ_in_grey():
    """Lightness L* (CIE 1976) from sRGB; a step of 15 is easily seen in print."""
    rgb = np.array([to_rgb(colour) for colour in _general._COLOURS])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lightness = np.sort(116 * np.cbrt(linear @ [0.2126, 0.7152, 0.0722]) - 16)
    assert np.diff(lightness).min() > 15
    assert lightness.max() < 80  # and all differ from the white ground


# ------------------------------------------------------------------ mixing matrix
GROUPS = pd.Index(["local", "non-local"])
# Not symmetric, so that rows taken for columns show.
COUNTS = pd.DataFrame([[6, 2], [1, 3]], index=GROUPS, columns=GROUPS)


def test_mixing_matrix_shows_counts_and_shares_of_rows():
    ax = _draw(plots.mixing_matrix(COUNTS, labels="zh"))
    # By hand: 6 / 8, 2 / 8, 1 / 4, 3 / 4.
    assert ax.images[0].get_array().tolist() == [[0.75, 0.25], [0.25, 0.75]]
    assert _texts(ax.texts) == ["6\n75 %", "2\n25 %", "1\n25 %", "3\n75 %"]
    assert _texts(ax.get_xticklabels()) == ["本地", "外来"]
    # Light on dark and dark on light.
    assert [text.get_color() for text in ax.texts][:2] == ["white", "black"]


def test_mixing_matrix_shows_the_ratio_to_chance():
    expected = pd.DataFrame([[6, 1], [8, 3]], index=GROUPS[::-1], columns=GROUPS[::-1])
    ax = _draw(plots.mixing_matrix(COUNTS, expected=expected))
    # By hand, in the order of the counts: 6 / 3, 2 / 8, 1 / 1, 3 / 6.
    assert ax.images[0].get_array().tolist() == [[1, -2], [0, -1]]
    assert [text.split("\n")[1] for text in _texts(ax.texts)] == [
        "× 2.00",
        "× 0.25",
        "× 1.00",
        "× 0.50",
    ]


def test_mixing_matrix_of_a_group_without_ties():
    table = COUNTS * np.array([[1, 1], [0, 0]])
    assert _texts(plots.mixing_matrix(table).texts)[2:] == ["0\n0 %", "0\n0 %"]


def test_mixing_matrix_of_yes_and_no():
    table = COUNTS.set_axis([False, True]).set_axis([False, True], axis="columns")
    ax = plots.mixing_matrix(table, labels="zh")
    assert _texts(ax.get_yticklabels()) == ["否", "是"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (COUNTS.iloc[:1], "same groups in rows and columns"),
        (-COUNTS, "counts >= 0"),
        (COUNTS.astype(float).replace(6, np.nan), "missing"),
        (pd.concat({"A-1": COUNTS, "A-2": COUNTS}), r"table\.loc\['A-1'\]"),
    ],
)
def test_mixing_matrix_refuses(table, message):
    with pytest.raises(ValueError, match=message):
        plots.mixing_matrix(table)


def test_mixing_matrix_refuses_other_expectations():
    with pytest.raises(ValueError, match="expected is 0"):
        plots.mixing_matrix(COUNTS, expected=COUNTS * 0)
    with pytest.raises(ValueError, match="expected has the groups 'a'"):
        plots.mixing_matrix(COUNTS, expected=pd.DataFrame([[1]], ["a"], ["a"]))


# ------------------------------------------------------------------ network
NODES = pd.DataFrame(
    {
        "resident": ["r1", "r2", "r3", "r4", "r5", "r6"],
        "origin": ["non-local", "local", "local", "non-local", "local", "local"],
        "building": ["B1", "B1", "B1", "B2", "B2", "B2"],
    }
)
TIES = pd.DataFrame({"source": ["r1", "r2", "r4"], "target": ["r2", "r3", "r5"]})


def _network(ties=TIES, nodes=NODES, **changed):
    columns = {
        "source": "source",
        "target": "target",
        "unit": "resident",
        "group": "origin",
        "within": "building",
    }
    return plots.network(ties, nodes=nodes, **(columns | changed))


def _dots(ax):
    """Return the places of the residents of each group."""
    found = [c for c in ax.collections if isinstance(c, EllipseCollection)]
    return [c.get_offsets().tolist() for c in found]


def _lines(ax):
    found = [c for c in ax.collections if isinstance(c, LineCollection)]
    return [[segment.tolist() for segment in c.get_segments()] for c in found]


def test_network_places_residents_by_building_and_group():
    ax = _draw(_network(labels="zh"))
    local, non_local = _dots(ax)
    # Two buildings side by side, each two wide; locals first from the bottom left.
    assert local == [[0, 0], [1, 0], [4, 0], [5, 0]]
    assert non_local == [[0, 1], [4, 1]]
    within, between = _lines(ax)
    assert within == [[[0, 0], [1, 0]]]
    assert sorted(between) == [[[0, 1], [0, 0]], [[4, 1], [4, 0]]]
    assert _legend(ax) == [
        "本地（n = 4）",
        "外来（n = 2）",
        "组内关系（n = 1）",
        "组间关系（n = 2）",
    ]


def test_network_does_not_depend_on_the_order_of_rows():
    one, other = _network(), _network(TIES[::-1], NODES.sample(frac=1, random_state=3))
    assert _dots(one) == _dots(other)
    assert _lines(one) == _lines(other)


@pytest.mark.parametrize("buildings", [1, 2, 3, 5, 13, 24, 62])
def test_network_keeps_residents_apart_and_inside_their_building(buildings):
    sizes = np.arange(buildings) % 7 + 1
    of = np.repeat(np.arange(buildings), sizes)
    position, walls = _general._laid_out(of, np.zeros(len(of), dtype=int))
    assert len({tuple(place) for place in position.tolist()}) == len(of)
    for place, building in zip(position, of, strict=True):
        (left, bottom), (right, top) = walls[building].get_corners()[[0, 2]]
        assert left < place[0] < right
        assert bottom < place[1] < top
    boxes = [wall.get_bbox() for wall in walls]
    assert not any(a.overlaps(b) for n, a in enumerate(boxes) for b in boxes[:n])


def test_network_refuses_what_it_cannot_draw():
    with pytest.raises(ValueError, match="r9"):
        _network(TIES.replace("r5", "r9"))
    with pytest.raises(ValueError, match="did you mean 'building'"):
        _network(within="bilding")
    with pytest.raises(ValueError, match="missing"):
        _network(nodes=NODES.replace({"building": {"B2": None}}))
    with pytest.raises(ValueError, match="one group only"):
        _network(nodes=NODES.assign(origin="local"))
    with pytest.raises(ValueError, match=r"6 groups, too many .* 4 or fewer"):
        _network(group="resident")


# ------------------------------------------------------------------ distribution
SURVEY = pd.DataFrame(
    {
        "ties": pd.array([0, 0, 1, 5, 2, None, 2, 9], dtype="Int64"),
        "origin": ["local"] * 4 + ["non-local"] * 4,
        "weight": [1.0, 1, 1, 1, 3, 1, 1, 1],
    }
)


def _heights(ax):
    return [[bar.get_height() for bar in group] for group in ax.containers]


def test_distribution_of_counts_is_the_share_of_each_group():
    ax = _draw(plots.distribution(SURVEY, value="ties", group="origin", most=3))
    assert _heights(ax) == [
        pytest.approx([2 / 4, 1 / 4, 0, 1 / 4]),
        pytest.approx([0, 0, 2 / 3, 1 / 3]),
    ]
    assert _texts(ax.get_xticklabels()) == ["0", "1", "2", "3+"]
    assert ax.get_xlabel() == "ties (1 missing)"
    assert _legend(ax) == ["local (n = 4)", "non-local (n = 3)"]
    # Bars of a value stand side by side around it.
    left, right = (group[1] for group in ax.containers)
    assert left.get_x() + left.get_width() == pytest.approx(right.get_x())
    assert right.get_x() == pytest.approx(1)


def test_distribution_is_weighted():
    ax = plots.distribution(
        SURVEY, value="ties", group="origin", weight="weight", most=3
    )
    # Non-local: weight 3 + 1 at two ties, 1 at nine; the missing answer is left out.
    assert _heights(ax)[1] == pytest.approx([0, 0, 4 / 5, 1 / 5])


def test_distribution_ignores_the_order_of_rows():
    one = plots.distribution(SURVEY, value="ties", group="origin", weight="weight")
    other = plots.distribution(
        SURVEY[::-1], value="ties", group="origin", weight="weight"
    )
    assert np.allclose(_heights(one), _heights(other))


def test_distribution_of_whole_numbers_has_bins_of_equally_many():
    table = pd.DataFrame({"age": np.repeat(np.arange(18, 96), 20)})
    ax = plots.distribution(table, value="age")
    shares, edges, _ = ax.patches[0].get_data()
    assert set(np.diff(edges)) == {3.0}
    # 78 ages, 26 bins of three: every bin is equally full.
    assert shares == pytest.approx(np.full(26, 1 / 26))


def test_distribution_of_a_quantity_adds_up_to_one():
    values = np.linspace(0, 1, 40) ** 2
    table = pd.DataFrame({"share": values, "kind": ["a", "b"] * 20})
    ax = _draw(plots.distribution(table, value="share", group="kind"))
    for step in ax.patches:
        shares, edges, _ = step.get_data()
        assert shares.sum() == pytest.approx(1)
        assert (edges[0], edges[-1]) == (0, 1)
    styles = {(str(p.get_edgecolor()), str(p.get_linestyle())) for p in ax.patches}
    assert len(styles) == 2


def test_distribution_of_one_value_only():
    _draw(plots.distribution(pd.DataFrame({"x": [0.5, 0.5]}), value="x"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_distribution_names_coded_answers_without_overlap(language):
    plots.use(language)
    survey = datasets.load("survey")
    ax = _draw(plots.distribution(survey, value="visits", group="origin"))
    labels = ax.get_xticklabels()
    words = datasets.labels("survey", language)
    assert [
        t.replace("\n", "" if language == "zh" else " ") for t in _texts(labels)
    ] == [words[f"visits={code}"] for code in range(1, 8)]
    boxes = [label.get_window_extent() for label in labels]
    assert all(a.x1 < b.x0 for a, b in pairwise(boxes))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"value": "tie"}, "no column 'tie' .* did you mean 'ties'"),
        ({"value": "origin"}, "must hold numbers"),
        ({"value": "weight", "most": 2}, None),
        ({"value": "half", "most": 2}, "most= is for whole numbers"),
        ({"value": "ties", "most": -1}, "most= must be at least 0"),
        ({"value": "none"}, "holds no value at all"),
        ({"value": "ties", "weight": "minus"}, "weight must be >= 0"),
        ({"value": "ties", "group": "origin", "weight": "zero"}, "have weight 0"),
        ({"value": "ties", "group": "many"}, "7 groups, too many"),
    ],
)
def test_distribution_refuses(columns, message):
    table = SURVEY.assign(
        half=0.5,
        none=np.nan,
        minus=-1,
        zero=[0, 0, 0, 0, 1, 1, 1, 1],
        many=list("abcdefgh"),
    )
    if message is None:
        plots.distribution(table, **columns)
        return
    with pytest.raises(ValueError, match=message):
        plots.distribution(table, **columns)


# ------------------------------------------------------------------ caterpillar
RESULTS = pd.DataFrame(
    {
        "estate": ["E2", "E1", "E3"],
        "term": "e_i_index",
        "estimate": [0.5, -0.2, 0.9],
        "conf_low": [0.3, -0.5, 0.7],
        "conf_high": [0.7, 0.1, 1.1],
        "expected": [0.5, 0.0, 0.4],
        "conf_level": 0.9,
    }
)


def _points(ax):
    """Return the estimates drawn, by how they are judged."""
    return {
        line.get_label(): list(
            zip(line.get_xdata().tolist(), line.get_ydata().tolist(), strict=True)
        )
        for line in ax.lines
        if len(line.get_xdata()) and line.get_marker() == "o"
    }


def test_caterpillar_sorts_and_compares_with_a_number():
    ax = _draw(plots.caterpillar(RESULTS, unit="estate", reference=0, labels="en"))
    assert _texts(ax.get_yticklabels()) == ["E1", "E2", "E3"]
    assert _points(ax) == {
        "interval includes the reference": [(-0.2, 0)],
        "interval excludes the reference": [(0.5, 1), (0.9, 2)],
    }
    segments = sorted(s.tolist() for c in ax.collections for s in c.get_segments())
    assert segments == [
        [[-0.5, 0], [0.1, 0]],
        [[0.3, 1], [0.7, 1]],
        [[0.7, 2], [1.1, 2]],
    ]
    assert "reference (0)" in _legend(ax)
    assert ax.get_xlabel() == "E-I index (90 % interval)"
    assert ax.get_ylabel() == "Residential estate"


def test_caterpillar_compares_with_what_is_expected():
    table = RESULTS.assign(conf_low=[0.4, -0.1, 0.3], conf_high=[0.6, 0.1, 0.5])
    ax = _draw(
        plots.caterpillar(table, unit="estate", reference="expected", labels="en")
    )
    assert _points(ax) == {
        "observed, within the interval": [(0.5, 1)],
        "observed, outside the interval": [(-0.2, 0), (0.9, 2)],
    }
    marks = next(line for line in ax.lines if line.get_marker() == "|")
    assert marks.get_xdata().tolist() == [0.0, 0.5, 0.4]
    assert marks.get_label() == "expected by chance (90 % interval)"
    assert ax.get_xlabel() == "E-I index"


def test_caterpillar_without_reference_needs_no_legend():
    ax = plots.caterpillar(RESULTS.drop(columns=["term", "conf_level"]), unit="estate")
    assert ax.get_legend() is None
    assert ax.get_xlabel() == "estimate"
    assert same_color(ax.lines[1].get_markerfacecolor(), _general._COLOURS[0])


def test_caterpillar_breaks_ties_by_name_whatever_the_order():
    table = RESULTS.assign(estimate=0.6, conf_low=0.2, conf_high=0.9)
    for rows in (table, table[::-1]):
        ax = plots.caterpillar(rows, unit="estate")
        assert _texts(ax.get_yticklabels()) == ["E1", "E2", "E3"]


def test_caterpillar_of_many_units_counts_them():
    many = pd.DataFrame({"estimate": np.arange(40.0), "community": range(40)})
    many = many.assign(conf_low=many["estimate"] - 1, conf_high=many["estimate"] + 1)
    ax = _draw(plots.caterpillar(many, unit="community", labels="zh"))
    assert _texts(ax.get_yticklabels()) == []
    assert ax.get_ylabel().replace("\n", "") == "社区（共40个，按估计值排序）"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (RESULTS.drop(columns="conf_low"), "no column 'conf_low'"),
        (RESULTS.replace(0.5, np.nan), "missing"),
        (RESULTS.replace("E1", "E2"), "'E2'"),
        (
            RESULTS.rename(columns={"conf_low": "conf_high", "conf_high": "conf_low"}),
            "conf_low above conf_high",
        ),
    ],
)
def test_caterpillar_refuses(table, message):
    with pytest.raises(ValueError, match=message):
        plots.caterpillar(table, unit="estate")


# ------------------------------------------------------------------ for all
def test_every_figure_is_drawn_where_it_is_told_to():
    _, axes = plt.subplots(2, 2)
    places = iter(axes.flat)
    assert plots.mixing_matrix(COUNTS, ax=(ax := next(places))) is ax
    assert _network(ax=(ax := next(places))) is ax
    assert plots.distribution(SURVEY, value="ties", ax=(ax := next(places))) is ax
    assert plots.caterpillar(RESULTS, unit="estate", ax=(ax := next(places))) is ax
    assert plt.get_fignums() == [1]


def test_no_input_is_changed():
    before = [table.copy() for table in (COUNTS, NODES, TIES, SURVEY, RESULTS)]
    plots.mixing_matrix(COUNTS, expected=COUNTS)
    _network()
    plots.distribution(SURVEY, value="ties", group="origin", most=3)
    plots.caterpillar(RESULTS, unit="estate", reference="expected")
    for table, copy in zip((COUNTS, NODES, TIES, SURVEY, RESULTS), before, strict=True):
        pd.testing.assert_frame_equal(table, copy)


# ------------------------------------------------------------------ estimates
def _answers():
    return pd.DataFrame(
        {
            "term": ["origin", "owner"] * 2,
            "answer": ["naive", "naive", "truth", "truth"],
            "estimate": [-0.15, 0.2, 0.0, 0.1],
            "conf_low": [-0.2, 0.1, np.nan, np.nan],
            "conf_high": [-0.1, 0.3, np.nan, np.nan],
            "conf_level": 0.95,
        }
    )


def test_estimates_draw_points_intervals_and_a_truth_without_one():
    ax = _draw(plots.estimates(_answers(), group="answer", percent=True))
    naive, truth = (line for line in ax.lines if line.get_marker() in "os")
    assert list(naive.get_xdata()) == [-0.15, 0.2]
    assert list(truth.get_xdata()) == [0.0, 0.1]
    # The first term is on top; within it the first group.
    assert naive.get_ydata()[0] > truth.get_ydata()[0] > naive.get_ydata()[1]
    drawn = [
        segment[:, 0].tolist()
        for lines in ax.collections
        for segment in lines.get_segments()
        if segment.size
    ]
    assert drawn == [[-0.2, -0.1], [0.1, 0.3]]
    assert _texts(ax.get_yticklabels()) == ["origin", "owner"]
    assert _legend(ax) == ["naive", "truth"]
    assert ax.get_xlabel() == "estimate (95 % interval)"
    assert any(list(line.get_xdata()) == [0, 0] for line in ax.lines)
    assert all(text.endswith(" %") for text in _texts(ax.get_xticklabels()))


def test_estimates_without_reference_or_group():
    table = _answers().iloc[:2]
    ax = _draw(plots.estimates(table, reference=None))
    assert len(ax.lines) == 1
    assert ax.get_legend() is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"conf_low": [-0.2, np.nan, np.nan, np.nan]}, "one end"),
        ({"conf_low": [0.9, 0.1, np.nan, np.nan]}, "conf_low above conf_high"),
        ({"estimate": [np.nan, 1, 1, 1]}, "missing"),
        ({"term": ["a", "a", "a", "b"]}, "'a' twice in one group"),
    ],
)
def test_estimates_refuse(change, message):
    with pytest.raises(ValueError, match=message):
        plots.estimates(_answers().assign(**change), group="answer")
    with pytest.raises(ValueError, match="name the column of groups"):
        plots.estimates(_answers())


# ------------------------------------------------------------------ funnel
def _funnel():
    people = pd.DataFrame(
        {
            "asked": [True] * 10 + [False] * 10,
            "attended_meeting": [True] * 4 + [False] * 16,
            "origin": ["local"] * 8 + ["non-local"] * 12,
        }
    )
    from govlib import participation

    return participation.funnel(
        people, stages=["asked", "attended_meeting"], group="origin"
    )


def test_funnel_bars_are_shares_of_all_and_say_who_goes_on():
    table = _funnel()
    ax = _draw(plots.funnel(table, group="origin", labels="en"))
    widths = [[bar.get_width() for bar in bars] for bars in ax.containers]
    # One container per bar: local asked, local came, non-local asked, non-local came.
    assert np.ravel(widths).tolist() == pytest.approx([1, 0.5, 2 / 12, 0])
    assert _texts(ax.texts) == [
        "100 %",
        "50 %  (50 % of those before)",
        "17 %",
        "0 %  (0 % of those before)",
    ]
    one = table[table["origin"] == "local"]
    assert _texts(_draw(plots.funnel(one)).texts)[0] == "100 %"
    with pytest.raises(ValueError, match="table has a stage twice"):
        plots.funnel(table)
