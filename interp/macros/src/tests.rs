//! Pages that show a declaration above and its expansion below, and the message of each mistake.

use crate::expand::{Home, expand};
use crate::signature;
use proc_macro2::TokenStream;

/// `source` above, its expansion below.
fn page(home: Home, source: &str) -> String {
    let expansion = expand(home, &TokenStream::new(), source.parse().expect("the source is tokens"));
    assert!(expansion.error.is_none(), "{:?}", expansion.error);
    let file = syn::parse2(expansion.tokens).expect("the expansion is items");
    format!("{}\n\n// expands to\n\n{}", source.trim(), prettyplease::unparse(&file))
}

/// The messages of the mistakes in a block with `functions`; the block itself must expand without its attributes.
fn mistakes_in(home: Home, head: &str, functions: &str) -> String {
    let source = format!("{head} {{ {functions} }}");
    let expansion = expand(home, &TokenStream::new(), source.parse().expect("the source is tokens"));
    let tokens = expansion.tokens.to_string();
    assert!(syn::parse2::<syn::File>(expansion.tokens).is_ok(), "{tokens}");
    let error = expansion.error.expect("a mistake");
    error.into_iter().map(|error| error.to_string()).collect::<Vec<_>>().join("\n")
}

fn mistakes(functions: &str) -> String {
    mistakes_in(Home::Type, "impl List", functions)
}

#[test]
fn methods() {
    let page = page(
        Home::Type,
        r#"
impl List {
    /// Append object to the end of the list.
    ///
    ///   Indented.
    #[py("(self, object, /)")]
    fn append(py: &mut Py, this: &Ref<List>, object: Value) -> Result<()> { body() }

    #[py("(self, value, start=0, stop=9223372036854775807, /)", name = "index")]
    fn find_index(py: &mut Py, this: &Ref<Self>, value: &Value, start: i64, stop: i64) -> Result<usize> { body() }

    #[py("(self, /)", alias = "__rmul__", alias = "__matmul__")]
    fn __mul__(_py: &mut Py, this: &Value) -> Value { body() }

    #[py("(self, *args, key=None, default=<unbound>, like=<unbound>, **kwargs)")]
    fn r#type(
        py: &mut Py, this: &Value, args: &[Value], mut key: Option<Value>, default: Option<&Value>,
        like: Option<&Ref<List>>, kwargs: &Ref<Dict>,
    ) -> Result<Value> { body() }

    #[cfg(unix)]
    #[inline]
    #[classmethod("(type, iterable, value=None, /)")]
    fn fromkeys(py: &mut Py, cls: &Value, iterable: &Value, value: Value) -> Result<Value> { body() }

    #[staticmethod("()")]
    fn nothing(py: &mut Py) -> Result<()> { body() }

    const LIMIT: usize = 3;

    fn helper(&self) -> usize { 1 }
}"#,
    );
    insta::assert_snapshot!(page);
}

