//! `compile`, `eval`, `exec`, `__import__`, and what stands beside them: `breakpoint`, `input`, `open`.

use lockstep_compile::code::CodeFlags;
use lockstep_compile::compile::FUTURE_ANNOTATIONS;
use lockstep_grammar::{Dialect, Mode};
use lockstep_heap::{Ref, Value};

use super::compile::{self, Settings};
use crate::object::Py;
use crate::object::raise::{Exc, Raised, Result, not_implemented, runtime_error, type_error, value_error};
use crate::types::cell::Cell;
use crate::types::code::CodeObject;
use crate::types::dict::{self, Dict};
use crate::types::module::Module;
use crate::types::str::Str;
use crate::types::tuple::Tuple;

/// The functions of this file.
pub struct CodeFunctions;

/// The future features that a compile flag can ask for, CPython's numbers.
const FUTURES: i64 = 0x20000 | 0x40000 | 0x80000 | 0x100000 | 0x200000 | 0x400000 | 0x800000 | 0x1000000;
const ONLY_AST: i64 = 0x400;
const DONT_IMPLY_DEDENT: i64 = 0x200;
const IGNORE_COOKIE: i64 = 0x800;
const TYPE_COMMENTS: i64 = 0x1000;
const TOP_LEVEL_AWAIT: i64 = 0x2000;
const ALLOW_INCOMPLETE: i64 = 0x4000;
const OPTIMIZED_AST: i64 = 0x8400;

/// A text to compile: str, or bytes with their coding line.
enum Text {
    Text(String),
    Bytes(Vec<u8>),
}

fn text_of(py: &mut Py, source: &Value, function: &str, what: &str) -> Result<Text> {
    if let Some(s) = source.downcast::<Str>() {
        return Ok(Text::Text(s.to_str(py)?.to_owned()));
    }
    if let Ok(bytes) = py.bytes_like(source) {
        return Ok(Text::Bytes(bytes.into_owned()));
    }
    Err(type_error(format!("{function}() arg 1 must be a {what}")))
}

/// The settings that code running now gives to what it compiles.
fn inherited<'a>(py: &Py, filename: &'a str, mode: Mode) -> Settings<'a> {
    let flags = CodeFlags(py.current_flags());
    let mut settings = Settings::new(py, filename, mode);
    settings.dialect = Some(if flags.has(CodeFlags::PYTHON2) { Dialect::Python2 } else { Dialect::Python3 });
    if flags.has(CodeFlags::FUTURE_ANNOTATIONS) {
        settings.future |= FUTURE_ANNOTATIONS;
    }
    settings
}

fn build(py: &mut Py, text: &Text, settings: &Settings<'_>) -> Result<Ref<CodeObject>> {
    match text {
        Text::Text(text) => compile::object(py, text, settings),
        Text::Bytes(bytes) => compile::bytes(py, bytes, settings),
    }
}

/// Globals and locals of `eval` and `exec`.
fn namespaces(py: &mut Py, globals: &Value, locals: &Value, function: &str) -> Result<(Ref<Dict>, Option<Value>)> {
    let (globals, locals) = if globals.is_none() {
        let Some(current) = py.current_globals() else {
            return Err(Raised::new(Exc::SystemError, "globals and locals cannot be NULL"));
        };
        let locals = if locals.is_none() { crate::vm::current_namespace(py) } else { Some(locals.clone()) };
        (current, locals)
    } else {
        let Some(dict) = globals.downcast::<Dict>().cloned() else {
            let hint = if function == "eval" && py.type_ref(globals).get(py).flags.has(crate::object::TypeFlags::MAPPING) {
                "globals must be a real dict; try eval(code, {}, mapping)".to_owned()
            } else if function == "eval" {
                "globals must be a dict".to_owned()
            } else {
                format!("exec() globals must be a dict, not {}", py.type_name(globals))
            };
            return Err(type_error(hint));
        };
        (dict, if locals.is_none() { None } else { Some(locals.clone()) })
    };
    if let Some(mapping) = &locals
        && py.special(mapping, crate::object::Special::GetItem).is_none()
    {
        return Err(type_error(match function {
            "eval" => "locals must be a mapping".to_owned(),
            _ => format!("locals must be a mapping or None, not {}", py.type_name(mapping)),
        }));
    }
    let locals = locals.filter(|l| !l.is(globals.as_value()));
    if dict::get_name(py, &globals, "__builtins__").is_none() {
        let builtins = match py.current_builtins() {
            Some(builtins) => builtins.into_value(),
            None => crate::import::load_builtins(py).into_value(),
        };
        dict::set_name(py, &globals, "__builtins__", builtins);
    }
    Ok((globals, locals))
}

