"""./demo shows both sides, ends with 0 only if they agree, and prints nothing of its own about the session. It runs from a
copy, with the programs under test in the place of a fresh build."""

import os
import re
import shutil
import signal
import subprocess
import types

import parley
from parley import STEPS, Skip, check, equal, later, path, run, start_alice, wait_until, write
from phone import Tunnel

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
WORDS = r"^(Alice|Bob) +([A-Z]+(?: [A-Z]+){4})$"
# what eve show begins lines with
SHOWN = "$|Session |step |[AB][1-4] (->|<-) |      [A-Za-z]|(Alice|Bob) +[A-Z ]+$|The same five words|Eve   +|          "


def script(name, text):
    write(name, text.encode())
    os.chmod(path(name), 0o755)


def prepare(alice=None):
    """alice: a shell script in her place; it finds the real one in $ALICE."""
    shutil.copy(os.path.join(TOP, "demo"), path("demo"))
    shutil.copytree(os.path.join(TOP, ".ci"), path(".ci"))
    for folder in ("build/alice", "build/bob", "build/eve", "bin"):
        os.makedirs(path(folder))
    write("build/build.ninja", b"")
    script("bin/ninja", "#!/bin/sh\nexit 0\n")
    os.symlink(parley.BOB, path("build/bob/bob"))
    os.symlink(os.path.join(os.path.dirname(parley.BOB), "..", "eve", "eve"), path("build/eve/eve"))
    script("build/alice/alice", "#!/bin/sh\n" + (alice or 'exec "$ALICE" "$@"') + "\n")


def demo(*arguments, seconds=0.3):
    environment = dict(os.environ, ALICE=parley.ALICE, EVE_SECONDS=str(seconds),
                       PATH=path("bin") + ":" + os.environ["PATH"])
    result = subprocess.run([path("demo"), *arguments], env=environment, stdin=subprocess.DEVNULL, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=parley.patience(120))
    return result.returncode, result.stdout


def tells_the_story(real, toy, *arguments):
    """A real set, a toy whose key Eve finds and whose chat she reads, and Eve at the real set. What demo said."""
    prepare()
    status, text = demo(*arguments)
    equal(status, 0, "status of demo, which said " + text[-500:])
    equal(re.findall(r"^Session [0-9a-f]{16}, set (\w+)$", text, re.M), [real, toy], "sets")
    equal(re.findall(r"^([AB]\d) (?:->|<-) .* m?s .* m?s   ", text, re.M), 2 * STEPS, "steps, once each, with the times of both")
    words = re.findall(WORDS, text, re.M)
    equal([side for side, _ in words], 2 * ["Alice", "Bob"], "sides that show a fingerprint, twice")
    equal(len({shown for _, shown in words}), 2, "fingerprints in two sessions")
    for side in ("alice", "bob  "):
        equal(len(re.findall("^%s < ." % side, text, re.M)), 2, "lines of chat at " + side)
    keys = re.findall(r"^(?:alice|bob  ) key: (\S{44})$", text, re.M)
    check(len(keys) == 4 and keys[0] == keys[1] != keys[2] == keys[3], "keys of two sessions:", keys)
    check(re.search("^eve   .*Key: " + re.escape(keys[2]), text, re.M), "eve does not show the key of " + toy)
    check(re.search("^eve   < Alice: .*line travels", text, re.M), "eve does not read the chat of " + toy)
    check(re.search("^eve   .*out-of-budget", text, re.M), "eve does not run out of her budget")
    check("Key:" not in text[text.index("== Eve learns from what passed her of " + real):], "eve has a key of " + real)
    check(re.search(r"^eve   \| %s +[\d.]+ " % real, text[text.index("== What success"):], re.M), "no estimate of " + real)
    end = text[text.index("== Who won"):].splitlines()
    check(re.fullmatch(r"At %s, a toy, Eve won: \d+\.\d\d s after .*" % toy, end[1]), "no winner at " + toy, end)
    cost = re.fullmatch(r"At %s Alice and Bob won: .* 2\^(\d+) operations by that estimate: 10\^(\d+) years of a core that does "
                        r"10\^9 a second\." % real, end[2])
    check(cost and 10 ** int(cost[2]) <= 2 ** int(cost[1]) / (1e9 * 365.25 * 86400) < 10 ** (int(cost[2]) + 1.01),
          "no winner at " + real, end)
    check(end[3].endswith("./demo --page") and len(end) == 4, "does not point to the page", end)
    equal([line for line in text[:text.index("== Who won")].splitlines()
           if not re.match("(alice|bob  |eve  ) ([|<] |key: )|== |" + SHOWN, line)], [], "lines of demo itself")
    return text


