#!/usr/bin/env python3
"""What README.md and eve/lab/REPRODUCE.md quote of the kept runs of hardness and statistical, times above all, stands so in the
tables of these runs: a run that is made again changes both."""

import csv
import json
import math
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
KEPT = ROOT / "eve" / "lab" / "results"


def table(name):
    with open(KEPT / f"{name}.tsv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def number(text):
    return float(text) if text not in ("", "NaN") else math.nan


def two_digits(x):
    """2,500; 63,000; 15: as a sentence has it."""
    return f"{float(f'{x:.2g}'):,.0f}"


def fit(name, learner):
    row = next(row for row in table(name) if row["learner"] == learner)
    return {key: number(value) for key, value in row.items() if key not in ("learner", "form")}


def exponent(f, digits=2):
    return f"{f['b']:.{digits}f}", f"{f['b_low']:.{digits}f} to {f['b_high']:.{digits}f}"


def over_all_sizes():
    """The slope of a least-squares line through the logarithms of the bimodal learner's times at all n."""
    points = []
    for line in (KEPT / "hardness" / "units.jsonl").read_text(encoding="utf-8").splitlines():
        unit = json.loads(line)
        if "n" in unit["parameters"]:
            points.append((math.log(unit["parameters"]["n"]), math.log(unit["result"]["bimodal"]["seconds"])))
    mean_x, mean_y = (sum(p[i] for p in points) / len(points) for i in (0, 1))
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)


def ratios(name, key, learner):
    rows = table(name)
    mean = {(row["learner"], row[key]): number(row["mean_seconds"]) for row in rows}
    return {n: mean[learner, n] / mean["bimodal", n] for who, n in mean if who == learner}


def likelihood(other):
    """What the run says of how much better a exp(b sqrt n) fits isd's times than another form."""
    notes = json.loads((KEPT / "hardness" / "result.json").read_text(encoding="utf-8"))["notes"]
    found = [re.search(r"e\^(\S+) times as large \(95% e\^(\S+) to e\^(\S+)\)", note).groups() for note in notes
             if note.startswith("isd's times, ") and f" than {other}, the likelihood" in note]
    return "{} ({} to {})".format(*found[0])


def sentences():
    bimodal, isd = fit("hardness/fits", "bimodal"), fit("hardness/fits", "isd")
    b, interval = exponent(bimodal)
    yield "reproduce", f"n^{b} (95%: {interval}) from {bimodal['n_least']:.0f} to {bimodal['n_most']:.0f}"
    yield "reproduce", f"a fit over all sizes from 64 on gives n^{over_all_sizes():.2f}"
    b, interval = exponent(isd)
    ends = "all solved" if isd["unfinished"] == 0 else f"all solved but {isd['unfinished']:.0f} that {'was' if isd['unfinished'] == 1 else 'were'} stopped"
    yield "reproduce", (f"`isd`: b = {b} ({interval}) over {isd['sessions']:.0f} sessions, n from {isd['n_least']:.0f} to "
                        f"{isd['n_most']:.0f}, {ends}")
    yield "reproduce", (f"the logarithm of the ratio of likelihoods is {likelihood('a n^b')}; exp(b n) fits as well, "
                        f"{likelihood('a exp(b n)')};")
    times = ratios("hardness/times", "n", "isd")
    yield "reproduce", (f"{two_digits(times['64'])} times the bimodal learner's at n64, {two_digits(times['256'])} at n256, "
                        f"{two_digits(times['384'])} at n384, {two_digits(times['512'])} at n512")
    yield "readme", f"n^{bimodal['b']:.1f} from n{bimodal['n_least']:.0f} on, with one as exp({isd['b']:.1f} sqrt n)"

    ring, lwe = fit("hardness/fits-ring", "bimodal"), fit("hardness/fits-lwe", "bimodal")
    b, interval = exponent(ring)
    c, other = exponent(lwe)
    yield "reproduce", f"ring n^{b} ({interval}) from {ring['n_least']:.0f} on, lwe n^{c} ({other}) from {lwe['n_least']:.0f} on"
    b, interval = exponent(fit("hardness/fits-ring", "isd"))
    yield "reproduce", f"a exp(b sqrt n) with b = {b} ({interval}) over these two sizes alone"
    b, interval = exponent(fit("hardness/fits-lwe", "primal"), 3)
    yield "reproduce", f"a exp(b n) with b = {b} ({interval})"
    times = ratios("hardness/times-ring", "n", "isd")
    yield "reproduce", f"{two_digits(times['509'])} and {two_digits(times['1019'])} times the bimodal learner's time"
    times = ratios("hardness/times-lwe", "n", "primal")
    yield "reproduce", f"{two_digits(times['32'])} to {two_digits(times['96'])} times; a exp"

    lpn = {row["n"]: row for row in table("statistical/lpn")}
    slower = {n: number(lpn[n]["without_seconds"]) / number(lpn[n]["with_seconds"]) for n in ("64", "256")}
    yield "reproduce", f"but {two_digits(slower['64'])} times as long at n64, {two_digits(slower['256'])} times at n256"


def main():
    texts = {"readme": (ROOT / "README.md").read_text(encoding="utf-8"),
             "reproduce": (ROOT / "eve" / "lab" / "REPRODUCE.md").read_text(encoding="utf-8")}
    missing = [f"{where}: {sentence}" for where, sentence in sentences() if sentence not in texts[where]]
    if missing:
        sys.exit("the kept tables say this, and the text does not:\n" + "\n".join(missing))


if __name__ == "__main__":
    main()
