"""Eve with sessions of the ring task: she breaks a toy by either road and reads its chat, fails at the real set and says what it
would take, and what reads rows runs on them too."""

import base64
import json

from eve import check, eve, inspect, like_a_coin, missed_by, path, start_tap
from parley import equal, key_of, run, start_alice, start_bob


def session(name, lines=None):
    """A conversation through a tap, or the agreement alone."""
    more = ["--params", name] + ([] if lines else ["--agree-only"])
    bob = start_bob("--once", *more, "--key-out", path("bob.key"), stdin=lines or b"")
    tap = start_tap(bob, "tap.pcap", "--once")
    alice = start_alice(tap.address, *more, stdin=b"")
    alice.wait(0)
    bob.wait(0)
    tap.wait(0)


def learn(*arguments, status):
    found = json.loads(eve("learn", path("tap.pcap"), *arguments, "--json", status=status, seconds=300))
    return found["sessions"][0]


def she_reads_the_chat_of_a_toy():
    session("r509", b"the chat of a toy\n")
    found = inspect(path("tap.pcap"))["sessions"][0]
    equal((found["params"], found["plain"], found["composed"], found["labels"], found["complete"]), ("r509", 509, 509, 1018, True),
          "what she holds")
    for learner in ("isd", "recipe"):
        found = learn("--learner", learner, "--key-out", path(learner + ".key"), "--budget", 240, status=0)
        equal(found["learners"][0]["status"], "solved", learner)
        check(found["learners"][0]["test_labels"] >= 2000 and 0 < found["learners"][0]["risk"] < 0.1, found)
        equal(base64.b64decode(found["key"]), key_of("bob.key"), "key")
        missed = missed_by(found["secret"], 1018)
        check(0 < missed < 0.1, "the secret misses", missed)
        check("the chat of a toy" in eve("read", path("tap.pcap"), "--key", path(learner + ".key")), "she does not read the chat")
    first, again = (learn("--seed", "1", "--threads", 1, "--learner", "isd", status=0)["learners"][0] for _ in range(2))
    check(abs(first["tries"] - again["tries"]) < 1e-6, "another search with the same seed")
    lines = eve("export", path("tap.pcap"), "--format", "text").splitlines()
    rows = [line for line in lines if not line.startswith("#")]
    equal((len(rows), {len(row) for row in rows}), (1018, {511}), "rows of n bits, a space and a label")


def she_fails_at_the_real_set():
    session("r13109")
    found = learn("--budget", 4, "--threads", 1, status=1)
    check(not found["key_recovered"] and found["key"] is None, found)
    equal([one["name"] for one in found["learners"]], ["isd", "recipe"], "learners that run by themselves")
    for learner in found["learners"]:
        equal(learner["status"], "out-of-budget", learner["name"])
        check("bit operations (Stern 1988, Sendrier 2011)" in learner["reason"], learner)
    like_a_coin(found["learners"][0])
    found = learn("--learner", "bkw", status=1)["learners"][0]
    equal((found["status"], found["reason"]), ("not-applicable", "it does not learn the task ring"), "bkw")


def currencies_are_kept_apart():
    found = json.loads(eve("estimate", "--budget", 0, "--params", "r13109", "--json"))
    equal((found["sets"], found["lwe"], len(found["ring"])), ([], [], 1), "tables")
    one = found["ring"][0]
    check(139 < one["strength_from_log2"] < 141 and 144 < one["strength_to_log2"] < 147, one)
    said = eve("estimate", "--budget", 0, "--params", "r13109")
    check("Stern 1988; Sendrier 2011" in said and "Gauss" not in said and "core-SVP" not in said, said)
    check("Sendrier" not in eve("estimate", "--budget", 0, "--params", "n2048"), "the ring's formula for LPN")


run(she_reads_the_chat_of_a_toy, she_fails_at_the_real_set, currencies_are_kept_apart)
