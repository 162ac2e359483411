//! From code words to a program, in one pass that trusts no word: what CPython's own compiler
//! would not have written is refused. There is no recursion, so nesting costs heap only.

use std::collections::HashMap;

use super::category::Fold;
use super::charset::Set;
use super::open::Open;
use super::program::{Branch, Encoding, Gate, Look, Loop, Node, One, Place, Program, Repeat, Start};
use super::words::*;

/// A program from code words; none if they are not valid.
pub fn translate(words: &[u32], groups: usize, encoding: Encoding) -> Option<Program> {
    // Each group has two marks of two words each.
    if groups > MAXGROUPS as usize || groups > words.len() / 4 {
        return None;
    }
    let (last, body) = words.split_last()?;
    if *last != SUCCESS || u32::try_from(words.len()).is_err() {
        return None;
    }
    let mut translator = Translator::new(words, body.len(), groups, encoding);
    loop {
        if translator.at == translator.end {
            match translator.opens.pop() {
                Some(open) => translator.close(open)?,
                None => break,
            }
        } else {
            translator.step()?;
        }
    }
    translator.emit(Node::Match);
    let width = if translator.early { 0 } else { translator.width };
    translator.program.width = width;
    super::analysis::finish(&mut translator.program, encoding);
    Some(translator.program)
}

/// What one operator over a single character is.
enum Single {
    Literal(u32),
    NotLiteral(u32),
    Any,
    All,
    Set(u32),
    Nothing,
}

pub(super) struct Translator<'a> {
    words: &'a [u32],
    /// The next word.
    pub(super) at: usize,
    /// Where the innermost open construct ends.
    pub(super) end: usize,
    groups: usize,
    encoding: Encoding,
    pub(super) program: Program,
    pub(super) opens: Vec<Open>,
    /// The least width of what was translated in the open construct so far.
    pub(super) width: usize,
    /// How many constructs are open that a success in the middle would have to leave.
    pub(super) sealed: usize,
    /// A success in the middle was seen.
    early: bool,
    /// Literals before this node are not continued: something jumps behind them.
    label: usize,
    known: HashMap<(Vec<u32>, Fold), u32>,
}

impl<'a> Translator<'a> {
    fn new(words: &'a [u32], end: usize, groups: usize, encoding: Encoding) -> Self {
        let program = Program {
            nodes: Vec::with_capacity(words.len() / 2),
            literals: Vec::new(),
            sets: Vec::new(),
            loops: Vec::new(),
            repeats: Vec::new(),
            looks: Vec::new(),
            branches: Vec::new(),
            slots: 0,
            marks: 2 * groups,
            width: 0,
            start: Start::Anywhere,
            literal: None,
        };
        Translator {
            words,
            at: 0,
            end,
            groups,
            encoding,
            program,
            opens: Vec::new(),
            width: 0,
            sealed: 0,
            early: false,
            label: 0,
            known: HashMap::new(),
        }
    }

    // ---------------------------------------------------------------- words

    /// The next word of the open construct.
    pub(super) fn word(&mut self) -> Option<u32> {
        if self.at >= self.end {
            return None;
        }
        self.at += 1;
        Some(self.words[self.at - 1])
    }
    /// The next word, which must be this one.
    pub(super) fn expect(&mut self, word: u32) -> Option<()> {
        (self.word()? == word).then_some(())
    }
    /// The place that the next word points to; its distance counts from `back` words before it.
    pub(super) fn target(&mut self, back: usize) -> Option<usize> {
        let from = self.at.checked_sub(back)?;
        let target = from.checked_add(self.word()? as usize)?;
        (target <= self.end).then_some(target)
    }
    /// The word at a place of the open construct.
    pub(super) fn peek(&self, at: usize) -> Option<u32> {
        if at < self.end { self.words.get(at).copied() } else { None }
    }
    /// Least and most of a repetition.
    fn limits(&mut self) -> Option<(usize, usize)> {
        let (min, max) = (self.word()?, self.word()?);
        let limit = |n: u32| if n == MAXREPEAT { usize::MAX } else { n as usize };
        (min <= max).then_some((min as usize, limit(max)))
    }
    /// Begins a construct whose body goes as far as `end`.
    pub(super) fn open(&mut self, end: usize, open: Open) -> Option<()> {
        if end < self.at || end > self.end {
            return None;
        }
        self.opens.push(open);
        self.end = end;
        Some(())
    }

