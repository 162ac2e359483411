//! The module names of Python 2, and its implicit relative imports.

use lockstep_heap::Value;

use crate::import;
use crate::object::Py;
use crate::object::raise::{Exc, Result};

/// Old name, new name. Modules of `_python2` are ours: they gather what is elsewhere now.
const RENAMED: &[(&str, &str)] = &[
    ("BaseHTTPServer", "http.server"),
    ("CGIHTTPServer", "http.server"),
    ("ConfigParser", "configparser"),
    ("Cookie", "http.cookies"),
    ("HTMLParser", "html.parser"),
    ("Queue", "queue"),
    ("SimpleHTTPServer", "http.server"),
    ("SimpleXMLRPCServer", "xmlrpc.server"),
    ("DocXMLRPCServer", "xmlrpc.server"),
    ("SocketServer", "socketserver"),
    ("StringIO", "io"),
    ("UserDict", "_python2.collections"),
    ("UserList", "_python2.collections"),
    ("UserString", "_python2.collections"),
    ("cPickle", "pickle"),
    ("cStringIO", "io"),
    ("commands", "_python2.commands"),
    ("cookielib", "http.cookiejar"),
    ("copy_reg", "copyreg"),
    ("dummy_thread", "_dummy_thread"),
    ("exceptions", "builtins"),
    ("htmlentitydefs", "html.entities"),
    ("httplib", "http.client"),
    ("md5", "_python2.md5"),
    ("new", "types"),
    ("repr", "reprlib"),
    ("robotparser", "urllib.robotparser"),
    ("sets", "_python2.sets"),
    ("sha", "_python2.sha"),
    ("thread", "_thread"),
    ("urllib", "_python2.urllib"),
    ("urllib2", "_python2.urllib2"),
    ("urlparse", "urllib.parse"),
    ("xmlrpclib", "xmlrpc.client"),
];

/// `__import__` of Python 2 code. Level -1: first relative to the package, then absolute.
pub(super) fn import(py: &mut Py, name: &str, globals: &Value, from: &Value, level: i64) -> Result<Value> {
    if level > 0 {
        return import::import(py, name, globals, from, level);
    }
    if level < 0
        && let Ok(relative) = import::resolve(py, name, globals, 1)
    {
        match import::import(py, name, globals, from, 1) {
            Err(e) if e.is(Exc::ModuleNotFoundError) => {
                let object = py.exception(e);
                let missing =
                    py.getattr_opt(object.as_value(), "name")?.map(|n| py.str_of(&n)).transpose()?.map(|n| n.to_string());
                if missing.is_none_or(|m| !relative.starts_with(&m)) {
                    return Err(py.raise_object(object).again());
                }
            }
            result => return result,
        }
    }
    if name == "__builtin__" {
        super::namespace(py);
        return import::import_module(py, name);
    }
    // A file of the program of that name comes first.
    if let Some((_, new)) = RENAMED.iter().find(|(old, _)| *old == name)
        && (name == "urllib" || !import::has_file(py, name)?)
    {
        let module = import::import_module(py, new)?;
        if py.truth(from)? {
            import::import(py, new, globals, from, 0)?;
        }
        return Ok(module);
    }
    import::import(py, name, globals, from, 0)
}
