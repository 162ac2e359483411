import sys
import warnings

with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    for source in (r"f'\{{\}}'", r"f'\{6*7}'", r"f'\{{6*7}}'", r"rf'\{6*7}\{{'", r"f'\\{6*7}'", r"f'\d{1}'", r"f'{1:\}}'"):
        seen.clear()
        try:
            print(source, eval(source), bool(seen))
        except SyntaxError as e:
            print(source, type(e).__name__)


def numbers():
    while True:
        try:
            yield
        except ValueError:
            pass


with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    g = numbers()
    next(g)
    g.throw(ValueError("one"))
    g.throw(ValueError, "two", None)
    print([str(w.message) for w in seen])
