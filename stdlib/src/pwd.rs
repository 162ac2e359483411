//! `pwd`: the system's users, as `/etc/passwd` has them.

use lockstep_interp::object::Special;
use lockstep_interp::object::raise::{Result, key_error, type_error, value_error};
use lockstep_interp::types::dict;
use lockstep_interp::types::int;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::structseq::StructSpec;
use lockstep_interp::{Py, Ref, Value, module};

static ENTRY: StructSpec = StructSpec {
    name: "struct_passwd",
    module: "pwd",
    doc: "pwd.struct_passwd: Results from getpw*() routines.\n\nThis object may be accessed either as a tuple of\n  (pw_name,pw_passwd,pw_uid,pw_gid,pw_gecos,pw_dir,pw_shell)\nor via the object attributes as named in the above tuple.",
    fields: &["pw_name", "pw_passwd", "pw_uid", "pw_gid", "pw_gecos", "pw_dir", "pw_shell"],
    visible: 7,
    constructible: true,
};

/// The lines of a table of the system: fields between colons. A table that cannot be read is empty.
pub fn table(path: &str, fields: usize) -> Vec<Vec<String>> {
    let text = std::fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split(':').map(str::to_owned).collect::<Vec<_>>()).filter(|f| f.len() == fields).collect()
}

/// The number of a user or group; none for one that nobody has.
pub fn number(py: &mut Py, value: &Value, what: &str) -> Result<Option<u32>> {
    if !int::is_int(value) && py.special(value, Special::Index).is_none() {
        let got = py.type_name(value);
        return Err(type_error(format!("{what} should be integer, not {got}")));
    }
    let n = py.index(value)?;
    // -1 stands for the largest number.
    Ok(match int::as_i64(&n) {
        Some(-1) => Some(u32::MAX),
        Some(n) => u32::try_from(n).ok(),
        None => None,
    })
}

/// A name that can be looked for.
pub fn name<'a>(py: &mut Py, value: &'a Value, function: &str) -> Result<&'a str> {
    let Some(s) = value.downcast::<Str>() else {
        let got = py.type_name(value);
        return Err(type_error(format!("{function}() argument must be str, not {got}")));
    };
    let text = s.to_str(py)?;
    if text.contains('\0') {
        return Err(value_error("embedded null byte"));
    }
    Ok(text)
}

fn users() -> Vec<Vec<String>> {
    table("/etc/passwd", 7)
}

fn entry(py: &mut Py, fields: &[String]) -> Value {
    let values = fields
        .iter()
        .enumerate()
        .map(|(i, field)| match (i, field.parse::<u32>()) {
            (2 | 3, Ok(n)) => py.int(i64::from(n)),
            _ => py.str(field),
        })
        .collect();
    py.struct_seq(&ENTRY, values)
}

/// The functions of `pwd`.
pub struct Pwd;

#[module]
impl Pwd {
    /// Return a list of all available password database entries, in arbitrary order.
    ///
    /// See help(pwd) for more on password database entries.
    #[py("()")]
    fn getpwall(py: &mut Py) -> Value {
        let all = users().iter().map(|fields| entry(py, fields)).collect();
        py.list(all)
    }
    /// Return the password database entry for the given user name.
    ///
    /// See `help(pwd)` for more on password database entries.
    #[py("(name, /)")]
    fn getpwnam(py: &mut Py, name: &Value) -> Result<Value> {
        let wanted = self::name(py, name, "getpwnam")?;
        match users().iter().find(|f| f[0] == wanted) {
            Some(fields) => Ok(entry(py, fields)),
            None => {
                let shown = py.repr(name)?;
                Err(key_error(py.str(&format!("getpwnam(): name not found: {shown}"))))
            }
        }
    }
    /// Return the password database entry for the given numeric user ID.
    ///
    /// See `help(pwd)` for more on password database entries.
    #[py("(uidobj, /)")]
    fn getpwuid(py: &mut Py, uidobj: &Value) -> Result<Value> {
        let Some(wanted) = number(py, uidobj, "uid")? else {
            return Err(key_error(py.str("getpwuid(): uid not found")));
        };
        match users().iter().find(|f| f[2].parse() == Ok(wanted)) {
            Some(fields) => Ok(entry(py, fields)),
            None => {
                let shown = py.repr(uidobj)?;
                Err(key_error(py.str(&format!("getpwuid(): uid not found: {shown}"))))
            }
        }
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<Pwd>(&d, "pwd");
    let ty = py.struct_type(&ENTRY);
    dict::set_name(py, &d, "struct_passwd", ty.into_value());
    Ok(())
}
