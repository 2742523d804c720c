"""The order of the steps is written once, in proto/order.c, and what happens in them in each task's words.c; whoever
lists it elsewhere has to list the same.

usage: order.py PRINTER ROOT, where PRINTER prints the table, a step a line, and what the tasks say
"""

import pathlib
import re
import subprocess
import sys

lines = subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True).stdout.splitlines()
table = [line.split() for line in lines if not line.startswith("task\t")]
said = [line.split("\t")[1:] for line in lines if line.startswith("task\t")]
tasks = {name: (int(experimental), letter, rests_on) for name, experimental, letter, rests_on, *_ in said}
assert len(tasks) >= 3 and len(said) == 4 * len(tasks), said
root = pathlib.Path(sys.argv[2])
steps = [row[0] for row in table]
assert len(steps) == 8 and len(set(steps)) == 8, steps
failures = []


def listed(path, pattern, expected, flags=0):
    """All matches of a pattern with one group (or several) in a file, against what the table says."""
    text = (root / path).read_text(encoding="utf-8")
    got = re.findall(pattern, text, flags)
    if got != expected:
        failures.append(f"{path}: {got} where proto/order.c says {expected}")


def names(path, pattern):
    """A list of quoted steps in one expression."""
    text = (root / path).read_text(encoding="utf-8")
    found = re.search(pattern, text, re.S)
    got = re.findall(r'"([AB]\d)"', found.group(1)) if found else None
    if got != steps:
        failures.append(f"{path}: {got} where proto/order.c says {steps}")


names("eve/web/state.js", r"const ORDER = \[(.*?)\]")
names("tests/lib/parley.py", r"STEPS = \[(.*?)\]")
listed("eve/web/story.js", r"^  ([AB]\d): \{$", steps, re.M)
listed("proto/parley.lua", r'"([AB]\d) (\w+)"', [(row[0], row[-1]) for row in table])
listed("proto/WIRE.md", r"^\| ([AB]\d) \| (\w+) \| 1[^|]*?(\w+) \|", [(r[0], r[1], r[-1]) for r in table], re.M)


def part(text, start, end):
    """What stands between two marks."""
    return text[text.index(start) + len(start):].split(end, 1)[0] if start in text else ""


lua = (root / "proto/parley.lua").read_text(encoding="utf-8")
story = part((root / "eve/web/story.js").read_text(encoding="utf-8"), "const TASKS = {\n", "\n};\n")
wall = part((root / "eve/web/wall-words.js").read_text(encoding="utf-8"), "const RESTS = {", "};")
for name, (experimental, letter, rests_on) in tasks.items():
    if ("experimental" in part(wall, f'{name}: "', '"')) != experimental or f'{name}: "' not in wall:
        failures.append(f"eve/web/wall-words.js: what {name} rests on, and whether it is experimental")
    own = part(lua, f"    {letter} = {{\n        name = \"{name}\"", "\n    },\n")
    if ("experimental = true" in own) != experimental:
        failures.append(f"proto/parley.lua: whether {name}, of the letter {letter}, is experimental")
    if f'rests_on = "{rests_on}"' not in own:
        failures.append(f"proto/parley.lua: {name} rests on {rests_on}")
    steps_of = [row[4:] for row in said if row[0] == name]
    for step, sentence in steps_of:
        if f'{step} = "{sentence}"' not in own:
            failures.append(f"proto/parley.lua: {name} lacks {step} = \"{sentence}\"")
    told = part(story, f"  {name}: {{\n", "\n  },\n")
    for what in ["wire"] + ([] if name == "lpn" else [step for step, _ in steps_of]):
        levels = re.findall(r"^      (\w+): \"[^\"]+\"", part(told, f"    {what}: {{\n", "\n    },"), re.M)
        if levels != ["pupil", "student", "researcher"] and f"{what}: WIRE," not in told:
            failures.append(f"eve/web/story.js: {name}, {what} is told to {levels}")
for failure in failures:
    print("FAIL", failure)
print(f"{len(table)} steps, {len(tasks)} tasks")
sys.exit(bool(failures))
