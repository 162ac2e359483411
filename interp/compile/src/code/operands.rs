//! What the operands of instructions are: which are registers, what is read, what is written.
//! Used to renumber registers and to verify code.

use super::op::{Form, Instr, Op};

/// The operands that are registers: bit 1 for `a`, 2 for `b`, 4 for `c`.
pub fn register_fields(instr: Instr) -> u8 {
    match (instr.op, instr.op.form()) {
        (Op::DelGlobal | Op::DelName | Op::DelFree | Op::Loop, _) => 0,
        (Op::DelAttr, _) => 1,
        (Op::Yield, _) if instr.d == 0 => 3,
        (Op::Unpack | Op::UnpackStar, _) => 3,
        (Op::Format, _) if instr.c == 0xFFFF => 3,
        (Op::CallKw | Op::CallMethodKw, _) => 1,
        (_, Form::None | Form::J) => 0,
        (_, Form::A | Form::Ai | Form::AK | Form::AN | Form::AS | Form::AJ | Form::Aij) => 1,
        (_, Form::AB | Form::ABi | Form::ABS | Form::ABJ | Form::ABj) => 3,
        (_, Form::ABC) => 7,
        (_, Form::Call) => 5,
        (_, Form::Run | Form::Intrinsic) => 3,
    }
}

/// A row of registers: the first, and how many.
pub type Row = (u16, u16);

/// What an instruction does to registers.
#[derive(Clone, Debug, Default)]
pub struct Effect {
    /// Read, and consumed if temporaries.
    pub reads: Vec<Row>,
    /// Read and left where they are, even if temporaries.
    pub borrows: Vec<Row>,
    /// Written.
    pub writes: Vec<Row>,
}

/// What an instruction does to registers when it neither raises nor jumps.
pub fn effect(i: Instr) -> Effect {
    use Op::*;
    let mut e = Effect::default();
    let one = |reg: u16| (reg, 1);
    match i.op {
        Nop | Jump | Loop | ReturnNone | MakeGenerator | RaiseAgain | DelGlobal | DelName | DelFree => {}
        Move | LoadCell | LoadAttr | Neg | Pos | Invert | Not | GetIter | GetYieldFrom | GetAwaitable | GetAIter | GetItemInt
        | AddInt | SubInt | MulInt | FloorDivInt | ModInt | AndInt | RShiftInt | LShiftInt => {
            e.reads.push(one(i.b));
            e.writes.push(one(i.a));
        }
        LoadConst | LoadInt | LoadNone | LoadFree | LoadClosure | LoadLocalOrFree | LoadGlobal | LoadName => {
            e.writes.push(one(i.a));
        }
        Drop | MakeCell | StoreFree | StoreGlobal | StoreName | Return | Raise | PopExc | Reraise | JumpTrue | JumpFalse
        | JumpNone | JumpNotNone | JumpLtInt | JumpLeInt | JumpEqInt | JumpNeInt | JumpGtInt | JumpGeInt => {
            if !matches!(i.op, MakeCell | PopExc | Drop) {
                e.reads.push(one(i.a));
            }
        }
        DelLocal | CheckLocal | DelCell => e.borrows.push(one(i.a)),
        StoreCell | StoreAttr | DelItem | RaiseFrom | JumpLt | JumpLe | JumpEq | JumpNe | JumpGt | JumpGe | JumpIn => {
            e.reads.extend([one(i.a), one(i.b)]);
        }
        DelAttr => e.reads.push(one(i.a)),
        LoadMethod => {
            e.reads.push(one(i.b));
            e.writes.push((i.a, 2));
        }
        LoadSuperAttr => {
            e.reads.push((i.b, 3));
            e.writes.push(one(i.a));
        }
        LoadSuperMethod => {
            e.reads.push((i.b, 3));
            e.writes.push((i.a, 2));
        }
        GetItem | Add | Sub | Mul | TrueDiv | FloorDiv | Mod | Pow | LShift | RShift | And | Or | Xor | MatMul | Div2 | Lt
        | Le | Eq | Ne | Gt | Ge | Is | IsNot | In | NotIn => {
            e.reads.extend([one(i.b), one(i.c)]);
            e.writes.push(one(i.a));
        }
        SetItem => e.reads.extend([one(i.a), one(i.b), one(i.c)]),
        GetSlice => {
            e.reads.extend([one(i.b), (i.c, 2)]);
            e.writes.push(one(i.a));
        }
        SetSlice => e.reads.extend([one(i.a), (i.b, 2), one(i.c)]),
        ForIter => {
            e.borrows.push(one(i.a));
            e.writes.push(one(i.b));
        }
        Unpack => {
            e.reads.push(one(i.a));
            e.writes.push((i.b, i.c));
        }
        UnpackStar => {
            e.reads.push(one(i.a));
            e.writes.push((i.b, i.c.saturating_add(1 + u16::from(i.d))));
        }
        BuildSlice | BuildTuple | BuildList | BuildSet | BuildString => {
            e.reads.push((i.b, i.c));
            e.writes.push(one(i.a));
        }
        BuildMap => {
            e.reads.push((i.b, i.c.saturating_mul(2)));
            e.writes.push(one(i.a));
        }
        ListAppend | ListExtend | SetAdd | SetUpdate | DictUpdate => {
            e.borrows.push(one(i.a));
            e.reads.push(one(i.b));
        }
        MapAdd => {
            e.borrows.push(one(i.a));
            e.reads.extend([one(i.b), one(i.c)]);
        }
        DictMerge => {
            e.borrows.extend([one(i.a), one(i.c)]);
            e.reads.push(one(i.b));
        }
        Format => {
            e.reads.push(one(i.b));
            if i.c != 0xFFFF {
                e.reads.push(one(i.c));
            }
            e.writes.push(one(i.a));
        }
        Call => {
            e.reads.push((i.a, i.b.saturating_add(1)));
            e.writes.push(one(i.c));
        }
        CallMethod => {
            e.reads.push((i.a, i.b.saturating_add(2)));
            e.writes.push(one(i.c));
        }
        CallKw => {
            e.reads.push((i.a, i.b.saturating_add(1)));
            e.writes.push(one(i.a));
        }
        CallMethodKw => {
            e.reads.push((i.a, i.b.saturating_add(2)));
            e.writes.push(one(i.a));
        }
        CallEx => {
            e.reads.push((i.a, 2 + (i.b & 1)));
            e.writes.push(one(i.c));
        }
        MakeFunction => {
            e.reads.push((i.b, i.d.count_ones() as u16));
            e.writes.push(one(i.a));
        }
        Yield => {
            e.reads.push(one(i.b));
            e.writes.push(one(i.a));
        }
        Send => {
            e.borrows.push(one(i.a));
            e.reads.push(one(i.b));
            e.writes.push(one(i.b));
        }
        GetANext => {
            e.borrows.push(one(i.b));
            e.writes.push(one(i.a));
        }
        EndAsyncFor => e.borrows.extend([one(i.a), one(i.b)]),
        WithEnter | AsyncWithEnter => {
            e.reads.push(one(i.b));
            e.writes.extend([(i.a, 2), one(i.c)]);
        }
        WithExit => e.borrows.push((i.a, 2)),
        WithExcept | AsyncWithExcept => {
            e.borrows.extend([(i.a, 2), one(i.b)]);
            e.writes.push(one(i.c));
        }
        AsyncWithExit => {
            e.borrows.push((i.a, 2));
            e.writes.push(one(i.b));
        }
        PushExc => e.borrows.extend([one(i.a), one(i.b)]),
        JumpNoMatch => {
            e.borrows.push(one(i.a));
            e.reads.push(one(i.b));
        }
        ImportName => {
            e.reads.push((i.b, 2));
            e.writes.push(one(i.a));
        }
        ImportFrom => {
            e.borrows.push(one(i.b));
            e.writes.push(one(i.a));
        }
        Intrinsic => {
            if i.d > 0 {
                e.reads.push((i.b, u16::from(i.d)));
            }
            e.writes.push(one(i.a));
        }
    }
    e
}

