print >>f, `x`, 0777L, ur"a" <> b
exec code in g, l
try: raise E, "m", tb
except E, e: nonlocal.true = async
x.print
