#!/usr/bin/env python3
"""Runs CPython's own tests under Lockstep and under CPython and prints a table for
docs/conformance.md: methods that CPython passes, and how many of them Lockstep passes.

    python3 tests/conformance/compare.py --ours target/release/lockstep \
        --cpython python3.11 --lib FOLDER [--details FILE] [MODULE ...]

FOLDER is a CPython library folder that holds the package `test` (a source build's `Lib`).
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


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--ours", required=True)
    ap.add_argument("--cpython", default="python3.11")
    ap.add_argument("--lib", required=True)
    ap.add_argument("--details")
    ap.add_argument("--timeout", type=int, default=60)
    ap.add_argument("modules", nargs="*")
    args = ap.parse_args()
    modules = args.modules or LANGUAGE
    total_ours = total_theirs = total_skipped = 0
    details = []
    with tempfile.TemporaryDirectory() as folder:
        overlay(os.path.join(args.lib, "test"), os.path.join(folder, "test"))
        print("| module | passed | skipped | methods that CPython passes | per cent |\n|---|---|---|---|---|")
        for module in modules:
            theirs, _, _ = run([args.cpython], module, folder, args.timeout * 3, 3)
            ours, why, trouble = run([os.path.abspath(args.ours)], module, folder, args.timeout, 12)
            wanted = [k for k, v in theirs.items() if v == "ok"]
            good = [k for k in wanted if ours.get(k) == "ok"]
            # Methods that say themselves that they are about CPython's insides.
            skipped = [k for k in wanted if ours.get(k) == "skip"]
            total_ours += len(good)
            total_skipped += len(skipped)
            total_theirs += len(wanted)
            share = "%.0f" % (100 * len(good) / len(wanted)) if wanted else "–"
            note = " " + trouble if trouble else ""
            print("| %s | %d | %d | %d | %s%s |" % (module, len(good), len(skipped), len(wanted), share, note), flush=True)
            for k in wanted:
                if ours.get(k) != "ok":
                    details.append("%s\t%s\t%s" % (k, ours.get(k, "missing"), why.get(k, trouble)))
    share = 100 * total_ours / max(1, total_theirs)
    print("| **all** | %d | %d | %d | %.1f |" % (total_ours, total_skipped, total_theirs, share))
    if args.details:
        with open(args.details, "w", encoding="utf-8") as f:
            f.write("\n".join(details) + "\n")


if __name__ == "__main__":
    sys.exit(main())
