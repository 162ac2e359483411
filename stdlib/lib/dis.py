"""Shows the instructions of compiled code.

The interface is that of CPython's `dis`; the instructions are those of Lockstep's machine: an
instruction names the registers it works on, the result first. Registers of local variables are
shown by the variables' names, `h0` is a hidden one, `t0` one for an intermediate result. An offset
counts two for each instruction.
"""

import collections as _collections
import io as _io
import sys as _sys
import types as _types

import _opcode
from opcode import *
from opcode import __all__ as _opcode_names

__all__ = ["code_info", "dis", "disassemble", "distb", "disco", "findlinestarts", "findlabels", "show_code",
           "get_instructions", "Instruction", "Bytecode"] + _opcode_names
del _opcode_names

_UNIT = 2

_have_code = (_types.MethodType, _types.FunctionType, _types.CodeType, classmethod, staticmethod, type)

COMPILER_FLAG_NAMES = {
    1: "OPTIMIZED",
    2: "NEWLOCALS",
    4: "VARARGS",
    8: "VARKEYWORDS",
    16: "NESTED",
    32: "GENERATOR",
    64: "NOFREE",
    128: "COROUTINE",
    256: "ITERABLE_COROUTINE",
    512: "ASYNC_GENERATOR",
    0x4000000: "HAS_DOCSTRING",
    0x8000000: "METHOD",
}


def pretty_flags(flags):
    """The names of flags, divided by commas."""
    names = []
    for bit in range(32):
        flag = 1 << bit
        if flags & flag:
            names.append(COMPILER_FLAG_NAMES.get(flag, hex(flag)))
    return ", ".join(names) or hex(flags)


class _Unknown:
    def __repr__(self):
        return "<unknown>"


UNKNOWN = _Unknown()

Positions = _collections.namedtuple("Positions", ["lineno", "end_lineno", "col_offset", "end_col_offset"],
                                    defaults=[None] * 4)

_Instruction = _collections.namedtuple(
    "_Instruction",
    ["opname", "opcode", "arg", "argval", "argrepr", "offset", "start_offset", "starts_line", "line_number",
     "label", "positions", "cache_info"],
    defaults=[None, None, None])


class Instruction(_Instruction):
    """One instruction: its name and number, the number of its last operand, what that stands for,
    the operands as text, where it is and where it comes from."""

    @property
    def oparg(self):
        return self.arg

    @property
    def baseopcode(self):
        return self.opcode

    @property
    def baseopname(self):
        return self.opname

    @property
    def cache_offset(self):
        return self.offset + _UNIT

    @property
    def end_offset(self):
        return self.offset + _UNIT

    @property
    def jump_target(self):
        """Offset that the instruction jumps to, or None."""
        return self.argval if _opcode.has_jump(self.opcode) else None

    @property
    def is_jump_target(self):
        """Whether something jumps here."""
        return self.label is not None

    def __str__(self):
        out = _io.StringIO()
        _Formatter(file=out).instruction(self)
        return out.getvalue().rstrip("\n")


class _Formatter:
    def __init__(self, file=None, line_width=4, show_offsets=False, show_positions=False):
        self.file = file
        self.line_width = line_width
        self.show_offsets = show_offsets
        self.show_positions = show_positions

    def instruction(self, instr, current=False):
        if instr.starts_line and instr.offset > 0 and instr.opcode != -1:
            print(file=self.file)
        parts = []
        if self.show_positions:
            p = instr.positions
            where = "" if p is None or p.lineno is None else "%d:%d-%d:%d" % (
                p.lineno, p.col_offset, p.end_lineno, p.end_col_offset)
            parts.append(where.rjust(16))
        elif self.line_width:
            if instr.starts_line:
                line = "--" if instr.line_number is None else str(instr.line_number)
            else:
                line = ""
            parts.append(line.rjust(self.line_width))
        parts.append("-->" if current else "   ")
        parts.append(("L%d:" % instr.label).rjust(5) if instr.label is not None else "     ")
        if self.show_offsets:
            parts.append(str(instr.offset).rjust(4))
        parts.append(instr.opname.ljust(17))
        parts.append(instr.argrepr)
        print(" ".join(parts).rstrip(), file=self.file)

    def handlers(self, rows, labels):
        if not rows:
            return
        print("ExceptionTable:", file=self.file)
        for start, end, target, register in rows:
            label = lambda offset: "L%d" % labels[offset] if offset in labels else str(offset)
            print("  %s to %s -> %s in register %d" % (label(start), label(end), label(target), register),
                  file=self.file)


