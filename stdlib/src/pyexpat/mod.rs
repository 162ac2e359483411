//! `pyexpat`: XML as a stream of events. `quick_xml` finds the tokens; what they mean, what is not
//! well-formed and where, is worked out here, with expat's words.

#![expect(non_snake_case, reason = "methods have Python's names")]

mod content;
mod declare;
mod decode;
mod doctype;
mod error;
mod handlers;
mod names;
mod parser;

use std::collections::HashMap;

use lockstep_interp::object::NativeType;
use lockstep_interp::object::raise::{attribute_error, overflow_error, type_error, value_error};
use lockstep_interp::types::dict::{self, Dict};
use lockstep_interp::types::module::Module;
use lockstep_interp::types::str::Str;
use lockstep_interp::types::{buffer, int};
use lockstep_interp::{Py, Ref, Result, Value, methods, module};

use handlers::{Handlers, On};
use parser::{Parser, Place};

/// The version of expat whose behaviour this is.
const VERSION: [i32; 3] = [2, 6, 3];
const BEGIN: Place = Place { line: 1, column: 0, byte: -1 };
/// Bytes that `ParseFile` asks for at a time.
const PIECE: i64 = 32 * 1024;

fn parser(encoding: Option<String>, separator: Option<String>, intern: Value) -> Parser {
    Parser {
        handlers: Handlers::default(),
        bytes: Vec::new(),
        text: String::new(),
        encoding,
        decoder: None,
        decided: false,
        separator,
        stack: Vec::new(),
        bindings: Vec::new(),
        entities: HashMap::new(),
        defaults: HashMap::new(),
        incomplete: false,
        standalone: false,
        seen_root: false,
        seen_doctype: false,
        fragment: false,
        finished: false,
        running: false,
        failed: None,
        place: BEGIN,
        error_place: BEGIN,
        buffers: false,
        buffer_size: 8192,
        waiting: String::new(),
        ordered: false,
        specified: false,
        prefixes: false,
        deferral: true,
        base: None,
        intern,
        direct: 0,
        indirect: 0,
    }
}

fn flag(py: &mut Py, value: Option<Value>) -> Result<bool> {
    match value {
        Some(value) => py.truth(&value),
        None => Err(type_error("Cannot delete attribute")),
    }
}

/// The text of an argument that is a str or None.
fn text(py: &mut Py, value: &Value, function: &str, name: &str) -> Result<Option<String>> {
    if value.is_none() {
        return Ok(None);
    }
    match value.downcast::<Str>() {
        Some(text) => Ok(Some(text.to_str(py)?.to_owned())),
        None => {
            let got = py.type_name(value);
            Err(type_error(format!("{function}() argument '{name}' must be str or None, not {got}")))
        }
    }
}

/// Feed bytes or text; text is UTF-8 whatever the document says.
fn feed(py: &mut Py, this: &Ref<Parser>, data: &Value, last: bool) -> Result<()> {
    if let Some(text) = data.downcast::<Str>() {
        let bytes = text.to_str(py)?.as_bytes().to_vec();
        this.get_mut(py).encoding = Some("utf-8".to_owned());
        return parser::feed(py, this, &bytes, last);
    }
    let bytes = buffer::data(py, data)?;
    parser::feed(py, this, &bytes, last)
}

/// Declares the methods of the parser with a property for each handler.
macro_rules! with_handlers {
    ([$($get:ident $set:ident $name:tt $on:ident),* $(,)?] $($body:tt)*) => {
        #[methods]
        impl Parser {
            $(
                #[getter(name = $name)]
                fn $get(py: &mut Py, this: &Ref<Parser>) -> Option<Value> {
                    this.get(py).handlers.get(On::$on).cloned()
                }
                #[setter($name)]
                fn $set(py: &mut Py, this: &Ref<Parser>, value: Option<Value>) -> Result<()> {
                    if value.is_none() {
                        return Err(attribute_error("Cannot delete attribute", this.as_value(), &py.intern($name)));
                    }
                    if On::$on == On::CharacterData
                        && let Err(parser::Stop::Handler(raised)) = content::flush(py, this)
                    {
                        return Err(raised);
                    }
                    drop(this.get_mut(py).handlers.set(On::$on, value.filter(|handler| !handler.is_none())));
                    Ok(())
                }
            )*
            $($body)*
        }
    };
}

