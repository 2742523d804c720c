#!/usr/bin/env python3
"""The tables of the page's other languages have the texts that the page says, and no others: what its files hold, what its
scripts say, and what the programs answer, which are all English. usage: tongue.py ROOT [--keys PAGE]"""

import html.parser
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
WEB = ROOT / "eve/web"
LANGUAGES = "de", "fr"
ATTRIBUTES = "aria-label", "title", "placeholder", "alt", "label"  # as in tongue.js
NO_TEXT = "at", "from"  # as in tongue.js
NAMES = re.compile(r"Parley|[Aa]lice|Bob|[nrl]\d+|[^A-Za-z{]*|\{0\}")  # the same in all languages
# What a phone may be answered, and who leads a class: each of these has to be in the table.
ANSWERS = {"phone": ["eve/page/%s.c" % name for name in ("class_join", "class_play", "join", "name", "places", "play")],
           "lead": ["eve/page/%s.c" % name for name in ("answer", "answer_game", "control", "race", "show")] + ["common/shell/net/web_request.c"]}
SENTENCES = ["proto/order.c"] + ["common/task/%s/words.c" % task for task in ("lpn", "ring", "lwe")]
# Words that are not those of the other tables, and how nobody is spoken to; a phone's owner alone is one person.
NOT_SAID = {"de": r"\bHandys?\b|\bLehrpersonen?\b|(?<=[a-zäöüß,] )(?:Sie|Ihnen|Ihre?[rmns]?)\b", "fr": r"\b(?:tu|toi|te|tes|ton|ta)\b",
            "de, of many": r"\b(?:du|dich|dir|deine?[rmns]?)\b"}
failures = []
forms = set()  # keys with a text for each number


# ---- scripts, as tokens: ("word", text), ("string", text), ("template", parts, [tokens of each expression]), ("mark", c)

ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\n|.)", re.S)


def cooked(text):
    def one(match):
        c = match.group(1)
        return chr(int(c[1:].strip("{}"), 16)) if c[0] in "ux" and len(c) > 1 else {"n": "\n", "t": "\t", "\n": ""}.get(c, c)
    return ESCAPE.sub(one, text)


def tokens(text, i=0, inside=False):
    """The tokens from i on, up to the end or, inside of a template, to the bracket that ends the expression; and where."""
    out, depth = [], 0
    while i < len(text):
        c = text[i]
        if c.isspace():
            i += 1
        elif text.startswith("//", i):
            i = text.find("\n", i) % (len(text) + 1)
        elif text.startswith("/*", i):
            i = text.index("*/", i) + 2
        elif c in "\"'":
            end = re.compile(r"(?:[^\\%s]|\\.)*" % c, re.S).match(text, i + 1).end()
            out.append(("string", cooked(text[i + 1:end])))
            i = end + 1
        elif c == "`":
            parts, expressions, i, start = [], [], i + 1, i + 1
            while text[i] != "`":
                if text[i] == "\\":
                    i += 2
                elif text.startswith("${", i):
                    parts.append(cooked(text[start:i]))
                    inner, i = tokens(text, i + 2, True)
                    expressions.append(inner)
                    start = i
                else:
                    i += 1
            parts.append(cooked(text[start:i]))
            out.append(("template", parts, expressions))
            i += 1
        elif c == "/" and (not out or (out[-1][0] == "mark" and out[-1][1] not in ")]}")):
            i = re.compile(r"(?:[^\\/\[]|\\.|\[(?:[^\]\\]|\\.)*\])+/\w*").match(text, i + 1).end()
        elif re.match(r"[\w$]", c):
            end = re.compile(r"[\w$]+").match(text, i).end()
            out.append(("word", text[i:end]))
            i = end
        else:
            depth += (c == "{") - (c == "}")
            if inside and depth < 0:
                return out, i + 1
            out.append(("mark", c))
            i += 1
    return out, i


def region(all_tokens, i):
    """What stands in the brackets that open at i."""
    depth = 0
    for j in range(i, len(all_tokens)):
        if all_tokens[j][0] == "mark":
            depth += (all_tokens[j][1] in "([{") - (all_tokens[j][1] in ")]}")
            if depth == 0:
                return all_tokens[i + 1:j]
    return all_tokens[i + 1:]


MARK = {c: ("mark", c) for c in "([{:,=<"}


