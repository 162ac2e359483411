"""Where a debugger stops that begins in the middle of a line."""
import bdb
import sys


class Steps(bdb.Bdb):
    def __init__(self, *commands):
        super().__init__()
        self.commands = list(commands)

    def at(self, what, frame, extra=""):
        line = frame.f_lineno - frame.f_code.co_firstlineno
        print(f"{what} {frame.f_code.co_name}:{line}{extra}")
        command = self.commands.pop(0) if self.commands else "continue"
        if command == "next":
            self.set_next(frame)
        elif command == "until":
            self.set_until(frame)
        else:
            getattr(self, "set_" + command)()

    def user_line(self, frame):
        self.at("line", frame)

    def user_opcode(self, frame):
        self.at("opcode", frame)

    def user_call(self, frame, args):
        self.at("call", frame)

    def user_return(self, frame, value):
        self.at("return", frame, f" {value!r}")


def last():
    x = 1
    Steps("next", "continue").set_trace()


def loop(n):
    for i in range(n):
        Steps("next", "next", "continue").set_trace()
    return i


def assigned():
    x = Steps("next", "next", "continue").set_trace()
    return x


def branch(flag):
    if flag:
        Steps("step", "step", "continue").set_trace()
    else:
        flag = None


print("-- the last statement")
last()
print("-- of a loop")
print(loop(2))
print("-- whose value is stored")
assigned()
print("-- of a branch")
branch(True)

print("-- a generator that goes on keeps its trace function")


def numbers():
    tracer = Steps("step", "until", "step", "continue")
    tracer.set_trace()
    yield 1
    print("between")
    yield 2


print(list(numbers()))

print("-- a trace function that is there from the call on")


def one(): x = lambda: 1; return x()


def told(frame, event, arg):
    if frame.f_code.co_name in ("one", "gen"):
        print(event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno)
        return told


def gen():
    yield 1


sys.settrace(told)
one()
for value in gen():
    pass
sys.settrace(None)

print("-- locals() in a function's code that exec runs")


def code():
    inside = 1
    return locals()


def keep():
    found = None

    def run():
        nonlocal found
        inside = 1
        found = locals()

    import types

    cell = types.CellType(None)
    exec(run.__code__, globals(), {"given": 1}, closure=(cell,))
    return cell.cell_contents


print(keep())