with_handlers! {
    [
        start_element set_start_element "StartElementHandler" StartElement,
        end_element set_end_element "EndElementHandler" EndElement,
        character_data set_character_data "CharacterDataHandler" CharacterData,
        instruction set_instruction "ProcessingInstructionHandler" ProcessingInstruction,
        comment set_comment "CommentHandler" Comment,
        start_cdata set_start_cdata "StartCdataSectionHandler" StartCdataSection,
        end_cdata set_end_cdata "EndCdataSectionHandler" EndCdataSection,
        default set_default "DefaultHandler" Default,
        default_expand set_default_expand "DefaultHandlerExpand" DefaultExpand,
        xml_decl set_xml_decl "XmlDeclHandler" XmlDecl,
        start_doctype set_start_doctype "StartDoctypeDeclHandler" StartDoctypeDecl,
        end_doctype set_end_doctype "EndDoctypeDeclHandler" EndDoctypeDecl,
        start_namespace set_start_namespace "StartNamespaceDeclHandler" StartNamespaceDecl,
        end_namespace set_end_namespace "EndNamespaceDeclHandler" EndNamespaceDecl,
        entity_decl set_entity_decl "EntityDeclHandler" EntityDecl,
        unparsed set_unparsed "UnparsedEntityDeclHandler" UnparsedEntityDecl,
        notation_decl set_notation_decl "NotationDeclHandler" NotationDecl,
        element_decl set_element_decl "ElementDeclHandler" ElementDecl,
        attlist_decl set_attlist_decl "AttlistDeclHandler" AttlistDecl,
        external_entity set_external_entity "ExternalEntityRefHandler" ExternalEntityRef,
        skipped_entity set_skipped_entity "SkippedEntityHandler" SkippedEntity,
        not_standalone set_not_standalone "NotStandaloneHandler" NotStandalone,
    ]

    #[getter(name = "CurrentByteIndex")]
    fn current_byte(py: &mut Py, this: &Ref<Parser>) -> i64 {
        this.get(py).place.byte
    }
    #[getter(name = "CurrentColumnNumber")]
    fn current_column(py: &mut Py, this: &Ref<Parser>) -> usize {
        this.get(py).place.column
    }
    #[getter(name = "CurrentLineNumber")]
    fn current_line(py: &mut Py, this: &Ref<Parser>) -> usize {
        this.get(py).place.line
    }
    #[getter(name = "ErrorByteIndex")]
    fn error_byte(py: &mut Py, this: &Ref<Parser>) -> i64 {
        this.get(py).place.byte
    }
    #[getter(name = "ErrorCode")]
    fn error_code(py: &mut Py, this: &Ref<Parser>) -> usize {
        this.get(py).failed.unwrap_or(0)
    }
    #[getter(name = "ErrorColumnNumber")]
    fn error_column(py: &mut Py, this: &Ref<Parser>) -> usize {
        this.get(py).place.column
    }
    #[getter(name = "ErrorLineNumber")]
    fn error_line(py: &mut Py, this: &Ref<Parser>) -> usize {
        this.get(py).place.line
    }
    /// Create a parser for parsing an external entity based on the information passed to the ExternalEntityRefHandler.
    #[py("(self, context, encoding=None, /)")]
    fn ExternalEntityParserCreate(py: &mut Py, this: &Ref<Parser>, context: &Value, encoding: &Value) -> Result<Value> {
        text(py, context, "ExternalEntityParserCreate", "context")?;
        let encoding = text(py, encoding, "ExternalEntityParserCreate", "encoding")?;
        let outer = this.get(py);
        let inner = Parser {
            handlers: outer.handlers.clone(),
            entities: outer.entities.clone(),
            defaults: outer.defaults.clone(),
            bindings: outer.bindings.clone(),
            incomplete: outer.incomplete,
            standalone: outer.standalone,
            buffers: outer.buffers,
            buffer_size: outer.buffer_size,
            ordered: outer.ordered,
            specified: outer.specified,
            prefixes: outer.prefixes,
            base: outer.base.clone(),
            fragment: true,
            ..parser(encoding, outer.separator.clone(), outer.intern.clone())
        };
        Ok(py.make(inner).into_value())
    }
    /// Return base URL string for the parser.
    #[py("(self, /)")]
    fn GetBase(py: &mut Py, this: &Ref<Parser>) -> Option<Value> {
        this.get(py).base.clone()
    }
    /// Return the untranslated text of the input that caused the current event.
    ///
    /// If the event was generated by a large amount of text (such as a start tag
    /// for an element with many attributes), not all of the text may be available.
    #[py("(self, /)")]
    fn GetInputContext(_py: &mut Py, this: &Ref<Parser>) -> Value {
        let _ = this;
        Value::NONE
    }
    /// Retrieve reparse deferral enabled status; always false with Expat <2.6.0.
    #[py("(self, /)")]
    fn GetReparseDeferralEnabled(py: &mut Py, this: &Ref<Parser>) -> bool {
        this.get(py).deferral
    }
    /// Parse XML data.
    ///
    /// 'isfinal' should be true at end of input.
    #[py("(self, data, isfinal=False, /)")]
    fn Parse(py: &mut Py, this: &Ref<Parser>, data: &Value, isfinal: &Value) -> Result<i64> {
        let last = py.truth(isfinal)?;
        feed(py, this, data, last)?;
        Ok(1)
    }
    /// Parse XML data from file-like object.
    #[py("(self, file, /)")]
    fn ParseFile(py: &mut Py, this: &Ref<Parser>, file: &Value) -> Result<i64> {
        let Some(read) = py.getattr_opt(file, "read")? else {
            return Err(type_error("argument must have 'read' attribute"));
        };
        loop {
            let size = py.int(PIECE);
            let piece = py.call(&read, &[size])?;
            if !piece.is_a::<Str>() && buffer::data_opt(py, &piece)?.is_none() {
                let got = py.type_name(&piece);
                return Err(type_error(format!("read() did not return a bytes object (type={got})")));
            }
            let last = !py.truth(&piece)?;
            feed(py, this, &piece, last)?;
            if last {
                return Ok(1);
            }
        }
    }
    /// Set the base URL for the parser.
    #[py("(self, base, /)")]
    fn SetBase(py: &mut Py, this: &Ref<Parser>, base: &Value) -> Result<()> {
        text(py, base, "SetBase", "base")?;
        drop(this.get_mut(py).base.replace(base.clone()));
        Ok(())
    }
    /// Controls parsing of parameter entities (including the external DTD subset).
    ///
    /// Possible flag values are XML_PARAM_ENTITY_PARSING_NEVER,
    /// XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE and
    /// XML_PARAM_ENTITY_PARSING_ALWAYS. Returns true if setting the flag
    /// was successful.
    #[py("(self, flag, /)")]
    fn SetParamEntityParsing(_py: &mut Py, this: &Ref<Parser>, flag: i32) -> i64 {
        let _ = this;
        // They are never read.
        i64::from(flag == 0)
    }
    /// Enable/Disable reparse deferral; enabled by default with Expat >=2.6.0.
    #[py("(self, enabled, /)")]
    fn SetReparseDeferralEnabled(py: &mut Py, this: &Ref<Parser>, enabled: &Value) -> Result<()> {
        let on = py.truth(enabled)?;
        this.get_mut(py).deferral = on;
        Ok(())
    }
    /// Allows the application to provide an artificial external subset if one is not specified as part of the document instance.
    #[py("(self, flag=True, /)")]
    fn UseForeignDTD(py: &mut Py, this: &Ref<Parser>, flag: &Value) -> Result<()> {
        if py.truth(flag)? { Err(error::raise(py, this, names::FEATURE_REQUIRES_XML_DTD)) } else { Ok(()) }
    }
    #[getter]
    fn buffer_size(py: &mut Py, this: &Ref<Parser>) -> usize {
        this.get(py).buffer_size
    }
    #[setter(buffer_size)]
    fn set_buffer_size(py: &mut Py, this: &Ref<Parser>, value: Option<Value>) -> Result<()> {
        let Some(value) = value else { return Err(type_error("Cannot delete attribute")) };
        if !int::is_int(&value) {
            return Err(type_error("buffer_size must be an integer"));
        }
        let size = int::as_i64(&value).ok_or_else(|| overflow_error("Python int too large to convert to C long"))?;
        if size <= 0 {
            return Err(value_error("buffer_size must be greater than zero"));
        }
        if let Err(parser::Stop::Handler(raised)) = content::flush(py, this) {
            return Err(raised);
        }
        this.get_mut(py).buffer_size = size as usize;
        Ok(())
    }
    #[getter]
    fn buffer_text(py: &mut Py, this: &Ref<Parser>) -> bool {
        this.get(py).buffers
    }
    #[setter(buffer_text)]
    fn set_buffer_text(py: &mut Py, this: &Ref<Parser>, value: Option<Value>) -> Result<()> {
        let on = flag(py, value)?;
        if !on && let Err(parser::Stop::Handler(raised)) = content::flush(py, this) {
            return Err(raised);
        }
        this.get_mut(py).buffers = on;
        Ok(())
    }
    #[getter]
    fn buffer_used(py: &mut Py, this: &Ref<Parser>) -> usize {
        this.get(py).waiting.len()
    }
    #[getter]
    fn intern(py: &mut Py, this: &Ref<Parser>) -> Value {
        this.get(py).intern.clone()
    }
    #[getter]
    fn namespace_prefixes(py: &mut Py, this: &Ref<Parser>) -> bool {
        this.get(py).prefixes
    }
    #[setter(namespace_prefixes)]
    fn set_namespace_prefixes(py: &mut Py, this: &Ref<Parser>, value: Option<Value>) -> Result<()> {
        let on = flag(py, value)?;
        this.get_mut(py).prefixes = on;
        Ok(())
    }
    #[getter]
    fn ordered_attributes(py: &mut Py, this: &Ref<Parser>) -> bool {
        this.get(py).ordered
    }
    #[setter(ordered_attributes)]
    fn set_ordered_attributes(py: &mut Py, this: &Ref<Parser>, value: Option<Value>) -> Result<()> {
        let on = flag(py, value)?;
        this.get_mut(py).ordered = on;
        Ok(())
    }
    #[getter]
    fn specified_attributes(py: &mut Py, this: &Ref<Parser>) -> bool {
        this.get(py).specified
    }
    #[setter(specified_attributes)]
    fn set_specified_attributes(py: &mut Py, this: &Ref<Parser>, value: Option<Value>) -> Result<()> {
        let on = flag(py, value)?;
        this.get_mut(py).specified = on;
        Ok(())
    }
}

