#!/usr/bin/env python3
"""Make startup.ld: which functions and constants lie together at the beginning of the program.

    startup.py PROGRAM COMMAND... > startup.ld

PROGRAM is a build that was linked without startup.ld (LOCKSTEP_PLAIN_LAYOUT=1 cargo build
--release; what is a function of its own differs from profile to profile), with its link map beside
it (PROGRAM.map; the build says where it lies); each COMMAND is a line of arguments for it.
The list in the tree is of: -c pass; startup/hello; a program that starts three threads; threads/t_sum,
queue_1x1, io_latency, lock_contention, condition_pingpong and event_wakeups; startup/imports;
language/attributes, exceptions, string_ops and star_args; coroutines/async_await; each small.
Functions that any of them runs and constants that any of them reads are listed, in the order of the
commands: what every start needs comes first.  The names of constants are numbers that change with
the code around them: an old list does no harm, but helps less.  Needs valgrind and nm.
"""

import bisect
import collections
import concurrent.futures
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
 * Likewise the constants that they read. Made by startup.py; a name that no longer exists does no
 * harm. */
"""

# A larger constant is a table of which a program reads some places: it need not lie among the small.
LARGE = 4_000


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


def sections_of(program):
    """Start, size and name of the sections of constants, in order."""
    found = []
    with open(program + ".map") as lines:
        for line in lines:
            match = re.match(r"\s*([0-9a-f]+)\s+[0-9a-f]+\s+([0-9a-f]+)\s+\d+\s+.*:\((\.(?:rodata|data\.rel\.ro)[^)]*)\)$", line)
            if match and int(match[2], 16):
                found.append((int(match[1], 16), int(match[2], 16), match[3]))
    return sorted(found)


def read_constants(program, arguments, sections):
    """The sections of constants that a run of the program reads."""
    starts = [start for start, _, _ in sections]
    read = set()
    trace = subprocess.Popen(
        ["valgrind", "--tool=lackey", "--trace-mem=yes", "--log-fd=2", program, *shlex.split(arguments)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    known = set()
    for line in trace.stderr:
        if line.startswith(b" L"):
            place = line[3:line.index(b",")]
            if place in known:
                continue
            known.add(place)
            at = int(place, 16)
            index = bisect.bisect(starts, at) - 1
            if index >= 0 and at < starts[index] + sections[index][1]:
                read.add(index)
    trace.wait()
    return sorted(read)


def list_functions(program, runs):
    sizes = own_functions(program)
    order = {}
    for names in runs:
        for name in sorted(names):
            if name in sizes and name.startswith(("_ZN", "_R", "main")):
                order.setdefault(name)
    idle = collections.Counter()
    for name, size in sizes.items():
        if name not in order:
            idle[stem(name)] += size
    listed = dict.fromkeys(stem(name) if idle[stem(name)] <= LIMIT else name for name in order)
    print("SECTIONS {\n  .text.startup : {")
    for name in listed:
        # Functions marked as cold lie in sections of their own.
        print(f"    *(.text.{name} .text.unlikely.{name})".replace("$", "?"))
    print("  }\n}\nINSERT BEFORE .text;")


def list_constants(sections, runs):
    order = dict.fromkeys(index for run in runs for index in run)
    names = collections.Counter(name for _, _, name in sections)
    listed = [sections[index] for index in sorted(order, key=lambda index: sections[index][1] > LARGE)]
    # Merged constants of many objects share a name; they are placed last, all of them.
    listed = [name for _, _, name in listed if names[name] == 1 and not re.fullmatch(r"\.rodata\.(cst\d+|str\d+\.\d+)", name)]
    print_section(".rodata.startup", [name for name in listed if name.startswith(".rodata")], ".rodata.cst* .rodata.str*", ".rodata")
    # Those with addresses keep the name of their section: what has it is made read-only.
    print_section(".data.rel.ro", [name for name in listed if name.startswith(".data")], ".data.rel.ro .data.rel.ro.*", ".dynamic")


def print_section(output, names, rest, before):
    print(f"SECTIONS {{\n  {output} : {{")
    for name in [*names, rest]:
        print(f"    *({name})".replace("$", "?"))
    print(f"  }}\n}}\nINSERT BEFORE {before};")


def main(program, *commands):
    sections = sections_of(program)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        functions = pool.map(lambda command: set(executed(program, command)), commands)
        constants = pool.map(lambda command: read_constants(program, command, sections), commands)
        print(HEAD, end="")
        list_functions(program, functions)
        list_constants(sections, constants)


main(*sys.argv[1:])
