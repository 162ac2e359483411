# Prelude
def t(*sources, mode="exec"):
    for source in sources:
        try:
            code = compile(source, "<test>", mode)
            print("compiles")
        except BaseException as e: print(type(e).__name__, str(e)[:90])
def survives(*sources):
    for source in sources:
        try: exec(compile(source, "<test>", "exec"), {"x": 1, "__name__": "m"})
        except (ImportError, SyntaxError, MemoryError, RecursionError, AttributeError, TypeError, NameError, ValueError): pass
    print("survives")
# ----
# Nested as deep as can be, in every way.
N = 100000
survives("(" * N, "(" * N + ")" * N, "[" * N + "]" * N, "{" * N + "}" * N, "-" * N + "1", "not " * N + "1", "lambda:" * N + "1", "**".join("1" * N), "x" + ".x" * N, "x" + "()" * N, "x" + "[0]" * N, "1 if 1 else " * N + "1", "x = " + "y = " * N + "1", "a" * 1000000, "pass;" * N, "\\\n" * N + "pass", "+".join(["1"] * N), " and ".join(["1"] * N), " < ".join(["1"] * N), "f(" * N, "x" + ":x" * N, "await " * N + "x", "yield " * N, "*" * N, "@x\n" * N + "def f(): 0", "x:" * N, "f'" + "{" * 1000, "f'{" * 300 + "1" + "}'" * 300, "`" * N)
survives("if 1: pass\n" + "elif 1: pass\n" * 20000, "if x: pass\n" + "elif x: pass\n" * 20000, "if 0: pass\n" + "elif 0: pass\n" * 20000, "try: pass\n" + "except ValueError: pass\n" * 5000, "".join(" " * i + "if 1:\n" for i in range(150)) + " " * 150 + "pass", "".join(" " * i + "def f():\n" for i in range(90)) + " " * 90 + "x=1", "".join(" " * i + "for x in [1]:\n" for i in range(30)) + " " * 30 + "x=1", "".join(" " * i + "class f:\n" for i in range(90)) + " " * 90 + "x=1", "".join(" " * i + "with x:\n" for i in range(90)) + " " * 90 + "x=1", "match x:\n case " + "[" * N + "]" * N + ": pass", "match x:\n case " + "|".join(["1"] * N) + ": pass", "else:" * N, "x = [" + "a for a in b " * 5000 + "]", "x = [a " + "for a in b " * N + "]", "with " + "x, " * N + "x: pass", "async def f():\n async with " + "x, " * N + "x: pass", "del " + "(" * N + "a" + ")" * N, "global " + ",".join("abcdef" * 2000), "import " + ".".join(["a"] * N), "from " + "." * N + " import x")
# ----
# Large but flat.
print(len(eval("[" + "1," * 1000000 + "]")), len(eval("{" + ",".join("%d:%d" % (i, i) for i in range(100000)) + "}")), len(eval('"' + "x" * 10000000 + '"')), len(eval("f(" + "1," * 70000 + ")", {"f": lambda *a: a})), len(eval("f(" + ",".join("a%d=1" % i for i in range(3000)) + ")", {"f": lambda **k: k})))
space = {}
exec("\n".join("x%d = %d" % (i, i) for i in range(70000)), space); print(space["x69999"])
exec("def f(" + ",".join("a%d" % i for i in range(5000)) + "): return a4999", space); print(space["f"](*range(5000)))
# ----
# Bytes that are no text, text that is no program.
t("x = 1\0", b"\xef\xbb\xbfx = 1", b"# coding: latin-1\nx = '\xff'", b"# coding: nonsense\nx = 1", b"\xff\xfex\0=\x001\0", "x = '\ud800'", "\ud800 = 1", "\\", '"""', "'abc", "x = (1,\n2", "x = 1)", "x = (1]", "if 1:\n\tx\n        y\n", "if 1:\n    x=1\n\ty=1\n", "if 1:\n        x=1\n    y=1\n", "\x01", "\u20ac", "a\u00a0b", "\x0c x = 1", "x = 1 \\ ", "'\\N{nothing like this}'", "'\\x1'", "'\\U00110000'", "b'é'", "1__0", "0777", "1e", "0x", "1abc", "0b12", "0o8", "1_", "x = 5\r\ry = 6", "#" * 100000, " " * 100000, "\n" * 100000, "\t" * 100000 + "x")
t("1;2", "x=1", "(", "1 2", mode="eval")
# ----
# The file itself is not text.
import subprocess, sys
for data in (b"print('\xff')\n", b"\x7fELF\x02\x01", b"# coding: utf-8\nx = '\xe9'\n", b"\xef\xbb\xbfprint('bom')\n", b"print('cr')\rprint('cr')\r", b"print('no end')", b"x = '''\n" + b"a\n" * 10000):
    with open("data.py", "wb") as f: f.write(data)
    p = subprocess.run([sys.executable, "data.py"], capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL)
    print(data[:20], p.returncode, p.stdout.split(), (p.stderr.splitlines() or [""])[-1][:60].split(" in file")[0].split(" (detected")[0])
# ----
# Numbers of digits, in the source too.
t("1" * 5000, "0x" + "f" * 5000, "1e" + "9" * 5000, "0." + "1" * 100000, "1" * 4300, "1j" * 1, "9" * 400 + ".0", "1_" * 2000 + "1", mode="eval")
t("compile", mode="evil"); t(5, [], None, b"\xff\0", mode="eval")
