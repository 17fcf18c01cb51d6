"""Every sentence that a student reads, in English and Chinese."""

import hashlib
import re
import unicodedata
from typing import Any

from govlib import _validate

LANGUAGES = ("en", "zh")
# Directions and joins that copying from a web page or a spreadsheet brings along,
# and halves of characters, which no file can hold.
_UNSEEN = ("Cf", "Cs")

_TEXTS = {
    # check
    "missing": ("not answered yet.", "还没有作答。"),
    "right": ("right.", "正确。"),
    "hint": (
        "not yet. {hint}",
        "还不对。{hint}",
    ),
    "other": (
        "not yet. The form is right, the number is not; read the question again and "
        "look at each step.",
        "还不对。形式没有问题，但数值不对；请重读题目，逐步检查。",
    ),
    "recorded": (
        "recorded. The form is right; your lecturer marks this one.",
        "已记录。形式没有问题；这道题由老师评分。",
    ),
    "unknown": (
        "there is no question {name!r} here{nearest}",
        "这里没有题目 {name!r}{nearest}",
    ),
    "no_sheet": (
        "not checked: there is no file {name} beside this notebook. Copy it from the "
        "course's exercises folder; your answer is still in the cell.",
        "未检查：笔记本旁边没有文件 {name}。请从课程的 exercises "
        "文件夹复制过来；你的答案仍在单元格里。",
    ),
    "failed": (
        "not checked: {error}. Your answer is still in the cell; please show this "
        "line to your lecturer.",
        "未检查：{error}。你的答案仍在单元格里；请把这一行给老师看。",
    ),
    # form
    "number_wanted": (
        "this question asks for one number; you gave {given}.",
        "这道题要一个数；你给的是{given}。",
    ),
    "quotes": (
        "this question asks for a number; you gave text. Take away the quotation "
        "marks.",
        "这道题要一个数；你给的是文本。请去掉引号。",
    ),
    "one_of_many": (
        "this question asks for one number; you gave {given}. Pick the one cell that "
        "answers it, for example with .loc[row, column].",
        "这道题要一个数；你给的是{given}。请选出回答问题的那一格，"
        "例如用 .loc[行, 列]。",
    ),
    "not_finite": (
        "a number is missing or infinite (NaN or inf). Look for a division by zero or "
        "an empty selection.",
        "有一个数缺失或为无穷（NaN 或 inf）。请检查是否除以零，或筛选结果为空。",
    ),
    "percent": (
        "this question asks for a share between 0 and 1; you gave {value}, which "
        "looks like a percentage. Divide by 100.",
        "这道题要 0 到 1 之间的比例；你给的 {value} 像是百分数。请除以 100。",
    ),
    "range": (
        "the answer lies between {least} and {most}; you gave {value}.",
        "答案在 {least} 和 {most} 之间；你给的是 {value}。",
    ),
    "whole": (
        "this question counts things, so the answer is a whole number; you gave "
        "{value}.",
        "这道题在计数，答案应是整数；你给的是 {value}。",
    ),
    "numbers_wanted": (
        "this question asks for {names}, in this order or by these names; you gave "
        "{given}.",
        "这道题要 {names}，按此顺序或用这些名称；你给的是{given}。",
    ),
    "name_missing": (
        "there is no {name!r} among your numbers; you have {has}.",
        "你的数里没有 {name!r}；现有 {has}。",
    ),
    "table_wanted": (
        "this question asks for a table (a pandas DataFrame) with the columns "
        "{names}; you gave {given}.",
        "这道题要一个表（pandas DataFrame），列为 {names}；你给的是{given}。",
    ),
    "column_missing": (
        "your table has no column {name!r}; it has {has}.",
        "你的表没有列 {name!r}；现有 {has}。",
    ),
    "row_missing": (
        "your table has no row for {name}.",
        "你的表没有 {name} 这一行。",
    ),
    "row_twice": (
        "your table has {count} rows for {name}; keep one row each.",
        "你的表里 {name} 有 {count} 行；每个只留一行。",
    ),
    "choice_wanted": (
        "this question asks for one of the letters {names}, as text; you gave {given}.",
        "这道题要从 {names} 中选一个字母，写成文本；你给的是{given}。",
    ),
    "text_wanted": (
        "this question asks for a few sentences between quotation marks; you gave "
        "{given}.",
        "这道题要用引号写几句话；你给的是{given}。",
    ),
    "text_short": (
        "please write a little more: about {least} words, you have {now}.",
        "请再多写一点：大约 {least} 个字，现在有 {now} 个。",
    ),
    "text_long": (
        "please be brief: at most {most} characters, you have {now}.",
        "请简短一些：最多 {most} 个字符，现在有 {now} 个。",
    ),
    # start and hand_in
    "started": (
        "Exercise {number} · {title} · numbers: {variant}. {kept}",
        "练习 {number} · {title} · 数据版本：{variant}。{kept}",
    ),
    "kept": (
        "Your attempts are kept in {file}.",
        "你的每次尝试保存在 {file}。",
    ),
    "not_kept": ("Nothing is recorded.", "不作记录。"),
    "id_kind": (
        "The student number must be text: put it between quotation marks, so that "
        "leading zeros stay.",
        "学号必须是文本：请加上引号，以免丢失开头的零。",
    ),
    "id_scientific": (
        "The student number {id!r} looks like one that a spreadsheet has shortened; "
        "write all its digits.",
        "学号 {id!r} 像是被电子表格缩写过的；请写出全部数字。",
    ),
    "id_long": (
        "The student number is longer than 64 characters; please check it.",
        "学号超过 64 个字符；请检查。",
    ),
    "members": (
        "The numbers of those who hand in with you are a list of texts: members = "
        '["...", "..."]. What I cannot read is left out.',
        '合作者学号是文本列表：members = ["...", "..."]。无法识别的已略去。',
    ),
    "not_yours": (
        "These numbers were made for {others}, not for {id}. If that is a typing "
        "error, correct it in this cell; if not, ask your lecturer for your own file.",
        "这份数据是给 {others} 的，不是给 {id} 的。如果是输入错误，请在本单元格改正；"
        "否则请向老师要你自己的文件。",
    ),
    "language": (
        'I do not know the language {given!r}; write "en" or "zh".',
        '没有 {given!r} 这种语言；请写 "en" 或 "zh"。',
    ),
    "answered": ("Answered: {names}.", "已作答：{names}。"),
    "unanswered": ("Not answered yet: {names}.", "还没有作答：{names}。"),
    "none": ("none", "无"),
    "not_started": (
        "No exercise is open: run the first cell of the notebook, then this one.",
        "还没有打开练习：请先运行笔记本的第一个单元格，再运行本单元格。",
    ),
    "id_needed": (
        "No file written: put your student number into the first cell "
        '(student = "..."), run it, then run this cell again.',
        '没有写出文件：请在第一个单元格填写学号（student = "..."），'
        "运行它，再运行本单元格。",
    ),
    "written": (
        "Written: {file}. Hand in this file, and the notebook if your lecturer asks "
        "for it. Passing every practice check is not yet full marks.",
        "已写出：{file}。请提交这个文件；老师要求时也提交笔记本。"
        "练习题全部通过还不等于满分。",
    ),
    "not_written": (
        "No file written ({error}). Hand in the notebook itself: save it with its "
        "outputs.",
        "没有写出文件（{error}）。请直接提交笔记本：连同输出一起保存。",
    ),
    # feedback
    "feedback": ("Exercise {number}: feedback", "练习 {number}：反馈"),
    "points": ("{points} of {maximum}", "{points} / {maximum} 分"),
    "practice_sum": ("Practice: {points}", "练习：{points}"),
    "graded_sum": ("Graded: {points}", "计分：{points}"),
    "waiting": (
        "{points}, some answers awaiting marking",
        "{points}，部分答案等待评分",
    ),
    "handed_in_by": ("handed in by {student}", "由 {student} 提交"),
    "wrong": (
        "Not right. Read the question again and look at each step.",
        "不对。请重读题目，逐步检查。",
    ),
    "awaiting": ("awaiting marking", "等待评分"),
    "no_answer": ("no answer", "未作答"),
    "rerun": (
        "The outputs of your notebook were cleared, so your answers cannot be read. "
        "Please run all cells, save, and hand in again. Nothing is lost.",
        "你的笔记本输出被清空，无法读取答案。请运行全部单元格、保存并重新提交。"
        "没有任何损失。",
    ),
    "not_your_file": (
        "Your answers were found with numbers that were not given out in this class, "
        "so they cannot be marked. Please work in the file that your lecturer gave "
        "you, and hand in again. Nothing is lost.",
        "你的答案所用的数据不是本班发放的，无法评分。"
        "请使用老师发给你的文件完成并重新提交。没有任何损失。",
    ),
    "practice": ("practice", "练习"),
    "graded": ("graded", "计分"),
    "question": ("Question", "题目"),
    "kind": ("Kind", "类型"),
    "result": ("Result", "结果"),
    "remark": ("Remark", "说明"),
}


