# `exec`, `eval`, `compile`: modes, namespaces, flags, code objects.

space = {"a": 1}
exec("b = a + 1\ndef f(): return a, b", space)
print(space["b"], space["f"](), eval("a + b", space), eval("a + c", space, {"c": 5}), "__builtins__" in space)
code = compile("x = 5\nx + 1", "name.py", "exec")
print(type(code).__name__, code.co_filename, code.co_name, code.co_firstlineno, exec(code, space), space["x"], eval(compile("1 + 2", "", "eval")))
exec(compile("40 + 2; 'shown'", "", "single"))
print(eval("[a for _ in range(2)]", {"a": 7}), eval("lambda: a", {"a": 8})(), eval(b"1 + 1"), eval("  1"), exec("pass"))
for bad in ["eval('x = 1')", "exec('1 +')", "compile('1', '', 'bad')", "eval('1\\n2')", "eval(5)", "exec('def f(:')", "eval('nope')", "exec('x', 5)", "eval('x', {}, 5)", "exec('return 1')", "exec('yield 1')", "exec('break')", "exec('await x')",
            "exec('nonlocal x')", "exec('x = 1\\nfrom __future__ import annotations')", "exec('def f(a, a): pass')", "exec('f() = 1')", "exec('None = 1')", "exec('def f():\\n global x\\n nonlocal x')", "exec('x = 1\\nglobal x') or 1/0",
            "exec('def f(x):\\n global x')", "exec('def f():\\n x = 1\\n global x')", "exec('del f()')", "exec('*x')", "exec('*x = 1')", "exec('a, *b, *c = 1')", "exec('x: int: str')", "exec('class A: return')", "exec('lambda: (yield)') or 1/0", "exec('[(yield) for x in y]')",
            "exec('f(a=1, 2)')", "exec('f(**k, *a)')", "exec('f(a=1, a=2)')", "exec('def f(a=1, b): pass')", "exec('def f(*): pass')", "exec('def f(**k, a): pass')", "exec('def f(/): pass')", "exec('def f(a, /, b, /): pass')", "exec('x := 1')", "exec('(x.y := 1)')", "exec('[i := 1 for i in x]')", "exec('try: pass')",
            "exec('try: pass\\nexcept: pass\\nexcept A: pass')", "exec('while 1: x\\nelse')", "exec('if x = 1: pass')", "exec('for 1 in x: pass')", "exec('with x as 1: pass')", "exec('a b')", "exec('1 = x')", "exec('x + 1 = 2')", "exec('f\"{a\"')", "exec('x = (1')", "exec('x = 1)')",
            "exec('\"abc')", "exec('  x')", "exec('if 1:\\nx')", "exec('x = [1,\\n2')", "exec('0777')", "exec('1_')", "exec('0b2')", "exec('1a')", "exec('$')", "exec('x?')", "exec('é = 1; é') or 1/0", "exec('print 1')", "exec('exec \"x\"')", "exec('raise A, B')", "exec('except: pass')"]:
    try:
        exec(bad)
    except SyntaxError as e:
        print(bad, "->", type(e).__name__, e.msg, e.lineno, e.offset)
    except Exception as e:
        print(bad, "->", type(e).__name__, e)


def f(a, b=2, *args, c, **kw):
    x = a
    def inner():
        return x
    return inner


c = f.__code__
print(c.co_argcount, c.co_kwonlyargcount, c.co_posonlyargcount, c.co_varnames, c.co_cellvars, c.co_freevars, c.co_flags & 0xF, c.co_nlocals, f(1, c=2).__code__.co_freevars, c.co_qualname)
print(c.replace(co_name="renamed").co_name, c == c.replace(), len(list(c.co_lines())) > 0, type(f)(compile("def g(): return 9", "", "exec").co_consts[0], {})())
import ast

tree = ast.parse("x = 1 + y")
print(ast.dump(tree), ast.unparse(tree), eval(compile(ast.Expression(ast.BinOp(ast.Constant(2), ast.Mult(), ast.Constant(21), lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)) if 0 else ast.parse("2 * 21", mode="eval"), "", "eval")), ast.literal_eval("{'a': [1, (2,)]}"))