impl NativeType for Parser {
    const NAME: &'static str = "xmlparser";
    const MODULE: &'static str = "pyexpat";
    const DOC: Option<&'static str> = Some("XML parser");
    const FLAGS: u32 = lockstep_interp::object::TypeFlags::NO_NEW;
}

/// The functions of the module.
struct Functions;

#[module]
impl Functions {
    /// Returns string error for given number.
    #[py("(code, /)")]
    fn ErrorString(py: &mut Py, code: i64) -> Value {
        error::words(code).map_or(Value::NONE, |words| py.str(words))
    }
    /// Return a new XML parser object.
    #[py("(encoding=None, namespace_separator=None, intern=<unbound>)")]
    fn ParserCreate(py: &mut Py, encoding: &Value, namespace_separator: &Value, intern: Option<Value>) -> Result<Value> {
        let encoding = text(py, encoding, "ParserCreate", "encoding")?;
        let separator = text(py, namespace_separator, "ParserCreate", "namespace_separator")?;
        if separator.as_ref().is_some_and(|s| s.chars().count() > 1) {
            return Err(value_error("namespace_separator must be at most one character, omitted, or None"));
        }
        let intern = match intern {
            Some(intern) if intern.is_none() || intern.is_a::<Dict>() => intern,
            Some(_) => return Err(type_error("intern must be a dictionary")),
            None => py.new_dict().into_value(),
        };
        Ok(py.make(parser(encoding, separator, intern)).into_value())
    }
}

