"""A search split among processes: each searches in its own way, GNU parallel stops the rest when one has the key, and the
example for Slurm does so too."""

import json
import os
import shutil
import stat
import subprocess
import sys

from eve import EVE, Skip, check, eve, path, start_tap
from parley import equal, key_of, patience, read, run, start_alice, start_bob, wait_until, write

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "eve", "examples")
SEED = "4c" * 32  # of the session and of every search


def session(name):
    params = ("--params", name)
    bob = start_bob("--once", *params, "--agree-only", "--key-out", path("bob.key"), "--seed", SEED)
    tap = start_tap(bob, "tap.pcap", "--once")
    alice = start_alice(tap.address, *params, "--agree-only", "--seed", SEED)
    alice.wait(0)
    bob.wait(0)
    tap.wait(0)


def tries(*shard):
    """Pooled Gauss at one thread does the same each time: how many tries it took tells one search from another."""
    found = json.loads(eve("learn", path("tap.pcap"), "--learner", "gauss", "--threads", 1, "--seed", SEED, "--budget", 240,
                           "--json", *shard, seconds=260))
    learner = found["sessions"][0]["learners"][0]
    equal(learner["status"], "solved", "status")
    return learner["tries"], learner["risk"]


def every_shard_searches_its_own_way():
    session("n64")
    shards = [(), ("--shard", "1/3"), ("--shard", "2/3"), ("--shard", "3/3"), ("--shard", "1/2")]
    found = [tries(*shard) for shard in shards]
    equal(len(set(found)), len(shards), "different searches of %s" % found)
    equal([tries(*shard) for shard in shards[:2]], found[:2], "the same once more")


def a_shard_is_one_of_its_number():
    write("x.pcap", b"")
    for shard in ("0/2", "3/2", "1", "a/b", "1/0", "-1/2"):
        eve("learn", path("x.pcap"), "--shard=" + shard, status=64)


def gone(pid):
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii") as f:
            return f.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def parallel_stops_the_rest():
    """The first worker holds the session, the second one a session that is out of reach: it must not be waited for."""
    tool = shutil.which("parallel")
    said = tool and subprocess.run([tool, "--version"], capture_output=True, text=True, check=False, timeout=60).stdout
    if not said or "GNU parallel" not in said:
        raise Skip("no GNU parallel here")
    session("n1024")
    os.rename(path("tap.pcap"), path("large.pcap"))
    session("n256")
    os.rename(path("tap.pcap"), path("small.pcap"))
    command = ("echo $$ >pid{1}; exec %s learn {2} --learner isd --threads 1 --budget 600 --seed %s --shard {1}/2 "
               "--key-out key -q >found{1}" % (EVE, SEED))
    os.makedirs(path("home"), exist_ok=True)
    done = subprocess.run([tool, "-j2", "--halt", "now,success=1", "--link", command, ":::", "1", "2", ":::",
                           path("small.pcap"), path("large.pcap")], cwd=path("."), capture_output=True, check=False,
                          timeout=patience(300), env=dict(os.environ, HOME=path("home"), PARALLEL_HOME=path("home")))
    equal(done.returncode, 0, "status of parallel, which said %s" % done.stderr)
    equal(key_of("key"), key_of("bob.key"), "key")
    second = int(read("pid2"))
    wait_until(lambda: gone(second), 30, "the other worker to be stopped")


def two_workers_share_a_session():
    """Both may well find it: each is a whole search."""
    session("n256")
    workers = [subprocess.Popen([EVE, "learn", path("tap.pcap"), "--learner", "isd", "--threads", "1", "--budget", "600",
                                 "--seed", SEED, "--shard", "%d/2" % i, "--key-out", path("key%d" % i), "-q"],
                                stdout=subprocess.DEVNULL) for i in (1, 2)]
    for i, worker in enumerate(workers, 1):
        equal(worker.wait(patience(600)), 0, "status")
        equal(key_of("key%d" % i), key_of("bob.key"), "key")


def slurm_ends_the_array():
    """The script as Slurm runs it, with a scancel that writes down what it is to end."""
    session("n64")
    os.makedirs(path("bin"))
    os.symlink(EVE, path("bin/eve"))
    scancel = write("bin/scancel", b'#!/bin/sh\necho "$@" >>"$OUT"\n')
    os.chmod(scancel, os.stat(scancel).st_mode | stat.S_IXUSR)
    environment = dict(os.environ, PATH="%s:%s" % (path("bin"), os.environ["PATH"]), OUT=path("cancelled"), BUDGET="240",
                       SLURM_ARRAY_JOB_ID="77", SLURM_ARRAY_TASK_ID="2", SLURM_ARRAY_TASK_COUNT="3",
                       SLURM_CPUS_PER_TASK="1")
    subprocess.run([os.path.join(EXAMPLES, "learn.slurm"), path("tap.pcap"), SEED], cwd=path("."), env=environment,
                   check=True, timeout=patience(300))
    equal(read("cancelled"), b"77\n", "the array that was ended")
    found = json.loads(read("learn-2.json"))
    equal(key_of("key-%s" % found["sessions"][0]["session"]), key_of("bob.key"), "key")

    os.remove(path("cancelled"))
    session("n1024")
    environment["BUDGET"] = "1"
    done = subprocess.run([os.path.join(EXAMPLES, "learn.slurm"), path("tap.pcap"), SEED], cwd=path("."), env=environment,
                          check=False, timeout=patience(300))
    equal(done.returncode, 1, "status without the key")
    check(not os.path.exists(path("cancelled")), "the others go on")


functions = [every_shard_searches_its_own_way, a_shard_is_one_of_its_number]
if "--sanitized" not in sys.argv:  # the rest runs no more code of eve's, for long
    functions += [parallel_stops_the_rest, two_workers_share_a_session, slurm_ends_the_array]
run(*functions)
