"""The examples for Slurm, as a real slurmctld and slurmd of one node run them: an array of two does an experiment, one of
them is interrupted and goes on where it stopped, and the parts together are what one run is; a search ends its array."""

import contextlib
import os
import pathlib
import re
import shutil
import socket
import subprocess

import parley
from eve import EVE, EXAMPLES, Skip, check, eve, path
from lab import same
from parley import equal, patience, read, run, wait_until, write

CHALLENGES = os.path.join(EXAMPLES, "..", "challenge")
SEED = "6d" * 32
EXPERIMENT = ("risk", SEED, "--quick", "--sets", "n64,n96")
TOOLS = ("slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "sinfo")

# No munge, no accounts, no control groups: what a cluster's administrator chooses is not what is tried here. Without the
# short life of credentials a job that was requeued waits two minutes.
CONFIGURATION = """
ClusterName=parley
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/none
AuthInfo=cred_expire=10
CredType=cred/none
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MpiDefault=none
SwitchType=switch/none
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def free_ports(n):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(n)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def slurm(*words):
    done = subprocess.run(words, cwd=path("."), capture_output=True, text=True, timeout=patience(120), check=False)
    check(done.returncode == 0, words, "ended with", done.returncode, done.stdout, done.stderr)
    return done.stdout.strip()


def daemon(name, *more):
    with open(path(name + ".log"), "wb") as log:
        process = subprocess.Popen([name, "-D", *more], stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def stop():
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()
        process.wait()
    parley.later(stop)
    return process


def start_cluster():
    lacking = [tool for tool in TOOLS if not shutil.which(tool)]
    if lacking:
        raise Skip("no Slurm here, %s is missing: apt-get install slurm-wlm" % ", ".join(lacking))
    if os.getuid() != 0:
        raise Skip("a slurmd of our own needs root")
    host = socket.gethostname().split(".")[0]
    for name in ("state", "spool", "bin"):
        os.mkdir(path(name))
    os.symlink(EVE, path("bin/eve"))
    text = CONFIGURATION.format(host=host, ports=free_ports(2), folder=path("."))
    os.environ["SLURM_CONF"] = write("slurm.conf", text.encode())
    os.environ["PATH"] = path("bin") + ":" + os.environ["PATH"]
    daemons = [daemon("slurmctld", "-f", path("slurm.conf")), daemon("slurmd", "-f", path("slurm.conf"))]

    def is_idle():
        for one in daemons:
            check(one.poll() is None, one.args[0], "ended:", read(one.args[0] + ".log")[-2000:])
        done = subprocess.run(["sinfo", "-h", "-o", "%T"], capture_output=True, text=True, check=False, timeout=patience(60))
        return done.stdout.strip() == "idle"
    wait_until(is_idle, 120, "the node to be idle")


def done_units(folder):
    with contextlib.suppress(OSError):
        return read(folder + "/units.jsonl").count(b"\n")
    return 0


def queue_is_empty():
    return not slurm("squeue", "-h")


def wait_for_jobs(seconds):
    wait_until(queue_is_empty, seconds, "the jobs to end; the queue is %s" % slurm("squeue"))


def an_array_is_interrupted_and_goes_on():
    start_cluster()
    job = slurm("sbatch", "--parsable", "--array=1-2", os.path.join(EXAMPLES, "lab.slurm"), *EXPERIMENT)
    wait_until(lambda: done_units("shard-1") >= 2, 600, "two units of the first part")
    slurm("scontrol", "requeue", job + "_1")
    kept = read("shard-1/units.jsonl")
    wait_for_jobs(1200)
    left = re.search(rb"(\d+) of (\d+) units to do", read("slurm-%s_1.out" % job))
    check(left and 0 < int(left[1]) < int(left[2]), "it did not go on:", read("slurm-%s_1.out" % job))
    check(read("shard-1/units.jsonl").startswith(kept[:kept.rfind(b"\n") + 1]), "what was done was done again")
    eve("lab", EXPERIMENT[0], "--seed", *EXPERIMENT[1:], "--out", path("whole"), seconds=1200)
    eve("lab", "merge", path("shard-1"), path("shard-2"), "--out", path("result"), seconds=300)
    same(pathlib.Path(path("result")), pathlib.Path(path("whole")))


def the_first_key_ends_the_array():
    start_cluster()
    os.environ["BUDGET"] = "600"
    with open(os.path.join(CHALLENGES, "records.txt"), encoding="ascii") as f:
        record = next(line.split() for line in f if line.split()[1] == "n128")
    slurm("sbatch", "--array=1-3%1", os.path.join(EXAMPLES, "learn.slurm"), os.path.join(CHALLENGES, "n128.pcap"), SEED)
    wait_until(lambda: os.path.exists(path("key-" + record[2])), 600, "the key")
    wait_for_jobs(120)
    equal(read("key-" + record[2]).decode().strip(), record[3], "key")
    check(not os.path.exists(path("learn-3.json")), "the others went on")


run(an_array_is_interrupted_and_goes_on, the_first_key_ends_the_array)
