"""Profiles programs: how often functions are called and how long they take. The counting is done by
the native module `_lsprof`; `pstats` sorts and prints."""

import _lsprof
import importlib.machinery
import io
import marshal as _marshal
import types

__all__ = ["run", "runctx", "Profile"]


def run(statement, filename=None, sort=-1):
    """Runs a statement in `__main__` under a profiler, prints the figures or writes them to a file."""
    import __main__
    namespace = __main__.__dict__
    runctx(statement, namespace, namespace, filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    """The same with namespaces of one's own."""
    profile = Profile()
    try:
        profile.runctx(statement, globals, locals)
    except SystemExit:
        pass
    finally:
        if filename is not None:
            profile.dump_stats(filename)
        else:
            profile.print_stats(sort)


class Profile(_lsprof.Profiler):
    """Profile(timer=None, timeunit=None, subcalls=True, builtins=True)

    Counts calls between `enable()` and `disable()`. A timer is a function without arguments; if it
    gives integers, `timeunit` says how many seconds one of them is.
    """

    def print_stats(self, sort=-1):
        """Prints the figures."""
        import pstats
        if not isinstance(sort, tuple):
            sort = (sort,)
        pstats.Stats(self).strip_dirs().sort_stats(*sort).print_stats()

    def dump_stats(self, file):
        """Writes the figures to a file that `pstats` can read."""
        self.create_stats()
        with open(file, "wb") as out:
            _marshal.dump(self.stats, out)

    def create_stats(self):
        """Stops and makes `stats`."""
        self.disable()
        self.snapshot_stats()

    def snapshot_stats(self):
        """Makes `stats`: function -> (calls, all calls, own time, whole time, callers)."""
        self.stats = stats = {}
        entries = self.getstats()
        callers_of = {}
        for entry in entries:
            callers = callers_of[id(entry.code)] = {}
            primitive = entry.callcount - entry.reccallcount
            stats[label(entry.code)] = primitive, entry.callcount, entry.inlinetime, entry.totaltime, callers
        for entry in entries:
            for called in entry.calls or ():
                callers = callers_of.get(id(called.code))
                if callers is None:
                    continue
                row = (called.callcount, called.callcount - called.reccallcount, called.inlinetime, called.totaltime)
                caller = label(entry.code)
                before = callers.get(caller)
                callers[caller] = row if before is None else tuple(a + b for a, b in zip(before, row))

    def run(self, cmd):
        """Runs a statement in `__main__`."""
        import __main__
        namespace = __main__.__dict__
        return self.runctx(cmd, namespace, namespace)

    def runctx(self, cmd, globals, locals):
        """Runs a statement."""
        self.enable()
        try:
            exec(cmd, globals, locals)
        finally:
            self.disable()
        return self

    def runcall(self, func, /, *args, **kw):
        """Calls a function."""
        self.enable()
        try:
            return func(*args, **kw)
        finally:
            self.disable()

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *exc_info):
        self.disable()


def label(code):
    """File, line and name of a function, as `pstats` wants them."""
    if isinstance(code, str):
        return ("~", 0, code)
    return (code.co_filename, code.co_firstlineno, code.co_name)


def main():
    """The program `python -m cProfile`."""
    import os
    import pstats
    import sys
    from optparse import OptionParser

    usage = "cProfile.py [-o output_file_path] [-s sort] [-m module | scriptfile] [arg] ..."
    parser = OptionParser(usage=usage)
    parser.allow_interspersed_args = False
    parser.add_option("-o", "--outfile", dest="outfile", help="save the figures to a file", default=None)
    parser.add_option("-s", "--sort", dest="sort", help="sort by this column, as pstats.Stats names it",
                      default=2, choices=sorted(pstats.Stats.sort_arg_dict_default))
    parser.add_option("-m", dest="module", action="store_true", help="profile a library module", default=False)
    if not sys.argv[1:]:
        parser.print_usage()
        sys.exit(2)
    options, args = parser.parse_args()
    sys.argv[:] = args
    if options.outfile is not None:
        options.outfile = os.path.abspath(options.outfile)
    if not args:
        parser.print_usage()
        return parser
    if options.module:
        code = "run_module(modname, run_name='__main__')"
        import runpy
        namespace = {"run_module": runpy.run_module, "modname": args[0]}
    else:
        script = args[0]
        sys.path.insert(0, os.path.dirname(script))
        with io.open_code(script) as file:
            code = compile(file.read(), script, "exec")
        spec = importlib.machinery.ModuleSpec(name="__main__", loader=None, origin=script)
        module = types.ModuleType("__main__")
        namespace = module.__dict__
        namespace.update(__spec__=spec, __file__=spec.origin, __name__=spec.name, __package__=None, __cached__=None)
        sys.modules["__main__"] = module
    try:
        runctx(code, namespace, None, options.outfile, options.sort)
    except BrokenPipeError as error:
        # What reads the figures is gone.
        sys.stdout = None
        sys.exit(error.errno)
    return parser


if __name__ == "__main__":
    main()
