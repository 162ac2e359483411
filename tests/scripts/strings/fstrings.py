# f-strings: expressions, conversions, format specifications, nesting, `=`, quotes.

name, n, x, d = "world", 42, 3.14159, {"k": [1, 2]}
print(f"hello {name}", f"{n}{n}", f"{{}} {{{n}}}", f"", f"{'nested'} {"same quotes"}")
print(f"{name!r} {name!s} {'é'!a} {n!r:>5} {name!r:*^12}")
print(f"{n:5}|{n:<5}|{n:^5}|{n:05}|{n:+}|{n:x}|{n:#b}|{n:,}|{1234567:_}|{n:e}|{n:c}")
print(f"{x:.2f} {x:8.3f} {x:<8.1f}| {x:e} {x:g} {x:%} {1e20:,} {x:{n}.{2}} {x:{'>'}{10}}")
print(f"{n = } {n=} {n=!s} {n=:>5} {n + 1 = } {name=} { n = !r:^10}")
print(f"{d['k'][0]} {d["k"]} {n if n else 0} {[i for i in range(3)]} { {'a': 1}['a'] } {(lambda: 5)()} {n:{'>' + '6'}}")
print(f"""multi
{
    n
    + 1  # a comment
}
end""")
print(f"{'a' 'b'}" "c" f"{1}" r"\n" rf"\d{n}" fR"\{n}", f"\x41\N{BULLET}\u20ac{n}\n".strip())
print(f"{f"{f"{f"deep {n}"}"}"}", f"{n!r:{n!r}}"[-3:])
print(f"{*[1, 2],}", f"{n,}", f"{yes if (yes := True) else 0}", f"{(z := 5)} {z}", f"{n != 1} {n == 42} {n >= 1} {n:=+5}")


class Spec:
    def __format__(self, spec):
        return f"<{spec}>"

    def __repr__(self):
        return "Spec()"


s = Spec()
print(f"{s} {s:} {s:a:b} {s!r} {s:{{}}}" if False else f"{s} {s:} {s:a:b} {s!r:>8} {s:%H:%M}", f"{s=}", f"{s:{n}}{n}")
print(f"{name:>{n - 30}}", f"{'':*>3}", f"{None}", f"{True:d} {True}", f"{1 + 2j:.1f}", f"{b'x'}")
for bad in ["f'{}'", "f'{ }'", "f'{'", "f'}'", "f'{a!}'", "f'{a!x}'", "f'{a b}'", "f'{a:{}}'", "f'{lambda x: 1}'", "f'{a'", "f'{!r}'", "f'{=}'", "f'{*}'",
            "f'{a:{b:{c:{d}}}}'", "f'{\\'", "f'{a!r!s}'", "f'{:x}'", "f'{a = b}'", "f'{def}'", "bf'x'", "f'{a}' b'x'", "f'{1:d:'"]:
    try:
        eval(bad, {"a": 1, "b": 2, "c": 3, "d": 4})
        print(bad, "fine")
    except SyntaxError as e:
        print(bad, "->", e.msg)
    except Exception as e:
        print(bad, "->", type(e).__name__, e)
for value, spec in [(5, "s"), ("x", "d"), (1.5, "d"), (5, ".2d"), (5, "zz"), ("x", "+"), ("x", "="), (5, "99999999999999999999"), (1, ",x"), (1, "_,"), ([], "x"),
                    (1.5, ".99999999999"), ("x", "0=5"), (1j, "="), (1, "c" * 2), (-1, "c"), (0x110000, "c"), (5, "-c"), (1.0, "n"), ("s", "010"), (3, "z"), (-0.0, "z.1f")]:
    try:
        print(repr(format(value, spec)))
    except Exception as e:
        print(value, spec, "->", type(e).__name__, e)
