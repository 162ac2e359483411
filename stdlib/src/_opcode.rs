//! `_opcode`: the instructions of the machine as `dis` and `opcode` show them.

use lockstep_compile::code::{Code, Form, Instr, Op, jump_target, operand_text};
use lockstep_interp::object::Py;
use lockstep_interp::object::raise::{Result, not_implemented, value_error};
use lockstep_interp::types::code::CodeObject;
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::{Ref, Value, module};

/// The functions of the module.
struct Functions;

fn op_of(number: i64) -> Option<Op> {
    usize::try_from(number).ok().and_then(|number| Op::ALL.get(number).copied())
}

/// Whether an instruction of this number has one of these forms.
fn has(number: i64, forms: &[Form]) -> bool {
    op_of(number).is_some_and(|op| forms.contains(&op.form()))
}

/// The operands as one number, as far as the form says.
fn number(instr: Instr) -> Option<i64> {
    match instr.op.form() {
        Form::None => None,
        Form::A => Some(i64::from(instr.a)),
        Form::Ai | Form::AK | Form::AN | Form::J | Form::AJ => Some(i64::from(instr.bc())),
        Form::ABS | Form::AS => Some(instr.site_index() as i64),
        Form::ABJ => Some(i64::from(instr.cd())),
        Form::ABi | Form::ABj | Form::Aij => Some(i64::from(instr.c as i16)),
        Form::AB => Some(i64::from(instr.b)),
        Form::ABC | Form::Call | Form::Run | Form::Intrinsic => Some(i64::from(instr.c)),
    }
}

/// The offset of an instruction.
fn place(py: &mut Py, code: &Code, index: i64, unit: i64) -> Value {
    let place = code.place(usize::try_from(index).unwrap_or(0));
    py.int(place as i64 * unit)
}

/// What the operand stands for: a constant, a name, where a jump goes; none: see the text.
fn meaning(py: &mut Py, code: &Ref<CodeObject>, instr: Instr, index: usize, unit: i64) -> Option<Value> {
    let names = |at: usize| code.names.get(at).map(Ref::to_value);
    match instr.op.form() {
        Form::AK => code.consts.get(usize::try_from(instr.bc()).ok()?).cloned(),
        Form::AN => names(usize::try_from(instr.bc()).ok()?),
        Form::ABS => names(*code.code.attr_sites.get(instr.site_index())? as usize),
        Form::AS => names(*code.code.global_sites.get(instr.site_index())? as usize),
        Form::A => code.varnames.get(usize::from(instr.a)).map(Ref::to_value),
        _ => jump_target(instr, index).map(|target| place(py, &code.code, target, unit)),
    }
}

