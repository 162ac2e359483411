"""Module."""
from __future__ import annotations
x: list[int] | None = None
def f(a: C[1:2, ...], b: not x and (y or -z) ** 2) -> "quoted": ...
