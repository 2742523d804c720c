#!/usr/bin/env python3
"""eve lab, as users run it, on small sets with fixed seeds.

    lab.py EVE SCHEMA form EXPERIMENT [OPTION...]   the quick form: files, schema, claims; again with the same seed
    lab.py EVE SCHEMA faults EXPERIMENT             what is made wrong on purpose must show, with status 1
    lab.py EVE SCHEMA shards                        merge of shards equals the unsharded run
    lab.py EVE SCHEMA resume                        a run that was killed goes on and ends as if it had not been
    lab.py EVE SCHEMA results                       the results that are kept in eve/lab/results: schema, and what they say
    lab.py EVE SCHEMA refusals                      one clear line, and the right status, for what cannot be
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
        assert svg.rstrip().endswith("</svg>") and "<path" in svg, script


def form(eve, schema, folder, experiment, *options):
    said = run(eve, experiment, "--check-size", "--seed", SEED, "--out", str(folder / "a"), *options)
    assert re.search(r"\d+ of \d+ units to do on \d+ threads, about ", said.stderr), said.stderr
    found = check_result(folder / "a", schema, experiment)
    assert found["holds"], said.stdout
    assert (folder / "a" / "table.txt").read_text(encoding="utf-8") == said.stdout
    check_figures(folder / "a")
    # the same seed, another number of threads
    run(eve, experiment, "--check-size", "--seed", SEED, "--threads", "1", "--out", str(folder / "b"), *options)
    same(folder / "a", folder / "b")
    # a finished run is not made again
    again = run(eve, experiment, "--check-size", "--out", str(folder / "a"), *options)
    assert "already" in again.stderr and again.stdout == said.stdout
    # without gnuplot the data is kept, and drawn later
    bare = dict(os.environ, PATH=str(folder))
    said = run(eve, "plot", str(folder / "b"), env=bare)
    assert "no gnuplot" in said.stderr
    print(f"{len(found['claims'])} claims of {experiment} hold; seed {SEED}")


def faults(eve, schema, folder, experiment):
    expected = {
        ("risk", "learner"): "population risk",
        ("risk", "theta"): "population risk",
        ("agreement", "learner"): "agree with probability",
        ("agreement", "theta"): "agree with probability",
    }
    for fault in ("learner", "theta"):
        out = folder / fault
        said = run(eve, experiment, "--check-size", "--seed", SEED, "--sets", "n64,n128", "--fault", fault, "--out",
                   str(out), expect=1)
        found = check_result(out, schema, experiment)
        violated = [claim["text"] for claim in found["claims"] if not claim["holds"]]
        assert not found["holds"] and any(expected[experiment, fault] in text for text in violated), said.stdout
        assert said.stdout.count("VIOLATED: ") == len(violated)
        assert found["manifest"]["fault"] == fault
        print(f"{experiment} with a wrong {fault}: {len(violated)} of {len(found['claims'])} claims violated")


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

    kept = sorted((pathlib.Path(__file__).resolve().parents[2] / "eve" / "lab" / "results").glob("*/result.json"))
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


def refusals(eve, schema, folder):
    def refused(status, words, *arguments):
        said = run(eve, *arguments, expect=status)
        assert words in said.stderr and said.stdout == "", said.stderr
        assert said.stderr.splitlines()[0].startswith("eve lab: "), said.stderr

    refused(64, "which experiment", )
    refused(64, "no experiment 'nothing'", "nothing")
    refused(64, "--sets: no set 'n65'", "risk", "--sets", "n64,n65")
    refused(64, "--sets: no set ''", "risk", "--sets", "n64,")
    refused(64, "--shard: '4/3'", "risk", "--shard", "4/3")
    refused(64, "--shard: '0/3'", "risk", "--shard", "0/3")
    refused(64, "--fault", "risk", "--fault", "everything")
    refused(64, "merge FOLDER", "merge", "--out", str(folder / "x"))
    refused(65, "no manifest.json", "merge", str(folder / "x"), "--out", str(folder / "y"))
    refused(65, "no manifest.json", "plot", str(folder / "x"))
    run(eve, "risk", "--check-size", "--sets", "n64", "--seed", SEED, "--out", str(folder / "a"))
    refused(65, "holds another run", "risk", "--check-size", "--sets", "n64,n128", "--seed", SEED, "--out",
            str(folder / "a"), "-q")
    with open(folder / "a" / "units.jsonl", "a", encoding="utf-8") as lines:
        lines.write('{"unit": 99999, "parameters": {}, "result": {}}\n')
    refused(65, "line 3 is no unit", "plot", str(folder / "a"))
    (folder / "a" / "manifest.json").write_text("[]", encoding="utf-8")
    refused(65, "no manifest", "plot", str(folder / "a"))


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