#[test]
fn properties() {
    let page = page(
        Home::Type,
        r#"
impl<T: Number> Complex<T> {
    /// the real part of a complex number
    #[getter]
    fn real(py: &mut Py, this: &Ref<Self>) -> Result<Value> { body() }

    #[setter(name)]
    fn set_name(py: &mut Py, this: &Ref<Self>, value: Option<Value>) -> Result<()> { body() }

    #[getter(name = "__name__", alias = "func_name")]
    fn name(py: &mut Py, this: &Ref<Self>) -> String { body() }

    #[setter("real")]
    fn set_real(py: &mut Py, this: &Ref<Self>, r#new: f64) -> Result<()> { body() }
}"#,
    );
    insta::assert_snapshot!(page);
}

#[test]
fn module() {
    let page = page(
        Home::Module,
        r#"
impl Math {
    /// Return the square root of x.
    #[py("(x, /)")]
    fn sqrt(py: &mut Py, x: f64) -> Result<f64> { body() }
}"#,
    );
    insta::assert_snapshot!(page);
}

#[test]
fn counts() {
    insta::assert_snapshot!(
        mistakes(r#"#[py("(self, /, *, key)")] fn pop(py: &mut Py, this: &Value) {}"#),
        @"the signature of `pop` has 2 parameters, but the function has 1 after `py`"
    );
    insta::assert_snapshot!(
        mistakes(r#"#[py("(self, /)")] fn pop(py: &mut Py) {}"#),
        @"the signature of `pop` has 1 parameter, but the function has 0 after `py`"
    );
    insta::assert_snapshot!(
        mistakes("#[getter] fn real(py: &mut Py) {}"),
        @"a getter has one parameter after `py`, the object; `real` has 0"
    );
    insta::assert_snapshot!(
        mistakes("#[getter] fn real(py: &mut Py, this: &Value) {} #[setter(real)] fn set(py: &mut Py, this: &Value) {}"),
        @"a setter has two parameters after `py`, the object and the new value; `set` has 1"
    );
}

#[test]
fn functions() {
    insta::assert_snapshot!(
        mistakes(r#"#[py("(self, /)")] fn pop(&self) {}"#),
        @"a native takes no `self`: write `this: &Ref<Type>` after `py`"
    );
    insta::assert_snapshot!(
        mistakes(r#"#[py("(self, /)")] fn pop(this: &Ref<List>) {}"#),
        @"the first parameter of a native is `py: &mut Py`"
    );
    insta::assert_snapshot!(
        mistakes(r#"#[py("(self, /)")] fn pop<T>(py: &mut Py, this: T) {}"#),
        @"a native cannot be generic over types or constants"
    );
    insta::assert_snapshot!(
        mistakes(r#"#[py("(self, /)")] async fn pop(py: &mut Py, this: &Value) {}"#),
        @"a native is neither `async` nor `unsafe`"
    );
    insta::assert_snapshot!(
        mistakes(r#"#[py("(self, rest, /)")] fn pop(py: &mut Py, this: &Value, rest: &[Value]) {}"#),
        @"`&[Value]` takes what `*rest` collects, but the signature has `rest`"
    );
    insta::assert_snapshot!(
        mistakes(r#"#[py("(self, x=<unbound>, /)")] fn pop(py: &mut Py, this: &Value, x: Value) {}"#),
        @"`x` may be absent: take it as `Option<Value>` or `Option<&Value>`"
    );
}

#[test]
fn attributes() {
    insta::assert_snapshot!(
        mistakes("#[py] fn pop(py: &mut Py) {}"),
        @r#"`#[py]` needs a signature: `#[py("(value, /)")]`"#
    );
    insta::assert_snapshot!(
        mistakes(r#"#[py("()", rename = "x")] fn pop(py: &mut Py) {}"#),
        @"unknown option `rename`: there are `name` and `alias`"
    );
    insta::assert_snapshot!(
        mistakes(r#"#[py("()", quick)] fn pop(py: &mut Py) {}"#),
        @"unknown option `quick`: there are `name` and `alias`"
    );
    insta::assert_snapshot!(
        mistakes(r#"#[py("()")] #[py("()")] fn pop(py: &mut Py) {}"#),
        @r#"a function is declared once; use `alias = "..."` for a second name"#
    );
    insta::assert_snapshot!(
        mistakes("#[getter(real)] fn real(py: &mut Py, this: &Value) {}"),
        @r#"`#[getter]` takes no signature; for another name write `#[getter(name = "...")]`"#
    );
    insta::assert_snapshot!(
        mistakes("#[setter] fn real(py: &mut Py, this: &Value, value: Value) {}"),
        @"`#[setter]` names its property: `#[setter(real)]`"
    );
}

#[test]
fn blocks() {
    insta::assert_snapshot!(
        mistakes("#[setter(real)] fn set_real(py: &mut Py, this: &Value, value: Value) {}"),
        @"there is no getter `real` under the same `#[cfg]`"
    );
    insta::assert_snapshot!(
        mistakes(r#"#[py("()")] fn pop(py: &mut Py) {} #[py("()", alias = "pop")] fn push(py: &mut Py) {}"#),
        @"`pop` is declared twice"
    );
    insta::assert_snapshot!(
        mistakes_in(Home::Module, "impl Math", "#[getter] fn pi(py: &mut Py, this: &Value) {}"),
        @"`#[getter]` has no place in a module: use `#[py]`"
    );
    insta::assert_snapshot!(
        mistakes_in(Home::Type, "impl Clone for List", ""),
        @"`#[methods]` stands on a plain `impl Type`, not on the impl of a trait"
    );
    let both = r#"#[py("(a")] fn one(py: &mut Py) {} #[py("(1)")] fn two(py: &mut Py) {}"#;
    insta::assert_snapshot!(mistakes(both), @r#"
    a signature is written in parentheses, like "(self, value, /)"
    `1` is not a parameter name
    "#);
}

#[test]
fn signatures() {
    let texts = [
        "()",
        "(self, /)",
        "(self, key, default=None, /)",
        "(a, b=(1, 2), /, c=',)', *, d, e='\\'', **rest)",
        "(*values, sep=' ', end='\\n', file=None, flush=False)",
        "(a, )",
        "self",
        "(a, , b)",
        "(,)",
        "(a b)",
        "(a=)",
        "(a=(1)",
        "(a=1))",
        "(a='x)",
        "(a, a)",
        "(a=1, b)",
        "(/, a)",
        "(a, /, b, /)",
        "(*, a, /)",
        "(a, *)",
        "(*, *a)",
        "(*a=1)",
        "(**k, a)",
        "(*, **k)",
    ];
    let page: Vec<String> = texts
        .iter()
        .map(|text| {
            let result = match signature::parse(text) {
                Ok(params) => params.iter().map(|param| param.name.as_str()).collect::<Vec<_>>().join(" "),
                Err(message) => format!("error: {message}"),
            };
            format!("{text}  ->  {result}")
        })
        .collect();
    let page = page.join("\n");
    insta::assert_snapshot!(page);
}
