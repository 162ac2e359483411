"""The instructions of Lockstep's machine by name and number. Its instructions have registers as
operands; see `dis`."""

import _opcode
from _opcode import has_const, has_exc, has_free, has_jump, has_local, has_name, stack_effect

__all__ = ["cmp_op", "stack_effect", "hascompare", "opname", "opmap", "HAVE_ARGUMENT", "EXTENDED_ARG",
           "hasarg", "hasconst", "hasname", "hasjump", "hasjrel", "hasjabs", "hasfree", "haslocal", "hasexc"]

cmp_op = ("<", "<=", "==", "!=", ">", ">=")


def _shown(name):
    """`LoadGlobal` as `LOAD_GLOBAL`, which is what tools look for."""
    parts = []
    for index, letter in enumerate(name):
        if index and letter.isupper() and not name[index - 1].isupper():
            parts.append("_")
        parts.append(letter.upper())
    return "".join(parts)


opname = [_shown(name) for name in _opcode._names()]
opmap = {name: number for number, name in enumerate(opname)}

# No number divides instructions with operands from those without, and none extends another.
HAVE_ARGUMENT = 0
EXTENDED_ARG = len(opname)

hasarg = [op for op in opmap.values() if _opcode.has_arg(op)]
hasconst = [op for op in opmap.values() if has_const(op)]
hasname = [op for op in opmap.values() if has_name(op)]
hasjump = [op for op in opmap.values() if has_jump(op)]
hasjrel = hasjump
hasjabs = []
hasfree = [op for op in opmap.values() if has_free(op)]
haslocal = [op for op in opmap.values() if has_local(op)]
hasexc = [op for op in opmap.values() if has_exc(op)]
hascompare = []

_intrinsic_1_descs = _opcode.get_intrinsic1_descs()
_intrinsic_2_descs = _opcode.get_intrinsic2_descs()
_special_method_names = _opcode.get_special_method_names()
_nb_ops = _opcode.get_nb_ops()
