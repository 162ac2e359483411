"""What `tokenize` stands on: the tokens of a source. Strings with fields (f"" and t"") and errors of
indentation inside brackets are not told apart: the former are refused."""

import re as _re

_NAME, _NUMBER, _STRING, _NEWLINE, _INDENT, _DEDENT, _OP, _COMMENT, _NL, _END = 1, 2, 3, 4, 5, 6, 55, 65, 66, 0

_DIGITS = r"[0-9](?:_?[0-9])*"
_EXPONENT = r"[eE][-+]?" + _DIGITS
_TOKEN = _re.compile(r"""
    (?P<comment>\#[^\r\n]*)
  | (?P<string>(?P<prefix>[A-Za-z]{0,2})(?P<quote>'''|\"\"\"|'|\"))
  | (?P<number>0[xX](?:_?[0-9a-fA-F])+ | 0[bB](?:_?[01])+ | 0[oO](?:_?[0-7])+
      | (?:(?:%(d)s)?\.%(d)s|%(d)s\.?)(?:%(e)s)?[jJ]?)
  | (?P<name>\w+)
  | (?P<op>\*\*=|//=|>>=|<<=|\.\.\.|\*\*|//|>>|<<|->|:=|[-+*/%%&|^@=<>!]=|[-+*/%%&|^~@()\[\]{},:.;=<>!$?`])
""" % {"d": _DIGITS, "e": _EXPONENT}, _re.VERBOSE)
_BODIES = {q: _re.compile(r"(?:\\.|(?!%s).)*%s" % (q, q), _re.DOTALL) for q in ("'''", '"""')}
_BODIES.update({q: _re.compile(r"(?:\\(?:\r\n|.)|[^\\\r\n%s])*%s" % (q, q), _re.DOTALL) for q in "'\""})


def _fail(message, line, column, text):
    raise SyntaxError(message, ("<string>", line, column + 1, text, line, column + 1))


def _lines(readline, encoding):
    while True:
        try:
            line = readline()
        except StopIteration:
            return
        if not line:
            return
        yield line.decode(encoding or "utf-8") if isinstance(line, bytes) else line


def _tokens(readline, encoding, extra):
    lines = list(_lines(readline, encoding))
    number, depth, continued, indents = 0, 0, False, [0]
    line = ""
    while number < len(lines):
        line = lines[number]
        number += 1
        at = 0
        if not depth and not continued:
            body = line.lstrip(" \t\f")
            width = len(line[:len(line) - len(body)].expandtabs(8))
            at = len(line) - len(body)
            if body.rstrip("\r\n") and body[0] != "#":
                if width > indents[-1]:
                    indents.append(width)
                    yield _INDENT, line[:at], (number, 0), (number, at), line
                while width < indents[-1]:
                    indents.pop()
                    if width > indents[-1]:
                        raise IndentationError("unindent does not match any outer indentation level",
                                               ("<string>", number, at + 1, line, number, at + 1))
                    yield _DEDENT, "", (number, at), (number, at), line
        real = continued or depth > 0
        while True:
            while line[at:at + 1] and line[at] in " \t\f":
                at += 1
            rest = line[at:]
            if rest in ("", "\n", "\r\n", "\r"):
                continued = False
                if real and not depth:
                    yield _NEWLINE, rest, (number, at), (number, at + max(len(rest), 1)), line
                elif extra:
                    yield _NL, rest, (number, at), (number, at + max(len(rest), 1)), line
                break
            if rest in ("\\\n", "\\\r\n"):
                continued = True
                break
            match = _TOKEN.match(line, at)
            if match is None:
                _fail("invalid non-printable character" if not rest[0].isprintable() else "invalid character %r" % rest[0],
                      number, at, line)
            kind, start, first = match.lastgroup, (number, at), line
            if match["quote"]:
                prefix, quote = match["prefix"].lower(), match["quote"]
                if "f" in prefix or "t" in prefix:
                    raise NotImplementedError("tokenize: strings with fields are not done")
                begin, shown = match.end(), line
                found = _BODIES[quote].match(shown, begin)
                while found is None and number < len(lines) and (len(quote) == 3 or shown.rstrip("\r\n").endswith("\\")):
                    shown += lines[number]
                    number += 1
                    found = _BODIES[quote].match(shown, begin)
                if found is None:
                    _fail("unterminated string literal (detected at line %d)" % start[0], start[0], at, first)
                text = shown[at:found.end()]
                line = lines[number - 1]
                at = found.end() - (len(shown) - len(line))
                real = True
                yield _STRING, text, start, (number, at), shown
                continue
            text = match[0]
            at = match.end()
            if match["comment"] is not None:
                if extra:
                    yield _COMMENT, text, start, (number, at), line
                continue
            real = True
            if match["op"]:
                if text in "([{":
                    depth += 1
                elif text in ")]}":
                    depth = max(0, depth - 1)
                yield _OP, text, start, (number, at), line
            else:
                yield _NUMBER if match["number"] else _NAME, text, start, (number, at), line
    for _ in indents[1:]:
        yield _DEDENT, "", (number + 1, 0), (number + 1, 0), ""
    yield _END, "", (number + 1, 0), (number + 1, 0), ""


class TokenizerIter:
    """Tokens of a source, one at a time."""

    def __init__(self, readline, /, *, encoding=None, extra_tokens=False):
        self._tokens = _tokens(readline, encoding, extra_tokens)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._tokens)
