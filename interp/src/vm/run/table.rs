//! Which function runs which instruction.

use lockstep_compile::code::Op;

use super::{Handler, Table, attribute, branch, call, item, load, number, rest, traced};

/// The handler of an instruction.
const fn plain(op: Op) -> Handler {
    match op {
        Op::Nop => load::nop,
        Op::Move => load::move_,
        Op::LoadConst => load::load_const,
        Op::LoadInt => load::load_int,
        Op::LoadNone => load::load_none,
        Op::Drop => load::drop_,
        Op::DelLocal => load::del_local,
        Op::CheckLocal => load::check_local,
        Op::MakeCell => load::make_cell,
        Op::LoadCell => load::load_cell,
        Op::StoreCell => load::store_cell,
        Op::DelCell => load::del_cell,
        Op::LoadFree => load::load_free,
        Op::StoreFree => load::store_free,
        Op::DelFree => load::del_free,
        Op::LoadClosure => load::load_closure,
        Op::LoadLocalOrFree => load::load_local_or_free,
        Op::LoadGlobal => load::load_global,
        Op::StoreGlobal => load::store_global,
        Op::DelGlobal => load::del_global,
        Op::LoadName => load::load_name,
        Op::StoreName => load::store_name,
        Op::DelName => load::del_name,
        Op::LoadAttr => attribute::load_attr,
        Op::StoreAttr => attribute::store_attr,
        Op::DelAttr => attribute::del_attr,
        Op::LoadMethod => attribute::load_method,
        Op::LoadSuperAttr => attribute::load_super_attr,
        Op::LoadSuperMethod => attribute::load_super_method,
        Op::GetItem => item::get_item,
        Op::GetItemInt => item::get_item_int,
        Op::SetItem => item::set_item,
        Op::DelItem => item::del_item,
        Op::GetSlice => item::get_slice,
        Op::SetSlice => item::set_slice,
        Op::BuildSlice => item::build_slice,
        Op::Add => number::add,
        Op::Sub => number::sub,
        Op::Mul => number::mul,
        Op::TrueDiv => number::true_div,
        Op::FloorDiv => number::floor_div,
        Op::Mod => number::modulo,
        Op::Pow => number::power,
        Op::LShift => number::lshift,
        Op::RShift => number::rshift,
        Op::And => number::and,
        Op::Or => number::or,
        Op::Xor => number::xor,
        Op::MatMul => number::matmul,
        Op::Div2 => number::div2,
        Op::AddInt => number::add_int,
        Op::SubInt => number::sub_int,
        Op::MulInt => number::mul_int,
        Op::FloorDivInt => number::floor_div_int,
        Op::ModInt => number::mod_int,
        Op::AndInt => number::and_int,
        Op::RShiftInt => number::rshift_int,
        Op::LShiftInt => number::lshift_int,
        Op::Neg => number::neg,
        Op::Pos | Op::Invert => number::unary,
        Op::Not => number::not,
        Op::Lt => number::lt,
        Op::Le => number::le,
        Op::Eq => number::eq,
        Op::Ne => number::ne,
        Op::Gt => number::gt,
        Op::Ge => number::ge,
        Op::Is | Op::IsNot => number::is,
        Op::In | Op::NotIn | Op::JumpIn => item::contains,
        Op::Jump => branch::jump,
        Op::Loop => branch::loop_,
        Op::JumpTrue => branch::jump_true,
        Op::JumpFalse => branch::jump_false,
        Op::JumpNone => branch::jump_none,
        Op::JumpNotNone => branch::jump_not_none,
        Op::JumpLt => number::jump_lt,
        Op::JumpLe => number::jump_le,
        Op::JumpEq => number::jump_eq,
        Op::JumpNe => number::jump_ne,
        Op::JumpGt => number::jump_gt,
        Op::JumpGe => number::jump_ge,
        Op::JumpLtInt => number::jump_lt_int,
        Op::JumpLeInt => number::jump_le_int,
        Op::JumpEqInt => number::jump_eq_int,
        Op::JumpNeInt => number::jump_ne_int,
        Op::JumpGtInt => number::jump_gt_int,
        Op::JumpGeInt => number::jump_ge_int,
        Op::GetIter => branch::get_iter,
        Op::ForIter => branch::for_iter,
        Op::Unpack => branch::unpack,
        Op::UnpackStar => branch::unpack_star,
        Op::BuildTuple => rest::build_tuple,
        Op::BuildList => rest::build_list,
        Op::BuildSet => rest::build_set,
        Op::BuildMap => rest::build_map,
        Op::BuildString => rest::build_string,
        Op::ListAppend => rest::list_append,
        Op::ListExtend => rest::list_extend,
        Op::SetAdd => rest::set_add,
        Op::SetUpdate => rest::set_update,
        Op::MapAdd => rest::map_add,
        Op::DictUpdate => rest::dict_update,
        Op::DictMerge => rest::dict_merge,
        Op::Format => rest::format,
        Op::Call => call::call,
        Op::CallMethod => call::call_method,
        Op::CallKw => call::call_kw,
        Op::CallMethodKw => call::call_kw,
        Op::CallEx => call::call_ex,
        Op::Return => call::return_,
        Op::ReturnNone => call::return_none,
        Op::MakeFunction => call::make_function,
        Op::MakeGenerator => call::make_generator,
        Op::Yield => call::yield_,
        Op::GetYieldFrom => rest::get_yield_from,
        Op::GetAwaitable => rest::get_awaitable,
        Op::Send => rest::send,
        Op::GetAIter => rest::get_aiter,
        Op::GetANext => rest::get_anext,
        Op::EndAsyncFor => rest::end_async_for,
        Op::WithEnter => rest::with_enter,
        Op::WithExit => rest::with_exit,
        Op::WithExcept | Op::AsyncWithExcept => rest::with_except,
        Op::AsyncWithEnter => rest::async_with_enter,
        Op::AsyncWithExit => rest::async_with_exit,
        Op::PushExc => rest::push_exc,
        Op::PopExc => rest::pop_exc,
        Op::JumpNoMatch => rest::jump_no_match,
        Op::Raise => rest::raise,
        Op::RaiseFrom => rest::raise_from,
        Op::Reraise => rest::reraise,
        Op::RaiseAgain => rest::raise_again,
        Op::ImportName => rest::import_name,
        Op::ImportFrom => rest::import_from,
        Op::Intrinsic => rest::intrinsic,
    }
}

/// The handler of an instruction while instrumented: calls and returns are events there.
const fn inner(op: Op) -> Handler {
    match op {
        Op::Call => call::call_traced,
        Op::LoadMethod => attribute::load_method_traced,
        Op::CallMethod => call::call_method_traced,
        Op::Return => call::return_traced,
        Op::ReturnNone => call::return_none_traced,
        Op::Yield => call::yield_traced,
        Op::ForIter => branch::for_iter_traced,
        Op::Send => rest::send_traced,
        other => plain(other),
    }
}

macro_rules! table {
    ($of:ident) => {{
        // Numbers that are no instruction do not get past the verifier.
        let mut handlers: [Handler; 256] = [load::nop; 256];
        let mut k = 0;
        while k < Op::ALL.len() {
            handlers[Op::ALL[k] as usize] = $of(Op::ALL[k]);
            k += 1;
        }
        Table(handlers)
    }};
}

/// The table of uninstrumented running.
pub(super) static PLAIN: Table = table!(plain);
/// What instructions do behind the instrumentation.
pub(super) static INNER: Table = table!(inner);
/// The table of instrumented running.
pub(super) static TRACED: Table = Table([traced; 256]);
