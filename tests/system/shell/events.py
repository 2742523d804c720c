"""--events: JSON lines with plausible numbers, in order, and without secrets."""

import base64
import json
import math

import parley
from parley import N64, STEPS, check, connect, equal, key_of, path, read, run, start_alice, start_bob

SETS = {"n64": (64, 0.289), "n256": (256, 0.276), "n1024": (1024, 0.254)}
REQUIRED = {
    "listening": {"address": str},
    "connected": {"peer": str},
    "step": {"peer": str, "step": str, "bytes": int, "seconds": (int, float)},
    "learned": {"session": str, "peer": str, "figures": list, "disagreements": int},
    "agreed": {"session": str, "peer": str, "challenges": int},
    "confirmed": {"session": str, "peer": str, "fingerprint": str, "bytes": int, "seconds": (int, float)},
    "open": {"session": str, "peer": str},
    "closed": {"peer": str, "status": int},
    "error": {"text": str},
}


def valid(program):
    """Each line is one object of a known kind with its keys; time does not run backwards."""
    text = read(program.name + ".events").decode()
    check(text.endswith("\n"), "the last line of %s is incomplete" % program.name)
    before = 0
    for line in text.splitlines():
        event = json.loads(line)
        equal(event["schema"], 1, "schema")
        check(event["event"] in REQUIRED, "an unknown event", event["event"])
        for name, kind in REQUIRED[event["event"]].items():
            check(isinstance(event.get(name), kind), "%r in %s" % (name, line))
        for name in ("bytes", "seconds", "time"):
            check(event.get(name, 0) >= 0, "negative", name)
        check(event["time"] >= before, "time runs backwards")
        before = event["time"]
    return [json.loads(line) for line in text.splitlines()]


def near(found, expected, trials, what):
    """Within six standard deviations of a binomial share: a false alarm in 10^8 runs."""
    slack = 6 * math.sqrt(expected * (1 - expected) / trials)
    check(abs(found - expected) <= slack, "%s is %.4f, expected %.4f +- %.4f" % (what, found, expected, slack))


def a_session(name):
    n, p = SETS[name]
    theta = n ** -0.5
    bob = start_bob("--once", "--params", name, "--key-out", path("key"))
    alice = start_alice(bob, "--params", name, stdin=b"x")
    alice.wait(0)
    bob.wait(0)
    hers, his = valid(alice), valid(bob)
    equal([e["event"] for e in his if e["event"] != "step"],
          ["listening", "connected", "agreed", "confirmed", "open", "closed"], "bob's events but the steps")
    equal([e["event"] for e in hers if e["event"] != "step"],
          ["connected", "learned", "agreed", "confirmed", "open", "closed"], "alice's events but the steps")
    for events in (hers, his):
        steps = [e for e in events if e["event"] == "step"]
        equal([e["step"] for e in steps], STEPS, "steps")
        check(all(e["bytes"] > 0 for e in steps), "a step without bytes")
        equal({e.get("session") for e in steps[2:]}, {events[-1]["session"]}, "session of the steps behind B1")
        equal(len(events[-1]["session"]), 16, "digits of the session id")
        equal(events[-1]["status"], 0, "status in the last event")
    for e, f in zip([e for e in hers if e["event"] == "step"], [e for e in his if e["event"] == "step"]):
        equal(e["bytes"], f["bytes"], "bytes of step %s at alice's" % e["step"])
    for name_of in ("session", "fingerprint"):
        equal([e[name_of] for e in hers if e["event"] == "confirmed"], [e[name_of] for e in his if e["event"] == "confirmed"],
              name_of)
    learned = next(e for e in hers if e["event"] == "learned")
    check(learned["accepted"] is True, "not accepted")
    plain = 32 * n if n <= 512 else 8192
    near(learned["disagreements"] / plain, theta, plain, "self-check disagreement")
    # the flips of one session share plain errors: its rate varies more than a binomial's (a tenth of p covers it)
    check(abs(learned["symbol_error"] - p) < p / 4, "symbol error %.4f, expected %.4f" % (learned["symbol_error"], p))
    rounds_of(learned)
    check(abs(learned["rounds"][0]["wrong"] / learned["code_bits"] - learned["symbol_error"]) < 1e-4, "wrong bits of the first round", learned)
    agreed = next(e for e in hers if e["event"] == "agreed")
    near(agreed["agreement"], 1 - theta, agreed["challenges"], "bit agreement")
    equal(agreed["challenges"] % 512, 0, "challenges beyond a multiple of 512")
    secrets_are_absent(alice, bob)


def rounds_of(learned):
    """From the noisy code word to the right one, and never more bits than there are."""
    rounds, bits = learned["rounds"], learned["code_bits"]
    check(2 <= len(rounds) <= 32 and all(set(r) == {"wrong", "unsettled"} for r in rounds), "rounds", rounds)
    check(all(r["wrong"] + r["unsettled"] <= bits for r in rounds), "more bits than", bits, rounds)
    check(rounds[-1]["wrong"] < rounds[0]["wrong"] / 4, "wrong bits do not vanish", rounds)


