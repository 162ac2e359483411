x: int = 1
def f(a: int, *args: str, b: "B" = None) -> list[int]:
    local: never
    return a
class C:
    field: "C"
    if x:
        other: field
def first[T: (int, str) = int](items: list[T]) -> T:
    return items[0]
class Box[T](Base):
    value: T
type Pair[A] = tuple[A, A]
