"""Node classes of the syntax tree, made from a table of CPython 3.14's grammar of trees.

Making trees from source (`ast.parse`) is not here yet: `compile` says so.
"""

PyCF_ALLOW_TOP_LEVEL_AWAIT = 0x2000
PyCF_ONLY_AST = 0x400
PyCF_OPTIMIZED_AST = 0x8000 | PyCF_ONLY_AST
PyCF_TYPE_COMMENTS = 0x1000


class AST:
    """The base of all nodes: fields by position or keyword."""

    _fields = ()
    _attributes = ()
    __match_args__ = ()

    def __init__(self, *args, **kwargs):
        fields = self._fields
        if len(args) > len(fields):
            raise TypeError("%s constructor takes at most %d positional argument%s" % (
                type(self).__name__, len(fields), "" if len(fields) == 1 else "s"))
        for name, value in zip(fields, args):
            if name in kwargs:
                raise TypeError("%s got multiple values for argument %r" % (type(self).__name__, name))
            setattr(self, name, value)
        for name, value in kwargs.items():
            setattr(self, name, value)
        given = set(fields[:len(args)])
        given.update(kwargs)
        for name in fields:
            if name not in given:
                kind = self._kinds.get(name, "")
                if kind == "?":
                    setattr(self, name, None)
                elif kind == "*":
                    setattr(self, name, [])
                elif name == "ctx":
                    setattr(self, name, Load())

    _kinds = {}

    def __reduce__(self):
        return (_rebuild, (type(self), dict(self.__dict__)))

    def __repr__(self):
        parts = ["%s=%r" % (name, getattr(self, name)) for name in self._fields if hasattr(self, name)]
        return "%s(%s)" % (type(self).__name__, ", ".join(parts))


def _rebuild(cls, state):
    node = cls.__new__(cls)
    node.__dict__.update(state)
    return node


# One line a sum type or product: its attributes, then its constructors with their fields; `*`
# marks a list, `?` an optional field.
_PLACE = "lineno col_offset end_lineno? end_col_offset?"
_TABLE = """
mod | | Module body* type_ignores* | Interactive body* | Expression body | FunctionType argtypes* returns
stmt | P | FunctionDef name args body* decorator_list* returns? type_comment? type_params* | AsyncFunctionDef name args body* decorator_list* returns? type_comment? type_params* | ClassDef name bases* keywords* body* decorator_list* type_params* | Return value? | Delete targets* | Assign targets* value type_comment? | TypeAlias name type_params* value | AugAssign target op value | AnnAssign target annotation value? simple | For target iter body* orelse* type_comment? | AsyncFor target iter body* orelse* type_comment? | While test body* orelse* | If test body* orelse* | With items* body* type_comment? | AsyncWith items* body* type_comment? | Match subject cases* | Raise exc? cause? | Try body* handlers* orelse* finalbody* | TryStar body* handlers* orelse* finalbody* | Assert test msg? | Import names* | ImportFrom module? names* level? | Global names* | Nonlocal names* | Expr value | Pass | Break | Continue
expr | P | BoolOp op values* | NamedExpr target value | BinOp left op right | UnaryOp op operand | Lambda args body | IfExp test body orelse | Dict keys* values* | Set elts* | ListComp elt generators* | SetComp elt generators* | DictComp key value generators* | GeneratorExp elt generators* | Await value | Yield value? | YieldFrom value | Compare left ops* comparators* | Call func args* keywords* | FormattedValue value conversion format_spec? | Interpolation value str conversion format_spec? | JoinedStr values* | TemplateStr values* | Constant value kind? | Attribute value attr ctx | Subscript value slice ctx | Starred value ctx | Name id ctx | List elts* ctx | Tuple elts* ctx | Slice lower? upper? step?
expr_context | | Load | Store | Del
boolop | | And | Or
operator | | Add | Sub | Mult | MatMult | Div | Mod | Pow | LShift | RShift | BitOr | BitXor | BitAnd | FloorDiv
unaryop | | Invert | Not | UAdd | USub
cmpop | | Eq | NotEq | Lt | LtE | Gt | GtE | Is | IsNot | In | NotIn
comprehension | | = target iter ifs* is_async
excepthandler | P | ExceptHandler type? name? body*
arguments | | = posonlyargs* args* vararg? kwonlyargs* kw_defaults* kwarg? defaults*
arg | P | = arg annotation? type_comment?
keyword | P | = arg? value
alias | P | = name asname?
withitem | | = context_expr optional_vars?
match_case | | = pattern guard? body*
pattern | Q | MatchValue value | MatchSingleton value | MatchSequence patterns* | MatchMapping keys* patterns* rest? | MatchClass cls patterns* kwd_attrs* kwd_patterns* | MatchStar name? | MatchAs pattern? name? | MatchOr patterns*
type_ignore | | TypeIgnore lineno tag
type_param | Q | TypeVar name bound? default_value? | ParamSpec name default_value? | TypeVarTuple name default_value?
"""


def _node(name, base, fields, attributes):
    names = tuple(f.rstrip("*?") for f in fields)
    kinds = {f.rstrip("*?"): f[-1] for f in fields if f[-1] in "*?"}
    space = {"_fields": names, "__match_args__": names, "_kinds": kinds, "__module__": "ast"}
    for field, kind in kinds.items():
        if kind == "?":
            space[field] = None
    if attributes is not None:
        space["_attributes"] = attributes
        for attribute in attributes:
            if attribute.startswith("end_"):
                space[attribute] = None
    globals()[name] = type(name, (base,), space)
    return globals()[name]


def _build():
    place = tuple(f.rstrip("?") for f in _PLACE.split())
    for line in _TABLE.split("\n"):
        if not line:
            continue
        name, marks, *forms = [part.strip() for part in line.split("|")]
        attributes = place if marks in ("P", "Q") else ()
        if forms[0].startswith("= "):
            _node(name, AST, forms[0][2:].split(), attributes)
            continue
        base = _node(name, AST, [], attributes)
        for form in forms:
            kind, *fields = form.split()
            _node(kind, base, fields, None)


_build()
AST.__module__ = "ast"
