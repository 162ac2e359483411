//! The handlers of a parser by number.

use lockstep_interp::{Value, Visitor};

macro_rules! events {
    ($($on:ident)*) => {
        /// What a handler is told of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(usize)]
        pub enum On { $($on),* }
        const COUNT: usize = [$(On::$on),*].len();
    };
}
events! {
    StartElement EndElement CharacterData ProcessingInstruction Comment StartCdataSection EndCdataSection Default
    DefaultExpand XmlDecl StartDoctypeDecl EndDoctypeDecl StartNamespaceDecl EndNamespaceDecl EntityDecl
    UnparsedEntityDecl NotationDecl ElementDecl AttlistDecl ExternalEntityRef SkippedEntity NotStandalone
}

/// The handlers.
#[derive(Clone, Default)]
pub struct Handlers([Option<Value>; COUNT]);

impl Handlers {
    /// The handler of an event.
    pub fn get(&self, on: On) -> Option<&Value> {
        self.0[on as usize].as_ref()
    }
    /// Another handler; the one before.
    pub fn set(&mut self, on: On, handler: Option<Value>) -> Option<Value> {
        std::mem::replace(&mut self.0[on as usize], handler)
    }
    pub fn trace(&self, visit: &mut Visitor<'_>) {
        self.0.iter().for_each(|handler| visit.option(handler));
    }
    pub fn clear(&mut self, out: &mut Vec<Value>) {
        out.extend(self.0.iter_mut().filter_map(Option::take));
    }
}
