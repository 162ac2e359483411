# In which order the parts of an expression are evaluated.

def e(name, value=0):
    print(name, end=" ")
    return value


class O:
    def __getitem__(self, k):
        return 0

    def __setitem__(self, k, v):
        print("set", end=" ")

    def __call__(self, *a, **k):
        return 0

    def __getattr__(self, n):
        return 0


def line(label):
    print("|", label)


e("left") + e("right") * e("more"); line("arithmetic")
e("o", O())[e("a"):e("b"):e("c"), e("d")]; line("subscript")
e("f", O())(e("a"), *e("b", ()), k=e("c"), **e("d", {})); line("call")
e("f", O())(k=e("a"), *e("b", ())); line("call, star last")
{e("k1", 1): e("v1"), e("k2", 2): e("v2")}; line("dict")
[e("a"), e("b")], (e("c"), e("d")), {e("e")}; line("displays")
e("yes") if e("test", 1) else e("no"); line("conditional")
e("a") < e("b", 1) < e("c"); line("chain")
e("o", O())[e("k")] = e("value"); line("assignment")
e("o", O())[e("k")] += e("value"); line("augmented")
f"{e('a')}{e('b'):{e('c', '')}}"; line("f-string")


def default(a=e("default a"), *, b=e("default b")): ...


line("function")


@e("decorator", lambda c: c)
class C(e("base", object), metaclass=e("meta", type)):
    e("body")


line("class")
[e("item") for _ in e("iterable", [1])]; line("comprehension")
try:
    e("o", O())[e("k")], nope = e("value"), 1
    assert e("test", 1), e("never")
    raise e("error", ValueError()) from e("cause", None)
except e("kind", ValueError):
    line("statements")
with e("manager", __import__("contextlib").nullcontext(5)) as e("target", O())[e("k")]:
    line("with")
for e("o", O())[e("index")] in e("iterable", [1, 2]):
    line("for")
