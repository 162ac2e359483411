"""Where a format string breaks off, the error names what was wrong first."""
texts = """
f'{3!'
f'{3!}'
f'{3!:'
f'{3!g'
f'{!'
f'{!s:'
f'{!x:a}'
f'{:'
f'{='
f'{ }'
f'{3'
f'{3:s'
f'{3!s:3'
f'{3:{{>10}'
f'{1=}{;'
f'{1=}{+;'
f'{1=}{1;'
f'{a b'
f'{a $b}'
f'{(}'
f'{a)}'
f'{lambda x: 1}'
f'{{}'
f'x}x'
f'abc
a b f'abc
f'{x:{y'
f'{x!r:{y!'
(f'{a'
""".strip().splitlines()
for text in texts:
    try:
        compile(text, "text", "eval")
    except SyntaxError as error:
        print(f"{text:16} {error.msg} {error.lineno}:{error.offset}")
print(f"{1=} {2!r:>3} {'a' 'b'}")
