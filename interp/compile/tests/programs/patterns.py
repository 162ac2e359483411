def f(command):
    match command:
        case 0 | -1 | "zero":
            return 1
        case [first, *rest] if first:
            return rest
        case {"key": value, **others}:
            return value, others
        case Point(x=0, y=(1 | 2) as y):
            return y
        case None | True:
            return None
        case _:
            return command
