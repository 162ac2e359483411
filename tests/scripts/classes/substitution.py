"""Arguments in the place of type parameters: tuples of them, lists of them, unpacked ones."""
import collections.abc
import copy
import pickle
import typing
from typing import Callable, Concatenate, Generic, ParamSpec, TypeVar, TypeVarTuple, Unpack

T, T1, T2 = TypeVar("T"), TypeVar("T1"), TypeVar("T2")
Ts = TypeVarTuple("Ts")
P, P2 = ParamSpec("P"), ParamSpec("P2")


def attempt(function):
    try:
        print(function())
    except TypeError as error:
        print("TypeError", error)


print("-- any number")
row = tuple[T1, *Ts, T2]
attempt(lambda: row[int, str])
attempt(lambda: row[int, bool, bytes, str])
attempt(lambda: row[int])
attempt(lambda: row[T, Unpack[Ts], T2][int, bool, str])
attempt(lambda: tuple[T, *tuple[int, ...]][str])
attempt(lambda: list[tuple[*Ts]][int, str])
attempt(lambda: list[tuple[*Ts]][()])
attempt(lambda: typing.Annotated[tuple[*Ts], "note"][int])

print("-- parameters of callables")
for call in (Callable, collections.abc.Callable):
    given = call[Concatenate[int, P], T]
    attempt(lambda: given[[str, float], int])
    attempt(lambda: given[[], int])
    attempt(lambda: given[Concatenate[str, P2], int])
    attempt(lambda: given[..., int])
    attempt(lambda: call[Concatenate[int, P], int][str, float])


class My(Generic[P, T]):
    pass


attempt(lambda: My[[collections.abc.Callable[P2, T2], T2], T2][[str, bool], int])
attempt(lambda: My[[collections.abc.Callable[[int, *Ts, str], T2], T2], T2][bool, bytes, float])

print("-- copies")
(starred,) = (*tuple[T, int],)
for alias in (list[T], starred):
    for made in (copy.copy(alias), copy.deepcopy(alias), pickle.loads(pickle.dumps(alias))):
        print(made, made == alias, made.__unpacked__)
print({"__origin__", "__args__", "append"} <= set(dir(list[int])), type(typing.NoDefault).__doc__)
