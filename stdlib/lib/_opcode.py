"""What `opcode` and `dis` ask about CPython's instructions. Lockstep's own are shown by
`lockstep --dump code`."""


def stack_effect(opcode, oparg=None, /, *, jump=None):
    raise NotImplementedError("_opcode.stack_effect: Lockstep's machine has registers, no stack")


def is_valid(opcode):
    return False


def has_arg(opcode):
    return False


has_const = has_name = has_jump = has_free = has_local = has_exc = has_arg


def get_intrinsic1_descs():
    return []


def get_intrinsic2_descs():
    return []


def get_special_method_names():
    return ["__enter__", "__exit__", "__aenter__", "__aexit__"]


def get_nb_ops():
    names = ["ADD +", "AND &", "FLOOR_DIVIDE //", "LSHIFT <<", "MATRIX_MULTIPLY @", "MULTIPLY *",
             "REMAINDER %", "OR |", "POWER **", "RSHIFT >>", "SUBTRACT -", "TRUE_DIVIDE /", "XOR ^"]
    pairs = [tuple(("NB_" + name).split()) for name in names]
    pairs += [(name.replace("NB_", "NB_INPLACE_"), sign + "=") for name, sign in pairs]
    return pairs + [("NB_SUBSCR", "[]")]


def get_executor(*, code, offset):
    return None
