#!/usr/bin/env python3
"""Which folder may know which other, enforced.

Without arguments for what to plant: checks the included headers of every source file, and with --library the undefined
symbols of the libraries that must stay free of sockets, clocks and randomness of their own. With --self-test it plants
violations in a copy and fails unless each of them is caught.
"""

import argparse
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

# folder: the folders whose headers it may include, besides its own
TASK = "common/task"
LPN = "common/task/lpn"
TASKS = [LPN, "common/task/ring", "common/task/lwe"]
MATHS = [LPN, TASK, "common/base"]
SHELL = "common/shell/"
FOLDERS = {
    "common/base": [],
    # what a task is; one; the table of them. Only who looks for a set by its name knows the table.
    TASK: ["common/base"],
    **{task: [TASK, "common/base"] for task in TASKS},
    "common/task/table": [*TASKS, TASK, "common/base"],
    "common/agree": [TASK, "common/base"],
    "proto": [TASK, "common/base"],
    # what the programs share around the pure parts
    SHELL + "host": ["common/base"],
    SHELL + "term": ["proto", TASK, "common/base"],
    SHELL + "net": [SHELL + "host", SHELL + "term", "proto", TASK, "common/base"],
    SHELL + "told": [SHELL + "net", SHELL + "term", "proto", TASK, "common/base"],
    SHELL + "app": [SHELL + f for f in ("told", "net", "term", "host")]
    + ["proto", "common/task/table", TASK, "common/base"],
    "alice": ["proto", "common/agree", TASK, "common/base"],
    "alice/browser": ["alice", "proto", "common/agree", "common/task/table", TASK, "common/base"],
    "bob": ["proto", "common/agree", TASK, "common/base"],
    # both sides in one memory, and the inside of the tasks: for looking at, and not a part of Alice
    "alice/browser/how": ["alice", "bob", "proto", "common/task/table", *TASKS, TASK, "common/base"],
    # eve's ears, keys, learners, laboratory, page and commands
    "eve/wire": ["proto", "common/agree", "common/task/table"] + MATHS,
    "eve/key": ["eve/wire", "proto", "common/agree"] + MATHS,
    "eve/challenge": ["eve/learn", "eve/key", "eve/wire", "proto", "common/agree"] + MATHS,
    "eve/learn": ["eve/wire", "proto", "common/agree", *TASKS, TASK, "common/base"],
    "eve/f2": ["eve/learn", "eve/wire"] + MATHS,
    "eve/lattice": ["eve/learn"],
    "eve/quantum": [],
    "eve/learners": ["eve/lattice", "eve/quantum", "eve/f2", "eve/learn", *TASKS, TASK, "common/base"],
    "eve/lab": ["eve/learners", "eve/learn", "common/agree", "common/task/table", SHELL + "term", SHELL + "host"]
    + MATHS,
    "eve/lab/toys": ["common/task/lwe", TASK, "common/base"],
    "eve/lab/experiments": ["eve/lab", "eve/lab/toys", "eve/learners", "eve/lattice", "eve/quantum", "eve/learn"]
    + ["common/agree", "common/task/table", "common/task/lwe", SHELL + "host"]
    + MATHS,
    "eve/game": ["eve/lab", TASK, LPN, "common/base"],
    "eve/page": ["eve/game", "eve/learn", "eve/key", "eve/wire", SHELL + "net", SHELL + "term", SHELL + "host"]
    + ["proto", "common/task/table"] + MATHS,
    "eve/cli": ["eve/" + f for f in ("page", "lab", "lab/experiments", "learners", "lattice", "learn", "challenge", "key", "wire")]
    + [SHELL + f for f in ("told", "net", "term", "host", "app")]
    + ["proto", "common/agree", "common/task/table", *TASKS, TASK, "common/base"],
}
# In alice and bob only what drives the machine knows the network.
SHELL_FOLDERS = ["alice", "bob"]
SHELL_FILE = re.compile(r"(main|shell)[a-z_]*\.[ch]$")

