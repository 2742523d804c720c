#!/usr/bin/env python3
"""Compiles and links Alice for a browser, and as how.wasm the session that a page looks into.

build.py NAME.wasm... --root FOLDER --generated FOLDER --packages FOLDER    the programs; what they share is compiled once
build.py --missing --packages FOLDER                                       what is missing to make them, one line; nothing else

The sources are all of Parley's pure folders, and the needed ones of libsodium and protobuf-c in the folder of packages
(see fetch). The same sources and the same tools give the same bytes, wherever they lie."""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# What Alice needs of libsodium. Whatever the linker then finds unused is left out.
SODIUM = """
crypto_core/ed25519/core_ed25519.c crypto_core/ed25519/ref10/ed25519_ref10.c crypto_core/hchacha20/core_hchacha20.c
crypto_generichash/crypto_generichash.c crypto_generichash/blake2b/ref/blake2b-compress-ref.c
crypto_generichash/blake2b/ref/blake2b-ref.c crypto_generichash/blake2b/ref/generichash_blake2b.c
crypto_hash/sha512/cp/hash_sha512_cp.c crypto_onetimeauth/poly1305/onetimeauth_poly1305.c
crypto_onetimeauth/poly1305/donna/poly1305_donna.c
crypto_secretstream/xchacha20poly1305/secretstream_xchacha20poly1305.c crypto_sign/crypto_sign.c
crypto_sign/ed25519/ref10/keypair.c crypto_sign/ed25519/ref10/open.c crypto_sign/ed25519/ref10/sign.c
crypto_stream/chacha20/ref/chacha20_ref.c crypto_stream/chacha20/stream_chacha20.c crypto_verify/sodium/verify.c
sodium/codecs.c sodium/utils.c
""".split()
SODIUM_VERSION = {
    "@VERSION@": "1.0.18",
    "@SODIUM_LIBRARY_VERSION_MAJOR@": "10",
    "@SODIUM_LIBRARY_VERSION_MINOR@": "3",
    "@SODIUM_LIBRARY_MINIMAL_DEF@": "",
}
# Parley's: folders, all of whose files are pure, and files.
FOLDERS = ["common/base", "common/task/*", "common/agree", "proto"]
PROGRAMS = {  # its own folders and files; the header whose functions it exports, and how their names begin
    "alice": (["alice/browser"], ["alice/machine.c"], "alice/browser/surface.h", "surface"),
    "how": (["alice/browser/how"], ["alice/machine.c", "bob/machine.c", "alice/browser/host.c"], "alice/browser/how/how.h", "how"),
}
GENERATED = ["proto/parley.pb-c.c"]
HEADERS = "/usr/include/wasm32-wasi"  # wasi-libc's
STACK = 2 << 20  # the default of 64 KiB overflows into data, silently
FLAGS = ["--target=wasm32-wasi", "-std=gnu17", "-fno-strict-aliasing", "-ffp-contract=off", "-ftls-model=local-exec"]
FAST = {"learner_kernels.c", "gf2.c", "zq.c", "combine.c", "clmul.c", "counters.c", "compose_lanes.c", "chacha20_ref.c"}


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def sodium_version(packages, folder):
    """version.h is made of version.h.in, which is what configure would do."""
    text = (packages / "libsodium/src/libsodium/include/sodium/version.h.in").read_text(encoding="utf-8")
    for name, value in SODIUM_VERSION.items():
        text = text.replace(name, value)
    (folder / "version.h").write_text(text, encoding="utf-8")


def program_of(output):
    return PROGRAMS.get(output.stem, PROGRAMS["alice"])


def jobs(arguments, folder, output):
    """(source, flags) for all that a program is compiled from."""
    sodium = arguments.packages / "libsodium/src/libsodium"
    protobuf = arguments.packages / "protobuf-c"
    ours = [f"-I{arguments.root}", f"-I{arguments.generated}", f"-isystem{sodium}/include", f"-isystem{folder}", f"-isystem{protobuf}"]
    ours += ["-D_GNU_SOURCE", "-DLEARNER_KERNELS=plain", "-DSODIUM_STATIC"]
    folders, files, _, _ = program_of(output)
    sources = [arguments.root / file for file in files]
    for name in FOLDERS + folders:
        sources += sorted(arguments.root.glob(name + "/*.c"))
    sources += [arguments.generated / file for file in GENERATED]
    for source in sources:
        warnings = ["-w"] if source.name.endswith(".pb-c.c") else ["-Wall", "-Wextra", "-Werror", "-Wno-psabi"]
        yield source, ours + warnings
    for name in SODIUM:
        # host.c has sodium_malloc and sodium_free
        flags = [f"-I{sodium}/include/sodium", f"-I{sodium}/include", f"-I{folder}", "-w", "-DCONFIGURED=1", "-DSODIUM_STATIC"]
        flags += ["-D_WASI_EMULATED_SIGNAL", "-Dsodium_malloc=unused_malloc", "-Dsodium_free=unused_free"]
        yield sodium / name, flags
    yield protobuf / "protobuf-c/protobuf-c.c", [f"-I{protobuf}", "-w"]


