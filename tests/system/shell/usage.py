"""The command line: what is wrong is said in one line and ends with 64; help and version go to standard output."""

import re

from parley import Program, check, equal, path, run

PUBLIC = "m/VxTjMMTtT2lU13Wrsedx7qv4NdwJtmfp5P1tW5If4="
OTHER = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
BOTH = [
    ["--no-such-option"], ["-x"], ["--peer", "key"], ["--peer", ""], ["--peer", "A" * 44], ["--peer", "A" * 43],
    ["--peer", PUBLIC + ","], ["--peer", "," + PUBLIC], ["--peer", PUBLIC + "," + PUBLIC[:-1]],
    ["an argument"], ["--timeout"], ["--timeout", "soon"], ["--timeout", "-1"], ["--timeout", "0"], ["--timeout", "nan"],
    ["--timeout", "1e99"], ["--timeout", ""], ["--seed", ""],
    ["--params", "n63"], ["--params", ""], ["--params", "n64,,"], ["--params", "N64"], ["--params", "n64 "],
    ["--params", "a" * 1000], ["--name", "x" * 65], ["-q", "-v"], ["--on-key", "true"], ["--on-key-timeout", "0"], ["--on-key-timeout", "x"], ["--key-out", "x%dy%s"],
    ["--key-out", "x%p%d"], ["--key-out", "%"], ["--agree-only=yes"]]
ADDRESSES = ["", ":", "host:", "host:port", "host:65536", "host:99999999999", "[::1", "::1]:1", "[::1]1", "[]:1",
             "[::1]:", "a b:-1", "host:+1", "host:1 "]
ALICE = [["--listen", "[::1]:1"], ["--once"], ["--max-sessions", "1"], ["--params", "n64,n128"], ["--rekey", "0"],
         ["--rekey", "-1"], ["--rekey", "x"], ["--rekey", "1", "--agree-only"], ["--fail-learning", "many"],
         ["--connect", "[::1]:0"]] + [["--connect", a] for a in ADDRESSES] + [
    [a] for a in ADDRESSES if not a.startswith("-")] + [["--connect", "[::1]:1", "[::1]:1"], ["[::1]:1", "[::1]:1"]]
BOB = [["--connect", "[::1]:1"], ["[::1]:1"], ["--rekey", "1"], ["--fail-learning", "1"], ["--max-sessions", "0"],
       ["--max-sessions", "-3"], ["--max-sessions", "1.5"], ["--max-sessions", ""], ["--stay", "-1"], ["--stay", "soon"], ["--key-out", "file"],
       ["--key-out", "file", "--peer", PUBLIC + "," + OTHER], ["--step"],
       ["--conference", "--once"], ["--conference", "--agree-only"]] + [["--listen", a] for a in ADDRESSES]


def refused(kind, arguments):
    program = Program(kind, arguments, events=False)
    program.wait(None, seconds=20)
    what = "%s %s" % (kind, " ".join(map(repr, arguments)))
    equal(program.process.returncode, 64, "status of " + what)
    lines = program.stderr.splitlines()
    check(len(lines) == 1 and lines[0].startswith(kind + ": "), "%s says %r" % (what, program.stderr))
    equal(program.output, b"", "standard output of " + what)


def wrong_for_both():
    for arguments in BOTH:
        for kind in ("alice", "bob"):
            refused(kind, arguments)


def wrong_for_alice():
    for arguments in ALICE:
        refused("alice", arguments)


def wrong_for_bob():
    for arguments in BOB:
        refused("bob", arguments)


def sets_of_error(kind):
    """The sets that the error of an unknown one lists, by task."""
    program = Program(kind, ["--params", "none"], events=False)
    program.wait(64, seconds=20)
    check("; ring, experimental: r" in program.stderr and "; lwe, experimental: l" in program.stderr, program.stderr)
    return re.findall(r"\b[a-z]\d+\b", program.stderr.split("there are")[1])


def helpful():
    for kind, own, other in (("alice", "--connect", "--listen"), ("bob", "--listen", "--connect")):
        program = Program(kind, ["--help"], events=False)
        program.wait(0, seconds=20)
        text = program.output.decode()
        short = Program(kind, ["-h"], events=False)
        short.wait(0, seconds=20)
        equal(short.output.decode(), text, "what -h shows")
        for option in (own, "--params", "--agree-only", "--key-out", "--on-key", "--events", "--keylog", "--timeout",
                       "--identity", "--peer", "--new-identity", "--step", "--name", "--seed", "-q", "-v", "--version", "-h", "--help"):
            check(option in text, option, "is missing in the help of", kind)
        check(other not in text, "the help of %s names what it does not have" % kind)
        check("fail-learning" not in text, "the hidden option is shown")
        sets = sets_of_error(kind)
        listed = text[text.index("Parameter sets (n2048 if none is named):"):]
        equal(re.findall(r"\b[nrl]\d+\b", listed.split(":", 1)[1]), sets, "sets in the help of " + kind)
        check(len(sets) > 9, "few sets", sets)
        equal(re.findall(r"^  (\w+)(, experimental)?: toys ", listed, re.M), [("lpn", ""), ("ring", ", experimental"), ("lwe", ", experimental")],
              "tasks in the help of " + kind)
        check(all(len(line) <= 80 for line in text.splitlines()), "lines longer than 80 columns")
        equal(program.stderr, "", "stderr")


def version():
    for kind in ("alice", "bob"):
        program = Program(kind, ["--version"], events=False)
        program.wait(0, seconds=20)
        check(program.output.startswith(kind.encode()) and program.output.count(b"\n") == 1, "version line")
        equal(program.stderr, "", "stderr")


def events_that_cannot_be_written():
    for kind in ("alice", "bob"):
        for option in ("--events", "--keylog"):
            program = Program(kind, [option, path("no/such/folder")], events=False)
            program.wait(74, seconds=20)
            program.one_error(option, "no/such/folder")


run(wrong_for_both, wrong_for_alice, wrong_for_bob, helpful, version, events_that_cannot_be_written)
