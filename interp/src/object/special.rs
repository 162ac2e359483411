//! The special methods that the machine asks types for, resolved per type into a table.

macro_rules! specials {
    ($($name:ident $text:literal),* $(,)?) => {
        /// A special method with a place in every type's table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Special { $( #[doc = concat!("`", $text, "`")] $name ),* }

        impl Special {
            /// All of them, in the order of their places.
            pub const ALL: &'static [Special] = &[ $( Special::$name ),* ];
            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();
            /// The method's name.
            pub const fn name(self) -> &'static str { match self { $( Special::$name => $text ),* } }
            /// The one of this name, found when the program is built.
            pub(super) const fn of(name: &str) -> Option<Special> {
                let mut i = 0;
                while i < Self::COUNT {
                    if super::native::same(Self::ALL[i].name(), name) {
                        return Some(Self::ALL[i]);
                    }
                    i += 1;
                }
                None
            }
        }
    };
}

specials! {
    Repr "__repr__", Str "__str__", Bytes "__bytes__", Format "__format__", Hash "__hash__",
    Bool "__bool__", Call "__call__", New "__new__", Init "__init__", Del "__del__",
    GetAttribute "__getattribute__", GetAttr "__getattr__", SetAttr "__setattr__", DelAttr "__delattr__",
    Get "__get__", Set "__set__", Delete "__delete__",
    Lt "__lt__", Le "__le__", Eq "__eq__", Ne "__ne__", Gt "__gt__", Ge "__ge__",
    Len "__len__", LengthHint "__length_hint__", GetItem "__getitem__", SetItem "__setitem__",
    DelItem "__delitem__", Contains "__contains__", Iter "__iter__", Next "__next__",
    Reversed "__reversed__", Missing "__missing__",
    Add "__add__", Sub "__sub__", Mul "__mul__", TrueDiv "__truediv__", FloorDiv "__floordiv__",
    Mod "__mod__", Pow "__pow__", LShift "__lshift__", RShift "__rshift__", And "__and__",
    Or "__or__", Xor "__xor__", MatMul "__matmul__", Div2 "__div__", DivMod "__divmod__",
    RAdd "__radd__", RSub "__rsub__", RMul "__rmul__", RTrueDiv "__rtruediv__", RFloorDiv "__rfloordiv__",
    RMod "__rmod__", RPow "__rpow__", RLShift "__rlshift__", RRShift "__rrshift__", RAnd "__rand__",
    ROr "__ror__", RXor "__rxor__", RMatMul "__rmatmul__", RDiv2 "__rdiv__", RDivMod "__rdivmod__",
    IAdd "__iadd__", ISub "__isub__", IMul "__imul__", ITrueDiv "__itruediv__", IFloorDiv "__ifloordiv__",
    IMod "__imod__", IPow "__ipow__", ILShift "__ilshift__", IRShift "__irshift__", IAnd "__iand__",
    IOr "__ior__", IXor "__ixor__", IMatMul "__imatmul__", IDiv2 "__idiv__",
    Neg "__neg__", Pos "__pos__", Abs "__abs__", Invert "__invert__", Int "__int__",
    Float "__float__", Complex "__complex__", Index "__index__",
    Enter "__enter__", Exit "__exit__", AEnter "__aenter__", AExit "__aexit__",
    Await "__await__", AIter "__aiter__", ANext "__anext__",
    InstanceCheck "__instancecheck__", SubclassCheck "__subclasscheck__",
}

/// A binary operator, its reflected and its in-place method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    TrueDiv,
    /// `//`
    FloorDiv,
    /// `%`
    Mod,
    /// `**`
    Pow,
    /// `<<`
    LShift,
    /// `>>`
    RShift,
    /// `&`
    And,
    /// `|`
    Or,
    /// `^`
    Xor,
    /// `@`
    MatMul,
    /// Python 2's `/`
    Div2,
    /// `divmod()`
    DivMod,
}

impl BinaryOp {
    const ALL: [BinaryOp; 15] = [
        Self::Add,
        Self::Sub,
        Self::Mul,
        Self::TrueDiv,
        Self::FloorDiv,
        Self::Mod,
        Self::Pow,
        Self::LShift,
        Self::RShift,
        Self::And,
        Self::Or,
        Self::Xor,
        Self::MatMul,
        Self::Div2,
        Self::DivMod,
    ];
    /// From its number.
    pub fn from_index(index: usize) -> BinaryOp {
        Self::ALL[index]
    }
    /// The method of the left operand.
    pub fn method(self) -> Special {
        Special::ALL[Special::Add as usize + self as usize]
    }
    /// The method of the right operand.
    pub fn reflected(self) -> Special {
        Special::ALL[Special::RAdd as usize + self as usize]
    }
    /// The in-place method, if there is one.
    pub fn in_place(self) -> Option<Special> {
        (self != Self::DivMod).then(|| Special::ALL[Special::IAdd as usize + self as usize])
    }
    /// How messages write the operator.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::TrueDiv | Self::Div2 => "/",
            Self::FloorDiv => "//",
            Self::Mod => "%",
            Self::Pow => "** or pow()",
            Self::LShift => "<<",
            Self::RShift => ">>",
            Self::And => "&",
            Self::Or => "|",
            Self::Xor => "^",
            Self::MatMul => "@",
            Self::DivMod => "divmod()",
        }
    }
}

/// A rich comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum CompareOp {
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

impl CompareOp {
    /// The method of the left operand.
    pub fn method(self) -> Special {
        Special::ALL[Special::Lt as usize + self as usize]
    }
    /// The comparison with operands exchanged.
    pub fn swapped(self) -> CompareOp {
        match self {
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            same => same,
        }
    }
    /// How messages write it.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }
    /// The answer for an ordering.
    pub fn accepts(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
        }
    }
}
