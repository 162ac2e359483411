# Annotations are evaluated when somebody looks (Python 3.14).
# Python 3.14

x: int = 1
y: undefined_name
print(x)


def f(a: int, b: later, *args: str, k: "text" = 1, **kw: dict) -> later | None: ...


try:
    f.__annotations__
except NameError as e:
    print(e)
later = float
print(f.__annotations__)


class C:
    a: int
    b: C
    c: later = 2.5
    (d): str = "not kept"


print(C.__annotations__ == {"a": int, "b": C, "c": float}, C.__annotate__(1)["a"])
import annotationlib

print(annotationlib.get_annotations(f, format=annotationlib.Format.STRING))


def g(p: nowhere.at_all[1], q: int): ...


print(annotationlib.get_annotations(g, format=annotationlib.Format.STRING))
forward = annotationlib.get_annotations(g, format=annotationlib.Format.FORWARDREF)
print(forward["q"], type(forward["p"]).__name__)
try:
    __annotate__(1)
except NameError as e:
    print(e)
print(f.__annotate__ is not None, (lambda: 1).__annotations__, f.__type_params__)


def conditional(flag):
    class D:
        if flag:
            only: int
        else:
            other: str
    return D.__annotations__


print(conditional(True), conditional(False))
f.__annotations__ = {"set": 1}
print(f.__annotations__)
