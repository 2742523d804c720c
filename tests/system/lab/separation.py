"""eve lab hardness and window in their smallest form: what they claim holds, their data is what the schema says."""

import json
import math
import os
import shutil

import jsonschema

from eve import check, eve, path
from parley import equal, read, run

SEED = "b1" * 32
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "eve", "lab", "schema.json"),
          encoding="utf-8") as f:
    SCHEMA = json.load(f)


def lab(experiment, out, *arguments, status=0):
    eve("lab", experiment, "--check-size", "--seed", SEED, "--threads", 2, "--out", path(out), *arguments, status=status,
        seconds=600)
    result = json.loads(read(os.path.join(out, "result.json")))
    units = [json.loads(line) for line in read(os.path.join(out, "units.jsonl")).splitlines()]
    jsonschema.validate(result, SCHEMA)
    equal(result["experiment"], experiment, "experiment")
    equal(result["holds"], status == 0, "holds")
    equal(result["manifest"]["seed"], SEED, "seed")
    equal(sorted(u["unit"] for u in units), list(range(result["manifest"]["n_units"])), "units")
    for claim in result["claims"]:
        low, high = claim["interval"] or (None, None)
        value = claim["value"]
        check(value is None or ((low is None or low <= value) and (high is None or value <= high)), claim)
    return result, units


def hardness():
    result, units = lab("hardness", "h")
    times = result["tables"]["times"]
    for row in times:
        check(0 <= row["solved"] <= row["sessions"], row)
        check((row["mean_seconds"] is None) == (row["solved"] == 0), row)
        # unfinished sessions count in the mean
        if row["solved"] and row["least_seconds"] is not None and row["solved"] == row["sessions"]:
            check(row["least_seconds"] <= row["median_seconds"] <= row["most_seconds"], row)
    learners = {row["learner"] for row in times}
    check({"bimodal", "isd", "gauss", "recipe"} <= learners, learners)
    check(any(row["solved"] < row["sessions"] for row in times if row["learner"] == "gauss"), "a censored session")
    # by hand: the mean of what is censored is the time of all over the successes
    seconds = [learner for unit in units if unit["parameters"].get("n") == 128 for learner in unit["result"]["learners"]
               if learner["name"] == "gauss"]
    row = next(row for row in times if row["learner"] == "gauss" and row["n"] == 128)
    solved = sum(learner["status"] == "solved" for learner in seconds)
    equal(row["solved"], solved, "solved")
    if solved:
        mean = sum(learner["seconds"] for learner in seconds) / solved
        check(math.isclose(row["mean_seconds"], mean, rel_tol=1e-6), row, mean)
    for fit in result["tables"]["fits"]:
        check(fit["b_low"] <= fit["b"] <= fit["b_high"], fit)
        check(fit["median_b_low"] <= fit["median_b"] <= fit["median_b_high"], fit)
    sets = result["tables"]["sets"]
    equal([row["set"] for row in sets], ["n64", "n128", "n256", "n384", "n512", "n1024", "n2048", "n4096", "n8192"], "sets")
    for row in sets:
        equal(row["eve_from"], "measured" if row["n"] <= 256 else "extrapolated", row["set"])
        check(row["eve_from"] == "measured" or row["eve_low"] <= row["eve_seconds"] <= row["eve_high"], row)
    # every learner met the same sessions
    for unit in units:
        check(unit["result"]["bimodal"]["learned"], unit)
        equal({learner["name"] for learner in unit["result"]["learners"]}, set(unit["parameters"]["learners"]), "learners")


    # each task has its own tables; Eve wins at its toys
    tables = result["tables"]
    ring = {(row["learner"], row["n"]): row for row in tables["times-ring"]}
    equal({n for name, n in ring if name == "bimodal"}, {509, 2053, 4099}, "sets of the ring")
    equal(ring["isd", 509]["solved"], ring["isd", 509]["sessions"], "isd at r509")
    lwe = {(row["learner"], row["n"]): row for row in tables["times-lwe"]}
    equal({n for name, n in lwe if name == "bimodal"}, {32, 48, 128}, "sets of lwe")
    if shutil.which("fplll"):
        for n in 32, 48:
            equal(lwe["primal", n]["solved"], lwe["primal", n]["sessions"], "primal at l%d" % n)
    else:
        check(any("fplll" in note for note in result["notes"]), result["notes"])
    for row in [*tables["times-ring"], *tables["times-lwe"]]:
        check(row["learner"] != "bimodal" or row["solved"] == row["sessions"], row)
    check(not any(n > 1000 for name, n in ring if name == "isd"), "isd above the toys")


def window():
    result, units = lab("window", "w")
    cells = {(c["rule"], c["n"], c["a"]): c for c in result["tables"]["cells"]}
    equal(len(cells), 2 * 3 * 5, "cells")
    for c in cells.values():
        check(abs(c["p"] - (1 - (1 - 2 * c["theta"]) ** (c["w"] + 1)) / 2) < 1e-9, c)
        factor = 1 if c["a"] >= 0.5 else 8 ** (2 * c["a"] - 1)
        check(abs(c["theta"] - factor * c["n"] ** -c["a"]) < 1e-9, c)
    for n in (64, 256, 1024):
        check(abs(cells["fixed", n, 0.5]["theta"] - n ** -0.5) < 1e-9, "the protocol's noise")
        equal(cells["kept", n, 0.5]["w"], cells["fixed", n, 0.5]["w"], "w at a = 1/2")
        check(cells["kept", n, 0]["p"] <= cells["fixed", n, 0.5]["p"] + 1e-12, "p that is kept")
    equal(cells["fixed", 1024, 0.5]["state"], 2, "the window at n = 1024")
    equal(cells["fixed", 1024, 0]["learned"], 0, "learned under constant noise with the protocol's recipes")
    equal(cells["kept", 1024, 0]["eve_recipes"], 2, "sessions in which Eve finds recipes under constant noise")
    best = {}
    for row in result["tables"]["strength"]:
        equal(row["least"], min(row["labels"], row["recipes"]), "the cheaper attack")
        best[row["n"]] = max(best.get(row["n"], (0, 0)), (row["least"], row["a"]))
    check(all(0.4 <= a <= 0.6 for _, a in best.values()), best)


run(hardness, window)
