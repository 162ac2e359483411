# Names, literals, line joining, indentation, comments, encodings.

été = 1
名前 = "name"
print(été, 名前, "été" in globals(), "\N{GREEK SMALL LETTER ALPHA}", "\x41\101\u0041\U00000041", "a\
b", r"\n", b"\x00\n\\", "\a\b\f\v\r\0"[0:3] == "\a\b\f", '''multi
line''', "im" "plicit" 'concat', b"a" b"b", rb"\d", Rb"\d", u"u", "'", '"', """quote"s""")
ﬁ = "normalised"
print(fi, 1_000, 0xAB_CD, 0b1_0, 1_0.5_0, 1e1_0, .5, 5., 1j, 1.5e-3j, 0_0, 1if 1else 2)
x = [1,
     2,  # comment

     3,
     ]
y = 1 + \
    2
if x and \
   y: print(y); print(len(x))
if 1:
	print("tab")
if 1:
        print("eight")
class A: x = 1; y = 2
def one(): return 1
print(A.y, one(), (lambda: (yield))().__class__.__name__, ...)
print(__name__ == "__main__", __debug__, NotImplemented is NotImplemented, Ellipsis is ...)
_ = 5
__x, __y__ = 1, 2
print(_, __x, __y__, "\ud83d" + "\ude00" == "😀", len("\ud83d\ude00"), len("😀"))
match, case, type, _ = 1, 2, 3, 4
print(match, case, type, _)
if True: pass
else: pass
while 0: pass
for i in (): pass
try: pass
finally: pass
with open("/dev/null") as f, open("/dev/null") as g: pass
def f(): ...
class C: "docstring only"
print(f(), C.__doc__);
print("semicolon"); print("two")
lambda: 0; 5; "statement expressions"; [1]; ...
print(1 if 2 else 3, not 1 is 2, -1 ** 2, (-1) ** 2, 2 ** -1, ~-1, +-+1, 1 < 2 == True, (1 < 2) == True, 0x10.real, 1 .real, 1..real, 5 if 0 else lambda: 1 is 2)if 0 else print("end")
