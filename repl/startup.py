#!/usr/bin/env python3
"""Make startup.ld: which functions lie together at the beginning of the program's code.

    startup.py PROGRAM COMMAND... > startup.ld

PROGRAM is a build that was linked without startup.ld (LOCKSTEP_PLAIN_LAYOUT=1 cargo build
--release; what is a function of its own differs from profile to profile); each COMMAND is a line of
arguments for it.  Functions that any of them runs are listed, in the order of the commands: what
every start needs comes first.  Needs valgrind and nm.
"""

import collections
import os
import re
import shlex
import subprocess
import sys
import tempfile

# All instances of a generic function have one name but for a number at its end, which depends on the
# toolchain. Where those that no command runs are smaller than this together, all come along and the
# number is left out; elsewhere the ones that run are named exactly.
LIMIT = 2_000

HEAD = """\
/* Functions that starting and running common programs goes through, next to each other: memory
 * is read in pages, and a page of code costs the same whether one function of it runs or all.
 * Made by startup.py; a name that no longer exists does no harm. */
SECTIONS {
  .text.startup : {
"""


def stem(name):
    return re.sub(r"17h[0-9a-f]{16}E(\.llvm\.\d+)?$", "17h*", name)


def executed(program, arguments):
    """Names of the functions, the libraries' among them, that a run of the program goes through."""
    with tempfile.TemporaryDirectory() as scratch:
        out = os.path.join(scratch, "out")
        subprocess.run(
            ["valgrind", "--tool=callgrind", "--demangle=no", f"--callgrind-out-file={out}",
             "--compress-strings=no", program, *shlex.split(arguments)],
            input=b"x\n", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        with open(out) as lines:
            for line in lines:
                if line.startswith("fn="):
                    yield re.sub(r"'\d+$", "", line[3:].strip())


def own_functions(program):
    """The functions of a program with their sizes."""
    sizes = {}
    for line in subprocess.run(["nm", "-S", program], capture_output=True, text=True, check=True).stdout.splitlines():
        parts = line.split()
        if len(parts) == 4 and parts[2] in "tT":
            sizes[parts[3]] = int(parts[1], 16)
    return sizes


def main(program, *commands):
    sizes = own_functions(program)
    order = {}
    for command in commands:
        for name in sorted(set(executed(program, command))):
            if name in sizes and name.startswith(("_ZN", "_R", "main")):
                order.setdefault(name)
    idle = collections.Counter()
    for name, size in sizes.items():
        if name not in order:
            idle[stem(name)] += size
    listed = dict.fromkeys(stem(name) if idle[stem(name)] <= LIMIT else name for name in order)
    print(HEAD, end="")
    for name in listed:
        # Functions marked as cold lie in sections of their own.
        print(f"    *(.text.{name} .text.unlikely.{name})".replace("$", "?"))
    print("  }\n}\nINSERT BEFORE .text;")


main(*sys.argv[1:])