/// The builtins that code sees which runs with these globals.
pub(crate) fn builtins_of(py: &mut Py, globals: &Ref<Dict>) -> Ref<Dict> {
    match dict::get_name(py, globals, "__builtins__") {
        Some(value) => match (value.downcast::<Dict>(), value.downcast::<Module>()) {
            (Some(dict), _) => dict.clone(),
            (None, Some(module)) => py.module_dict(&module.clone()),
            // Another mapping: the machine asks it when a name is looked for.
            _ => py.new_dict(),
        },
        None => crate::import::load_builtins(py),
    }
}

fn run(py: &mut Py, code: &Ref<CodeObject>, globals: &Ref<Dict>, locals: Option<Value>, closure: Vec<Value>) -> Result<Value> {
    let builtins = builtins_of(py, globals);
    crate::vm::run_code(py, code, globals, &builtins, locals, closure)
}

/// The cells given to `exec`.
fn cells(code: &Ref<CodeObject>, closure: &Value) -> Result<Vec<Value>> {
    let wanted = code.code.freevars.len();
    if wanted == 0 {
        return if closure.is_none() { Ok(Vec::new()) } else { Err(type_error("cannot use a closure with this code object")) };
    }
    let given = closure.downcast::<Tuple>().filter(|t| t.len() == wanted && t.slice().iter().all(Value::is_a::<Cell>));
    match given {
        Some(cells) => Ok(cells.slice().to_vec()),
        None => Err(type_error(format!("code object requires a closure of exactly length {wanted}"))),
    }
}

/// `exec`, for the statement of Python 2 as well.
pub(crate) fn execute(py: &mut Py, source: &Value, globals: &Value, locals: &Value, closure: &Value) -> Result<()> {
    let (globals, locals) = namespaces(py, globals, locals, "exec")?;
    if let Some(code) = source.downcast::<CodeObject>().cloned() {
        if !code.code.freevars.is_empty() && closure.is_none() {
            return Err(type_error("code object passed to exec() may not contain free variables"));
        }
        let cells = cells(&code, closure)?;
        return run(py, &code, &globals, locals, cells).map(drop);
    }
    if !closure.is_none() {
        return Err(type_error("closure can only be used when source is a code object"));
    }
    let text = text_of(py, source, "exec", "string, bytes or code object")?;
    let settings = inherited(py, "<string>", Mode::Exec);
    let code = build(py, &text, &settings)?;
    run(py, &code, &globals, locals, Vec::new()).map(drop)
}

