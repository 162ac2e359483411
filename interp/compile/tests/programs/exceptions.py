def f(g):
    try:
        g()
    except ValueError as e:
        print(e)
        raise RuntimeError("x") from e
    except (KeyError, TypeError):
        return 1
    else:
        g(1)
    finally:
        g(2)
    for i in g:
        try:
            continue
        finally:
            g(i)
