"""eve lab oneway and scale in their smallest form: what they claim holds, and their data is what the schema says."""

import json
import math
import os
import sys

from eve import check, eve, parley, path
from parley import equal, read, run, write

SEED = "5a" * 32
COST = {"set", "size", "runs", "agreed", "handshake_ms", "alice_ms", "bob_ms", "both_ms", "alice_mib", "bob_mib",
        "added_mib", "kilobytes"}
COLUMNS = {
    "growth": {"n", "w", "sessions", "vector_seconds", "recipes_found", "recipe_seconds", "recipe_low_seconds",
               "recipe_high_seconds", "expected_seconds", "heterogeneity_bits", "heterogeneity_low",
               "heterogeneity_high", "model_bits"},
    "alike": {"n", "w", "sessions", "learned", "bimodal_seconds", "recipes_solved", "recipes_seconds",
              "recipes_expected_seconds", "labels_solved", "labels_seconds", "labels_expected_seconds", "separation",
              "separation_expected"},
    "oneway-ring": {"set", "size", "sessions", "compose_seconds", "searched", "found", "recipe_seconds", "ratio_bits",
                    "operations_log2"},
    "oneway-lwe": {"set", "size", "sessions", "compose_seconds", "distance_log2", "recipe_block", "recipe_core_log2",
                   "secret_block", "secret_core_log2"},
    "cost": {"set", "n", "runs", "agreed", "handshake_ms", "alice_ms", "bob_ms", "both_ms", "alice_mib", "bob_mib",
             "added_mib", "megabytes"},
    "cost-ring": COST, "cost-lwe": COST,
    "crowd": {"set", "n", "alices", "sessions", "agreed", "per_second", "median_ms", "slow_ms", "bob_ms", "alice_ms",
              "bob_mib"},
}


def lab(experiment, out, *arguments, status=0):
    """The result and the units of a run that ends with this status."""
    eve("lab", experiment, "--check-size", "--seed", SEED, "--threads", 2, "--out", path(out), *arguments,
        status=status, seconds=600)
    result = json.loads(read(os.path.join(out, "result.json")))
    units = [json.loads(line) for line in read(os.path.join(out, "units.jsonl")).splitlines()]
    equal(result["schema"], 1, "schema")
    equal(result["experiment"], experiment, "experiment")
    equal(result["holds"], status == 0, "holds")
    equal(result["complete"], True, "complete")
    equal(result["manifest"]["seed"], SEED, "seed")
    for claim in result["claims"]:
        low, high = claim["interval"] or (None, None)
        check(claim["value"] is None or ((low is None or low <= claim["value"]) and
                                         (high is None or claim["value"] <= high)), claim)
    for name, rows in result["tables"].items():
        for row in rows:
            equal(set(row), COLUMNS[name], "columns of " + name)
    return result, units


def without_times(value):
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if "seconds" not in k}
    return value


