"""The completions load in their shells, and complete.

usage: completions.py ALICE BOB EVE"""

import os
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
# what has been typed, and what must be offered then, all of it or (...) among more
CASES = [
    ("alice --k", ["--key-out", "--keylog"]),
    ("alice --params n10", ["n1024"]),
    ("alice --params r1", ["r1019", "r13109", "r1493", "r17669"]),
    ("bob --o", ["--on-key", "--on-key-retries", "--on-key-timeout", "--once"]),
    ("bob --params n64,n20", ["n64,n2048"]),
    ("bob --params n64,l6", ["n64,l64", "n64,l640"]),
    ("eve estimate --params r131", ["r13109"]),
    ("eve le", ["learn"]),
    ("eve learn --l", ["--learner"]),
    ("eve learn x.pcap --learner gauss,i", ["gauss,isd"]),
    ("eve export x.pcap --format n", ["npz"]),
    ("eve lab --fault th", ["theta"]),
    ("eve sh", ["show"]),
    ("eve show --o", ["--once"]),
]
PROBE = r"""
typed=$1
source "$2"
COMP_LINE=$typed COMP_POINT=${#typed}
read -ra COMP_WORDS <<<"$typed"
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
compopt() { :; } # there is no completion under way
"_parley_$3" "$3" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\n' "${COMPREPLY[@]}"
"""
problems, done, skipped = [], [], []


def check(condition, what):
    (done if condition else problems).append(what)


def script(program, shell):
    return os.path.join(TOP, *(("eve", "cli") if program == "eve" else (program,)), program + "." + shell)


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=3000, stdin=subprocess.DEVNULL, **options)


def parses(shell):
    for program in ("alice", "bob", "eve"):
        result = run(shell, "-n", script(program, shell))
        check(result.returncode == 0 and not result.stderr, "%s -n %s.%s: %s" % (shell, program, shell, result.stderr))


def in_bash():
    parses("bash")
    for typed, expected in CASES:
        result = run("bash", "-c", PROBE, "probe", typed, script(typed.split()[0], "bash"), typed.split()[0])
        found = sorted(result.stdout.split())
        check(found == expected and not result.stderr, "bash: '%s' offers %s, not %s %s" %
              (typed, found, expected, result.stderr))
    for name in ("alice", "bob", "eve"):
        result = run("bash", "-c", 'source "$0"; complete -p "$1"', script(name, "bash"), name)
        check(result.stdout.strip() == "complete -F _parley_%s %s" % (name, name), "bash: complete -p " + name)


def in_fish():
    parses("fish")
    for typed, expected in CASES:
        name = typed.split()[0]
        with tempfile.TemporaryDirectory() as home:
            result = run("fish", "--no-config", "-c", 'source "$argv[1]"; complete -C"$argv[2]"', script(name, "fish"),
                         typed, env=dict(os.environ, HOME=home, XDG_CONFIG_HOME=home, XDG_DATA_HOME=home))
        found = sorted(line.split("\t")[0] for line in result.stdout.splitlines())
        check(found == expected and not result.stderr, "fish: '%s' offers %s, not %s %s" %
              (typed, found, expected, result.stderr))


def in_zsh():
    """zsh completes in an interactive shell only: one in a pseudo-terminal of its own, asked to list the choices."""
    parses("zsh")
    with tempfile.TemporaryDirectory() as home:
        functions = os.path.join(home, "functions")
        os.mkdir(functions)
        for name in ("alice", "bob", "eve"):
            shutil.copy(script(name, "zsh"), os.path.join(functions, "_" + name))
        probe = os.path.join(home, "probe")
        with open(probe, "w", encoding="utf-8") as f:
            f.write(r"""
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=''; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -d $1/../dump; zstyle ':completion:*' list-prompt ''"
zpty -w z "LISTMAX=1000; COLUMNS=200; bindkey '^I' list-choices; zstyle ':completion:*' verbose no; print READY"
zpty -r z seen $'*\nREADY*'
shift
for typed word in "$@"; do
    zpty -w -n z "$typed"$'\t'
    shown=
    for ((i = 0; i < 600; i++)); do # until the word shows, at most a minute
        while zpty -r -t z piece; do shown+=$piece; done
        [[ ${shown#*"$typed"} == *"$word"* ]] && break
        sleep 0.1
    done
    print -r -- "${shown#*"$typed"}"
    print -r -- "====="
    zpty -w -n z $'\C-u'
    zpty -w z "print DO''NE"
    zpty -r z seen $'*DONE*'
done
zpty -d z
""")
        result = run("zsh", "-f", probe, functions, *[word for typed, expected in CASES for word in (typed, expected[-1].split(",")[-1])],
                     env=dict(os.environ, TERM="dumb"))
        parts = result.stdout.split("=====\n")
    for (typed, expected), seen in zip(CASES, parts):
        words = seen.replace("\r", "\n").replace("\x07", "").split()
        for word in expected:
            check(word in words or word.split(",")[-1] in words,
                  "zsh: '%s' does not offer %s but %r %s" % (typed, word, seen, result.stderr))
    check(len(parts) > len(CASES), "zsh: only %d answers; %s" % (len(parts) - 1, result.stderr))


def has_terminals():
    """Whether pseudo-terminals can be made here, in one of which zsh completes."""
    try:
        for fd in os.openpty():
            os.close(fd)
    except OSError:
        return False
    return True


for shell, function in (("bash", in_bash), ("zsh", in_zsh), ("fish", in_fish)):
    if not shutil.which(shell):
        skipped.append(shell)
    elif shell == "zsh" and not has_terminals():
        skipped.append("zsh's pseudo-terminal")
    else:
        function()
print("%d checks passed" % len(done))
if problems:
    sys.exit("\n".join(problems))
if skipped:
    print("not tried, since they are not here: " + ", ".join(skipped))
    sys.exit(77)
