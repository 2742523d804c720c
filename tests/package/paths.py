"""Every file and folder that a Markdown page names is there: links, from the page's own folder, and paths that begin with
one of our folders. Names in capitals stand for something. Before that, pages that are wrong must be found to be so."""

import os
import re
import sys

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
NAMED = re.compile(r"(?<![\w/.*-])(?:(?:alice|bob|common|eve|proto|tests|\.ci|\.packaging)/)[\w./@*-]*")


def pages():
    for folder, folders, files in os.walk(TOP):
        folders[:] = [f for f in folders if f not in (".git", "node_modules") and not f.startswith("build")]
        yield from (os.path.join(folder, name) for name in sorted(files) if name.endswith(".md"))


def problems_of(page, text):
    found = []
    for link in LINK.findall(re.sub(r"`[^`\n]*`", "code", text)):
        if not re.match(r"[a-z]+:", link) and not os.path.exists(os.path.join(os.path.dirname(page), link)):
            found.append("a link to %s" % link)
    for named in NAMED.findall(text):
        path = re.split(r"[^/]*(?:[A-Z]{3,}(?![\w.]*\.md)|\*)", named)[0].rstrip(".")
        if not os.path.exists(os.path.join(TOP, path)):
            found.append(named)
    return ["%s names what is not there: %s" % (os.path.relpath(page, TOP), name) for name in found]


def self_test():
    page = os.path.join(TOP, "eve", "README.md")
    for text, wanted in (("see [this](lab/README.md#x) and `eve/learners/NAME.c`, https://example.org/eve/none", 0),
                         ("[there](lab/NONE.md)", 1), ("(proto/none.c).", 1), ("`nowhere/NAME.c`, `eve/none/NAME.c`", 1),
                         ("tests/unit/*.c and BUILD/tests/none, eve/wire/, `H[key](x)`.", 0)):
        if len(problems_of(page, text)) != wanted:
            sys.exit("FAIL %s in %r" % (problems_of(page, text), text))


self_test()
count, problems = 0, []
for name in pages():
    with open(name, encoding="utf-8") as file:
        problems += problems_of(name, file.read())
    count += 1
print("\n".join("FAIL " + problem for problem in problems) or "%d pages" % count)
sys.exit(1 if problems or count < 10 else 0)
