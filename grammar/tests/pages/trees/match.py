match a, *b:
    case -1 | 1.5 | 2 + 3j | "s" "t" | None | True: pass
    case x if x > 1: pass
    case [a, _, *rest] | (b, *_): pass
    case {"k": v, A.b: 1, **rest}: pass
    case Point(x, y=0) | mod.Cls(): pass
    case (1 | 2) as n, *_: pass
    case _: pass
