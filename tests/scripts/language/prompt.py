# What a prompt asks of compile(): whether a statement has ended.
import code
import codeop
import io
import sys
import warnings

warnings.simplefilter("ignore")
for source in [
    "(a **", "a = '''", "x = ()\\", "if 9 == 3:\n  pass\nelse:", "if 9 == 3:\n  pass\nelse:\n  pass", "if x: y", "if x: y\n",
    "def f():\n  pass", "def f():\n  pass\n", "def f():\n  pass\n  ", "class A: pass", "class A:\n  pass", "@a\ndef f():\n  x",
    "for x in y:\n  z", "while x:\n  y\n", "try:\n  x\nexcept y:\n  z", "with a as b:\n  c", "match x:\n  case 1:\n    y",
    "x = 1", "x = 1\n", "1\n2", "f() # one\ng()", "if x:\n  y\nz", "",
]:
    try:
        print(repr(source), codeop.compile_command(source) is not None)
    except SyntaxError as e:
        print(repr(source), e.msg, e.lineno, e.offset)


class Console(code.InteractiveConsole):
    lines = iter("def f(x):\n  y = x + 1\n  return y\n\nprint(f(3))\nif 1: print(4)\n\n".split("\n"))

    def raw_input(self, prompt=""):
        print(prompt, end="")
        try:
            line = next(self.lines)
        except StopIteration:
            raise EOFError
        print(line)
        return line

    def write(self, data):
        print(data, end="")


Console().interact(banner="begin", exitmsg="end")

# Codes are equal whatever file they are from.
print(compile("x = 5", "a", "exec") == compile("x = 5", "b", "exec"))
print(compile("def f(a): return a", "a", "exec") == compile("def f(a): return a", "b", "exec"))
print(compile("x = 5", "a", "exec") == compile("x = 6", "a", "exec"))