def _code_of(x):
    """The code object of a function, method, class or text."""
    for attribute in ("__func__", "__code__", "gi_code", "ag_code", "cr_code"):
        inner = getattr(x, attribute, None)
        if inner is not None:
            x = inner
    if isinstance(x, str):
        x = _compile(x, "<disassembly>")
    if hasattr(x, "co_code"):
        return x
    raise TypeError("don't know how to disassemble %s objects" % type(x).__name__)


def _compile(source, name):
    try:
        return compile(source, name, "eval")
    except SyntaxError:
        return compile(source, name, "exec")


def _labels(code):
    targets = set()
    for row in _opcode._instructions(code, _UNIT):
        if row[6] is not None:
            targets.add(row[6])
    for start, end, target, _ in _opcode._handlers(code, _UNIT):
        targets.update((start, end, target))
    return {offset: number for number, offset in enumerate(sorted(targets), 1)}


def _instructions(code, line_offset=0):
    labels = _labels(code)
    last = object()
    positions = code.co_positions()
    for index, (row, place) in enumerate(zip(_opcode._instructions(code, _UNIT), positions)):
        number, _, arg, known, value, text, target = row
        # Where a call begins: tools look for this name.
        name = opname[number] if index else "RESUME"
        line = place[0]
        starts = line != last
        last = line
        if line is not None:
            line += line_offset
        if target is not None:
            value = target
            head, arrow, _ = text.rpartition("-> ")
            text = "%s%sL%d" % (head, arrow, labels[target])
        elif not known:
            value = text or None
        offset = index * _UNIT
        yield Instruction(name, number, arg, value, text, offset, offset, starts, line, labels.get(offset),
                          Positions(*place), None)


def get_instructions(x, *, first_line=None, show_caches=None, adaptive=False):
    """An iterator over the instructions of a function, method, class or text."""
    code = _code_of(x)
    return _instructions(code, 0 if first_line is None else first_line - code.co_firstlineno)


def findlinestarts(code):
    """Pairs of an offset and the line that starts there."""
    last = False
    for start, _, line in code.co_lines():
        if line is not last:
            last = line
            yield start, line


def findlabels(code):
    """The offsets that are jumped to."""
    if isinstance(code, bytes):
        raise TypeError("the operands of instructions are not in co_code: give the code object")
    targets = []
    for row in _opcode._instructions(_code_of(code), _UNIT):
        if row[6] is not None and row[6] not in targets:
            targets.append(row[6])
    return targets


def dis(x=None, *, file=None, depth=None, show_caches=False, adaptive=False, show_offsets=False, show_positions=False):
    """Shows the instructions of classes, methods, functions, generators or code; without an
    argument, those of the last traceback."""
    options = dict(file=file, show_offsets=show_offsets, show_positions=show_positions)
    if x is None:
        return distb(**options)
    for attribute in ("__func__", "__code__", "gi_code", "ag_code", "cr_code"):
        inner = getattr(x, attribute, None)
        if inner is not None:
            x = inner
    if hasattr(x, "co_code"):
        _recursive(x, depth=depth, **options)
    elif hasattr(x, "__dict__"):
        for name, member in sorted(x.__dict__.items()):
            if isinstance(member, _have_code):
                print("Disassembly of %s:" % name, file=file)
                try:
                    dis(member, depth=depth, **options)
                except TypeError as error:
                    print("Sorry:", error, file=file)
                print(file=file)
    elif isinstance(x, str):
        _recursive(_compile(x, "<dis>"), depth=depth, **options)
    elif isinstance(x, (bytes, bytearray)):
        raise TypeError("the operands of instructions are not in bytes: give the code object")
    else:
        raise TypeError("don't know how to disassemble %s objects" % type(x).__name__)


def distb(tb=None, *, file=None, show_caches=False, adaptive=False, show_offsets=False, show_positions=False):
    """Shows where a traceback (the last one by default) ended."""
    if tb is None:
        try:
            tb = _sys.last_exc.__traceback__ if hasattr(_sys, "last_exc") else _sys.last_traceback
        except AttributeError:
            raise RuntimeError("no last traceback to disassemble") from None
        while tb.tb_next:
            tb = tb.tb_next
    disassemble(tb.tb_frame.f_code, tb.tb_lasti, file=file, show_offsets=show_offsets, show_positions=show_positions)


