match = case = type = 1
match x:
    case 1: type X = int
    case (a): match(x)
match (x):
    case _: pass
match(x)
match[x]: int
type(x)
type[X]
type.x = _
with (a as b, c): pass
with (a, b) as c: pass
with (yield): pass