def common_flags(arguments):
    # The longest one that fits counts: build and packages may lie in the tree.
    places = {arguments.root: ".", arguments.generated: "build", arguments.packages: "packages"}
    return FLAGS + [f"-ffile-prefix-map={place}={name}" for place, name in places.items()] + (["-msimd128"] if arguments.simd else [])


def compiler_of(arguments, source, flags):
    """The command that compiles one source, but for where to."""
    level = "-O3" if source.name in FAST else "-Os"
    return ("clang", *common_flags(arguments), level, *flags, "-MMD", "-c", str(source))


def compile_all(arguments, folder):
    """The objects of each program, and what they were made of."""
    commands, objects, depfiles = {}, [], []
    for output in arguments.outputs:
        objects.append([])
        for source, flags in jobs(arguments, folder, output):
            object_file = folder / f"{len(commands)}.o"
            command = compiler_of(arguments, source, flags)
            objects[-1].append(str(commands.setdefault(command, object_file)))
            if commands[command] is object_file:
                depfiles.append(object_file.with_suffix(".d"))
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        list(pool.map(run, [[*command, "-o", str(object_file)] for command, object_file in commands.items()]))
    return objects, depfiles


def write_depfile(arguments, depfiles, folder):
    needed = set()
    for file in depfiles:
        words = file.read_text(encoding="utf-8").replace("\\\n", " ").split()[1:]
        needed.update(w for w in words if not w.startswith(str(folder)))
    arguments.depfile.write_text(" ".join(map(str, arguments.outputs)) + ": " + " ".join(sorted(needed)) + "\n", encoding="utf-8")


def missing(arguments):
    """What there must be, in words."""
    found = [f"{tool} (Debian's {package})" for tool, package in (("clang", "clang"), ("wasm-ld", "lld")) if not shutil.which(tool)]
    if not os.path.exists(HEADERS):
        found.append("a C library for WebAssembly (wasi-libc)")
    if not found:
        runtime = subprocess.run(["clang", FLAGS[0], "-print-libgcc-file-name"], capture_output=True, text=True, check=False).stdout.strip()
        if not os.path.exists(runtime):
            found.append("the compiler's runtime for WebAssembly (libclang-rt-14-dev-wasm32)")
    if not (arguments.packages / "fetched").exists():
        found.append("the sources of libsodium and protobuf-c (alice/browser/fetch)")
    return found


def link(arguments, objects, output, linked):
    _, _, header, begins = program_of(output)
    surface = (arguments.root / header).read_text(encoding="utf-8")
    exports = sorted(set(re.findall(rf"\b({begins}_\w+)\(", surface)))
    run(["clang", *FLAGS, "-mexec-model=reactor", f"-Wl,-z,stack-size={STACK}", "-Wl,--stack-first", "-Wl,--strip-all",
         *[f"-Wl,--export={e}" for e in exports], *objects, "-o", str(linked)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("outputs", nargs="*", type=pathlib.Path)
    parser.add_argument("--packages", type=pathlib.Path, required=True)
    parser.add_argument("--root", type=pathlib.Path)
    parser.add_argument("--generated", type=pathlib.Path, help="the build's folder: proto/parley.pb-c.c, proto/words.inc")
    parser.add_argument("--depfile", type=pathlib.Path)
    parser.add_argument("--simd", action="store_true", help="with instructions on vectors, which not every browser has")
    parser.add_argument("--missing", action="store_true")
    arguments = parser.parse_args()
    if arguments.missing:
        print(", ".join(missing(arguments)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        sodium_version(arguments.packages, folder)
        objects, depfiles = compile_all(arguments, folder)
        for output, own in zip(arguments.outputs, objects):
            link(arguments, own, output, folder / "linked.wasm")
            shutil.copyfile(folder / "linked.wasm", output)
        if arguments.depfile:
            write_depfile(arguments, depfiles, folder)


if __name__ == "__main__":
    main()