#[lockstep_macros::module]
impl CodeFunctions {
    /// Import a module.
    ///
    /// Because this function is meant for use by the Python
    /// interpreter and not for general use, it is better to use
    /// importlib.import_module() to programmatically import a module.
    ///
    /// The globals argument is only used to determine the context;
    /// they are not modified.  The locals argument is unused.  The fromlist
    /// should be a list of names to emulate ``from name import ...``, or an
    /// empty list to emulate ``import name``.
    /// When importing a module from a package, note that __import__('A.B', ...)
    /// returns package A when fromlist is empty, but its submodule B when
    /// fromlist is not empty.  The level argument is used to determine whether to
    /// perform absolute or relative imports: 0 is absolute, while a positive number
    /// is the number of parent directories to search relative to the current module.
    #[py("(name, globals=None, locals=None, fromlist=(), level=0)")]
    fn __import__(py: &mut Py, name: &Value, globals: &Value, locals: &Value, fromlist: &Value, level: i64) -> Result<Value> {
        let _ = locals;
        let name = crate::import::name_text(py, name)?;
        crate::import::import(py, &name, globals, fromlist, level)
    }
    /// Call sys.breakpointhook(*args, **kws).
    ///
    /// sys.breakpointhook() must accept whatever arguments are passed.
    ///
    /// By default, this drops you into the pdb debugger.
    #[py("(*args, **kws)")]
    fn breakpoint(py: &mut Py, args: &[Value], kws: &Value) -> Result<Value> {
        let sys = py.shared().sys.clone();
        let Some(hook) = sys.and_then(|sys| dict::get_name(py, &sys, "breakpointhook")) else {
            return Err(runtime_error("lost sys.breakpointhook"));
        };
        let keywords = py.kwargs(kws);
        py.call_kw(&hook, args, &keywords)
    }
    /// Compile source into a code object that can be executed by exec() or eval().
    ///
    /// The source code may represent a Python module, statement or expression.
    /// The filename will be used for run-time error messages.
    /// The mode must be 'exec' to compile a module, 'single' to compile a
    /// single (interactive) statement, or 'eval' to compile an expression.
    /// The flags argument, if present, controls which future statements influence
    /// the compilation of the code.
    /// The dont_inherit argument, if true, stops the compilation inheriting
    /// the effects of any future statements in effect in the code calling
    /// compile; if absent or false these statements do influence the compilation,
    /// in addition to any features explicitly specified.
    #[py("(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)")]
    fn compile(
        py: &mut Py,
        source: &Value,
        filename: &Value,
        mode: &str,
        flags: i64,
        dont_inherit: bool,
        optimize: i64,
        _feature_version: i64,
    ) -> Result<Value> {
        let _ = _feature_version;
        if flags
            & !(FUTURES
                | ONLY_AST
                | DONT_IMPLY_DEDENT
                | IGNORE_COOKIE
                | TYPE_COMMENTS
                | TOP_LEVEL_AWAIT
                | ALLOW_INCOMPLETE
                | OPTIMIZED_AST
                | 0x10)
            != 0
        {
            return Err(value_error("compile(): unrecognised flags"));
        }
        if !(-1..=2).contains(&optimize) {
            return Err(value_error("compile(): invalid optimize value"));
        }
        let only_ast = flags & ONLY_AST != 0;
        let which = match mode {
            "exec" => Mode::Exec,
            "eval" => Mode::Eval,
            "single" => Mode::Single,
            "func_type" if only_ast => Mode::FuncType,
            "func_type" => return Err(value_error("compile() mode 'func_type' requires flag PyCF_ONLY_AST")),
            _ if only_ast => return Err(value_error("compile() mode must be 'exec', 'eval', 'single' or 'func_type'")),
            _ => return Err(value_error("compile() mode must be 'exec', 'eval' or 'single'")),
        };
        let filename = match filename.downcast::<Str>() {
            Some(name) => name.to_string(),
            None => {
                let path = crate::import::path_text(py, filename)?;
                path.to_string()
            }
        };
        let mut settings = inherited(py, &filename, which);
        if dont_inherit {
            settings.future = 0;
        }
        if flags & 0x1000000 != 0 {
            settings.future |= FUTURE_ANNOTATIONS;
        }
        if let Ok(level @ 0..) = u8::try_from(optimize) {
            settings.optimize = level;
        }
        settings.incomplete = flags & ALLOW_INCOMPLETE != 0;
        settings.ended = flags & DONT_IMPLY_DEDENT != 0;
        settings.top_level_await = flags & TOP_LEVEL_AWAIT != 0;
        let optimise = (flags & OPTIMIZED_AST == OPTIMIZED_AST).then_some(settings.optimize);
        let hooks = py.shared().tree_hooks;
        if let Some(hooks) = hooks
            && (hooks.is_tree)(py, source)
        {
            if only_ast && optimise.is_none() {
                return Ok(source.clone());
            }
            let (mut tree, places) = (hooks.from_object)(py, source, which)?;
            if only_ast {
                return (hooks.to_object)(py, "", &mut tree, false, optimise);
            }
            settings.dialect = Some(Dialect::Python3);
            return Ok(compile::tree(py, &tree, &places, &settings)?.into_value());
        }
        let text = text_of(py, source, "compile", "string, bytes or AST object")?;
        if which == Mode::Single
            && let Text::Text(text) = &text
        {
            compile::want_statement(py, text, &settings)?;
        }
        if only_ast {
            let Some(hooks) = hooks else { return Err(not_implemented("syntax trees: the _ast module is missing")) };
            let (text, mut tree) = match &text {
                Text::Text(text) => (text.clone(), compile::parsed(py, text, &settings)?),
                Text::Bytes(bytes) => compile::parsed_bytes(py, bytes, &settings)?,
            };
            return (hooks.to_object)(py, &text, &mut tree, flags & TYPE_COMMENTS != 0, optimise);
        }
        Ok(build(py, &text, &settings)?.into_value())
    }
    /// Evaluate the given source in the context of globals and locals.
    ///
    /// The source may be a string representing a Python expression
    /// or a code object as returned by compile().
    /// The globals must be a dictionary and locals can be any mapping,
    /// defaulting to the current globals and locals.
    /// If only globals is given, locals defaults to it.
    #[py("(source, /, globals=None, locals=None)")]
    fn eval(py: &mut Py, source: &Value, globals: &Value, locals: &Value) -> Result<Value> {
        let (globals, locals) = namespaces(py, globals, locals, "eval")?;
        if let Some(code) = source.downcast::<CodeObject>().cloned() {
            if !code.code.freevars.is_empty() {
                return Err(type_error("code object passed to eval() may not contain free variables"));
            }
            return run(py, &code, &globals, locals, Vec::new());
        }
        let text = match text_of(py, source, "eval", "string, bytes or code object")? {
            Text::Text(text) => Text::Text(text.trim_start_matches([' ', '\t']).to_owned()),
            Text::Bytes(bytes) => {
                let start = bytes.iter().position(|b| *b != b' ' && *b != b'\t').unwrap_or(bytes.len());
                Text::Bytes(bytes[start..].to_vec())
            }
        };
        let settings = inherited(py, "<string>", Mode::Eval);
        let code = build(py, &text, &settings)?;
        run(py, &code, &globals, locals, Vec::new())
    }
    /// Execute the given source in the context of globals and locals.
    ///
    /// The source may be a string representing one or more Python statements
    /// or a code object as returned by compile().
    /// The globals must be a dictionary and locals can be any mapping,
    /// defaulting to the current globals and locals.
    /// If only globals is given, locals defaults to it.
    /// The closure must be a tuple of cellvars, and can only be used
    /// when source is a code object requiring exactly that many cellvars.
    #[py("(source, /, globals=None, locals=None, *, closure=None)")]
    fn exec(py: &mut Py, source: &Value, globals: &Value, locals: &Value, closure: &Value) -> Result<()> {
        execute(py, source, globals, locals, closure)
    }
    /// Read a string from standard input.  The trailing newline is stripped.
    ///
    /// The prompt string, if given, is printed to standard output without a
    /// trailing newline before reading input.
    ///
    /// If the user hits EOF (*nix: Ctrl-D, Windows: Ctrl-Z+Return), raise EOFError.
    /// On *nix systems, readline is used if available.
    #[py("(prompt='', /)")]
    fn input(py: &mut Py, prompt: &Value) -> Result<Value> {
        read_line(py, prompt)
    }
    /// Open file and return a stream.  Raise OSError upon failure.
    #[py("(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)")]
    fn open(
        py: &mut Py,
        file: Value,
        mode: Value,
        buffering: Value,
        encoding: Value,
        errors: Value,
        newline: Value,
        closefd: Value,
        opener: Value,
    ) -> Result<Value> {
        let Some(io) = crate::import::native(py, "_io")? else {
            return Err(not_implemented("open(): the _io module is missing"));
        };
        let open = py.getattr(&io, "open")?;
        py.call(&open, &[file, mode, buffering, encoding, errors, newline, closefd, opener])
    }
}

