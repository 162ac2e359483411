//! Compiles and runs expansions against a small stand-in for the machine's side of the contract.
#![deny(warnings)]

extern crate self as lockstep_interp;

use lockstep_macros::{methods, module};
use object::native::{Member, Members, NativeDef};

pub type Result<T> = std::result::Result<T, String>;

#[derive(Default)]
pub struct Py {
    calls: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Unbound,
    None,
    Int(i64),
    Tuple(Vec<Value>),
    List(Ref<List>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Ref<T>(T);

#[derive(Clone, Debug, PartialEq)]
pub struct List {
    items: Vec<Value>,
}

pub mod object {
    pub mod native {
        use crate::{Py, Result, Value};
        pub type NativeFn = fn(&mut Py, &[Value]) -> Result<Value>;
        pub type StarFn = fn(&mut Py, &[Value], &[Value], &[(Value, Value)]) -> Result<Value>;
        pub struct NativeDef {
            pub name: &'static str,
            pub signature: &'static str,
            pub doc: &'static str,
            pub call: NativeFn,
            pub direct: Option<StarFn>,
            pub takes_keywords: bool,
        }
        impl NativeDef {
            pub const fn new(name: &'static str, signature: &'static str, doc: &'static str, call: NativeFn) -> NativeDef {
                NativeDef { name, signature, doc, call, direct: None, takes_keywords: false }
            }
            pub const fn directly(self, direct: StarFn, takes_keywords: bool) -> NativeDef {
                NativeDef { direct: Some(direct), takes_keywords, ..self }
            }
        }
        pub enum Member {
            Method(NativeDef),
            ClassMethod(NativeDef),
            StaticMethod(NativeDef),
            Function(NativeDef),
            Property { name: &'static str, doc: &'static str, get: NativeFn, set: Option<NativeFn> },
        }
        pub trait Members {
            const MEMBERS: &'static [Member];
        }
    }

    pub mod convert {
        use crate::{List, Py, Ref, Result, Value};

        pub trait Class: Sized {
            fn of(value: &Value) -> Option<&Ref<Self>>;
        }
        impl Class for List {
            fn of(value: &Value) -> Option<&Ref<Self>> {
                match value {
                    Value::List(list) => Some(list),
                    _ => None,
                }
            }
        }
        pub fn arg_ref<'a, T: Class>(py: &mut Py, args: &'a [Value], index: usize, function: &'static str) -> Result<&'a Ref<T>> {
            py.calls += 1;
            T::of(&args[index]).ok_or_else(|| format!("{function}() argument {index} has a wrong type"))
        }
        pub fn arg_opt_ref_of<'a, T: Class>(
            py: &mut Py,
            args: &'a [Value],
            index: usize,
            function: &'static str,
        ) -> Result<Option<&'a Ref<T>>> {
            if args[index] == Value::Unbound { Ok(None) } else { arg_ref(py, args, index, function).map(Some) }
        }
        pub fn arg_opt(value: &Value) -> Option<Value> {
            arg_opt_ref(value).cloned()
        }
        pub fn arg_opt_ref(value: &Value) -> Option<&Value> {
            (*value != Value::Unbound).then_some(value)
        }
        pub fn arg_slice(value: &Value) -> &[Value] {
            match value {
                Value::Tuple(items) => items,
                _ => &[],
            }
        }
        pub trait FromArg: Sized {
            fn from_arg(py: &mut Py, value: &Value, function: &'static str, name: &'static str) -> Result<Self>;
        }
        impl FromArg for i64 {
            fn from_arg(_: &mut Py, value: &Value, function: &'static str, name: &'static str) -> Result<Self> {
                match value {
                    Value::Int(int) => Ok(*int),
                    other => Err(format!("{function}(): {name} is {other:?}")),
                }
            }
        }
        pub trait IntoResult {
            fn into_result(self, py: &mut Py) -> Result<Value>;
        }
        impl IntoResult for () {
            fn into_result(self, _: &mut Py) -> Result<Value> {
                Ok(Value::None)
            }
        }
        impl IntoResult for i64 {
            fn into_result(self, _: &mut Py) -> Result<Value> {
                Ok(Value::Int(self))
            }
        }
        impl<T: IntoResult> IntoResult for Result<T> {
            fn into_result(self, py: &mut Py) -> Result<Value> {
                self?.into_result(py)
            }
        }
    }
}