/// The rows of more than one register that an instruction touches, for the check of bounds.
pub fn wide_rows(i: Instr) -> [(u16, u32); 2] {
    use Op::*;
    let (b, c, d) = (u32::from(i.b), u32::from(i.c), u32::from(i.d));
    let row = match i.op {
        LoadMethod | WithEnter | WithExit | WithExcept | AsyncWithEnter | AsyncWithExit | AsyncWithExcept => (i.a, 2),
        LoadSuperAttr => (i.b, 3),
        LoadSuperMethod => return [(i.a, 2), (i.b, 3)],
        GetSlice => (i.c, 2),
        SetSlice | ImportName => (i.b, 2),
        Unpack | BuildSlice | BuildTuple | BuildList | BuildSet | BuildString => (i.b, c),
        UnpackStar => (i.b, c + 1 + d),
        BuildMap => (i.b, c * 2),
        Call | CallKw => (i.a, b + 1),
        CallMethod | CallMethodKw => (i.a, b + 2),
        CallEx => (i.a, 2 + (b & 1)),
        MakeFunction => (i.b, d.count_ones()),
        Intrinsic => (i.b, d),
        _ => (0, 0),
    };
    [row, (0, 0)]
}

/// Where an instruction may jump to, as an index, if it jumps.
pub fn jump_target(i: Instr, index: usize) -> Option<i64> {
    let next = index as i64 + 1;
    match i.op.form() {
        Form::J | Form::AJ => Some(next + i64::from(i.bc())),
        Form::ABJ => Some(next + i64::from(i.cd())),
        Form::ABj | Form::Aij => Some(next + i64::from(i.c as i16)),
        _ => None,
    }
}

/// Whether control never goes on to the next instruction.
pub fn ends_flow(op: Op) -> bool {
    use Op::*;
    matches!(op, Jump | Loop | Return | ReturnNone | Raise | RaiseFrom | Reraise | RaiseAgain)
}