# Bytes in, bytes out.
PURE = ["common/base", TASK, *TASKS, "common/task/table", "common/agree", "proto", "eve/quantum"]
# What may be done with a foreign header: (pattern, who may include it, in words).
SYSTEM = re.compile(
    r"(sys/(socket|un|time|times|epoll|event|ioctl|random|select|timerfd|uio)\.h|net(inet|db|)[/.].*|arpa/.*|poll\.h|"
    r"time\.h|unistd\.h|fcntl\.h|signal\.h|pthread\.h|threads\.h)$"
)
FOREIGN = [
    (re.compile(r"uv(/.*)?\.h$"), lambda folder, shell: folder == SHELL + "net", "only common/shell/net knows libuv"),
    (
        re.compile(r"(.*\.pb-c\.h|protobuf-c/.*|google/protobuf-c/.*)$"),
        lambda folder, shell: folder == "proto",
        "only proto knows protobuf-c",
    ),
    (
        re.compile(r"(popt\.h|histedit\.h|editline/.*|jansson.*\.h)$"),
        lambda folder, shell: folder.startswith((SHELL, "eve/")) or shell,
        "only the shells know the user's tools",
    ),
    (re.compile(r"microhttpd\.h$"), lambda folder, shell: folder == SHELL + "net", "only common/shell/net speaks HTTP"),
    (
        re.compile(r"openssl/.*"),
        lambda folder, shell: folder in ("common/base", SHELL + "net"),
        "only common/base and common/shell/net may know OpenSSL",
    ),
    (
        re.compile(r"wslay/.*"),
        lambda folder, shell: folder == SHELL + "net",
        "only common/shell/net speaks WebSocket",
    ),
    (SYSTEM, lambda folder, shell: not is_pure(folder, shell), "no sockets, clocks, files or threads here"),
]

# Symbols that a pure library must not need. Leading underscores and _chk are taken off first.
SYMBOLS = re.compile(
    r"""(
    socket(pair)? | bind | listen | accept4? | connect | shutdown | send(to|msg|mmsg|file)? | recv(from|msg|mmsg)? |
    p?read(v|64)? | p?write(v|64)? | open(at)?(64)? | close | f?open(64)? | fdopen | freopen(64)? | ioctl | fcntl(64)? |
    p?poll | p?select | epoll_.* | kqueue | kevent | getaddrinfo | gethostby.* |
    time | clock | clock_gettime | clock_nanosleep | gettimeofday | timespec_get | times | nanosleep | u?sleep | alarm |
    mach_absolute_time | localtime(_r)? | gmtime(_r)? |
    randombytes.* | RAND_.* | s?rand(_r)? | s?random(_r)? | [dejlmn]rand48(_r)? | srand48 | getrandom | getentropy | arc4random.* |
    crypto_secretstream_.*_(init_push|keygen) | crypto_(?!sign_seed_).*_(keypair|keygen) | crypto_.*_seal |
    uv_.* | v?printf | puts | putc | putchar(_unlocked)? | v?fprintf | fwrite | fputs | fputc | perror | v?dprintf |
    stdin | stdout | stderr | stdinp | stdoutp | stderrp | v?scanf | gets | getchar |
    getenv | secure_getenv | system | popen | fork | exec[lv]p?e? | posix_spawnp? | pthread_create | thrd_create | signal |
    sigaction | exit | abort
    )$""",
    re.VERBOSE,
)
INCLUDE = re.compile(r"^\s*#\s*include\b\s*(.*)$", re.MULTILINE)
NAMED = re.compile(r'["<]([^">]+)[">]')


def is_shell(path):
    return path.parts[0] in SHELL_FOLDERS and bool(SHELL_FILE.match(path.name))


def is_pure(folder, shell):
    return folder in PURE or (folder in SHELL_FOLDERS and not shell)


def folder_of(path):
    """The folder of FOLDERS that a relative path lies in, or None."""
    if path.parent == pathlib.PurePosixPath(TASK):
        return TASK  # what lies below it is a task, and has a row of its own
    inside = [f for f in FOLDERS if f != TASK and path.as_posix().startswith(f + "/")]
    return max(inside, key=len) if inside else None


def check_include(path, header):
    """What is wrong with this file's including this header, or None."""
    folder, shell = folder_of(path), is_shell(path)
    for pattern, may, why in FOREIGN:
        if pattern.match(header) and not may(folder, shell):
            return why
    target = folder_of(pathlib.PurePosixPath(header))
    if target is None or target == folder:
        return None
    if target in FOLDERS[folder] or (shell and target.startswith(SHELL)):
        return None
    return f"{folder} may not know {target}"


def check_file(root, path):
    found = []
    for match in INCLUDE.finditer((root / path).read_text(encoding="utf-8")):
        rest = match.group(1)
        named = NAMED.match(rest)
        if not named:
            found.append(f"{path}: #include {rest.strip()}: a header that is not named cannot be checked")
            continue
        header = named.group(1)
        why = check_include(path, header)
        if rest[0] == '"' and folder_of(pathlib.PurePosixPath(header)) is None:
            why = "our headers are named from the top folder"
        if why:
            found.append(f"{path}: #include {named.group(0)}: {why}")
    return found


def sources(root):
    for top in ("common", "proto", "alice", "bob", "eve"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".c", ".h"):
                yield path.relative_to(root)


