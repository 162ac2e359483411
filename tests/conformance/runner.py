"""Runs the test methods of one module and prints a line when each begins and ends.

    INTERPRETER runner.py MODULE [FILE]

FILE holds identifiers of methods, one a line, that are left out (they ran, or ended the process,
in an earlier run).
"""
import importlib
import re
import sys
import types
import unittest


class Lines(unittest.TestResult):
    def say(self, word, test):
        sys.__stdout__.write("@@ %s %s\n" % (word, test.id()))
        sys.__stdout__.flush()

    def startTest(self, test):
        super().startTest(test)
        self.outcome = "ok"
        self.say("begin", test)

    def stopTest(self, test):
        super().stopTest(test)
        self.say(self.outcome, test)

    def bad(self, word, test, error):
        self.outcome = word
        kind, value, _ = error
        text = str(value).splitlines()[0][:200] if str(value) else ""
        sys.__stdout__.write("@@ why %s: %s\n" % (kind.__name__, text))

    def addError(self, test, error):
        self.bad("error", test, error)

    def addFailure(self, test, error):
        self.bad("fail", test, error)

    def addSkip(self, test, reason):
        self.outcome = "skip"
        sys.__stdout__.write("@@ why %s\n" % " ".join(str(reason).split())[:200])

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.bad("fail", test, error)

    def addExpectedFailure(self, test, error):
        pass

    def addUnexpectedSuccess(self, test):
        self.outcome = "fail"


def methods(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from methods(item)
        else:
            yield item


class InC(types.ModuleType):
    """In the place of a module that CPython's tests have in C: so a module of tests can be read
    that uses it in some of its methods. Those are skipped."""
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)

        def skip(*args, **named):
            raise unittest.SkipTest("%s.%s is in C" % (self.__name__, name))

        return skip


def stand_in(name):
    """Reads a module of tests, with as many stand-ins as that takes."""
    for _ in range(8):
        try:
            return importlib.import_module(name)
        except (unittest.SkipTest, ImportError) as e:
            missing = re.search(r"No module named '(_test\w+)'", str(e))
            if not missing:
                return None
            sys.modules[missing[1]] = InC(missing[1])


def main():
    name = sys.argv[1]
    done = set()
    if len(sys.argv) > 2:
        with open(sys.argv[2], encoding="utf-8") as f:
            done = set(f.read().split("\n"))
    # The tests' own package lies in PYTHONPATH and not in the library: programs that tests start
    # must be told of it too, so they are not started with -I.
    from test import support
    from test.support import script_helper
    vars(script_helper)["__cached_interp_requires_environment"] = True
    # It is asked of CPython's inside when a module of tests is read.
    if sys.implementation.name != "cpython":
        support.has_no_debug_ranges = lambda: False
        # Packages of tests read this one late.
        sys.modules["_testsinglephase"] = InC("_testsinglephase")
        stand_in("test." + name)
    suite = unittest.defaultTestLoader.loadTestsFromName("test." + name)

    def strip(suite):
        kept = []
        for item in suite:
            if isinstance(item, unittest.TestSuite):
                kept.append(strip(item))
            elif item.id() not in done:
                kept.append(item)
        return unittest.TestSuite(kept)

    strip(suite).run(Lines())
    sys.__stdout__.write("@@ end\n")
    sys.__stdout__.flush()


if __name__ == "__main__":
    main()
