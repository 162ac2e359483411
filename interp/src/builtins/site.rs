//! `exit`, `quit`, `help`, `copyright`, `credits`, `license`: objects for people at a prompt.

use lockstep_heap::{Frozen, Object, Ref, Value};
use lockstep_macros::methods;

use crate::object::raise::{Exc, Raised, Result};
use crate::object::{NativeType, Py};
use crate::types::dict::{self, Dict};

/// The payload of `exit` and `quit`.
pub struct Quitter {
    name: &'static str,
}

impl Object for Quitter {
    type Access = Frozen;
}

#[methods]
impl Quitter {
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(_py: &mut Py, this: &Ref<Quitter>) -> String {
        format!("Use {}() or Ctrl-D (i.e. EOF) to exit", this.name)
    }
    /// End the program.
    #[py("(self, code=None)")]
    fn __call__(py: &mut Py, _this: &Ref<Quitter>, code: Value) -> Result<()> {
        // A prompt that reads standard input ends with it.
        if let Some(sys) = py.shared().sys.clone()
            && let Some(stdin) = dict::get_name(py, &sys, "stdin")
            && !stdin.is_none()
        {
            drop(py.call_method(&stdin, "close", &[]));
        }
        Err(Raised::args(Exc::SystemExit, vec![code]))
    }
}

impl NativeType for Quitter {
    const NAME: &'static str = "Quitter";
    const MODULE: &'static str = "_sitebuiltins";
    const FLAGS: u32 = 0;
    const DICT: bool = true;
}

/// The payload of `help`.
pub struct Helper;

impl Object for Helper {
    type Access = Frozen;
}

#[methods]
impl Helper {
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(_py: &mut Py, _this: &Ref<Helper>) -> &'static str {
        "Type help() for interactive help, or help(object) for help about object."
    }
    /// Show help.
    #[py("(self, *args, **kwds)")]
    fn __call__(py: &mut Py, _this: &Ref<Helper>, args: &[Value], kwds: &Value) -> Result<Value> {
        let pydoc = crate::import::import_module(py, "pydoc")?;
        let help = py.getattr(&pydoc, "help")?;
        let keywords = py.kwargs(kwds);
        py.call_kw(&help, args, &keywords)
    }
}

impl NativeType for Helper {
    const NAME: &'static str = "_Helper";
    const MODULE: &'static str = "_sitebuiltins";
    const FLAGS: u32 = 0;
}

/// The payload of `copyright`, `credits` and `license`.
pub struct Printer {
    name: &'static str,
    text: &'static str,
}

impl Object for Printer {
    type Access = Frozen;
}

#[methods]
impl Printer {
    /// Return repr(self).
    #[py("(self, /)")]
    fn __repr__(_py: &mut Py, this: &Ref<Printer>) -> String {
        if this.name == "license" { "Type license() to see the full license text".to_owned() } else { this.text.to_owned() }
    }
    /// Show the text.
    #[py("(self, /)")]
    fn __call__(py: &mut Py, this: &Ref<Printer>) -> Result<()> {
        let stdout = super::output::stdout(py)?;
        let text = py.str(&format!("{}\n", this.text));
        py.call_method(&stdout, "write", &[text]).map(drop)
    }
}

impl NativeType for Printer {
    const NAME: &'static str = "_Printer";
    const MODULE: &'static str = "_sitebuiltins";
    const FLAGS: u32 = 0;
}

/// Put them into the `builtins` namespace.
pub fn install(py: &mut Py, namespace: &Ref<Dict>) {
    py.define::<Quitter>();
    py.define::<Helper>();
    py.define::<Printer>();
    for name in ["exit", "quit"] {
        let value = py.make(Quitter { name }).into_value();
        dict::set_name(py, namespace, name, value);
    }
    let help = py.make(Helper).into_value();
    dict::set_name(py, namespace, "help", help);
    for (name, text) in [
        (
            "copyright",
            "Copyright (c) the authors of Lockstep.\nThe pure-Python library is Copyright (c) 2001 Python Software Foundation.",
        ),
        ("credits", "Lockstep runs the pure-Python library of CPython; thanks to its authors."),
        (
            "license",
            "Lockstep is distributed under the MIT license, the pure-Python library under the Python Software Foundation license, version 2.",
        ),
    ] {
        let value = py.make(Printer { name, text }).into_value();
        dict::set_name(py, namespace, name, value);
    }
}
