//! `SyntaxError`: where in which text.

use lockstep_heap::{Ref, Value};
use lockstep_macros::methods;

use super::{Exception, fields, no_keywords, set_args, set_field};
use crate::object::Py;
use crate::object::raise::{Result, type_error};
use crate::types::str::Str;

/// Places of the fields, for whoever makes or prints SyntaxErrors.
pub mod place {
    /// `msg`
    pub const MSG: usize = 0;
    /// `filename`
    pub const FILENAME: usize = 1;
    /// `lineno`
    pub const LINENO: usize = 2;
    /// `offset`
    pub const OFFSET: usize = 3;
    /// `text`
    pub const TEXT: usize = 4;
    /// `end_lineno`
    pub const END_LINENO: usize = 5;
    /// `end_offset`
    pub const END_OFFSET: usize = 6;
    /// `print_file_and_line`
    pub const PRINT: usize = 7;
    /// `_metadata`
    pub const METADATA: usize = 8;
}

fields! {
    /// The fields of `SyntaxError`.
    SyntaxErrorFields {
        0 msg set_msg "exception msg",
        1 filename set_filename "exception filename",
        2 lineno set_lineno "exception lineno",
        3 offset set_offset "exception offset",
        4 text set_text "exception text",
        5 end_lineno set_end_lineno "exception end lineno",
        6 end_offset set_end_offset "exception end offset",
        7 print_file_and_line set_print "exception print_file_and_line",
        8 _metadata set_metadata "exception private metadata",
    }
}

/// Set the fields from the arguments.
pub(super) fn fill(py: &mut Py, e: &Ref<Exception>, args: &[Value]) -> Result<()> {
    if let Some(message) = args.first() {
        set_field(py, e, place::MSG, Some(message.clone()));
    }
    if let [_, details] = args {
        let details = py.collect(details)?;
        let n = details.len();
        if n < 4 {
            return Err(type_error(format!("function takes at least 4 arguments ({n} given)")));
        }
        if n > 7 {
            return Err(type_error(format!("function takes at most 7 arguments ({n} given)")));
        }
        for (k, value) in details.into_iter().enumerate() {
            let at = if k == 6 { place::METADATA } else { place::FILENAME + k };
            set_field(py, e, at, Some(value));
        }
        let has_end = e.get(py).field(place::END_LINENO).is_some();
        if has_end && e.get(py).field(place::END_OFFSET).is_none() {
            return Err(type_error("end_offset must be provided when end_lineno is provided"));
        }
    }
    Ok(())
}

/// `SyntaxError`
pub(super) struct SyntaxErrorMethods;

#[methods]
impl SyntaxErrorMethods {
    /// Initialize self.
    #[py("(self, /, *args, **kwargs)")]
    fn __init__(py: &mut Py, this: &Ref<Exception>, args: &[Value], kwargs: &Value) -> Result<()> {
        no_keywords(py, this, kwargs)?;
        set_args(py, this, args);
        fill(py, this, args)
    }
    /// Return str(self).
    #[py("(self, /)")]
    fn __str__(py: &mut Py, this: &Ref<Exception>) -> Result<Ref<Str>> {
        let message = super::field(py, this, place::MSG);
        let message = py.str_of(&message)?;
        let filename = super::field(py, this, place::FILENAME);
        let filename = filename.downcast::<Str>().map(|s| s.to_string());
        let filename = filename.map(|f| f.rsplit('/').next().unwrap_or_default().to_owned());
        let line = super::field(py, this, place::LINENO);
        let line = if crate::types::int::is_int(&line) { Some(py.str_of(&line)?) } else { None };
        let text = match (filename, line) {
            (Some(f), Some(l)) => format!("{message} ({f}, line {l})"),
            (Some(f), None) => format!("{message} ({f})"),
            (None, Some(l)) => format!("{message} (line {l})"),
            (None, None) => return Ok(message),
        };
        Ok(py.new_str(&text))
    }
}