    // ---------------------------------------------------------------- nodes

    pub(super) fn emit(&mut self, node: Node) -> usize {
        self.program.nodes.push(node);
        self.program.nodes.len() - 1
    }
    /// The number of the next node, to which something jumps.
    pub(super) fn here(&mut self) -> usize {
        self.label = self.program.nodes.len();
        self.label
    }
    fn widen(&mut self, by: usize) {
        self.width = self.width.saturating_add(by);
    }
    /// A literal, as a part of the one before it if nothing comes between.
    fn literal(&mut self, cp: u32) {
        let (buffer, len) = match self.encoding {
            Encoding::Bytes if cp > 0xff => return self.fail(),
            Encoding::Bytes => ([cp as u8, 0, 0, 0], 1),
            Encoding::Text if cp > 0x10_ffff => return self.fail(),
            Encoding::Text => lockstep_text::wtf8::encode(cp),
        };
        let start = self.program.literals.len();
        self.program.literals.extend_from_slice(&buffer[..len]);
        let open = self.program.nodes.len() > self.label;
        match self.program.nodes.last_mut() {
            Some(Node::Literal { len: before, .. }) if open => *before += len as u32,
            _ => _ = self.emit(Node::Literal { start: start as u32, len: len as u32 }),
        }
    }
    fn fail(&mut self) {
        self.emit(Node::Fail);
    }
    fn set(&mut self, words: Vec<u32>, fold: Fold, make: impl FnOnce() -> Vec<super::charset::Item>) -> u32 {
        let (sets, encoding) = (&mut self.program.sets, self.encoding);
        *self.known.entry((words, fold)).or_insert_with(|| {
            sets.push(Set::new(make(), fold, encoding));
            sets.len() as u32 - 1
        })
    }
    /// A set of one character, or of all but one.
    fn set_of(&mut self, negate: bool, cp: u32, fold: Fold) -> u32 {
        use super::charset::Item;
        let items = move || if negate { vec![Item::Negate, Item::Literal(cp)] } else { vec![Item::Literal(cp)] };
        let operator = if negate { NOT_LITERAL } else { LITERAL };
        self.set(vec![operator, cp], fold, items)
    }
    /// Whether a character is one byte of the subject.
    fn is_byte(&self, cp: u32) -> bool {
        cp < if self.encoding == Encoding::Text { 0x80 } else { 0x100 }
    }

    // ---------------------------------------------------------------- operators

    fn step(&mut self) -> Option<()> {
        if let Some(single) = self.single() {
            self.widen(1);
            return self.one(single?);
        }
        match self.word()? {
            SUCCESS if self.sealed == 0 => {
                self.early = true;
                self.emit(Node::Match);
            }
            AT => {
                let place = self.place()?;
                self.emit(Node::At(place));
            }
            MARK => {
                let mark = self.word()?;
                (mark < 2 * self.groups as u32).then_some(())?;
                self.emit(Node::Mark(mark));
            }
            GROUPREF => self.group_ref(Fold::None)?,
            GROUPREF_IGNORE => self.group_ref(Fold::Ascii)?,
            GROUPREF_LOC_IGNORE => self.group_ref(Fold::Locale)?,
            GROUPREF_UNI_IGNORE => self.group_ref(Fold::Unicode)?,
            INFO => self.info()?,
            JUMP => self.otherwise()?,
            BRANCH => self.branch()?,
            GROUPREF_EXISTS => self.if_group()?,
            REPEAT_ONE | MIN_REPEAT_ONE | POSSESSIVE_REPEAT_ONE => self.repeat_one()?,
            REPEAT => self.repeat()?,
            POSSESSIVE_REPEAT => self.keep()?,
            ATOMIC_GROUP => {
                let target = self.target(0)?;
                let node = self.emit(Node::Atomic);
                self.sealed += 1;
                self.open(target.checked_sub(1)?, Open::Atomic { node, end: self.end })?;
            }
            ASSERT => self.look(false)?,
            ASSERT_NOT => self.look(true)?,
            _ => return None,
        }
        Some(())
    }

