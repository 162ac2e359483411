import collections
import contextvars
import itertools
import os
import typing

print(collections.deque[int], itertools.chain[str], os.DirEntry[bytes].__args__, contextvars.Token[int].__args__)
T = typing.TypeVar("T")
after = T | "Later"
print(after[int].__args__)
print(typing.Union[int, None].__args__)


def show(f):
    try:
        print(f())
    except TypeError as e:
        print(e)


show(lambda: issubclass(int, int | T))
show(lambda: issubclass(int, T | int))