def check_headers(root, paths=None):
    """What is wrong with all files, or with these, and how many there are."""
    found, n_files = [], 0
    for path in sources(root) if paths is None else paths:
        n_files += 1
        if folder_of(path) is None:
            found.append(f"{path}: a folder without a rule")
        else:
            found += check_file(root, path)
    if n_files == 0:
        found.append(f"{root}: no source files")
    return found, n_files


def check_symbols(nm, library):
    out = subprocess.run([nm, str(library)], check=True, capture_output=True, text=True).stdout
    symbols = [line.split()[-2:] for line in out.splitlines() if len(line.split()) >= 2]
    undefined = {name for kind, name in symbols if kind in "Uw"}
    found = []
    if not symbols:
        found.append(f"{library}: no symbols at all, which cannot be")
    for symbol in sorted(undefined):
        plain = re.sub(r"_chk$", "", symbol.split("@")[0].lstrip("_"))
        plain = re.sub(r"^isoc\d+_", "", plain)
        if SYMBOLS.match(plain):
            found.append(f"{library}: uses {symbol}")
    return found


PLANTED_HEADERS = [
    ("common/base/bytes.h", '#include "common/task/lpn/gf2.h"'),
    ("common/task/lpn/params.c", '#include "proto/message.h"'),
    ("common/task/lpn/planted.c", '#include "common/agree/keys.h"'),
    ("proto/message.h", '#include "common/shell/net/conn.h"'),
    ("proto/order.c", '#include "common/task/lpn/params.h"'),
    ("alice/machine.c", '#include "common/task/lpn/recipes.h"'),
    ("bob/machine.c", '#include "common/task/lpn/noise.h"'),
    ("common/agree/planted.c", '#include "common/task/lpn/params.h"'),
    ("common/task/task.h", '#include "common/task/lpn/params.h"'),
    ("common/task/lpn/planted.c", '#include "common/task/table/table.h"'),
    ("common/shell/told/planted.c", '#include "common/task/lpn/params.h"'),
    ("proto/frame.c", "#  include <uv.h>"),
    ("proto/session.h", "#include <jansson.h>"),
    ("common/task/lpn/params.c", "#include <popt.h>"),
    ("common/base/text.c", "#include <histedit.h>"),
    ("common/base/prg.c", "#include <time.h>"),
    ("common/agree/planted.c", "#include <sys/socket.h>"),
    ("common/task/lpn/planted.c", "#include <pthread.h>"),
    ("common/task/lpn/planted.c", "#include <protobuf-c/protobuf-c.h>"),
    ("common/task/lpn/planted.c", "#include <openssl/evp.h>"),
    ("alice/machine.c", '#include "proto/parley.pb-c.h"'),
    ("alice/machine.c", '#include "bob/machine.h"'),
    ("alice/machine.c", '#include "common/shell/net/conn.h"'),
    ("alice/machine.c", "#include <unistd.h>"),
    ("alice/machine.c", '#include "../bob/machine.h"'),
    ("alice/main.c", '#include "bob/machine.h"'),
    ("alice/browser/surface.c", '#include "bob/machine.h"'),
    ("alice/browser/surface.c", '#include "alice/browser/how/how.h"'),
    ("alice/main.c", "#include <uv.h>"),
    ("bob/machine.c", '#include "alice/machine.h"'),
    ("bob/machine.c", '#include "common/shell/net/conn.h"'),
    ("bob/machine.c", "#include MACHINE"),
    ("bob/shell.c", '#include "eve/observer.h"'),
    ("eve/wire/planted.c", '#include "alice/machine.h"'),
    ("eve/learners/planted.c", '#include "bob/machine.h"'),
    ("eve/page/planted.c", "#include <uv.h>"),
    ("eve/planted.c", "#include <microhttpd.h>"),
    ("common/shell/net/planted.c", '#include "alice/machine.h"'),
    ("common/planted.c", "#include <stdint.h>"),
    ("eve/planted.c", "#include <stdint.h>"),
    ("common/shell/planted.c", "#include <stdint.h>"),
    ("common/task/planted/planted.c", "#include <stdint.h>"),
    # within the shell: host <- term <- net <- told <- app
    ("common/shell/host/planted.c", '#include "common/shell/term/screen.h"'),
    ("common/shell/term/planted.c", '#include "common/shell/net/conn.h"'),
    ("common/shell/net/planted.c", '#include "common/shell/told/events.h"'),
    ("common/shell/told/planted.c", '#include "common/shell/app/options.h"'),
    ("common/shell/app/planted.c", "#include <uv.h>"),
    ("common/shell/term/planted.c", "#include <uv.h>"),
    # within eve: wire <- key, learn <- f2 <- learners <- lab <- experiments; page and cli on top
    ("eve/wire/planted.c", '#include "eve/learn/view.h"'),
    ("eve/wire/planted.c", '#include "common/shell/host/status.h"'),
    ("eve/key/planted.c", '#include "eve/learn/learner.h"'),
    ("eve/learn/planted.c", '#include "eve/learners/learners.h"'),
    ("eve/f2/planted.c", '#include "eve/learners/learners.h"'),
    ("eve/learners/planted.c", '#include "eve/lab/lab.h"'),
    ("eve/lab/planted.c", '#include "eve/lab/experiments/experiments.h"'),
    ("eve/lab/experiments/planted.c", '#include "eve/page/page.h"'),
    ("eve/page/planted.c", '#include "eve/cli/select.h"'),
]
ALLOWED_HEADERS = [
    ("alice/main.c", '#include "common/shell/net/conn.h"'),
    ("bob/shell_lines.c", "#include <popt.h>"),
    ("eve/page/planted.c", '#include "common/shell/net/conn.h"'),
    ("common/shell/net/planted.c", "#include <uv.h>"),
    ("common/shell/net/planted.c", "#include <microhttpd.h>"),
    ("common/shell/net/planted.c", '#include "proto/session.h"'),
    ("proto/planted.c", '#include "proto/parley.pb-c.h"'),
    ("common/agree/planted.c", '#include "common/task/task.h"'),
    ("common/task/ring/planted.c", '#include "common/task/task.h"'),
]
PLANTED_SYMBOLS = [
    "long time(long *p); long planted(void) { return time(0); }",
    "int clock_gettime(int c, void *t); int planted(void *t) { return clock_gettime(0, t); }",
    "int socket(int a, int b, int c); int planted(void) { return socket(2, 1, 0); }",
    "long write(int f, const void *p, unsigned long n); long planted(void) { return write(1, \"x\", 1); }",
    "void randombytes_buf(void *p, unsigned long n); void planted(char *p) { randombytes_buf(p, 8); }",
    "int rand(void); int planted(void) { return rand(); }",
    "int uv_run(void *l, int m); int planted(void *l) { return uv_run(l, 0); }",
    "int printf(const char *f, ...); int planted(int i) { return printf(\"%d\", i); }",
    "int RAND_bytes(void *p, int n); int planted(void *p) { return RAND_bytes(p, 8); }",
    "void crypto_box_keypair(void *a, void *b); void planted(void *a) { crypto_box_keypair(a, a); }",
]
ALLOWED_SYMBOLS = [
    "void *sodium_malloc(unsigned long n); void *planted(void) { return sodium_malloc(8); }",
    "int snprintf(char *p, unsigned long n, const char *f, ...);"
    "int planted(char *p, int i) { return snprintf(p, 9, \"%d\", i); }",
]


