# `str.format`: fields, attributes, items, conversions, nested specifications; `format_map`.

class P:
    x = 5
    d = {"k": [1, 2], 3: "three"}

    def __getitem__(self, key):
        return f"item {key!r}"


p = P()
print("{} {} {}".format(1, "a", None), "{0} {1} {0}".format("a", "b"), "{a} {b}".format(a=1, b=2), "{} {a}".format(1, a=2))
print("{0.x} {0[key]} {0[3]} {0[ a b ]} {1[0][1]} {p.d[k][0]} {p.d[3]}".format(p, ["xy"], p=p))
print("{!r} {!s} {!a} {0!r:>5}|".format("é", "é", "é") if False else "{!r} {!s} {!a} {!r:>5}|".format("é", "é", "é", "é"))
print("{:>{}} {:{}{}} {:{w}.{p}f}".format("a", 5, "b", "<", 4, 3.14159, w=8, p=2), "{{}} {{{}}}".format(1))
print("{a}".format_map({"a": 1}), "{x[y]}".format(x={"y": 1}), "{:%Y-%m}".format(__import__("datetime").date(2020, 1, 2)))


class Default(dict):
    def __missing__(self, key):
        return f"<{key}>"


print("{a} {b}".format_map(Default(a=1)))
for text, args, kwargs in [("{}", (), {}), ("{0} {}", (1,), {}), ("{} {0}", (1,), {}), ("{a}", (), {}), ("{0.nope}", (1,), {}), ("{0[x]}", ([1],), {}),
                           ("{0[5]}", ([1],), {}), ("{", (), {}), ("}", (), {}), ("{0", (1,), {}), ("{0!}", (1,), {}), ("{0!x}", (1,), {}), ("{0!rr}", (1,), {}),
                           ("{0[}", (1,), {}), ("{0.}", (1,), {}), ("{0[]}", ([1],), {}), ("{0]}", (1,), {}), ("{:{:{}}}", (1, 2, 3), {}), ("{a.b}", (), {"a": 1}),
                           ("{0:d}", ("x",), {}), ("{-1}", (1,), {}), ("{ 0 }", (1,), {}), ("{!r", (1,), {}), ("{0:{", (1,), {}), ("{0[a]b}", ({"a": 1},), {})]:
    try:
        print(text, "->", text.format(*args, **kwargs))
    except Exception as e:
        print(text, "->", type(e).__name__, e)
print(format(1234.5, ",.2f"), format(True), format("x", ">3"), format(None), format(10, "b"), format(-5, "08.2f"), format(0.1, ".20f"), format(1e100, ".3"), format(12345.678, "n"))
print(format(1e16), format(1e-5), format(123456789.0), format(float("inf"), "06"), format(float("nan"), "+"), format(-0.0, ".0f"), format(2.5, ".0f"), format(3.5, ".0f"))
print(format(255, "#X"), format(255, "#o"), format(-255, "#010x"), format(5, "^+9"), format(1000000, "_d"), format(0xFFFF, "_x"), format(5, "*=+8"), format(3, "c" if 0 else "d"))
