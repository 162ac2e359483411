# `from __future__ import annotations`: annotations are their text.

from __future__ import annotations


def f(a: int | None, b: "quoted", *c: list[int], **d: {1: 2}) -> (yes or no): ...


print(f.__annotations__)
x: some.thing[1:2, ...] = 5
y: lambda q, *r, s=1: q + -r ** ~s if not s else [t for t in u if v]
print(__annotations__)


class C:
    m: f"formatted {1!r:>{2}}"
    n: (1,)
    o: {**a, 'b': {*c}}
    p: await_ if x < y <= z is not w else (yield_)


print(C.__annotations__)