def another_task(name):
    """Sets of other tasks have figures of their own, all of them listed, and fields that do not fit are left out."""
    bob = start_bob("--once", "--params", name, "--key-out", path("key"))
    alice = start_alice(bob, "--params", name, stdin=b"x")
    alice.wait(0)
    bob.wait(0)
    hers, his = valid(alice), valid(bob)
    learned, agreed, confirmed = ([e for e in hers if e["event"] == kind][-1] for kind in ("learned", "agreed", "confirmed"))
    check(learned["accepted"] and len(learned["figures"]) > 0, "no figures", learned)
    for figure in learned["figures"]:
        equal(set(figure), {"what", "measured", "expected"}, "a figure")
        close = 0.5 * figure["expected"] + 0.2
        check(abs(figure["measured"] - figure["expected"]) < close, "%s of %s" % (figure, name))
        check(figure["measured"] in learned.values() and figure["expected"] in learned.values(), "it has no name", figure)
    equal("rounds" in learned, name.startswith("r"), "rounds of " + name)
    if "rounds" in learned:
        rounds_of(learned)
    check("symbol_error" not in learned, "a symbol error of", name)
    bits = name.startswith("r")
    equal("failure_log2" in agreed, bits, "failure_log2 of " + name)
    equal(["noise" in e for e in (agreed, next(e for e in his if e["event"] == "agreed"))], [not bits, False], "noise of " + name)
    if bits:
        near(agreed["agreement"], agreed["agreement_expected"], agreed["challenges"], "bit agreement")
    else:
        equal((agreed["agreement"], agreed["agreement_expected"]), (1.0, 1.0), "bit agreement of " + name)
        check(abs(agreed["noise"] / agreed["noise_expected"] - 1) < 0.25, "noise", agreed)
    check(name + " is experimental" in alice.stderr and name + " is experimental" in bob.stderr, "not said to be experimental", alice.stderr)
    check("parity" not in alice.stderr + bob.stderr, "told in words of lpn", alice.stderr)
    equal((confirmed["task"], confirmed["experimental"]), ("ring" if bits else "lwe", True), "task of " + name)
    secrets_are_absent(alice, bob)


def secrets_are_absent(*programs):
    key = key_of("key")
    forms = [key, key.hex().encode(), base64.b64encode(key), base64.urlsafe_b64encode(key)]
    for program in programs:
        text = read(program.name + ".events") + program.stderr.encode()
        for form in forms:
            check(form[:12] not in text and form[:12].upper() not in text, "a key shows in the words of", program.name)


def the_toy():
    a_session("n64")


def other_tasks():
    another_task("r1019")
    another_task("l64")


def larger_sets():
    a_session("n256")
    a_session("n1024")


def verbose_says_no_key():
    bob = start_bob("-v", *N64, "--key-out", path("key"), "--once")
    alice = start_alice(bob, "-v", *N64, stdin=b"x")
    alice.wait(0)
    bob.wait(0)
    secrets_are_absent(alice, bob)


def failures_too():
    """A stranger, a refusal, a lost peer: every line is valid, the reason is in it, and bob's list has an end for each."""
    bob = start_bob(*N64)
    s = connect(bob.address)
    s.sendall(b"GET / HTTP/1.0\r\n\r\n")
    bob.event("closed", status=76)
    lost = start_alice(bob, *N64, stdin="pipe")
    bob.event("open")
    lost.kill()
    bob.event("closed", status=74)
    refused = start_alice(bob, "--params", "n128", stdin=b"x")
    refused.wait(69)
    bob.event("closed", count=3)
    unheard = start_alice("%s:1" % parley.loopback(), *N64)
    unheard.wait(69)
    equal(len(valid(bob)) > 3, True, "events of bob")
    for event in bob.all("closed"):
        check(event["reason"] and event["reason"] != "done", "no reason in", event)
    equal(valid(refused)[-1]["status"], 69, "status in the refused one's last event")
    equal([e["event"] for e in valid(unheard)], ["error"], "events of an alice without a bob")


def into_a_pipe():
    """A program may watch through a pipe, which is opened once and written to line by line."""
    import os
    os.mkfifo(path("fifo"))
    bob = start_bob("--once", *N64)
    alice = parley.Program("alice", ["--connect", bob.address, *N64, "--events", path("fifo")], stdin=b"x", events=False)
    with open(path("fifo"), "rb") as f:
        events = [json.loads(line)["event"] for line in f]
    alice.wait(0)
    bob.wait(0)
    equal((events[0], events[-1]), ("connected", "closed"), "first and last event")


run(the_toy, other_tasks, larger_sets, verbose_says_no_key, failures_too, into_a_pipe)
