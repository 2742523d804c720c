"""The log of a bob who serves many, and of either side with --log: one line for each event, the same six keys first."""

import datetime
import re
import signal

from parley import N64, agree, check, equal, run, start_alice, start_bob, wait_until

EVENTS = ("connected", "step", "learned", "agreed", "confirmed", "open", "failed", "rekeyed", "expired", "closed")
FIRST = ["peer", "session", "step", "bytes", "seconds", "time"]
ADDRESS = r"\S+:\d+"


def parse(line):
    """A line of the log as (event, {key: value}), or a failure; no quotation mark may stand inside a value."""
    event, _, rest = line.partition(" ")
    check(event in EVENTS, "an unknown event in", line)
    check(re.fullmatch(r'( [a-z_]+=([^" ]+|"[^"]*"))+', " " + rest), "not key=value:", line)
    pairs = re.findall(r'([a-z_]+)=("[^"]*"|[^" ]+)', rest)
    equal([key for key, _ in pairs[:6]], FIRST, "the first keys of " + line)
    equal(len({key for key, _ in pairs}), len(pairs), "different keys in " + line)
    fields = {key: value.strip('"') for key, value in pairs}
    check(re.fullmatch(ADDRESS, fields["peer"]), "no address in", line)
    check(re.fullmatch("-|[0-9a-f]{16}", fields["session"]), "no session in", line)
    check(fields["step"] in ("A1", "B1", "A2", "B2", "A3", "B3", "A4", "B4", "open"), "no step in", line)
    check(fields["bytes"].isdigit() and re.fullmatch(r"\d+\.\d{3}", fields["seconds"]), "no figures in", line)
    check(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", fields["time"]), "no time in", line)
    clock = datetime.datetime.fromisoformat(fields["time"].replace("Z", "+00:00"))
    check(abs((clock - datetime.datetime.now(datetime.timezone.utc)).total_seconds()) < 3600, "another time than now:", line)
    return event, fields


def log_of(program):
    return [parse(line) for line in program.stderr.splitlines() if line.split(" ")[0] in EVENTS]


def of(program, wanted):
    return [fields for event, fields in log_of(program) if event == wanted]


def a_session():
    """Quietly three lines at bob: the words, opened and closed; their figures and words are those of --events."""
    bob = start_bob(*N64)
    alice = agree(bob, "--name", 'a "quoted" name')
    closed = bob.event("closed")
    wait_until(lambda: of(bob, "closed"), 10, "the line of the end")
    equal([event for event, _ in log_of(bob)], ["confirmed", "open", "closed"], "lines")
    (confirmed,), (opened,), (ended,) = of(bob, "confirmed"), of(bob, "open"), of(bob, "closed")
    equal(confirmed["fingerprint"], opened["fingerprint"], "the words")
    for line in (confirmed, opened, ended):
        equal((line["session"], line["peer"]), (closed["session"], closed["peer"]), "whose line it is")
    equal(opened["fingerprint"], alice.event("confirmed")["fingerprint"], "the fingerprint")
    equal(opened["name"], "a \\x22quoted\\x22 name", "the name")
    equal(opened["set"], "n64", "the set")
    equal((ended["status"], ended["by"], ended["reason"]), ("0", "self", "done"), "the end")
    equal(int(ended["bytes"]), closed["bytes"], "bytes")
    check(-0.002 < float(ended["seconds"]) - closed["seconds"] < 10, "other seconds than in the event")  # written a moment before


def every_event_with_v():
    bob = start_bob("-v", *N64)
    agree(bob)
    bob.event("closed")
    wait_until(lambda: of(bob, "closed"), 10, "the line of the end")
    equal([fields["step"] for fields in of(bob, "step")], ["A1", "B1", "A2", "B2", "A3", "B3", "A4", "B4"], "steps")
    for fields, event in zip(of(bob, "step"), bob.all("step")):
        equal((fields["step"], int(fields["bytes"])), (event["step"], event["bytes"]), "a step's bytes")
    for event in ("connected", "agreed", "confirmed", "open", "closed"):
        equal(len(of(bob, event)), 1, "lines of " + event)


def what_goes_wrong():
    """Each with its step and its reason, also with -q, and the reason of a peer is no key of its own."""
    bob = start_bob("-q", *N64)
    refused = start_alice(bob, "--params", "n128")
    refused.wait(69)
    lost = start_alice(bob, *N64, stdin="pipe")
    bob.event("open")
    lost.kill()
    bob.event("closed", count=2)
    wait_until(lambda: len(of(bob, "closed")) == 2, 10, "two lines")
    equal([event for event, _ in log_of(bob)], ["closed", "closed"], "lines with -q")
    first, second = of(bob, "closed")
    equal((first["step"], first["status"], first["session"]), ("A1", "69", "-"), "the refused one")
    check("not offered" in first["reason"], "the reason is", first["reason"])
    equal((second["step"], second["status"]), ("open", "74"), "the lost one")
    check("end mark" in second["reason"], "the reason is", second["reason"])


def both_sides_with_log():
    """--log replaces the sentences of a single session, on both sides; a re-keying has its line."""
    bob = start_bob("--once", "--log", *N64, stdin="pipe")
    alice = start_alice(bob, "--log", "--rekey", "0.2", "--name", "ann", *N64, stdin="pipe")
    for program in (alice, bob):
        wait_until(lambda program=program: of(program, "rekeyed"), 60, "a re-keying of " + program.name)
    for program in (alice, bob):
        program.stdin.close()
    for program in (alice, bob):
        program.wait(0)
        events = [event for event, _ in log_of(program)]
        equal((events[:2], events[-1], events.count("open")), (["confirmed", "open"], "closed", 1), "lines of " + program.name)
        others = [line for line in program.stderr.splitlines() if line.split(" ")[0] not in EVENTS]
        check(all(re.match("Alice, with|Bob, with|Bob is root", line) for line in others), "sentences:", others)
    equal(of(bob, "open")[0]["name"], "ann", "the name")
    equal(of(alice, "open")[0]["fingerprint"], of(bob, "open")[0]["fingerprint"], "fingerprints")


def a_failure_with_log():
    bob = start_bob(*N64)
    alice = start_alice(bob, "--log", "--params", "n128")
    alice.wait(69)
    equal([event for event, _ in log_of(alice)], ["closed"], "lines")
    equal(of(alice, "closed")[0]["by"], "peer", "who says so")
    alice.one_error("reason=")
    bob.signal(signal.SIGTERM)
    bob.wait(0)


def failed_attempts():
    bob = start_bob(*N64)
    alice = start_alice(bob, "--log", "--fail-learning", "3", *N64)
    alice.wait(1)
    equal([fields["attempt"] for fields in of(alice, "failed")], ["1", "2", "3"], "attempts at alice")
    bob.event("closed", status=1)
    wait_until(lambda: of(bob, "closed"), 10, "the line of the end")
    equal([fields["attempt"] for fields in of(bob, "failed")], ["1", "2", "3"], "attempts at bob")
    check("3 times in a row" in of(bob, "closed")[0]["reason"], "the third is the reason of the end")


run(a_session, every_event_with_v, what_goes_wrong, both_sides_with_log, a_failure_with_log, failed_attempts)
