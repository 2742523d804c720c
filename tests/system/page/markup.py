#!/usr/bin/env python3
"""No text becomes markup or a program in the page: its scripts use DOM calls only, and its HTML holds no script, style or
handler of its own, so that the Content-Security-Policy can forbid them all. usage: markup.py FOLDER"""

import pathlib
import re
import sys

SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|setHTML|parseHTML|document\.write|createContextualFragment|DOMParser|srcdoc"
    r"|\beval\s*\(|new\s+Function\b|javascript:|setAttribute\(\s*[\"'](style|on|href|src)|cssText|set(Timeout|Interval)\(\s*[\"'`]"
)
INLINE = re.compile(r"\sstyle\s*=|\son[a-z]+\s*=|<style|<script(?![^>]*\ssrc=)|<base|<meta[^>]*http-equiv|javascript:", re.I)
PLANTED = [
    (SINKS, 'e.innerHTML = "x"'), (SINKS, 'e.insertAdjacentHTML("afterend", x)'), (SINKS, "eval (x)"),
    (SINKS, 'e.setAttribute("style", x)'), (SINKS, 'setTimeout("x", 1)'), (INLINE, '<p style="x">'), (INLINE, "<p onclick=x>"),
    (INLINE, "<script>x"), (INLINE, '<meta http-equiv="refresh">'),
]


def main():
    for pattern, text in PLANTED:
        if not pattern.search(text):
            sys.exit("FAIL a planted fault is not seen: " + text)
    files = sorted(path for path in pathlib.Path(sys.argv[1]).rglob("*") if path.suffix in (".js", ".html"))
    found = []
    for path in files:
        pattern = SINKS if path.suffix == ".js" else INLINE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found += ["%s:%d: %s" % (path.name, number, match.group(0).strip()) for match in pattern.finditer(line)]
    for line in found:
        print("FAIL " + line)
    if not found and len(files) < 8:
        sys.exit("FAIL only %d files in %s" % (len(files), sys.argv[1]))
    print("%d files" % len(files))
    sys.exit(bool(found))


main()