    /// The operator at `at`, if it is over a single character; the inner none: not valid.
    fn single(&mut self) -> Option<Option<Single>> {
        let operator = self.words[self.at];
        let fold = match operator {
            ANY | ANY_ALL | FAILURE | LITERAL | NOT_LITERAL | IN | CATEGORY => Fold::None,
            LITERAL_IGNORE | NOT_LITERAL_IGNORE | IN_IGNORE => Fold::Ascii,
            LITERAL_LOC_IGNORE | NOT_LITERAL_LOC_IGNORE | IN_LOC_IGNORE => Fold::Locale,
            LITERAL_UNI_IGNORE | NOT_LITERAL_UNI_IGNORE | IN_UNI_IGNORE => Fold::Unicode,
            _ => return None,
        };
        self.at += 1;
        Some(self.single_of(operator, fold))
    }
    fn single_of(&mut self, operator: u32, fold: Fold) -> Option<Single> {
        Some(match operator {
            ANY => Single::Any,
            ANY_ALL => Single::All,
            FAILURE => Single::Nothing,
            LITERAL => Single::Literal(self.word()?),
            NOT_LITERAL => Single::NotLiteral(self.word()?),
            LITERAL_IGNORE | LITERAL_LOC_IGNORE | LITERAL_UNI_IGNORE => {
                let cp = self.word()?;
                Single::Set(self.set_of(false, cp, fold))
            }
            NOT_LITERAL_IGNORE | NOT_LITERAL_LOC_IGNORE | NOT_LITERAL_UNI_IGNORE => {
                let cp = self.word()?;
                Single::Set(self.set_of(true, cp, fold))
            }
            CATEGORY => {
                let category = self.word()?;
                (category <= LAST_CATEGORY).then_some(())?;
                Single::Set(self.set(vec![CATEGORY, category], fold, || vec![super::charset::Item::Category(category)]))
            }
            _ => {
                let target = self.target(0)?;
                let words = self.words.get(self.at..target)?;
                let items = super::items::read(words)?;
                self.at = target;
                Single::Set(self.set(words.to_vec(), fold, || items))
            }
        })
    }
    fn one(&mut self, single: Single) -> Option<()> {
        match single {
            Single::Literal(cp) => self.literal(cp),
            Single::NotLiteral(cp) => {
                let set = self.set_of(true, cp, Fold::None);
                self.emit(Node::Set(set));
            }
            Single::Any => _ = self.emit(Node::Any),
            Single::All => _ = self.emit(Node::All),
            Single::Set(set) => _ = self.emit(Node::Set(set)),
            Single::Nothing => self.fail(),
        }
        Some(())
    }
    fn place(&mut self) -> Option<Place> {
        Some(match self.word()? {
            0 | 2 => Place::Begin,
            1 => Place::BeginLine,
            3 | 8 => Place::Boundary,
            4 | 9 => Place::NoBoundary,
            5 => Place::End,
            6 => Place::EndLine,
            7 => Place::EndText,
            10 => Place::WideBoundary,
            LAST_AT => Place::NoWideBoundary,
            _ => return None,
        })
    }
    fn group(&mut self) -> Option<u32> {
        let group = self.word()?;
        ((group as usize) < self.groups).then_some(group)
    }
    fn group_ref(&mut self, fold: Fold) -> Option<()> {
        let group = self.group()?;
        self.emit(Node::Ref { group, fold });
        Some(())
    }
    /// Hints to the search: checked and left aside, the program has its own.
    fn info(&mut self) -> Option<()> {
        let target = self.target(0)?;
        let (flags, _, _) = (self.word()?, self.word()?, self.word()?);
        let valid = flags & !(INFO_PREFIX | INFO_LITERAL | INFO_CHARSET) == 0
            && flags & (INFO_PREFIX | INFO_CHARSET) != INFO_PREFIX | INFO_CHARSET
            && (flags & INFO_LITERAL == 0 || flags & INFO_PREFIX != 0);
        valid.then_some(())?;
        if flags & INFO_PREFIX != 0 {
            let (len, _) = (self.word()? as usize, self.word()?);
            let overlap = self.at.checked_add(len)?;
            let end = overlap.checked_add(len)?;
            let table = self.words.get(overlap..end.min(self.end))?;
            (end <= target && table.len() == len && table.iter().all(|&n| (n as usize) < len)).then_some(())?;
            self.at = end;
        }
        if flags & INFO_CHARSET != 0 {
            super::items::read(self.words.get(self.at..target)?)?;
            self.at = target;
        }
        (self.at == target).then_some(())
    }
    fn branch(&mut self) -> Option<()> {
        let node = self.emit(Node::Branch(self.program.branches.len() as u32));
        self.program.branches.push(Branch::default());
        let open =
            Open::Alternative { node, jumps: Vec::new(), target: None, before: self.width, least: usize::MAX, end: self.end };
        self.alternative(open)
    }
    fn if_group(&mut self) -> Option<()> {
        let group = self.group()?;
        let target = self.target(1)?;
        let node = self.emit(Node::IfGroup { group, no: 0 });
        self.open(target, Open::Yes { node, before: self.width, end: self.end })
    }
    fn look(&mut self, negative: bool) -> Option<()> {
        let target = self.target(0)?;
        let back = self.word()? as usize;
        let node = self.emit(Node::Look(self.program.looks.len() as u32));
        self.program.looks.push(Look { back, negative, next: 0 });
        self.sealed += 1;
        self.open(target.checked_sub(1)?, Open::Look { node, before: self.width, end: self.end })
    }
    fn repeat_one(&mut self) -> Option<()> {
        let operator = self.words[self.at - 1];
        let target = self.target(0)?;
        let (min, max) = self.limits()?;
        (self.at < self.end).then_some(())?;
        let single = self.single()??;
        self.expect(SUCCESS)?;
        (self.at == target).then_some(())?;
        self.widen(min);
        if max == 0 {
            return Some(());
        }
        if min == 1 && max == 1 {
            return self.one(single);
        }
        let one = match single {
            Single::Nothing => {
                if min > 0 {
                    self.fail();
                }
                return Some(());
            }
            Single::Literal(cp) if self.is_byte(cp) => One::Byte(cp as u8),
            Single::NotLiteral(cp) if self.is_byte(cp) => One::NotByte(cp as u8),
            Single::Literal(cp) => One::Set(self.set_of(false, cp, Fold::None)),
            Single::NotLiteral(cp) => One::Set(self.set_of(true, cp, Fold::None)),
            Single::Any => One::NotByte(b'\n'),
            Single::All => One::All,
            Single::Set(set) => One::Set(set),
        };
        let number = self.program.loops.len() as u32;
        self.program.loops.push(Loop { one, min, max, next: Gate::OPEN });
        self.emit(match operator {
            _ if min == max => Node::Possessive(number),
            REPEAT_ONE => Node::Greedy(number),
            MIN_REPEAT_ONE => Node::Lazy(number),
            _ => Node::Possessive(number),
        });
        Some(())
    }
    fn repeat(&mut self) -> Option<()> {
        let target = self.target(0)?;
        let (min, max) = self.limits()?;
        let lazy = match self.peek(target)? {
            MAX_UNTIL => false,
            MIN_UNTIL => true,
            _ => return None,
        };
        let node = match (min, max) {
            (0, 1) => {
                self.program.branches.push(Branch::default());
                self.emit(Node::Branch(self.program.branches.len() as u32 - 1))
            }
            // A place for what the end of the body decides.
            _ => self.emit(Node::Fail),
        };
        self.here();
        let open = Open::Repeat { node, min, max, lazy, before: self.width, end: self.end };
        self.width = 0;
        self.open(target, open)
    }
    fn keep(&mut self) -> Option<()> {
        let target = self.target(0)?;
        let (min, max) = self.limits()?;
        let node = self.emit(Node::Keep(self.program.repeats.len() as u32));
        self.program.repeats.push(repeat(min, max, node + 1));
        self.sealed += 1;
        let open = Open::Keep { node, min, before: self.width, end: self.end };
        self.width = 0;
        self.open(target, open)
    }
}

/// A repetition whose other fields are not known yet.
pub(super) fn repeat(min: usize, max: usize, body: usize) -> Repeat {
    Repeat { min, max, slot: 0, body, until: 0, tail: 0, body_gate: Gate::OPEN, tail_gate: Gate::OPEN }
}