def disassemble(code, lasti=-1, *, file=None, show_caches=False, adaptive=False, show_offsets=False,
                show_positions=False):
    """Shows the instructions of a code object; `lasti` is marked."""
    lines = [line for _, _, line in code.co_lines() if line is not None]
    width = max(4, len(str(max(lines, default=0))))
    formatter = _Formatter(file, width, show_offsets, show_positions)
    for instr in _instructions(code):
        formatter.instruction(instr, instr.offset == lasti)
    formatter.handlers(_opcode._handlers(code, _UNIT), _labels(code))


disco = disassemble


def _recursive(code, *, depth=None, file=None, show_offsets=False, show_positions=False):
    disassemble(code, file=file, show_offsets=show_offsets, show_positions=show_positions)
    if depth is None or depth > 0:
        for constant in code.co_consts:
            if hasattr(constant, "co_code"):
                print(file=file)
                print("Disassembly of %r:" % (constant,), file=file)
                _recursive(constant, depth=None if depth is None else depth - 1, file=file,
                           show_offsets=show_offsets, show_positions=show_positions)


def code_info(x):
    """What there is to say about a code object, in lines."""
    code = _code_of(x)
    lines = ["Name:              %s" % code.co_name,
             "Filename:          %s" % code.co_filename,
             "Argument count:    %s" % code.co_argcount,
             "Positional-only arguments: %s" % code.co_posonlyargcount,
             "Kw-only arguments: %s" % code.co_kwonlyargcount,
             "Number of locals:  %s" % code.co_nlocals,
             "Registers:         %s" % code.co_stacksize,
             "Flags:             %s" % pretty_flags(code.co_flags)]
    for title, values in (("Constants", [repr(c) for c in code.co_consts]), ("Names", code.co_names),
                          ("Variable names", code.co_varnames), ("Free variables", code.co_freevars),
                          ("Cell variables", code.co_cellvars)):
        if values:
            lines.append(title + ":")
            lines.extend("%4d: %s" % pair for pair in enumerate(values))
    return "\n".join(lines)


def show_code(co, *, file=None):
    """Prints `code_info`."""
    print(code_info(co), file=file)


class Bytecode:
    """The instructions of a function, method, class or text; iterate for `Instruction`s."""

    def __init__(self, x, *, first_line=None, current_offset=None, show_caches=False, adaptive=False,
                 show_offsets=False, show_positions=False):
        self.codeobj = code = _code_of(x)
        self.first_line = code.co_firstlineno if first_line is None else first_line
        self._line_offset = self.first_line - code.co_firstlineno
        self._original_object = x
        self.current_offset = current_offset
        self.show_offsets = show_offsets
        self.show_positions = show_positions
        self.exception_entries = _opcode._handlers(code, _UNIT)

    def __iter__(self):
        return _instructions(self.codeobj, self._line_offset)

    def __repr__(self):
        return "%s(%r)" % (type(self).__name__, self._original_object)

    @classmethod
    def from_traceback(cls, tb, *, show_caches=False, adaptive=False):
        """The code in which a traceback ended."""
        while tb.tb_next:
            tb = tb.tb_next
        return cls(tb.tb_frame.f_code, current_offset=tb.tb_lasti)

    def info(self):
        """What there is to say about the code object."""
        return code_info(self.codeobj)

    def dis(self):
        """The instructions as text."""
        out = _io.StringIO()
        lasti = -1 if self.current_offset is None else self.current_offset
        disassemble(self.codeobj, lasti, file=out, show_offsets=self.show_offsets, show_positions=self.show_positions)
        return out.getvalue()


def main(args=None):
    """The program `python -m dis`."""
    import argparse

    parser = argparse.ArgumentParser(color=True)
    parser.add_argument("-C", "--show-caches", action="store_true", help="accepted and ignored")
    parser.add_argument("-O", "--show-offsets", action="store_true", help="show the offsets of instructions")
    parser.add_argument("-P", "--show-positions", action="store_true", help="show the places in the source")
    parser.add_argument("-S", "--specialized", action="store_true", help="accepted and ignored")
    parser.add_argument("infile", nargs="?", default="-")
    args = parser.parse_args(args=args)
    if args.infile == "-":
        name, source = "<stdin>", _sys.stdin.buffer.read()
    else:
        name = args.infile
        with open(name, "rb") as file:
            source = file.read()
    dis(compile(source, name, "exec"), show_offsets=args.show_offsets, show_positions=args.show_positions)


if __name__ == "__main__":
    main()