def plant(root, path, line):
    """What the checker says of a file with this line at its end, if it finds the file; the file is restored. The others are
    as clean as before."""
    file = root / path
    before = file.read_bytes() if file.exists() else None
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes((before or b"") + b"\n" + line.encode() + b"\n")
    found, _ = check_headers(root, [p for p in sources(root) if p.as_posix() == path])
    if before is None:
        file.unlink()
    else:
        file.write_bytes(before)
    return found


def self_test(root, nm, cc):
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        for path in sources(root):
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / path, copy / path)
        clean, _ = check_headers(copy)
        if clean:
            return ["the copy is not clean to begin with"] + clean
        for path, line in PLANTED_HEADERS:
            found = plant(copy, path, line)
            if len(found) != 1 or path not in found[0]:
                wrong.append(f"not caught: {line} in {path}")
        for path, line in ALLOWED_HEADERS:
            if plant(copy, path, line):
                wrong.append(f"should be allowed: {line} in {path}")
        for text, expected in [(t, 1) for t in PLANTED_SYMBOLS] + [(t, 0) for t in ALLOWED_SYMBOLS]:
            source, binary = copy / "planted.c", copy / "planted.o"
            source.write_text(text + "\n", encoding="utf-8")
            subprocess.run([*cc, "-w", "-O1", "-c", str(source), "-o", str(binary)], check=True)
            if len(check_symbols(nm, binary)) != expected:
                wrong.append(f"{'not caught' if expected else 'should be allowed'}: {text}")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True, help="top folder of the sources")
    parser.add_argument("--nm", default="nm")
    parser.add_argument("--cc", default="cc", help="compiler command for the self-test")
    parser.add_argument("--library", action="append", default=[], help="a static library that must be pure")
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        found = self_test(arguments.root, arguments.nm, shlex.split(arguments.cc))
        print(f"{len(PLANTED_HEADERS) + len(PLANTED_SYMBOLS)} violations planted")
    else:
        found, n_files = check_headers(arguments.root)
        for library in arguments.library:
            found += check_symbols(arguments.nm, library)
        print(f"{n_files} files and {len(arguments.library)} libraries checked")
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