def table_keys(inner, name):
    """The texts of a table: its strings, but for the names of fields, what is compared, and fields that are no text."""
    for i, token in enumerate(inner):
        before, after = inner[i - 1] if i else None, inner[i + 1] if i + 1 < len(inner) else None
        if token[0] == "string" and re.search(r"[A-Za-z]", token[1]):
            field = inner[i - 2][1] if before == MARK[":"] and i > 1 else ""
            is_name = after == MARK[":"] and before in (None, MARK[","], MARK["{"])
            if not is_name and field not in NO_TEXT and before != MARK["="] and inner[i - 2:i - 1] != [("word", "say")]:
                yield token[1]
        elif token[0] == "template":
            if before != ("word", "say") and any(re.search(r"[A-Za-z]{2}", re.sub(r"\b(Alice|Bob|Eve|theta)\b", "", part)) for part in token[1]):
                failures.append("%s: a text in a table is not said: %s" % (name, "...".join(token[1])))
            for expression in token[2]:
                yield from table_keys(expression, name)


def renamed(all_tokens, alias):
    return [("template", t[1], [renamed(e, alias) for e in t[2]]) if t[0] == "template" else ("word", "say") if t == alias else
            ("word", "") if t == ("word", "say") else t for t in all_tokens]


def keys(all_tokens, name, whole=None):
    """The keys that a script says; it may import say under another name."""
    whole = whole or all_tokens
    for i, token in enumerate(whole):
        if token == ("word", "say") and whole[i + 1:i + 2] == [("word", "as")] and whole is all_tokens:
            alias = whole[i + 2]
            all_tokens = whole = renamed(whole, alias)
    for i, token in enumerate(all_tokens):
        after = all_tokens[i + 1] if i + 1 < len(all_tokens) else None
        if token[0] == "template":
            for expression in token[2]:
                yield from keys(expression, name, whole)
        if token[0] != "word" or not after:
            continue
        if token[1] == "say" and after[0] == "template":
            yield "".join(part + ("{%d}" % n if n + 1 < len(after[1]) else "") for n, part in enumerate(after[1]))
        elif after == MARK["("] and token[1] in ("say", "several", "texts", "sayAll"):
            inner = region(all_tokens, i + 1)
            strings = [t[1] for t in inner if t[0] == "string"]
            if token[1] == "say" and inner and inner[0][0] == "string":
                yield strings[0]
            elif token[1] in ("several", "texts"):
                forms.update(strings[:1] if token[1] == "several" else strings)
                yield from strings[:1] if token[1] == "several" else strings
            elif token[1] == "sayAll" and inner[:1] and inner[0][0] == "mark":
                yield from table_keys(inner, name)
            elif token[1] == "sayAll":
                for j, other in enumerate(whole):
                    if other == ("word", "const") and whole[j + 1:j + 3] == [inner[0], MARK["="]]:
                        yield from table_keys(region(whole, j + 3), name)


# ---- pages

