if a: b
elif c: d
else: e
for a, *b in c, d:
    continue
else:
    break
while a: pass
try: a
except: b
try: a
except A, B: b
except (C, D) as e: c
else: d
finally: e
try: a
except* E as e: pass
with a as b, c: pass
with (a as b, c as (d, e),): pass
with (a, b) as c: pass
@d.e(f)
async def f[T](a, b: int = 1, /, c=2, *args: *Ts, d, e: str = 3, **kw) -> R:
    async for x in y: await z
    async with p: yield from q
class A[T](B, metaclass=C, *d, **e): pass
