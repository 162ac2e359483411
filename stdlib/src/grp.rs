//! `grp`: the system's groups, as `/etc/group` has them.

use lockstep_interp::object::raise::{Result, key_error};
use lockstep_interp::types::dict;
use lockstep_interp::types::module::Module;
use lockstep_interp::types::structseq::StructSpec;
use lockstep_interp::{Py, Ref, Value, module};

use crate::pwd::{name, number, table};

static ENTRY: StructSpec = StructSpec {
    name: "struct_group",
    module: "grp",
    doc: "grp.struct_group: Results from getgr*() routines.\n\nThis object may be accessed either as a tuple of\n  (gr_name,gr_passwd,gr_gid,gr_mem)\nor via the object attributes as named in the above tuple.\n",
    fields: &["gr_name", "gr_passwd", "gr_gid", "gr_mem"],
    visible: 4,
    constructible: true,
};

fn groups() -> Vec<Vec<String>> {
    table("/etc/group", 4)
}

fn entry(py: &mut Py, fields: &[String]) -> Value {
    let members = fields[3].split(',').filter(|m| !m.is_empty()).map(|m| py.str(m)).collect();
    let id = fields[2].parse::<u32>().unwrap_or(u32::MAX);
    let values = vec![py.str(&fields[0]), py.str(&fields[1]), py.int(i64::from(id)), py.list(members)];
    py.struct_seq(&ENTRY, values)
}

/// The functions of `grp`.
pub struct Grp;

#[module]
impl Grp {
    /// Return a list of all available group entries, in arbitrary order.
    ///
    /// An entry whose name starts with '+' or '-' represents an instruction
    /// to use YP/NIS and may not be accessible via getgrnam or getgrgid.
    #[py("()")]
    fn getgrall(py: &mut Py) -> Value {
        let all = groups().iter().map(|fields| entry(py, fields)).collect();
        py.list(all)
    }
    /// Return the group database entry for the given numeric group ID.
    ///
    /// If id is not valid, raise KeyError.
    #[py("(id)")]
    fn getgrgid(py: &mut Py, id: &Value) -> Result<Value> {
        let wanted = number(py, id, "gid")?;
        match groups().iter().find(|f| f[2].parse().ok() == wanted && wanted.is_some()) {
            Some(fields) => Ok(entry(py, fields)),
            None => {
                let shown = py.repr(id)?;
                Err(key_error(py.str(&format!("getgrgid(): gid not found: {shown}"))))
            }
        }
    }
    /// Return the group database entry for the given group name.
    ///
    /// If name is not valid, raise KeyError.
    #[py("(name)")]
    fn getgrnam(py: &mut Py, name: &Value) -> Result<Value> {
        let wanted = self::name(py, name, "getgrnam")?;
        match groups().iter().find(|f| f[0] == wanted) {
            Some(fields) => Ok(entry(py, fields)),
            None => {
                let shown = py.repr(name)?;
                Err(key_error(py.str(&format!("getgrnam(): name not found: {shown}"))))
            }
        }
    }
}

/// Fill the module.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let d = py.module_dict(module);
    py.add_functions::<Grp>(&d, "grp");
    let ty = py.struct_type(&ENTRY);
    dict::set_name(py, &d, "struct_group", ty.into_value());
    Ok(())
}
