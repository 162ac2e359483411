# Exception groups and `except*`.

def run(error):
    try:
        raise error
    except* ValueError as group:
        print("values:", repr(group))
    except* (TypeError, KeyError) as group:
        print("types and keys:", [repr(e) for e in group.exceptions])
    else:
        print("else")
    finally:
        print("finally")


run(ExceptionGroup("all", [ValueError(1), TypeError(2), ExceptionGroup("in", [KeyError(3), ValueError(4)])]))
run(ValueError("alone"))
try:
    run(ExceptionGroup("rest", [OSError("o"), ValueError("v")]))
except ExceptionGroup as e:
    print("left:", repr(e), repr(e.__context__))
try:
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
    except* ValueError as e:
        raise KeyError("new") from e
except ExceptionGroup as e:
    print(repr(e))
try:
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
    except* ValueError:
        raise
except ExceptionGroup as e:
    print(repr(e))

g = ExceptionGroup("m", [ValueError(1), ExceptionGroup("n", [TypeError(2), ValueError(3)])])
print(g.message, g.exceptions, str(g))
print(g.split(ValueError), g.subgroup(lambda e: isinstance(e, TypeError)), g.subgroup(OSError), sep="\n")
g.add_note("kept")
match = g.subgroup(ValueError)
print(match.__notes__, match.derive([KeyError()]))
print(type(BaseExceptionGroup("b", [ValueError()])), type(BaseExceptionGroup("b", [KeyboardInterrupt()])))
for bad in ["ExceptionGroup('x', [])", "ExceptionGroup('x', 5)", "ExceptionGroup('x', [5])", "ExceptionGroup(5, [ValueError()])",
            "ExceptionGroup('x')", "ExceptionGroup('x', [KeyboardInterrupt()])"]:
    try:
        eval(bad)
    except Exception as e:
        print(type(e).__name__, e)
for bad in ["try: pass\nexcept* ExceptionGroup: pass", "try: raise ValueError\nexcept* ExceptionGroup: pass",
            "try: raise ValueError\nexcept* 5: pass"]:
    try:
        exec(bad)
    except Exception as e:
        print(type(e).__name__, e)


class Own(ExceptionGroup):
    def derive(self, excs):
        return Own(self.message + "'", excs)


print(Own("own", [ValueError(1), TypeError(2)]).split(TypeError))
