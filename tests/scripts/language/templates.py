# Template strings (Python 3.14).
# Python 3.14

name, n = "world", 3
t = t"hello {name!r:>10} {n * 2 = } {{}}"
print(type(t).__module__, type(t).__name__, t.strings, t.values)
for part in t:
    print(repr(part))
i = t.interpolations[0]
print(i.value, i.expression, i.conversion, i.format_spec)
print(t"".strings, t"{n}".strings, (t"a" + t"b{n}").strings)
try:
    t"a" + "b"
except TypeError as e:
    print(e)


def render(template):
    return "".join(x if isinstance(x, str) else format(x.value, x.format_spec).upper() for x in template)


print(render(t"a {name} b {n:03}"), render(t'{"nested":>{n * 3}}'), rt"\n{n}".strings)
from string.templatelib import Interpolation, Template

print(Template("x", Interpolation(1, "e", None, ""), "y"))