#[methods]
impl List {
    /// Count the values.
    #[py("(self, *values, first=<unbound>, like=<unbound>, last=<unbound>)", alias = "__count__")]
    fn count(
        py: &mut Py,
        this: &Ref<Self>,
        values: &[Value],
        first: Option<&Value>,
        like: Option<&Ref<List>>,
        mut last: Option<Value>,
    ) -> Result<i64> {
        py.calls += 1;
        last = last.filter(|last| *last != Value::None);
        let options = [first.is_some(), like.is_some(), last.is_some()];
        Ok((this.0.items.len() + values.len() + options.into_iter().filter(|given| *given).count()) as i64)
    }

    #[cfg(any())]
    #[py("(self, /)")]
    fn absent(py: &mut Py, this: &Missing) {}

    #[classmethod("(type, iterable, value=None, /)")]
    fn fromkeys(_py: &mut Py, _cls: &Value, iterable: Value, value: i64) -> i64 {
        value + i64::from(iterable == Value::None)
    }

    #[staticmethod("()")]
    fn r#type(_py: &mut Py) {}

    #[getter(name = "__len__")]
    fn len(_py: &mut Py, this: &Ref<List>) -> i64 {
        this.0.items.len() as i64
    }

    #[setter(len)]
    fn set_len(_py: &mut Py, _this: &Ref<List>, value: Option<Value>) -> Result<()> {
        value.map(drop).ok_or_else(|| "cannot delete".to_owned())
    }
}

struct Math;

#[module]
impl Math {
    #[py("(x, /)")]
    fn double(_py: &mut Py, x: i64) -> Result<i64> {
        Ok(x * 2)
    }
}

fn describe(member: &Member) -> String {
    match member {
        Member::Method(def) => format!("method {}{} {:?}", def.name, def.signature, def.doc),
        Member::ClassMethod(def) => {
            format!("classmethod {}{} {:?}", def.name, def.signature, def.doc)
        }
        Member::StaticMethod(def) => {
            format!("staticmethod {}{} {:?}", def.name, def.signature, def.doc)
        }
        Member::Function(def) => format!("function {}{} {:?}", def.name, def.signature, def.doc),
        Member::Property { name, doc, set, .. } => {
            format!("property {name} {doc:?} settable: {}", set.is_some())
        }
    }
}

fn call(member: &Member, args: &[Value]) -> Result<Value> {
    match member {
        Member::Method(def) | Member::ClassMethod(def) | Member::StaticMethod(def) | Member::Function(def) => {
            (def.call)(&mut Py::default(), args)
        }
        Member::Property { get, .. } => get(&mut Py::default(), args),
    }
}

#[test]
fn table() {
    let lines: Vec<String> = List::MEMBERS.iter().chain(Math::MEMBERS).map(describe).collect();
    let table = lines.join("\n");
    insta::assert_snapshot!(table);
}

#[test]
fn calls() {
    let list = Value::List(Ref(List { items: vec![Value::None] }));
    let mut args = vec![list.clone(), Value::Tuple(vec![Value::None, Value::None]), Value::Unbound, list.clone(), Value::Unbound];
    assert_eq!(call(&List::MEMBERS[0], &args), Ok(Value::Int(4)));
    args[4] = Value::Int(1);
    assert_eq!(call(&List::MEMBERS[1], &args), Ok(Value::Int(5)));
    args[0] = Value::None;
    assert_eq!(call(&List::MEMBERS[0], &args), Err("count() argument 0 has a wrong type".into()));

    assert_eq!(call(&List::MEMBERS[2], &[Value::None, Value::None, Value::Int(3)]), Ok(Value::Int(4)));
    let wrong = call(&List::MEMBERS[2], &[Value::None, Value::None, Value::None]);
    assert_eq!(wrong, Err("fromkeys(): value is None".into()));
    assert_eq!(call(&List::MEMBERS[3], &[]), Ok(Value::None));
    assert_eq!(call(&List::MEMBERS[4], std::slice::from_ref(&list)), Ok(Value::Int(1)));
    assert_eq!(call(&Math::MEMBERS[0], &[Value::Int(4)]), Ok(Value::Int(8)));

    // What `*values` collects may lie anywhere; its slot is empty then.
    let Member::Method(NativeDef { direct: Some(direct), .. }) = &List::MEMBERS[0] else { panic!("a method with `*values`") };
    let slots = [list.clone(), Value::Unbound, Value::Unbound, Value::Unbound, Value::Unbound];
    assert_eq!(direct(&mut Py::default(), &slots, &[Value::None, Value::None], &[]), Ok(Value::Int(3)));
    assert!(matches!(&List::MEMBERS[2], Member::ClassMethod(NativeDef { direct: None, .. })));

    let Member::Property { set: Some(set), .. } = &List::MEMBERS[4] else { panic!("a property") };
    assert_eq!(set(&mut Py::default(), &[list, Value::Unbound]), Err("cannot delete".into()));
}
