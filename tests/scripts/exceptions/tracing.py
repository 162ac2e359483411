# sys.settrace: events of statements that are no instructions, and jumps by f_lineno.
import sys


def trace(function, jumps=()):
    """The events of a call; jumps: (line, another) once each, counted from the def."""
    code, first, events, jumps = function.__code__, function.__code__.co_firstlineno, [], dict(jumps)

    def local(frame, event, arg):
        if frame.f_code is not code:
            return None
        line = frame.f_lineno - first
        events.append("%s %d" % (event, line))
        if event == "line" and line in jumps:
            target = jumps.pop(line)
            try:
                frame.f_lineno = first + target
                events.append("-> %d" % (frame.f_lineno - first))
            except ValueError as error:
                events.append(str(error).replace(str(first + target), "N"))
        return local

    sys.settrace(local)
    try:
        result = function()
    except Exception as error:
        result = repr(error)
    finally:
        sys.settrace(None)
    print(function.__name__, result)
    print("   ", ", ".join(events))


def plain():
    try:
        x = 1
        del x
    except ValueError:
        pass
    finally:
        while True:
            break
    return 2


def loops():
    n = 0
    while 1:
        n += 1
        for i in range(2):
            if i:
                continue
            pass
        if n > 1:
            break
    return n


def leaving():
    for i in range(2):
        try:
            return i
        finally:
            n = 1


def body():
    class A:
        "doc"
        x = 1
    return A.x


def inner():
    x = yield 1
    return 2


def outer():
    yield (yield from inner())


def rows():
    return list(outer())


trace(plain)
trace(loops)
trace(leaving)
trace(body)
trace(rows)


def straight():
    out = []
    out.append(1)
    out.append(2)
    out.append(3)
    return out


def blocks():
    out = []
    out.append(1)
    for i in range(3):
        out.append(i)
    try:
        out.append("a")
        1 / 0
    except ZeroDivisionError:
        out.append("b")
        out.append("c")
    with open("/dev/null") as f:
        out.append("d")
    out.append("e")
    return out, sys.exception()


trace(straight, [(2, 4)])
trace(straight, [(4, 2)])
trace(straight, [(2, 1)])
trace(straight, [(2, 99)])
trace(straight, [(2, -1)])
trace(blocks, [(2, 4)])
trace(blocks, [(2, 9)])
trace(blocks, [(2, 12)])
trace(blocks, [(4, 13)])
trace(blocks, [(9, 13)])
trace(blocks, [(9, 6)])
trace(blocks, [(12, 13)])
trace(blocks, [(6, 3)])
frame = sys._getframe()
try:
    frame.f_lineno = 1
except ValueError as error:
    print(error)