/// A line from `sys.stdin`, without its end.
pub(super) fn read_line(py: &mut Py, prompt: &Value) -> Result<Value> {
    let Some(sys) = py.shared().sys.clone() else { return Err(runtime_error("lost sys")) };
    let mut streams = Vec::with_capacity(3);
    for name in ["stdin", "stdout", "stderr"] {
        match dict::get_name(py, &sys, name) {
            Some(stream) if !stream.is_none() => streams.push(stream),
            _ => return Err(runtime_error(format!("input(): lost sys.{name}"))),
        }
    }
    // Streams need not have anything to flush.
    drop(py.call_method(&streams[2], "flush", &[]));
    if !prompt.downcast::<Str>().is_some_and(|s| s.is_empty()) {
        let text = py.str_of(prompt)?.into_value();
        py.call_method(&streams[1], "write", &[text])?;
    }
    drop(py.call_method(&streams[1], "flush", &[]));
    let line = py.call_method(&streams[0], "readline", &[])?;
    let Some(text) = line.downcast::<Str>() else { return Err(type_error("object.readline() returned non-string")) };
    if text.is_empty() {
        return Err(Raised::new(Exc::EOFError, "EOF when reading a line"));
    }
    match text.as_bytes().strip_suffix(b"\n") {
        Some(stripped) => Ok(py.new_str_bytes(stripped).into_value()),
        None => Ok(line),
    }
}
