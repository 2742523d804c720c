#!/usr/bin/env python3
"""eve lab, as users run it, on small sets with fixed seeds.

    lab.py EVE SCHEMA form EXPERIMENT [OPTION...]   the quick form: files, schema, claims; again with the same seed
    lab.py EVE SCHEMA shards                        merge of shards equals the unsharded run
    lab.py EVE SCHEMA resume                        a run that was killed goes on and ends as if it had not been
    lab.py EVE SCHEMA results                       the results that are kept in eve/lab/results: schema, and what they say
    lab.py EVE SCHEMA refusals                      one clear line, and the right status, for what cannot be
    lab.py EVE SCHEMA hostile                       folders that somebody else has written: no field is believed, and what is
                                                    printed is escaped
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SEED = "0b" * 32
PATIENCE = 600  # seconds; the machine may be busy


def run(eve, *arguments, expect=0, env=None):
    done = subprocess.run([eve, "lab", *arguments], capture_output=True, text=True, timeout=PATIENCE, env=env)
    if done.returncode != expect:
        sys.exit(f"eve lab {' '.join(arguments)}: status {done.returncode}, not {expect}\n{done.stdout}{done.stderr}")
    return done


def without_times(value):
    """What a seed must repeat: all but what has "seconds" in its name, and the list of runs."""
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if "seconds" not in k and k != "runs"}
    if isinstance(value, list):
        return [without_times(v) for v in value]
    return value


def result(folder):
    return json.loads((folder / "result.json").read_text(encoding="utf-8"))


def units(folder):
    lines = [json.loads(line) for line in (folder / "units.jsonl").read_text(encoding="utf-8").splitlines()]
    return sorted((without_times(line) for line in lines), key=lambda line: line["unit"])


def same(a, b):
    assert units(a) == units(b), "units differ"
    assert without_times(result(a)) == without_times(result(b)), "results differ"


def check_result(folder, schema, experiment):
    import jsonschema

    found = result(folder)
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.validate(found, schema)
    assert found["experiment"] == experiment and found["complete"]
    assert found["holds"] == all(claim["holds"] for claim in found["claims"])
    assert found["manifest"]["n_units"] == len(units(folder))
    for claim in found["claims"]:
        low, high = claim["interval"] or (None, None)
        if claim["value"] is not None:
            assert low is None or low <= claim["value"], claim
            assert high is None or claim["value"] <= high, claim
    for name, rows in found["tables"].items():
        table = (folder / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
        assert len(table) == len(rows) + 1, name
        assert all(line.count("\t") == table[0].count("\t") for line in table), name
    letters = {unit["parameters"]["set"][0] for unit in units(folder) if "set" in unit["parameters"]}
    for letter, task in (("r", "ring"), ("l", "lwe")):
        said = [note for note in found["notes"] if note.startswith(task + " is experimental: nobody outside")]
        assert len(said) == (letter in letters), found["notes"]
    return found


def check_figures(folder):
    scripts = list(folder.glob("*.gp"))
    assert scripts
    if not shutil.which("gnuplot"):
        print("no gnuplot here: figures were not looked at")
        return
    for script in scripts:
        png = script.with_suffix(".png").read_bytes()
        svg = script.with_suffix(".svg").read_text(encoding="utf-8")
        assert png.startswith(b"\x89PNG") and len(png) > 5000, script
        assert script.with_suffix(".pdf").read_bytes().startswith(b"%PDF"), script
        assert svg.rstrip().endswith("</svg>") and "<path" in svg, script


def form(eve, schema, folder, experiment, *options):
    said = run(eve, experiment, "--check-size", "--seed", SEED, "--out", str(folder / "a"), *options)
    assert re.search(r"\d+ of \d+ units to do on \d+ threads, about ", said.stderr), said.stderr
    found = check_result(folder / "a", schema, experiment)
    assert found["holds"], said.stdout
    assert (folder / "a" / "table.txt").read_text(encoding="utf-8") == said.stdout
    check_figures(folder / "a")
    # the same seed, another number of threads; gnuplot, which takes as long as all else, draws the same no second time
    (folder / "bin").mkdir()
    if fplll := shutil.which("fplll"):
        (folder / "bin" / "fplll").symlink_to(fplll)
    run(eve, experiment, "--check-size", "--seed", SEED, "--threads", "1", "--out", str(folder / "b"), *options,
        env=dict(os.environ, PATH=str(folder / "bin")))
    same(folder / "a", folder / "b")
    # a finished run is not made again
    again = run(eve, experiment, "--check-size", "--out", str(folder / "a"), *options)
    assert "already" in again.stderr and again.stdout == said.stdout
    # without gnuplot the data is kept, and drawn later
    bare = dict(os.environ, PATH=str(folder))
    said = run(eve, "plot", str(folder / "b"), env=bare)
    assert "no gnuplot" in said.stderr and "apt-get install gnuplot-nox" in said.stderr, said.stderr
    assert said.stderr.splitlines()[-1].endswith("data; not all figures."), said.stderr
    if shutil.which("gnuplot"):
        assert again.stderr.splitlines()[-1].endswith("figures (SVG, PNG, PDF)."), again.stderr
    print(f"{len(found['claims'])} claims of {experiment} hold; seed {SEED}")


SHARDED = ["risk", "--check-size", "--seed", SEED, "--sets", "n64,n96,n128,n256"]


def shards(eve, schema, folder):
    whole = folder / "whole"
    run(eve, *SHARDED, "--out", str(whole))
    parts = [str(folder / f"part{i}") for i in (1, 2, 3)]
    for i in (3, 1, 2):
        said = run(eve, *SHARDED, "--shard", f"{i}/3", "--threads", str(i), "--out", parts[i - 1])
        assert said.stdout == "" and "eve lab merge" in said.stderr
        assert not (folder / f"part{i}" / "result.json").exists()
    run(eve, "merge", parts[2], parts[0], "--out", str(folder / "some"), expect=65)
    run(eve, "merge", *parts, parts[1], "--out", str(folder / "all"))
    same(whole, folder / "all")
    check_result(folder / "all", schema, "risk")
    assert [r["shard"] for r in result(folder / "all")["manifest"]["runs"]][:3] == ["1/3", "2/3", "3/3"]
    # shards of another revision of the program are joined, with a warning
    manifest = json.loads((folder / "part2" / "manifest.json").read_text(encoding="utf-8"))
    mine = manifest["runs"][0]["revision"]
    manifest["runs"][0]["revision"] = "\x1b[2Jother"
    shutil.copytree(folder / "part2", folder / "part2-other")
    (folder / "part2-other" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    said = run(eve, "merge", parts[0], str(folder / "part2-other"), parts[2], "--out", str(folder / "mixed"))
    assert f"more than one revision of the program: {mine}, \\x1b[2Jother" in said.stderr, said.stderr
    assert "revision" not in run(eve, "merge", *parts, "--out", str(folder / "same")).stderr
    # what is missing after a merge can be done there
    run(eve, *SHARDED, "--out", str(folder / "some"))
    same(whole, folder / "some")
    # another seed is another run
    other = [*SHARDED]
    other[other.index(SEED)] = "0c" * 32
    run(eve, *other, "--shard", "1/3", "--out", str(folder / "other"))
    assert "no shard of the same run" in run(
        eve, "merge", parts[0], str(folder / "other"), "--out", str(folder / "wrong"), expect=65).stderr


def interrupted(eve, folder, number):
    """A run that was ended by a signal once two units were done."""
    command = [eve, "lab", *SHARDED, "--threads", "1", "--out", str(folder)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    lines = folder / "units.jsonl"
    due = time.monotonic() + PATIENCE
    while child.poll() is None and time.monotonic() < due:
        if lines.exists() and lines.read_bytes().count(b"\n") >= 2:
            child.send_signal(number)
            break
        time.sleep(0.002)
    return child.wait(PATIENCE), lines.read_bytes().count(b"\n")


def resume(eve, schema, folder):
    whole = folder / "whole"
    run(eve, *SHARDED, "--out", str(whole))
    n_units = len(units(whole))
    for number in (signal.SIGKILL, signal.SIGINT):
        for attempt in range(20):
            out = folder / f"{number.name}{attempt}"
            status, n_done = interrupted(eve, out, number)
            if n_done < n_units:
                break
            print("it was done before the signal came: again")
        else:
            sys.exit("never interrupted in time")
        assert status == (-signal.SIGKILL if number == signal.SIGKILL else 130), status
        assert not (out / "result.json").exists()
        kept = (out / "units.jsonl").read_bytes()
        with open(out / "units.jsonl", "ab") as lines:  # what a crash in the middle of a line leaves
            lines.write(b'{"unit": 3, "parameters"')
        # what was reached can be looked at, and says what it is
        partial = subprocess.run([eve, "lab", "plot", str(out)], capture_output=True, text=True, timeout=PATIENCE)
        assert partial.returncode == 1 and "INCOMPLETE" in partial.stdout, partial
        assert not result(out)["complete"]
        said = run(eve, *SHARDED, "--out", str(out))
        assert f"{n_units - n_done} of {n_units} units to do" in said.stderr, said.stderr
        assert (out / "units.jsonl").read_bytes().startswith(kept)
        same(whole, out)
        check_result(out, schema, "risk")


def results(eve, schema, folder):
    import jsonschema

    kept = sorted((pathlib.Path(__file__).resolve().parents[3] / "eve" / "lab" / "results").rglob("result.json"))
    assert len(kept) >= 7, kept
    for path in kept:
        found = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.validate(found, schema)
        assert found["experiment"] == path.parent.name and found["manifest"]["fault"] == "none", path
        if (path.parent / "units.jsonl").exists():
            assert found["complete"] == (found["manifest"]["n_units"] == len(units(path.parent))), path
        bad = [claim["text"] for claim in found["claims"] if not claim["holds"]]
        print(f"{found['experiment']}: {len(found['claims'])} claims, {len(bad)} do not hold"
              f"{'' if found['complete'] else '; incomplete'}")
        for name in found["tables"]:
            assert (path.parent / f"{name}.tsv").exists(), (path, name)


def full_and_closed(eve, folder):
    """A folder that cannot be written to, and one whose file system is full: one line says which file, and why."""
    command = [eve, "lab", "risk", "--check-size", "--sets", "n64", "--seed", SEED, "--out"]
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        print("not root, or no setpriv: closed and full folders were not tried")
        return
    shutil.copytree(folder / "a", folder / "closed")
    for path in [folder / "closed", *(folder / "closed").iterdir()]:
        path.chmod(0o555)
    os.chmod(folder, 0o755)
    nobody = ["setpriv", "--reuid=65534", "--clear-groups"]
    for arguments, words, status in (([*command, str(folder / "closed")], "closed/units.jsonl: Permission denied", 77),
                                     ([eve, "lab", "plot", str(folder / "closed")], "closed/result.json: Permission denied", 74)):
        said = subprocess.run([*nobody, *arguments], capture_output=True, text=True, timeout=PATIENCE)
        if "lab:" not in said.stderr:
            print(f"nobody cannot run eve here: {said.stderr.strip()[:100]}")
            break
        assert said.returncode == status and words in said.stderr, said
        assert said.stderr.count("eve lab: ") == 1, said.stderr
    for kib, words in ((4, "/manifest.json: No space left on device"), (12, "/table.txt: No space left on device")):
        full = folder / f"full{kib}"
        full.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "none", str(full)], capture_output=True).returncode:
            print("no file system can be mounted here: a full one was not tried")
            return
        try:
            said = subprocess.run([*command, str(full / "run")], capture_output=True, text=True, timeout=PATIENCE)
            assert said.returncode == 74 and words in said.stderr and said.stderr.count("eve lab: ") == 1, said
        finally:
            subprocess.run(["umount", str(full)], check=True)


def refusals(eve, schema, folder):
    def refused(status, words, *arguments):
        said = run(eve, *arguments, expect=status)
        assert words in said.stderr and said.stdout == "", said.stderr
        assert said.stderr.splitlines()[0].startswith("eve lab: "), said.stderr

    refused(64, "which experiment", )
    names = [path.name for path in KEPT.iterdir() if (path / "result.json").exists()]
    for said in (run(eve, expect=64).stderr, run(eve, "--help").stdout):
        for name in names:  # each with its time, quick and full
            assert re.search(rf"^  {name} +[\d.]+ (s|minutes) +[\d.]+ (s|minutes|hours)\n {{6}}\w", said, re.M), (name, said)
    one = run(eve, "trimodal", "--help").stdout
    assert re.search(r"^  trimodal ", one, re.M) and not re.search(r"^  risk ", one, re.M) and "--quick" in one, one
    refused(64, "no experiment 'nothing'", "nothing")
    refused(64, "--sets: no set 'n65'", "risk", "--sets", "n64,n65")
    refused(64, "--sets: no set 'r1020'", "risk", "--sets", "r1019,r1020")
    refused(64, "--sets: no set 'rings'", "risk", "--sets", "rings")
    refused(64, "nothing to do with these sets", "window", "--sets", "ring")
    for experiment, sets, bad in (("statistical", "l32", "l32"), ("statistical", "n64,lwe", "lwe"), ("captions", "n64", "n64"),
                                  ("window", "n64,r509", "r509"), ("quantum", "64,n2048", "n2048"), ("trimodal", "l32,n64", "n64")):
        refused(64, f"{experiment}: --sets: it does nothing with '{bad}'", experiment, "--check-size", "--sets", sets, "--out",
                str(folder / "none"))
        assert not (folder / "none").exists(), experiment
    refused(64, "--sets: no set ''", "risk", "--sets", "n64,")
    refused(64, "--shard: '4/3'", "risk", "--shard", "4/3")
    refused(64, "--shard: '0/3'", "risk", "--shard", "0/3")
    refused(64, "--fault", "risk", "--fault", "everything")
    refused(64, "merge FOLDER", "merge", "--out", str(folder / "x"))
    refused(65, "no manifest.json", "merge", str(folder / "x"), "--out", str(folder / "y"))
    refused(65, "no manifest.json", "plot", str(folder / "x"))
    refused(64, "--out: it is empty", "risk", "--out", "")
    for option in (["--sets", "n64"], ["--quick"], ["--seed", "s"], ["--shard", "1/2"], ["--budget", "1"], ["--threads", "1"],
                   ["--fault", "theta"], ["--programs", "."]):
        refused(64, f"plot: {option[0]} does nothing here", "plot", str(folder / "x"), *option)
        refused(64, f"merge: {option[0]} does nothing here", "merge", str(folder / "x"), "--out", str(folder / "y"), *option)
    refused(64, "plot: --out does nothing here", "plot", str(folder / "x"), "--out", str(folder / "y"))
    (folder / "file").touch()
    refused(74, "file/units.jsonl: Not a directory", "risk", "--check-size", "--sets", "n64", "--out", str(folder / "file"))
    run(eve, "risk", "--check-size", "--sets", "n64", "--seed", SEED, "--out", str(folder / "a"))
    refused(64, "is --out itself", "merge", str(folder / "a"), "--out", f"{folder}/a/.")
    full_and_closed(eve, folder)
    refused(65, "holds another run", "risk", "--check-size", "--sets", "n64,n128", "--seed", SEED, "--out",
            str(folder / "a"), "-q")
    with open(folder / "a" / "units.jsonl", "a", encoding="utf-8") as lines:
        lines.write('{"unit": 99999, "parameters": {}, "result": {}}\n')
    refused(65, "units.jsonl: line 3: seconds is missing", "plot", str(folder / "a"))
    (folder / "a" / "manifest.json").write_text("[]", encoding="utf-8")
    refused(65, "no manifest", "plot", str(folder / "a"))


KEPT = pathlib.Path(__file__).resolve().parents[3] / "eve" / "lab" / "results"

# Of each kept result the first unit that has this field: the field, what it is made, what eve says.
BENT = [
    ("risk", "result.errors", 10**9, "result.errors is 1000000000, not at most labels"),
    ("risk", "result.tasks", -1, "result.tasks is -1, not an integer from 0 to 1000000000"),
    ("risk", "result.failures", None, "result.failures is missing"),
    ("risk", "parameters.n", 8224, "parameters.n is 8224, not a multiple of 32 from 32 to 8192"),
    ("risk", "parameters.n", 2**40 + 64, "parameters.n is "),
    ("risk", "parameters.set", "n64", "parameters.set is 'n64', not a set of another task than lpn"),
    ("risk", "parameters.set", "\x1b[2J", "parameters.set is '\\x1b[2J', not a set"),
    ("risk", "parameters.set", 7, "parameters.set is 7, not a set"),
    ("risk", "result.exact", 10**9, "result.exact is 1000000000, not at most sessions"),
    ("oneway", "parameters.search_seconds", -1, "parameters.search_seconds is -1"),
    ("hardness", "parameters.set", "r510", "parameters.set is 'r510', not a set"),
    ("agreement", "parameters.set", None, "parameters.n is missing"),
    ("hardness", "result.learners.0.name", None, "result.learners[1].name is missing"),
    ("hardness", "result.learners.0.name", 7, "result.learners[1].name is 7, not a text"),
    ("hardness", "result.learners.0.status", "\x1b[2J", "result.learners[1].status is '\\x1b[2J', not a word"),
    ("hardness", "result.learners.0.risk", 2, "result.learners[1].risk is 2, not a number from 0 to 1"),
    ("hardness", "result.learners.0", None, "result.learners[1] is null, not an object"),
    ("hardness", "result.learners", {}, "result.learners is an object, not a list"),
    ("hardness", "result.bimodal.learned", "yes", "result.bimodal.learned is 'yes', not true or false"),
    ("agreement", "result.agreeing", 10**9, "result.agreeing is 1000000000, not at most bits"),
    ("agreement", "result.bits", 1.5, "result.bits is 1.5, not an integer"),
    ("oneway", "parameters.part", None, "parameters.part is missing"),
    ("oneway", "parameters.part", {}, "parameters.part is an object, not a word"),
    ("oneway", "parameters.w", 65, "parameters.w is 65"),
    ("oneway", "result.recipe.recipes_found", 1e300, "result.recipe.recipes_found is 1e+300"),
    ("window", "parameters.rule", 2, "parameters.rule is 2, not an integer from 0 to 1"),
    ("window", "parameters.a", 101, "parameters.a is 101"),
    ("window", "result.bimodal", [], "result.bimodal is a list, not an object"),
    ("quantum", "parameters.n", 513, "parameters.n is 513, not an integer from 8 to 512"),
    ("quantum", "parameters.part", "simulate", "parameters.part is none of quantum"),
    ("quantum", "result.right", 10**9, "result.right is 1000000000, not at most marked"),
    ("quantum", "result.selection_qubits", 33, "result.selection_qubits is 33, not an integer from 4 to 32"),
    ("trimodal", "result.subsets.0.right", 10**9, "result.subsets[1].right is 1000000000, not at most entries"),
    ("trimodal", "result.rule", {}, "result.rule is an object, not a list"),
    ("statistical", "parameters.part", "lpm", "parameters.part is none of statistical"),
    ("statistical", "parameters.n", 65, "parameters.n is 65, not a multiple of 32"),
    ("statistical", "parameters.bits", 64, "parameters.bits is 64, not an integer"),
    ("statistical", "parameters.percent", 10**9, "parameters.percent is 1000000000, not an integer"),
    ("statistical", "parameters.d", 2**40, "parameters.d is 1099511627776, not an integer"),
    ("statistical", "parameters.way", "\x1b[2J", "parameters.way is '\\x1b[2J', not a word"),
    ("statistical", "parameters.samples", -1, "parameters.samples is -1, not an integer"),
    ("statistical", "result.learned", 1, "result.learned is 1, not true or false"),
    ("statistical", "result.cut", [], "result.cut is a list, not an object"),
    ("statistical", "result.cut.right", None, "result.cut.right is missing"),
    ("statistical", "result.right", 10**9, "result.right is 1000000000, not at most sessions"),
    ("statistical", "result.agreed", 10**9, "result.agreed is 1000000000, not at most sessions"),
    ("statistical", "result.alice_wrong", 10**9, "result.alice_wrong is 1000000000, not at most bits"),
    ("statistical", "result.needs", {}, "result.needs is an object, not a list"),
    ("statistical", "result.needs.0.alice", -1, "result.needs[1].alice is -1, not an integer"),
    ("statistical", "result.picture_seconds", "fast", "result.picture_seconds is 'fast', not a number"),
    ("captions", "parameters.part", {}, "parameters.part is none of captions"),
    ("captions", "parameters.row", "\x1b[2J", "parameters.row is '\\x1b[2J', not a word"),
    ("captions", "parameters.toy", "nothing", "parameters.toy is 'nothing', not a word"),
    ("captions", "parameters.dimension", 10**6, "parameters.dimension is 1000000, not an integer"),
    ("captions", "result.wrong", 10**9, "result.wrong is 1000000000, not at most judged"),
    ("captions", "result.few_wrong", 10**9, "result.few_wrong is 1000000000, not at most unbounded_judged"),
    ("captions", "result.strangers_right", 10**9, "result.strangers_right is 1000000000, not at most strangers"),
    ("captions", "result.same", 1, "result.same is 1, not true or false"),
    ("captions", "result.drawn_right", 10**9, "result.drawn_right is 1000000000, not at most sessions"),
    ("captions", "result.tries", -1, "result.tries is -1, not a number"),
    ("scale", "parameters.kind", None, "parameters.kind is none of scale"),
    ("scale", "parameters.kind", "crowded", "parameters.kind is none of scale"),
    ("scale", "result.all_seconds", 0, "result.all_seconds is 0"),
    ("scale", "result.sessions", 0, "result.sessions is 0, not an integer from 1"),
]


def bend(line, path, value):
    """Changes the field; None takes it away. False: there is none."""
    *outer, last = [int(name) if name.isdigit() else name for name in path.split(".")]
    for name in outer:
        try:
            line = line[name]
        except (KeyError, IndexError):
            return False
    if isinstance(line, list):
        if last >= len(line):
            return False
        line[last] = value
    elif last not in line:
        return False
    elif value is None:
        del line[last]
    else:
        line[last] = value
    return True


def write_folder(folder, manifest, lines):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "units.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def hostile(eve, schema, folder):
    del schema
    bare = dict(os.environ, PATH=str(folder))  # no gnuplot: not its test
    kept = {}
    for path in sorted(KEPT.glob("*/units.jsonl")):
        name = path.parent.name
        manifest = json.loads((path.parent / "manifest.json").read_text(encoding="utf-8"))
        kept[name] = manifest, path.read_text(encoding="utf-8").splitlines()
        write_folder(folder / name, manifest, map(json.loads, kept[name][1]))
        status = 0 if json.loads((path.parent / "result.json").read_text(encoding="utf-8"))["holds"] else 1
        said = run(eve, "plot", str(folder / name), env=bare, expect=status)
        assert said.stdout == (path.parent / "table.txt").read_text(encoding="utf-8"), f"{name}: another table"
    assert {"risk", "hardness", "agreement", "oneway", "window", "scale", "quantum", "trimodal"} <= set(kept), kept.keys()

    def refused(name, words):
        for arguments in (["plot", str(folder / name)], ["merge", str(folder / name), "--out", str(folder / "merged")]):
            said = run(eve, *arguments, env=bare, expect=65)
            assert words in said.stderr and len(said.stderr.splitlines()) == 1, f"{words}: {said.stderr}"
            assert "\x1b" not in said.stderr and said.stdout == ""

    for name, path, value, words in BENT:
        manifest, texts = kept[name]
        lines = [json.loads(text) for text in texts[:200] + texts[-20:]]
        number = next(i for i, line in enumerate(lines) if bend(line, path, value)) + 1
        write_folder(folder / "bent", manifest, lines)
        refused("bent", f"/units.jsonl: line {number}: {words}")

    manifest, texts = kept["hardness"]
    for bent, words in (
        ({**manifest, "experiment": "\x1b[2J"}, "no experiment '\\x1b[2J' here"),
        ({**manifest, "n_units": 2**40}, "n_units is 1099511627776"),
        ({**manifest, "parameters": 3}, "parameters is 3, not an object"),
        ({**manifest, "seed": "0" * 100}, "seed is "),
    ):
        write_folder(folder / "bent", bent, [])
        refused("bent", words)
    write_folder(folder / "bent", manifest, [])
    for text, words in (('{"unit":0', "line 2: no JSON"), ('{"unit":0,"unit":1}', "duplicate object key")):
        (folder / "bent" / "units.jsonl").write_text(f"{texts[0]}\n{text}\n", encoding="utf-8")
        refused("bent", words)
    (folder / "bent" / "units.jsonl").unlink()
    (folder / "bent" / "units.jsonl").mkdir()
    said = run(eve, "plot", str(folder / "bent"), env=bare, expect=74)
    assert "units.jsonl: Is a directory" in said.stderr, said.stderr

    # every n there is: more than --sets can name
    manifest, texts = kept["oneway"]
    growth = [line for line in map(json.loads, texts) if line["parameters"].get("part") == "growth"]
    lines = []
    for n in range(32, 8193, 32):
        line = json.loads(json.dumps(next(line for line in growth if "recipe" in line["result"])))
        line["unit"] = len(lines)
        line["parameters"].update(n=n, w=max(1, int(0.3 * n**0.5 + 0.5)))
        line["result"]["recipe"]["recipes_found"] = 1.0
        lines.append(line)
    write_folder(folder / "wide", {**manifest, "n_units": len(lines)}, lines)
    said = run(eve, "plot", str(folder / "wide"), env=bare)  # each n costs the same here
    assert "fit over 256 sizes" in said.stdout and "over the 256 sizes" in said.stdout, said.stdout
    assert "not contradicted: from x to y gets hard" in said.stdout, said.stdout
    run(eve, "merge", str(folder / "wide"), "--out", str(folder / "merged"), env=bare)
    manifest, texts = kept["window"]
    lines = [json.loads(texts[0]) for _ in range(256)]
    for i, line in enumerate(lines):
        line["unit"] = i
        line["parameters"]["n"] = 32 * (i + 1)
    write_folder(folder / "wide", {**manifest, "n_units": len(lines)}, lines)
    said = run(eve, "plot", str(folder / "wide"), env=bare, expect=1)
    assert ", 8160, 8192." in said.stdout, said.stdout

    # a text that the report tells
    manifest, texts = kept["hardness"]
    lines = [json.loads(text) for text in texts]
    for line in lines:
        for learner in line["result"]["learners"]:
            if learner["name"] == "bkw":
                learner["reason"] = "\x1b]0;mine\x07 \u202e\nholds:    everything"
    write_folder(folder / "told", manifest, lines)
    said = run(eve, "plot", str(folder / "told"), env=bare, expect=0)
    assert "bkw: not applicable: \\x1b]0;mine\\x07 \\xe2\\x80\\xae\\x0aholds:" in said.stdout, said.stdout
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", said.stdout), said.stdout
    for path in (folder / "told").iterdir():
        if path.suffix in (".txt", ".tsv"):
            assert "\x1b" not in path.read_text(encoding="utf-8"), path
    print(f"{len(BENT)} bent fields refused")


def main():
    eve, schema_path, what, *rest = sys.argv[1:]
    try:
        import jsonschema  # noqa: F401
    except ImportError:
        print("python3-jsonschema is missing")
        sys.exit(77)
    schema = json.loads(pathlib.Path(schema_path).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="parley-lab-") as folder:
        globals()[what](eve, schema, pathlib.Path(folder), *rest)


if __name__ == "__main__":
    main()