/// `pyexpat.errors` or `pyexpat.model`.
fn part(py: &mut Py, namespace: &Ref<Dict>, name: &str, doc: &str) -> Result<Ref<Dict>> {
    let full = format!("pyexpat.{name}");
    let module = py.new_module(&full, Some(doc));
    let inside = py.module_dict(&module);
    if let Some(modules) = py.shared().modules.clone() {
        dict::set_name(py, &modules, &full, module.to_value());
    }
    dict::set_name(py, namespace, name, module.into_value());
    Ok(inside)
}

/// Fills the namespace.
pub fn init(py: &mut Py, module: &Ref<Module>) -> Result<()> {
    let namespace = py.module_dict(module);
    let class = py.define::<Parser>().into_value();
    let failure = error::class(py)?;
    let [a, b, c] = VERSION;
    let version = py.str(&format!("expat_{a}.{b}.{c}"));
    let numbers = py.tuple(VERSION.map(Value::int32).to_vec());
    let encoding = py.str("UTF-8");
    let features = ["sizeof(XML_Char)", "sizeof(XML_LChar)"].map(|name| {
        let row = vec![py.str(name), Value::int32(1)];
        py.tuple(row)
    });
    let features = py.list(features.to_vec());
    for (name, value) in [
        ("XMLParserType", class),
        ("ExpatError", failure.clone()),
        ("error", failure),
        ("EXPAT_VERSION", version),
        ("version_info", numbers),
        ("native_encoding", encoding),
        ("features", features),
        ("XML_PARAM_ENTITY_PARSING_NEVER", Value::int32(0)),
        ("XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE", Value::int32(1)),
        ("XML_PARAM_ENTITY_PARSING_ALWAYS", Value::int32(2)),
    ] {
        dict::set_name(py, &namespace, name, value);
    }
    let errors = part(py, &namespace, "errors", "Constants used to describe error conditions.")?;
    let (codes, messages) = (py.new_dict(), py.new_dict());
    for (index, (name, words)) in names::ERRORS.iter().enumerate() {
        let (number, words) = (Value::int32(index as i32 + 1), py.str(words));
        dict::set_name(py, &errors, &format!("XML_ERROR_{name}"), words.clone());
        dict::set(py, &codes, &words, number.clone())?;
        dict::set(py, &messages, &number, words)?;
    }
    dict::set_name(py, &errors, "codes", codes.into_value());
    dict::set_name(py, &errors, "messages", messages.into_value());
    let model = part(py, &namespace, "model", "Constants used to interpret content model information.")?;
    let kinds = ["EMPTY", "ANY", "MIXED", "NAME", "CHOICE", "SEQ"];
    for (index, kind) in kinds.iter().enumerate() {
        dict::set_name(py, &model, &format!("XML_CTYPE_{kind}"), Value::int32(index as i32 + 1));
    }
    for (index, quant) in ["NONE", "OPT", "REP", "PLUS"].iter().enumerate() {
        dict::set_name(py, &model, &format!("XML_CQUANT_{quant}"), Value::int32(index as i32));
    }
    py.add_functions::<Functions>(&namespace, "pyexpat");
    Ok(())
}
