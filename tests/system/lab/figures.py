"""Figures that can be read: no text over another, over a line, a point or an axis, or beyond the edge.

usage: figures.py EVE

Draws what is kept in eve/lab/results once more and looks at the SVG: where gnuplot puts each text, line and point. How wide a
text is follows from the advances of DejaVu Sans, by classes of letters, rather too wide than too narrow."""

import html
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

RESULTS = pathlib.Path(__file__).resolve().parents[3] / "eve" / "lab" / "results"
ASCENT, DESCENT = 0.68, 0.08  # of what letters cover, without g's and y's tails, in sizes of the font
GRID = "rgb(192, 192, 192)"


def advance(letter):
    if letter in "iljI|!'.,:;":
        return 0.32
    if letter in " ()[]ftr-/":
        return 0.41
    if letter in "mwMW%@":
        return 0.95
    return 0.64


def box(x, y, width, size, anchor, angle):
    """The corners of a line of text."""
    left = {"start": 0, "middle": -width / 2, "end": -width}[anchor]
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return [(x + u * c - v * s, y + u * s + v * c)
            for u, v in ((left, -ASCENT * size), (left + width, -ASCENT * size), (left + width, DESCENT * size),
                         (left, DESCENT * size))]


def texts(svg):
    """What is written, and where: corners of a box each."""
    found = []
    for group, inside in re.findall(r"<g (transform=[^>]*)>\s*<text>(.*?)</text>", svg, re.S):
        x, y = map(float, re.search(r"translate\(([-\d.]+),([-\d.]+)\)", group).groups())
        angle = re.search(r"rotate\(([-\d.]+)\)", group)
        size = float(re.search(r'font-size="([\d.]+)"', group).group(1))
        anchor = re.search(r'text-anchor="(\w+)"', group).group(1)
        width, said = 0.0, ""
        for attributes, part in re.findall(r"<tspan([^>]*)>([^<]*)</tspan>", inside):
            own = re.search(r'font-size="([\d.]+)"', attributes)
            part = html.unescape(part)
            width += sum(map(advance, part)) * (float(own.group(1)) if own else size)
            said += part
        if said.strip():
            found.append((said.strip(), box(x, y, width, size, anchor, float(angle.group(1)) if angle else 0)))
    return found


def lines(svg):
    """Segments of all lines but the grid, and points as short ones across."""
    segments = []
    for stroke, path in re.findall(r"<g[^>]*stroke=\"([^\"]*)\"[^>]*>\s*<path [^>]*d='([^']*)'", svg) + \
            [("", d) for d in re.findall(r"<path stroke='(?!%s)[^']*'[^>]*d='([^']*)'" % re.escape(GRID), svg)]:
        if stroke == GRID:
            continue
        last = first = None
        for command, x, y in re.findall(r"([MLhHvVzZ])? ?(-?[\d.]+),(-?[\d.]+)", path):
            at = float(x), float(y)
            if command == "M" or last is None:
                first = at
            else:
                segments.append((last, at))
            last = at
        if path.rstrip().endswith(("z", "Z")) and first:
            segments.append((last, first))
    for x, y, scale in re.findall(r"<use [^>]*transform='translate\(([-\d.]+),([-\d.]+)\) scale\(([\d.]+)\)", svg):
        x, y, r = float(x), float(y), float(scale) * 0.8
        segments += [((x - r, y), (x + r, y)), ((x, y - r), (x, y + r))]
    return segments


def apart(a, b):
    """Whether a line separates two convex shapes, by the directions of their edges."""
    for shape in a, b:
        for (x0, y0), (x1, y1) in zip(shape, shape[1:] + shape[:1]):
            nx, ny = y0 - y1, x1 - x0
            first = [nx * x + ny * y for x, y in a]
            second = [nx * x + ny * y for x, y in b]
            if max(first) <= min(second) or max(second) <= min(first):
                return True
    (x0, y0), (x1, y1) = a[0], a[1]  # of a segment, along itself
    first = [(x1 - x0) * x + (y1 - y0) * y for x, y in a]
    second = [(x1 - x0) * x + (y1 - y0) * y for x, y in b]
    return max(first) <= min(second) or max(second) <= min(first)


def faults(svg):
    width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())
    written, drawn, found = texts(svg), lines(svg), []
    if len(written) < 5 or len(drawn) < 10:
        found.append("%d texts and %d lines: this is no figure" % (len(written), len(drawn)))
    for i, (said, corners) in enumerate(written):
        if any(not (0 <= x <= width and 0 <= y <= height) for x, y in corners):
            found.append("'%s' goes beyond the edge" % said)
        found += ["'%s' lies on '%s'" % (said, other) for other, theirs in written[:i] if not apart(corners, theirs)]
        for start, end in drawn:
            if not apart([start, end], corners):
                found.append("'%s' lies on a line at %.0f, %.0f" % (said, *start))
                break
    return found


def draw(script, folder, more=""):
    """The SVG of a script; more: gnuplot's words before it plots."""
    text = script.read_text(encoding="utf-8")
    at = re.search(r"^(plot|set multiplot)", text, re.M).start()
    changed = folder / "changed.gp"
    changed.write_text(text[:at] + more + text[at:], encoding="utf-8")
    subprocess.run(["gnuplot", changed.name], cwd=folder, check=True, capture_output=True, timeout=300)
    return script.with_suffix(".svg").read_text(encoding="utf-8")


def main():
    if not shutil.which("gnuplot"):
        print("no gnuplot here: figures were not looked at")
        sys.exit(77)
    eve, bad, count = os.path.abspath(sys.argv[1]), [], 0
    with tempfile.TemporaryDirectory() as top:
        for result in sorted(RESULTS.rglob("result.json")):
            folder = pathlib.Path(top) / ("%d" % count)
            shutil.copytree(result.parent, folder)
            for old in [*folder.glob("*.gp"), *folder.glob("*.svg")]:
                old.unlink()
            # without gnuplot eve writes the script of one figure and leaves it: so it is given one that draws nothing
            tools = pathlib.Path(top) / "tools"
            tools.mkdir(exist_ok=True)
            (tools / "gnuplot").write_text("#!/bin/sh\n", encoding="utf-8")
            (tools / "gnuplot").chmod(0o755)
            subprocess.run([eve, "lab", "plot", str(folder)], capture_output=True, timeout=300, check=False,
                           env=dict(os.environ, PATH="%s:%s" % (tools, os.environ["PATH"])))
            scripts = sorted(folder.glob("*.gp"))
            assert scripts, result
            for script in scripts:
                count += 1
                bad += ["%s/%s: %s" % (result.parent.name, script.stem, fault) for fault in faults(draw(script, folder))]
        # what must not be is seen: a text on a line, on another text, beyond the edge
        folder, script = next((s.parent, s) for s in pathlib.Path(top).rglob("risk.gp"))
        for more, words in (("set label 'on the way' at 512, 0.5\n", "on the way' lies on a line"),
                            ("set xlabel offset 0,1.6\n", "'dimension n' lies on"),
                            ("set title 'long %s'\n" % ("and longer " * 20), "goes beyond the edge")):
            assert any(words in fault for fault in faults(draw(script, folder, more))), (words, faults(draw(script, folder, more)))
    for line in bad:
        print(line)
    print("%d figures, %d faults" % (count, len(bad)))
    sys.exit(1 if bad else 0)


main()
