"""
Make the font that writes Chinese in figures where no Chinese font is installed.

    python .ci/font.py NotoSansCJK-Regular.ttc
"""

import argparse
from pathlib import Path

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont, newTable

ROOT = Path(__file__).resolve().parent.parent
FAMILY = "Govlib Sans SC"
# Outlines may differ from the original by one thousandth of the height of a letter.
TOLERANCE = 1.0
# Where Chinese text of the project stands.
TEXTS = (".csv", ".ipynb", ".json", ".md", ".py", ".toml")


def characters(project: Path) -> set[str]:
    """Return the 6,763 characters and signs of GB 2312, and those of the project."""
    found = {chr(code) for code in range(0x20, 0x7F)} | set("−×·–—…‰°²³")
    # Rows 4 to 9 hold Japanese, Greek, Russian and boxes, which other fonts have.
    for row in [1, 2, 3, *range(16, 88)]:
        cells = [bytes([row + 0xA0, cell + 0xA0]) for cell in range(1, 95)]
        found |= set(b"".join(cells).decode("gb2312", errors="ignore"))
    for folder in ("datasets", "exercises", "govlib", "notebooks"):
        for path in sorted((project / folder).rglob("*")):
            if path.suffix in TEXTS:
                found |= set(path.read_text(encoding="utf-8"))
    return found


def with_quadratic_outlines(font: TTFont) -> None:
    """Replace cubic outlines by TrueType ones, which PDF and EPS export can embed."""
    glyphs = font.getGlyphSet()
    drawn = {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(glyphs)
        # Cubic and quadratic outlines turn in opposite directions.
        glyphs[name].draw(Cu2QuPen(pen, TOLERANCE, reverse_direction=True))
        drawn[name] = pen.glyph()
        drawn[name].recalcBounds(drawn)
    order = font.getGlyphOrder()
    for table in ("CFF ", "VORG"):
        if table in font:
            del font[table]
    font["loca"] = newTable("loca")
    font["glyf"] = newTable("glyf")
    font["glyf"].glyphOrder = order
    font["glyf"].glyphs = drawn
    # A side bearing that is not the outline's own would shift the glyph.
    font["hmtx"].metrics = {
        name: (width, drawn[name].xMin)
        for name, (width, _) in font["hmtx"].metrics.items()
    }
    # The outlines' own maxima are counted on saving; there are no instructions.
    font["maxp"].tableVersion = 0x00010000
    for name in [
        "maxTwilightPoints",
        "maxStorage",
        "maxFunctionDefs",
        "maxInstructionDefs",
        "maxStackElements",
        "maxSizeOfInstructions",
        "maxComponentElements",
    ]:
        setattr(font["maxp"], name, 0)
    font["maxp"].maxZones = 1
    font.sfntVersion = "\x00\x01\x00\x00"
    font["post"].formatType = 3.0


def renamed(font: TTFont) -> None:
    """Give the font a family of its own; keep its copyright and licence."""
    version = font["name"].getDebugName(5)
    kept = {n: font["name"].getDebugName(n) for n in (0, 13, 14)}
    font["name"].names = []
    own = {1: FAMILY, 2: "Regular", 3: f"{FAMILY} 1", 4: FAMILY, 5: version}
    for number, text in (
        kept | own | {6: FAMILY.replace(" ", "") + "-Regular"}
    ).items():
        font["name"].setName(text, number, 3, 1, 0x409)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collection", type=Path, help="NotoSansCJK-Regular.ttc")
    fonts = TTCollection(parser.parse_args().collection).fonts
    font = next(f for f in fonts if f["name"].getDebugName(1) == "Noto Sans CJK SC")
    options = Options(layout_features=[], hinting=False, name_IDs=["*"])
    options.drop_tables += ["vhea", "vmtx", "BASE", "VORG", "GSUB", "GPOS"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[ord(c) for c in characters(ROOT)])
    subsetter.subset(font)
    with_quadratic_outlines(font)
    renamed(font)
    # The date of making must not change the file.
    font.recalcTimestamp = False
    font.save(ROOT / "govlib" / "fonts" / "GovlibSansSC-Regular.ttf")
