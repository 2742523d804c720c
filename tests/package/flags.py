"""The flags of --help are those of the page of the manual and of the completions for bash, zsh and fish, for all three
programs and each command of eve; the exit statuses of the pages are those of common/shell/host/status.h, and the events that
bob.1 tells of are those that the log and --events have.

usage: flags.py ALICE BOB EVE"""

import os
import re
import subprocess
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FLAG = re.compile(r"(?<![\w-])(--[a-z][a-z-]+|-[a-z])(?![\w-])")
problems = []


def same(found, expected, what):
    for flag in sorted(set(expected) - set(found)):
        problems.append("%s lacks %s" % (what, flag))
    for flag in sorted(set(found) - set(expected)):
        problems.append("%s has %s, which the program has not" % (what, flag))


def read(program, *parts):
    """A file that lies with a program."""
    folder = ("eve", "cli") if program == "eve" else (program,)
    with open(os.path.join(TOP, *folder, *parts), encoding="utf-8") as f:
        return f.read()


def help_of(*command):
    """The text of --help; it comes on standard output, at most 80 columns wide, with status 0."""
    result = subprocess.run([*command, "--help"], capture_output=True, text=True, timeout=300)
    what = " ".join([os.path.basename(command[0]), *command[1:]]) + " --help"
    if result.returncode or result.stderr or not result.stdout:
        problems.append("%s: status %d, %r" % (what, result.returncode, result.stderr))
    for line in result.stdout.splitlines():
        if len(line) > 80 or line != line.rstrip():
            problems.append("%s: a line too long, or with a blank at its end: %r" % (what, line))
    return result.stdout


def flags_of_help(text):
    """The flags at the beginnings of lines: those in a description are none."""
    return {flag for line in text.splitlines() for flag in FLAG.findall(re.split(r" {2,}(?=[^ -])", line.strip())[0])
            if line.startswith("  ")}


def commands_of(text):
    return re.findall(r"^  ([a-z]+) ", text, re.M)


def section(page, title):
    return re.search(r"^# %s\n(.*?)(?=^# |\Z)" % title, page, re.M | re.S).group(1)


def flags_of_page(page):
    """The terms of OPTIONS."""
    return {flag for line in section(page, "OPTIONS").splitlines() if line.startswith("*-")
            for flag in re.findall(r"\*(-{1,2}[a-z-]+)\*", line)}


def flags_of_words(text):
    return set(FLAG.findall(text))


def flags_of_fish(text):
    long = {"--" + name for name in re.findall(r" -l ([a-z-]+)", text)}
    return long | {"-" + letter for letter in re.findall(r" -s ([a-z])\b", text)}


def scripts(name):
    """What the completions of a program are written to offer."""
    without_comments = re.sub(r"\\\n", " ", read(name, name + ".zsh"))
    offered = re.findall(r"""['"](?:\([^)]*\))?(-[a-z-]+)\[|\{([^}]*)\}'""", without_comments)
    zsh = {flag for one, several in offered for flag in ([one] if one else several.split(","))}
    zsh |= {"--version", "-h", "--help"} & flags_of_words(without_comments)
    bash = " ".join(re.findall(r'(?:flags=|-W )"([^"]*)"', read(name, name + ".bash"), re.S))
    fish = read(name, name + ".fish")
    return {"bash": flags_of_words(bash), "zsh": zsh, "fish": flags_of_fish(fish)}


def main():
    programs = sys.argv[1:4]
    if len(programs) != 3:
        sys.exit(__doc__)
    offered = set()
    for program in programs:
        name = os.path.basename(program)
        page = read(name, name + ".1.scd")
        text = help_of(program)
        flags = flags_of_help(text)
        offered |= flags if name != "eve" else set()
        if name == "eve":
            flags |= {"--version", "-h", "--help"}
            commands = commands_of(text)
            same(re.findall(r"^\*([a-z]+)\*$", section(page, "COMMANDS"), re.M), commands, "COMMANDS of eve.1")
            for command in commands:
                own = flags_of_help(help_of(program, command))
                synopsis = re.search(r"^\*eve %s\*.*" % command, section(page, "SYNOPSIS"), re.M)
                if not synopsis:
                    problems.append("SYNOPSIS of eve.1 lacks " + command)
                else:
                    short = own - {"-q", "--quiet", "-v", "--verbose", "-h", "--help", "-i", "-w", "-o"}
                    same(set(re.findall(r"\*(--[a-z-]+)\*", synopsis.group())), short, "SYNOPSIS of eve " + command)
                flags |= own
        same(flags_of_page(page), flags, "%s.1" % name)
        for shell, found in scripts(name).items():
            same(found, flags, "%s.%s" % (name, shell))
        for title in ("EXIT STATUS", "EXAMPLES", "SECURITY"):
            if "\n# %s\n" % title not in page:
                problems.append("%s.1 has no %s" % (name, title))
        version = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=300)
        if not re.fullmatch(r"%s \(parley\) \d+\.\d+\.\d+\n" % name, version.stdout) or version.returncode:
            problems.append("%s --version says %r" % (name, version.stdout))

    # the events of the log, and those of --events
    page = read("bob", "bob.1.scd")
    same(re.findall(r"^\*([a-z]+)\*$", section(page, "LOG"), re.M),
         re.findall(r'begin(?:_session)?\(&line, "([a-z]+)"', read("common", "shell", "told", "log.c")), "LOG of bob.1")
    told = section(page, "EVENTS").split("The events are", 1)[-1]
    made = re.findall(r'begin(?:_for)?\(events, "([a-z]+)"', read("common", "shell", "told", "events.c"))
    same([word for word in re.findall(r"\*([a-z]+)\*", told) if word in made], made, "EVENTS of bob.1")

    # the families of --metrics, and the outcomes that it tells apart
    metrics, code = section(page, "METRICS"), read("bob", "shell_metrics.c")
    terms = "".join(re.findall(r"^\*.*", metrics, re.M))
    same(re.findall(r"\*([a-z_]+)\*", terms), 
         re.findall(r'(?:family\(out, |number\(out, |\{)"([a-z_]+)", "', code), "METRICS of bob.1")
    same(re.findall(r"\*([a-z_]+)\* \d", metrics), re.findall(r'\{SESSION_[A-Z_]+, "([a-z_]+)"\}', code), "the outcomes in METRICS of bob.1")

    named = set(re.findall(r"--[a-z][a-z-]+", read("SECURITY.md")))
    for flag in sorted(named - offered):
        problems.append("SECURITY.md names %s, which alice and bob have not" % flag)

    known = {int(n) for n in re.findall(r"STATUS_\w+ = (\d+)", read("common", "shell", "host", "status.h"))}
    known = known - {128} | {128 + 2, 128 + 15}
    for name in ("alice", "bob", "eve"):
        terms = re.findall(r"^\*\d.*", section(read(name, name + ".1.scd"), "EXIT STATUS"), re.M)
        found = {int(n) for term in terms for n in re.findall(r"\*(\d+)\*", term)}
        same(found, known if name != "eve" else found & known, "EXIT STATUS of %s.1" % name)
    if problems:
        sys.exit("\n".join(problems))


main()
