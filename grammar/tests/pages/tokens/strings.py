a = 'x' "y" b'z' rb"\n" u"" """t
u"""
f"a{b!r:>{c}}{{d}}{e = }{'n' f'{g}'}"
rf"\{x}" t'{y:%H:%M}' f"""{
    z  # comment
}"""
