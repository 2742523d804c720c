"""eve lab statistical and captions in their smallest form: schema, claims, the same from the same seed on another number of
threads, and shards that add up to the whole."""

import json
import os
import shutil

import jsonschema

import parley
from eve import check, eve, path
from parley import equal, read, run

SEED = "a7" * 32
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "eve", "lab", "schema.json"),
          encoding="utf-8") as f:
    SCHEMA = json.load(f)


def result_of(out):
    result = json.loads(read(os.path.join(out, "result.json")))
    jsonschema.validate(result, SCHEMA)
    for claim in result["claims"]:
        low, high = claim["interval"] or (None, None)
        value = claim["value"]
        check(value is None or ((low is None or low <= value) and (high is None or value <= high)), claim)
    return result


def lab(experiment, out, *arguments, status=0):
    eve("lab", experiment, "--check-size", "--seed", SEED, "--threads", 2, "--out", path(out), *arguments, status=status,
        seconds=600)
    result = result_of(out)
    equal(result["holds"], status == 0, "holds")
    return result


def without_times(value):
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if "seconds" not in k}
    return [without_times(v) for v in value] if isinstance(value, list) else value


def units(out):
    lines = [json.loads(line) for line in read(os.path.join(out, "units.jsonl")).splitlines()]
    return sorted(map(without_times, lines), key=lambda line: line["unit"])


PATH = os.environ["PATH"]


def gnuplot(there):
    """It takes as long as all else, and is tried once for each experiment of one build. But fplll is needed."""
    os.makedirs(path("bin"), exist_ok=True)
    fplll = shutil.which("fplll", path=PATH)
    if fplll and not os.path.exists(path("bin/fplll")):
        os.symlink(fplll, path("bin/fplll"))
    os.environ["PATH"] = PATH if there and not parley.SANITIZED else path("bin")


def repeats_and_splits(experiment, whole):
    parts = []
    for i in 1, 2:
        parts.append(path("part%d" % i))
        eve("lab", experiment, "--check-size", "--seed", SEED, "--threads", 1, "--shard", "%d/2" % i, "--out", parts[-1],
            seconds=600)
    eve("lab", "merge", *parts, "--out", path("merged"), seconds=600)
    equal(units("merged"), units(whole), "units of two shards on one thread, and of the whole on two")


def statistical():
    gnuplot(True)
    result = lab("statistical", "s")
    gnuplot(False)
    tables = result["tables"]
    for row in tables["drawings"]:
        check(row["bare_low"] <= row["bare"] <= row["bare_high"] and row["captioned"] == 1, row)
    for row in tables["runs"]:
        check(row["equal"] + row["fewer"] + row["more"] == row["tasks"], row)
        check(row["way"] == "Alice, from x" or row["alice"] == row["eve"], row)
    for row in tables["agreement"]:
        check(row["secret"] <= row["agreed"] <= row["sessions"] and row["read"] <= row["sessions"], row)
        check(row["agreed"] <= row["read"] + row["secret"], row)
    lpn = {row["n"]: row for row in tables["lpn"]}
    check(lpn[16]["without_samples"] < 50 * 16 and lpn[64]["without_samples"] < lpn[64]["with_samples"], lpn)
    if not parley.SANITIZED:  # the same code again
        repeats_and_splits("statistical", "s")


def captions():
    gnuplot(True)
    result = lab("captions", "k")
    gnuplot(False)
    rows = {row["row"]: row for row in result["tables"]["captions"]}
    yes = {name: [rows[name][cell] == "yes" for cell in ("saves_time", "c1", "c2", "key")] for name in rows}
    for name in "lpn", "lwe", "ring":
        equal(yes[name], [True, True, False, True], name)
    equal(yes["pke"], [True, False, True, True], "pke")
    equal(yes["drawings"], [False, False, False, False], "drawings")
    equal(yes["ddh"], [False, True, False, False], "ddh")
    equal(rows["ddh"]["captioned_risk"], 0, "ddh with the caption of the fresh x")
    for name in "prf", "halfspaces", "halfspaces-many":
        equal(yes[name], [True, False, False, False], name)
        equal(rows[name]["alice_share"], rows[name]["eve_share"], "captions in public: " + name)
    if "qr" in rows:
        equal(yes["qr"], [True, False, True, True], "qr")
    else:
        check(any("libgmp-dev" in note for note in result["notes"]), result["notes"])
    for row in result["tables"]["resampled"]:
        check(row["same_share"] < 0.05, row)


run(captions, statistical)