def lpn():
    """And the numbers are measured: two runs show different fingerprints, and rates about where theta = n^(-1/2) puts
    them."""
    runs = [tells_the_story("n2048", "n256", "--task=lpn"), demo()[1]]
    words = [re.search(WORDS, text, re.M).group(2) for text in runs]
    check(words[0] != words[1], "both runs show", words[0])
    for text in runs:
        rates = re.findall(r"bits that agree: (\d\.\d+)", text)
        equal(len(rates), 2, "rates")
        for n, found in zip((2048, 256), rates):
            check(abs(float(found) - (1 - n ** -0.5)) < 0.015, "bit agreement at n%d: %s" % (n, found))


def is_experimental(text, rests):
    check("experimental" in text and rests in text, "it is not said that it is experimental, and rests on " + rests)


def ring():
    is_experimental(tells_the_story("r13109", "r509", "--task", "ring"), "structured LPN")


def lwe():
    if not shutil.which("fplll"):
        raise Skip("fplll is not installed")
    is_experimental(tells_the_story("l640", "l64", "--task", "lwe"), "LWE with small secrets")


def different_keys_are_noticed():
    prepare('"$ALICE" "$@"; s=$?; for word; do case $word in *alice.key) echo AAAA > "$word";; esac; done; exit $s')
    status, text = demo()
    check(status not in (0, 64), "demo ended with %d" % status)
    check("keys differ" in text, "demo said " + text[-300:])


def different_fingerprints_are_noticed():
    prepare('"$ALICE" "$@"; s=$?; for word; do case $word in *alice.events) '
            'sed -i \'s/"fingerprint":"[a-z]* /"fingerprint":"another /\' "$word";; esac; done; exit $s')
    status, text = demo()
    check(status not in (0, 64), "demo ended with %d" % status)
    check("fingerprints differ" in text, "demo said " + text[-300:])


def a_failing_side_is_noticed():
    prepare('"$ALICE" "$@"; exit 3')
    status, _ = demo()
    check(status not in (0, 64), "demo ended with %d" % status)


def two_hosts():
    """--hosts prints one command for each machine, and the port to open."""
    prepare()
    status, text = demo("--hosts")
    equal(status, 0, "status of demo --hosts")
    for pattern in (r"^ +build/bob/bob .*--listen", r"^ +build/alice/alice --connect \S+:24022$", "port 24022"):
        check(re.search(pattern, text, re.M), pattern, "is missing in", text)
    text = demo("--hosts", "--task", "ring")[1]
    equal(len(re.findall(r"^ +build/(?:alice|bob)/.* --params r13109$", text, re.M)), 3, "commands that name the set")


def a_room():
    """--room starts bob and a room before him, into which a phone can go; a signal ends both."""
    prepare()
    environment = dict(os.environ, PATH=path("bin") + ":" + os.environ["PATH"], EVE_LISTEN="127.0.0.1:0", EVE_JOIN="127.0.0.1:0")
    with open(path("said"), "wb") as said:
        process = subprocess.Popen([path("demo"), "--room"], env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                                   start_new_session=True)

    def stop():
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    later(stop)

    def text():
        with open(path("said"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def page_is_named():
        return re.search(r"^http://127\.0\.0\.1:\d+/#token=\S+$", text(), re.M)
    wait_until(lambda: page_is_named() or "without lib" in text() or process.poll() is not None, 60, "the room")
    if "without lib" in text():
        raise Skip("this eve was built without what a room needs")
    check(page_is_named(), "no address of the page", text())
    found = re.search(r"phones join at http://(127\.0\.0\.1):(\d+)/#(\S+)", text())
    check(found, "demo --room said", text())
    room = types.SimpleNamespace(join_at=(found[1], int(found[2])), join_token=found[3])
    alice = start_alice(Tunnel(room, "Ada", "r509").address, "--params", "r509", stdin=b"Hello from the back row\n")
    alice.event("open")
    wait_until(lambda: "Hello from the back row" in text(), 60, "her line at Bob's")
    process.send_signal(signal.SIGTERM)
    wait_until(lambda: process.poll() is not None, 30, "the end of demo")
    alice.wait(None)


def usage():
    prepare()
    for wrong in (["--no-such-option"], ["--task"], ["--hosts", "--page"], ["--task", "knapsack"]):
        status, text = demo(*wrong)
        equal([status, len(text.splitlines())], [64, 1], "status and lines of demo " + " ".join(wrong))
    check("'knapsack'" in text and "lpn, ring, lwe" in text, "demo --task knapsack says", text)


run(lpn, ring, lwe, different_keys_are_noticed, different_fingerprints_are_noticed, a_failing_side_is_noticed, two_hosts,
    a_room, usage)