def oneway():
    result, units = lab("oneway", "o")
    growth = {row["n"]: row for row in result["tables"]["growth"]}
    for n, row in growth.items():
        equal(row["w"], round(0.3 * math.sqrt(n)), "w at n%d" % n)
        check(row["vector_seconds"] > 0, row)
        if row["recipes_found"]:
            check(row["recipe_low_seconds"] < row["recipe_seconds"] < row["recipe_high_seconds"], row)
            bits = math.log2(row["recipe_seconds"] / row["vector_seconds"])
            check(abs(bits - row["heterogeneity_bits"]) < 1e-6, row, bits)
        else:
            equal(row["recipe_seconds"], None, "a time for what was not found")
    # by hand: all recipes of the sets that are swept, and nothing where nobody finds any
    for n, k in ((64, 18 * 64), (96, 18 * 96), (128, 13 * 128)):
        equal(growth[n]["recipes_found"], growth[n]["sessions"] * k, "recipes found at n%d" % n)
    equal(growth[1024]["recipes_found"], 0, "recipes found at n1024")
    for n, row in growth.items():
        equal(row["recipes_found"], sum(unit["result"]["recipe"]["recipes_found"] for unit in units
                                        if unit["parameters"].get("n") == n and unit["parameters"]["part"] == "growth"),
              "sum of recipes at n%d" % n)
    alike = {row["w"]: row for row in result["tables"]["alike"]}
    equal(sorted(alike), [0, 1, 2, 3, 4, 5], "weights")
    for w, row in alike.items():
        equal(row["learned"], row["sessions"], "learned with both modalities at w = %d" % w)
        equal(row["recipes_solved"], row["sessions"] if w <= 3 else 0, "learned from recipes found at w = %d" % w)
    check(alike[0]["separation"] < alike[3]["separation"], "the separation closes as w falls", alike)
    # the other tasks: Eve finds recipes of the smallest ring, and none follow from vectors of lwe
    ring = {row["set"]: row for row in result["tables"]["oneway-ring"]}
    equal(list(ring), ["r509", "r2053", "r13109"], "sets of the ring")
    equal(ring["r509"]["found"], ring["r509"]["searched"], "recipes found at r509")
    check(ring["r509"]["found"] > 0 and ring["r13109"]["searched"] == 0, ring)
    lwe = {row["set"]: row for row in result["tables"]["oneway-lwe"]}
    equal(list(lwe), ["l32", "l64", "l256"], "sets of lwe")
    for row in lwe.values():
        equal(row["distance_log2"], -128, "distance of composed vectors from uniform ones")
        # the formula by hand: n log2(q) log2(delta) (2 / log2 length)^2 = 1, with BKZ's delta by Chen
        beta, sigma = row["recipe_block"], {"l32": 2528, "l64": 2368, "l256": 736}[row["set"]] / 2
        most = math.log2(65536 // 5 / 2 / sigma ** 0.5) ** 2 / 64 / row["size"]
        if beta > 60:
            delta = [((math.pi * b) ** (1 / b) * b / (2 * math.pi * math.e)) ** (1 / (2 * b - 2)) for b in (beta, beta - 1)]
            check(math.log2(delta[0]) <= most < math.log2(delta[1]), row, delta, most)
        check(beta >= row["secret_block"], row)
    # once more: the same, times aside
    again, units_again = lab("oneway", "again", "--sets", "64,128,r2053,l32", "--budget", 0.05)
    _, units_more = lab("oneway", "more", "--sets", "64,128,r2053,l32", "--budget", 0.05)
    for unit in units_again + units_more:
        unit["result"].pop("isd", None)  # its search is tuned by time
    equal(sorted((without_times(u) for u in units_again), key=lambda u: u["unit"]),
          sorted((without_times(u) for u in units_more), key=lambda u: u["unit"]), "the same run twice")
    equal(again["holds"], True, "holds")


def scale():
    folder = os.path.dirname(os.path.dirname(parley.ALICE))
    result, units = lab("scale", "s", "--programs", folder)
    cost = {row["set"]: row for row in result["tables"]["cost"]}
    equal(list(cost), ["n64", "n256", "n512", "n1024", "n2048"], "sets")
    for row in cost.values():
        equal(row["agreed"], row["runs"], "sessions that agreed")
        k_n = {"n64": 18, "n256": 11, "n512": 9, "n1024": 7, "n2048": 6}[row["set"]] * row["n"] ** 2
        check(k_n / 8 <= 1e6 * row["megabytes"] <= k_n / 8 + 40 * row["n"] + 20000, "bytes", row)
        check(row["handshake_ms"] > 0 and row["alice_ms"] > 0 and row["bob_ms"] > 0, row)
    # by hand: 2 n bits of labels and n of a vector; 2 n^2 bytes of vectors and as many of n numbers
    ring = {row["set"]: row for row in result["tables"]["cost-ring"]}
    equal(list(ring), ["r509", "r2053", "r13109"], "sets of the ring")
    for row in ring.values():
        n = row["size"]
        check(3 * n / 8 <= 1e3 * row["kilobytes"] <= 3 * n / 8 + 3500, "bytes", row)
    lwe = {row["set"]: row for row in result["tables"]["cost-lwe"]}
    equal(list(lwe), ["l32", "l64", "l448"], "sets of lwe")
    for row in lwe.values():
        n = row["size"]
        check(2 * n * n <= 1e3 * row["kilobytes"] <= 2 * n * n + 26 * n + 4000, "bytes", row)
    for row in [*ring.values(), *lwe.values()]:
        equal(row["agreed"], row["runs"], "sessions that agreed")
        check(row["handshake_ms"] > 0 and row["alice_ms"] > 0 and row["bob_ms"] > 0, row)
    for row in result["tables"]["crowd"]:
        equal(row["agreed"], row["sessions"], "sessions that agreed")
        check(row["median_ms"] <= row["slow_ms"], row)
    equal([row["alices"] for row in result["tables"]["crowd"]], [1, 4], "alices at once")
    check({unit["parameters"]["kind"] for unit in units} == {"idle", "cost", "crowd", "session"}, "kinds of units")


def scale_needs_programs():
    write("alice", b"no program")
    eve("lab", "scale", "--check-size", "--programs", path(""), "--out", path("s"), status=64)
    eve("lab", "scale", "--check-size", "--sets", "n96", "--out", path("s"), status=64)


experiments = [scale, scale_needs_programs]
if "--sanitized" not in sys.argv or "PARLEY_LONG" in os.environ:
    experiments.insert(0, oneway)  # minutes under a sanitizer, of code that the others run too
run(*experiments)
