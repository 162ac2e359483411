#!/usr/bin/env python3
"""Runs CPython's own tests under Lockstep and under CPython and prints a table for
docs/conformance.md: methods that CPython passes, and how many of them Lockstep passes.

    python3 tests/conformance/compare.py --ours target/release/lockstep \
        --cpython python3.11 --lib FOLDER [--newer python3.13] [--details FILE] [--library] [MODULE ...]

FOLDER is a CPython library folder that holds the package `test` (a source build's `Lib`).
`--library` takes the modules of the library instead of the language's. `--newer` names a later
CPython: methods that it fails too, and those that Lockstep skips, are left out of the last column.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

LANGUAGE = """test_grammar test_generators test_scope test_class test_descr test_dict test_list test_set
test_tuple test_range test_int test_float test_bool test_slice test_sort test_iter test_raise
test_exceptions test_funcattrs test_keywordonlyarg test_extcall test_unpack test_unpack_ex test_fstring
test_patma test_named_expressions test_listcomps test_dictcomps test_genexps test_augassign test_compare
test_contains test_pow test_property test_super test_with test_contextlib test_math test_random
test_threading test_thread test_threading_local test_queue""".split()

# Modules of the library.
LIBRARY = """test_unicode test_bytes test_format test_re test_json test_collections test_heapq test_bisect
test_itertools test_functools test_operator test_copy test_string test_textwrap test_time test_weakref
test_gc test_dataclasses test_enum test_struct test_array test_zlib test_pickle test_csv test_datetime
test_hashlib test_hmac test_unicodedata test_codecs test_typing test_types test_inspect test_ast
test_traceback test_logging test_argparse test_unittest test_io test_file test_os test_pathlib
test_tempfile test_shutil test_glob test_socket test_select test_selectors test_signal test_importlib
test_posix test_binascii test_statistics test_contextlib_async test_context test_symtable test_tokenize
test_dis test_cprofile test_sys_settrace test_pdb test_trace test_site test_zipimport test_pwd test_grp
test_resource test_errno test_uuid test_marshal""".split()


def run(command, module, folder, limit, tries):
    """Outcome of each method: ok, fail, error, skip, or lost."""
    outcome, why = {}, {}
    env = dict(os.environ, PYTHONPATH=folder, PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1")
    for _ in range(tries):
        with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False, encoding="utf-8") as f:
            f.write("\n".join(outcome))
        with tempfile.TemporaryDirectory() as scratch:
            try:
                p = subprocess.run(command + [os.path.join(HERE, "runner.py"), module, f.name], cwd=scratch,
                                   env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, timeout=limit)
                text, ended = p.stdout, "exit %d" % p.returncode
            except subprocess.TimeoutExpired as e:
                text, ended = e.stdout or b"", "no end after %d s" % limit
        os.unlink(f.name)
        text = text.decode("utf-8", "replace")
        current, complete, reason, fresh = None, False, "", False
        for line in text.splitlines():
            m = re.search(r"@@ (begin|ok|fail|error|skip|why|end)(?: (.*))?$", line)
            if not m:
                continue
            word, rest = m.groups()
            if word == "begin":
                current, reason, fresh = rest, "", True
            elif word == "why":
                reason = reason or rest
            elif word == "end":
                complete = True
            else:
                outcome[rest] = word
                if word in ("fail", "error", "skip"):
                    why[rest] = reason
                current = None
        if complete:
            return outcome, why, ""
        if current is None:
            last = [x for x in text.splitlines() if x.strip()][-1:] or [""]
            return outcome, why, "%s: %s" % (ended, last[0][:160])
        outcome[current] = "lost"
        why[current] = ended
        if not fresh:
            break
    return outcome, why, ""


def overlay(package, folder):
    """The package `test` as links, but for two lines that Python 3.14 refuses: since annotations
    are made when asked for, code has no name `__annotations__` of its own."""
    os.mkdir(folder)
    for name in os.listdir(package):
        if name != "typinganndata":
            os.symlink(os.path.join(package, name), os.path.join(folder, name))
    data = os.path.join(package, "typinganndata")
    if os.path.isdir(data):
        os.mkdir(os.path.join(folder, "typinganndata"))
        for name in os.listdir(data):
            if name.endswith(".py"):
                with open(os.path.join(data, name), encoding="utf-8") as f:
                    text = f.read()
                with open(os.path.join(folder, "typinganndata", name), "w", encoding="utf-8") as f:
                    f.write(re.sub(r"(?m)^ *__annotations__\[.*\] = .*\n", "", text) if name == "ann_module.py" else text)


def share(part, whole):
    return "%.0f" % (100 * part / whole) if whole else "–"


def row(name, counts, newer):
    good, skipped, wanted, changed, rest = counts
    cells = [name, good, skipped, wanted, share(good, wanted)]
    if newer:
        cells += [changed, share(good, rest)]
    return "| %s |" % " | ".join(map(str, cells))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--ours", required=True)
    ap.add_argument("--cpython", default="python3.11")
    ap.add_argument("--lib", required=True)
    ap.add_argument("--newer")
    ap.add_argument("--library", action="store_true")
    ap.add_argument("--details")
    ap.add_argument("--timeout", type=int, default=60)
    ap.add_argument("modules", nargs="*")
    args = ap.parse_args()
    modules = args.modules or (LIBRARY if args.library else LANGUAGE)
    totals = [0] * 5
    details = []
    with tempfile.TemporaryDirectory() as folder:
        overlay(os.path.join(args.lib, "test"), os.path.join(folder, "test"))
        head = ["module", "passed", "skipped", "methods that CPython passes", "per cent"]
        if args.newer:
            head += ["a later CPython fails too", "per cent of the rest"]
        print("| %s |\n|%s" % (" | ".join(head), "---|" * len(head)))
        for module in modules:
            theirs, _, _ = run([args.cpython], module, folder, args.timeout * 3, 3)
            newer = run([args.newer], module, folder, args.timeout * 3, 3)[0] if args.newer else theirs
            ours, why, trouble = run([os.path.abspath(args.ours)], module, folder, args.timeout, 12)
            wanted = [k for k, v in theirs.items() if v == "ok"]
            good = {k for k in wanted if ours.get(k) == "ok"}
            # Methods that say themselves that they are about CPython's insides.
            skipped = {k for k in wanted if ours.get(k) == "skip"}
            changed = {k for k in wanted if newer.get(k) != "ok"} - good - skipped
            counts = [len(good), len(skipped), len(wanted), len(changed), len(wanted) - len(skipped | changed)]
            totals = [a + b for a, b in zip(totals, counts)]
            print(row(module, counts, args.newer) + (" " + trouble if trouble else ""), flush=True)
            for k in wanted:
                if k not in good:
                    mark = "newer fails too" if k in changed else ""
                    details.append("%s\t%s\t%s\t%s" % (k, ours.get(k, "missing"), mark, why.get(k, trouble)))
    print(row("**all**", totals, args.newer))
    if args.details:
        with open(args.details, "w", encoding="utf-8") as f:
            f.write("\n".join(details) + "\n")


if __name__ == "__main__":
    sys.exit(main())