class Page(html.parser.HTMLParser):
    """The texts of a file, its scripts and its tables."""

    def __init__(self, path):
        super().__init__()
        self.texts, self.first, self.tables, self.inside = [], None, [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.inside.append(tag)
        self.texts += [given[name] for name in ATTRIBUTES if given.get(name)]
        if "data-page" in given:
            self.first, self.tables = given["data-page"], given["data-words"].split()

    def handle_data(self, data):
        self.texts.append(" ".join(data.split()))


def scripts_of(first):
    """A script and all that it loads."""
    found, todo = [], [first]
    while todo:
        name = todo.pop()
        if name in found or not (WEB / name).exists():
            continue
        found.append(name)
        todo += re.findall(r'(?:from|import) "\./([\w-]+\.js)"', (WEB / name).read_text(encoding="utf-8"))
    return found


def keys_of(page):
    all_keys = {text for text in page.texts if not NAMES.fullmatch(text)}
    for name in scripts_of(page.first):
        if name != "tongue.js":
            all_keys |= {key for key in keys(tokens((WEB / name).read_text(encoding="utf-8"))[0], name) if not NAMES.fullmatch(key)}
    return all_keys


# ---- programs

def literals(path):
    """The texts in a program, those side by side as one, and places of printf as in a table."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.S)
    for match in re.finditer(r'(?:"(?:[^"\\\n]|\\.)*"\s*)+' if path.suffix == ".c" else r"'(?:[^'\\\n]|\\.)*'|`[^`]*`", text):
        parts = re.findall(r'"((?:[^"\\\n]|\\.)*)"', match.group(0)) if path.suffix == ".c" else [match.group(0)[1:-1]]
        count = iter(range(9))
        yield re.sub(r"%[a-z]+|\$\{[^}]*\}", lambda _: "{%d}" % next(count), cooked("".join(parts)))


def said_by_programs():
    paths = [p for folder in ("eve/page", "eve/game", "alice/browser", "alice/machine.c", "bob", "common", "proto") for p in
             ([ROOT / folder] if folder.endswith(".c") else (ROOT / folder).rglob("*")) if p.suffix in (".c", ".js")]
    return {text.strip() for path in paths for text in literals(path)}


def answers_of(table):
    """Texts that end as an answer does, or that a function returns."""
    answers = set()
    for path in (ROOT / name for name in ANSWERS[table]):
        returned = re.findall(r'(?:return|[?:])\s+"([A-Za-z][^"\\%]* [^"\\]*)"\s*[;:]', path.read_text(encoding="utf-8"))
        answers |= {text.strip() for text in literals(path) if text.endswith("\n") and re.search("[a-z]{2} ", text)} | set(returned)
    return answers


def must_be_heard():
    answers = {table: answers_of(table) for table in ANSWERS}
    for name in SENTENCES:
        text = (ROOT / name).read_text(encoding="utf-8")
        said = re.findall(r'\.[ab]\d = "([^"]*)"', text) if "words" in name else [t for t in literals(ROOT / name) if t.endswith(".")]
        answers["phone"] |= set(said)
    for path in sorted((ROOT / "common/task").glob("*/*.c")):  # what it rests on, in a sentence of the stage
        answers["lead"] |= set(re.findall(r'\.assumption = "([^"]*)"', path.read_text(encoding="utf-8")))
    for path in sorted((ROOT / "common/task").glob("*/*params.c")):  # how soon a toy is broken
        answers["phone"] |= {text for text in literals(path) if re.match("(at|in) ", text)}
    return answers


# ---- tables

def places(text):
    return sorted(set(re.findall(r"\{\d\}", text)))


def check_pair(where, key, text):
    for form in text.split("|") if key in forms else [text]:
        if places(form) != places(key) and not (form != text and set(places(form)) <= set(places(key))):
            failures.append("%s: other places: %r: %r" % (where, key, text))
        if (form[:1] == " ", form[-1:] == " ") != (key[:1] == " ", key[-1:] == " "):
            failures.append("%s: another blank at an end: %r: %r" % (where, key, text))
    not_said = [NOT_SAID[where[:2]]] + ([NOT_SAID["de, of many"]] if where[:2] == "de" and where[3:] not in ("phone.json", "shared.json") else [])
    failures.extend("%s: not the word that the page has, or nobody is spoken to so: %r" % (where, text) for wrong in not_said if re.search(wrong, text))
    if where.startswith("fr") and re.search(r"[\w)] [?!;:\u00bb]", text):
        failures.append("%s: a blank that breaks before a mark: %r" % (where, text))


def main():
    pages = {path.name: page for path in sorted(WEB.glob("*.html")) if (page := Page(path)).first}
    said = {name: keys_of(page) for name, page in pages.items()}
    if sys.argv[2:3] == ["--keys"]:
        print(json.dumps(sorted(said[sys.argv[3]]), ensure_ascii=False, indent=1))
        return 0
    programs, answers = said_by_programs(), must_be_heard()
    if len(pages) < 2 or min(map(len, answers.values())) < 30:
        failures.append("only %d pages, %s answers" % (len(pages), [len(some) for some in answers.values()]))
    n = 0
    for language in LANGUAGES:
        tables = {path.stem.split("-", 1)[1]: json.loads(path.read_text(encoding="utf-8")) for path in (WEB / "words").glob(language + "-*.json")}
        for name, page in pages.items():
            known = {key for table in page.tables for key in tables[table]["words"]}
            failures.extend("%s, %s lacks %r" % (name, language, key) for key in sorted(said[name] - known))
            n += len(said[name])
        for name, table in tables.items():
            where = "%s-%s.json" % (language, name)
            wanted = set().union(*(said[p] for p, page in pages.items() if name in page.tables))
            failures.extend("%s: nobody says %r" % (where, key) for key in sorted(set(table["words"]) - wanted))
            failures.extend("%s: no program says %r" % (where, key) for key in sorted(set(table.get("heard", {})) - programs))
            if name != "shared":
                failures.extend("%s: %r is in the shared table, too" % (where, key) for key in sorted(set(table["words"]) & set(tables["shared"]["words"])))
            for key, text in [*table["words"].items(), *table.get("heard", {}).items()]:
                check_pair(where, key, text)
        for name, some in answers.items():
            heard = {**tables["shared"].get("heard", {}), **tables[name].get("heard", {})}
            failures.extend("%s-%s.json lacks the answer %r" % (language, name, key) for key in sorted(some - set(heard)))
    for line in failures:
        print("FAIL " + line)
    print("%d texts on %d pages" % (n, len(pages)))
    return bool(failures)


sys.exit(main())