#[module]
impl Functions {
    /// Rows (number, name, argument, meaning, text, target of a jump) of a code object's
    /// instructions; meaning and target may be None. The first row stands for the call, rows of
    /// `Nop` for lines that have no instruction.
    #[py("(code, unit, /)")]
    fn _instructions(py: &mut Py, code: &Ref<CodeObject>, unit: i64) -> Result<Value> {
        let plain = code.code.clone();
        let mut rows = Vec::with_capacity(plain.instrs.len());
        let blank = |py: &mut Py, name: &str| {
            let number = Value::int32(Op::Nop as i32);
            let row = vec![number, py.str(name), Value::NONE, Value::FALSE, Value::NONE, py.str(""), Value::NONE];
            py.tuple(row)
        };
        rows.push(blank(py, "Resume"));
        for (index, instr) in plain.instrs.iter().enumerate() {
            for _ in plain.marks(index) {
                rows.push(blank(py, Op::Nop.name()));
            }
            let value = meaning(py, code, *instr, index, unit);
            let target = jump_target(*instr, index).map_or(Value::NONE, |target| place(py, &plain, target, unit));
            let argument = number(*instr).map_or(Value::NONE, |number| py.int(number));
            let text = operand_text(&plain, *instr, index);
            let (known, value) = (Value::bool(value.is_some()), value.unwrap_or(Value::NONE));
            let row = vec![Value::int32(instr.op as i32), py.str(instr.op.name()), argument, known, value, py.str(&text), target];
            rows.push(py.tuple(row));
            py.check()?;
        }
        Ok(py.list(rows))
    }
    /// Rows (first offset, offset after the last, target, register) of a code object's handlers.
    #[py("(code, unit, /)")]
    fn _handlers(py: &mut Py, code: &Ref<CodeObject>, unit: i64) -> Value {
        let rows = code.code.handlers.iter().map(|handler| {
            let row = [handler.start, handler.end, handler.target].map(|n| place(py, &code.code, i64::from(n), unit));
            let mut row = row.to_vec();
            row.push(py.int(i64::from(handler.register)));
            py.tuple(row)
        });
        let rows = rows.collect();
        py.list(rows)
    }
    /// The names of the instructions, in the order of their numbers.
    #[py("()")]
    fn _names(py: &mut Py) -> Value {
        let names = Op::ALL.iter().map(|op| py.str(op.name())).collect();
        py.list(names)
    }
    #[py("(*, code, offset)")]
    fn get_executor(_py: &mut Py, code: &Value, offset: &Value) -> Value {
        let _ = (code, offset);
        Value::NONE
    }
    #[py("()")]
    fn get_intrinsic1_descs(py: &mut Py) -> Value {
        py.list(Vec::new())
    }
    #[py("()")]
    fn get_intrinsic2_descs(py: &mut Py) -> Value {
        py.list(Vec::new())
    }
    #[py("()")]
    fn get_nb_ops(py: &mut Py) -> Value {
        const OPS: [(&str, &str); 13] = [
            ("ADD", "+"),
            ("AND", "&"),
            ("FLOOR_DIVIDE", "//"),
            ("LSHIFT", "<<"),
            ("MATRIX_MULTIPLY", "@"),
            ("MULTIPLY", "*"),
            ("REMAINDER", "%"),
            ("OR", "|"),
            ("POWER", "**"),
            ("RSHIFT", ">>"),
            ("SUBTRACT", "-"),
            ("TRUE_DIVIDE", "/"),
            ("XOR", "^"),
        ];
        let mut rows = Vec::new();
        for (prefix, suffix) in [("NB_", ""), ("NB_INPLACE_", "=")] {
            for (name, sign) in OPS {
                let row = vec![py.str(&format!("{prefix}{name}")), py.str(&format!("{sign}{suffix}"))];
                rows.push(py.tuple(row));
            }
        }
        let row = vec![py.str("NB_SUBSCR"), py.str("[]")];
        rows.push(py.tuple(row));
        py.list(rows)
    }
    #[py("()")]
    fn get_special_method_names(py: &mut Py) -> Value {
        let names = ["__enter__", "__exit__", "__aenter__", "__aexit__"].map(|name| py.str(name)).to_vec();
        py.list(names)
    }
    /// Return True if the opcode uses its oparg, False otherwise.
    #[py("(opcode)")]
    fn has_arg(_py: &mut Py, opcode: i64) -> bool {
        op_of(opcode).is_some_and(|op| op.form() != Form::None)
    }
    /// Return True if the opcode accesses a constant, False otherwise.
    #[py("(opcode)")]
    fn has_const(_py: &mut Py, opcode: i64) -> bool {
        has(opcode, &[Form::AK])
    }
    /// Return True if the opcode sets an exception handler, False otherwise.
    #[py("(opcode)")]
    fn has_exc(_py: &mut Py, opcode: i64) -> bool {
        let _ = opcode;
        false
    }
    /// Return True if the opcode accesses a free variable, False otherwise.
    #[py("(opcode)")]
    fn has_free(_py: &mut Py, opcode: i64) -> bool {
        matches!(op_of(opcode), Some(Op::LoadFree | Op::StoreFree | Op::DelFree | Op::LoadClosure | Op::LoadLocalOrFree))
    }
    /// Return True if the opcode has a jump target, False otherwise.
    #[py("(opcode)")]
    fn has_jump(_py: &mut Py, opcode: i64) -> bool {
        has(opcode, &[Form::J, Form::AJ, Form::ABJ, Form::ABj, Form::Aij])
    }
    /// Return True if the opcode accesses a local variable, False otherwise.
    #[py("(opcode)")]
    fn has_local(_py: &mut Py, opcode: i64) -> bool {
        has(opcode, &[Form::A, Form::AB, Form::ABC, Form::ABi])
    }
    /// Return True if the opcode accesses an attribute by name, False otherwise.
    #[py("(opcode)")]
    fn has_name(_py: &mut Py, opcode: i64) -> bool {
        has(opcode, &[Form::AN, Form::ABS, Form::AS])
    }
    /// Return True if opcode is valid, False otherwise.
    #[py("(opcode)")]
    fn is_valid(_py: &mut Py, opcode: i64) -> bool {
        op_of(opcode).is_some()
    }
    /// Compute the stack effect of the opcode.
    #[py("(opcode, oparg=None, /, *, jump=None)")]
    fn stack_effect(_py: &mut Py, opcode: i64, oparg: &Value, jump: &Value) -> Result<Value> {
        let _ = (oparg, jump);
        if op_of(opcode).is_none() {
            return Err(value_error("invalid opcode or oparg"));
        }
        Err(not_implemented("stack_effect(): the machine has registers and no stack"))
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    let name = py.str("opcode support module.");
    dict::set_name(py, &namespace, "__doc__", name);
    py.add_functions::<Functions>(&namespace, "_opcode");
    Ok(())
}