def text(code: str, language: str, **details: Any) -> str:
    """Return the sentence `code` in `language`.

    `nearest` among the details holds the names there are, of which the one nearest
    to the detail `name` is suggested.
    """
    if "nearest" in details:
        hint = _validate.nearest(details["name"], details["nearest"])
        if language == "zh":
            hint = hint.replace("; did you mean ", "；是不是 ").replace("?", "？")
        details["nearest"] = hint
    return _TEXTS[code][LANGUAGES.index(language)].format(**details)


def clean_id(student: object) -> tuple[str, str | None]:
    """Return a student number in its one spelling, and what is wrong with it.

    Full-width digits, capital letters, blanks around it and signs that nobody sees
    are habits of typing and copying, not other people: they are made equal. Nothing
    else is changed.
    """
    if not isinstance(student, str):
        return "", "id_kind"
    seen = "".join(c for c in student if unicodedata.category(c) not in _UNSEEN)
    clean = unicodedata.normalize("NFKC", seen).strip().casefold()
    if re.fullmatch(r"\d+(\.\d+)?e\+?\d+", clean):
        return "", "id_scientific"
    if len(clean) > 64:
        return "", "id_long"
    return clean, None


def file_name(student: str) -> str:
    """Return `student` as part of a file name that every system accepts.

    Different students get different names, whoever else is in the class.
    """
    safe = re.sub(r"[^\w-]+", "_", student)
    # File systems count bytes, and a Chinese character has three.
    safe = safe.encode("utf-8")[:96].decode("utf-8", "ignore")
    if safe == student:
        return safe or "unnamed"
    # Something was left out in which two students may differ.
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{safe}_{digest[:8]}"
