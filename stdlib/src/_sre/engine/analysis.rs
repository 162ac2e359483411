//! What a program can begin with at each node, and what follows from it: alternatives that need
//! not be tried, loops that need not give back, places where a search need not look.

use memchr::memmem::Finder;

use super::program::{Branch, Encoding, Gate, Node, One, Place, Program, Start};

/// Alternatives that one node chooses from.
const CHOICES: usize = 64;
/// How often the nodes are gone through before nothing is concluded.
const ROUNDS: usize = 32;

/// The next bytes with which going on at a node may succeed, and whether the end of the text may.
#[derive(Clone, Copy, PartialEq, Eq)]
struct First {
    bytes: [u64; 4],
    end: bool,
}

impl First {
    const NEVER: First = First { bytes: [0; 4], end: false };
    const ALWAYS: First = First { bytes: [u64::MAX; 4], end: true };

    fn of(member: impl Fn(u8) -> bool) -> First {
        let mut first = First::NEVER;
        for byte in 0..=255u8 {
            if member(byte) {
                first.bytes[(byte >> 6) as usize] |= 1 << (byte & 63);
            }
        }
        first
    }
    fn byte(byte: u8) -> First {
        let mut first = First::NEVER;
        first.bytes[(byte >> 6) as usize] = 1 << (byte & 63);
        first
    }
    fn without(mut self, byte: u8) -> First {
        self.bytes[(byte >> 6) as usize] &= !(1 << (byte & 63));
        self
    }
    fn has(&self, byte: u8) -> bool {
        self.bytes[(byte >> 6) as usize] >> (byte & 63) & 1 == 1
    }
    fn or(mut self, other: First) -> First {
        for (word, more) in self.bytes.iter_mut().zip(other.bytes) {
            *word |= more;
        }
        self.end |= other.end;
        self
    }
    fn and(mut self, other: First) -> First {
        for (word, more) in self.bytes.iter_mut().zip(other.bytes) {
            *word &= more;
        }
        self.end &= other.end;
        self
    }
    fn meets(&self, other: &First) -> bool {
        self.bytes.iter().zip(other.bytes).any(|(a, b)| a & b != 0)
    }
    fn gate(&self) -> Gate {
        if *self == First::ALWAYS {
            return Gate::OPEN;
        }
        let mut table = Box::new([false; 256]);
        for byte in 0..=255u8 {
            table[byte as usize] = self.has(byte);
        }
        let mut members = (0..=255u8).filter(|&byte| self.has(byte));
        let byte = members.next().filter(|_| members.next().is_none());
        Gate { table: Some(table), byte, end: self.end }
    }
}

/// Works out everything that depends on what comes behind.
pub fn finish(program: &mut Program, encoding: Encoding) {
    split_branches(program);
    let lone = |node: &mut Node, literals: &[u8]| {
        if let Node::Literal { start, len: 1 } = *node {
            *node = Node::Byte(literals[start as usize]);
        }
    };
    program.nodes.iter_mut().for_each(|node| lone(node, &program.literals));
    let analysis = Analysis::new(program, encoding);
    let first = analysis.solve();
    let sets: Vec<First> = program.loops.iter().map(|l| analysis.one(l.one)).collect();
    for at in 0..program.nodes.len() {
        match program.nodes[at] {
            Node::Greedy(number) | Node::Lazy(number) => {
                let next = first[at + 1];
                program.loops[number as usize].next = next.gate();
                // Where the loop ends by itself nothing before that place can go on either.
                if matches!(program.nodes[at], Node::Greedy(_)) && !sets[number as usize].meets(&next) {
                    program.nodes[at] = Node::Possessive(number);
                }
            }
            Node::Branch(number) => dispatch(&mut program.branches[number as usize], &first),
            _ => {}
        }
    }
    for repeat in &mut program.repeats {
        repeat.body_gate = first[repeat.body].gate();
        repeat.tail_gate = first[repeat.tail].gate();
    }
    (program.start, program.literal) = start(program, &first[0], encoding);
}

/// Branches of more alternatives than fit in a mask end in a branch of the rest.
fn split_branches(program: &mut Program) {
    let mut number = 0;
    while number < program.branches.len() {
        if program.branches[number].targets.len() > CHOICES {
            let rest = program.branches[number].targets.split_off(CHOICES - 1);
            program.branches[number].targets.push(program.nodes.len() as u32);
            program.nodes.push(Node::Branch(program.branches.len() as u32));
            program.branches.push(Branch { targets: rest, ..Branch::default() });
        }
        number += 1;
    }
}

/// Which alternatives may match, by the next byte.
fn dispatch(branch: &mut Branch, first: &[First]) {
    let mask = |test: &dyn Fn(&First) -> bool| {
        branch.targets.iter().enumerate().fold(0u64, |mask, (i, &target)| mask | u64::from(test(&first[target as usize])) << i)
    };
    branch.masks = vec![mask(&|f| f.end)];
    branch.classes = (0..=255u8)
        .map(|byte| {
            let wanted = mask(&|f| f.has(byte));
            let known = branch.masks.iter().position(|&m| m == wanted);
            known.unwrap_or_else(|| {
                branch.masks.push(wanted);
                branch.masks.len() - 1
            }) as u16
        })
        .collect();
}

/// Where a search looks.
fn start(program: &Program, first: &First, encoding: Encoding) -> (Start, Option<usize>) {
    let mut at = 0;
    while let Node::Mark(_) = program.nodes[at] {
        at += 1;
    }
    let prefix = match program.nodes[at] {
        Node::At(Place::Begin) => return (Start::Begin, None),
        Node::At(Place::BeginLine) => return (Start::Lines, None),
        Node::Byte(byte) => vec![byte],
        Node::Literal { start, len } => program.literals[start as usize..(start + len) as usize].to_vec(),
        _ => Vec::new(),
    };
    if let Some(literal) = behind(program, at, encoding) {
        return (Start::After(Box::new(Finder::new(&literal).into_owned())), None);
    }
    if !prefix.is_empty() {
        let whole = at == 0 && program.nodes[1] == Node::Match;
        return (Start::Literal(Box::new(Finder::new(&prefix).into_owned())), whole.then_some(prefix.len()));
    }
    if *first == First::ALWAYS {
        return (Start::Anywhere, None);
    }
    let members: Vec<u8> = (0..=255u8).filter(|&byte| first.has(byte)).take(4).collect();
    match members.len() {
        1..=3 if !first.end => (Start::Bytes(members), None),
        _ => (Start::Gate(first.gate()), None),
    }
}

/// The literal that must come before the place where the program begins.
fn behind(program: &Program, at: usize, encoding: Encoding) -> Option<Vec<u8>> {
    let Node::Look(number) = program.nodes[at] else { return None };
    let look = &program.looks[number as usize];
    let literal = match program.nodes[at + 1] {
        Node::Byte(byte) => vec![byte],
        Node::Literal { start, len } => program.literals[start as usize..(start + len) as usize].to_vec(),
        _ => return None,
    };
    let characters = match encoding {
        Encoding::Text => lockstep_text::wtf8::count(&literal),
        Encoding::Bytes => literal.len(),
    };
    let whole = look.back == characters && program.nodes[at + 2] == Node::Close(at as u32);
    (whole && !look.negative).then_some(literal)
}

struct Analysis<'a> {
    program: &'a Program,
    /// Bytes with which a character begins.
    characters: First,
    sets: Vec<First>,
}

impl<'a> Analysis<'a> {
    fn new(program: &'a Program, encoding: Encoding) -> Self {
        let characters = First::of(|byte| encoding == Encoding::Bytes || !(0x80..0xc2).contains(&byte));
        let sets = program.sets.iter().map(|set| First::of(|byte| set.bytes[byte as usize]).and(characters)).collect();
        Analysis { program, characters, sets }
    }
    fn one(&self, one: One) -> First {
        match one {
            One::Byte(byte) => First::byte(byte),
            One::NotByte(byte) => self.characters.without(byte),
            One::All => self.characters,
            One::Set(number) => self.sets[number as usize],
        }
    }
    /// The least solution: what no path leads to is not in it.
    fn solve(&self) -> Vec<First> {
        let count = self.program.nodes.len();
        let mut first = vec![First::NEVER; count];
        for _ in 0..ROUNDS {
            let mut changed = false;
            for at in (0..count).rev() {
                let now = self.at(at, &first);
                changed |= now != first[at];
                first[at] = now;
            }
            if !changed {
                return first;
            }
        }
        vec![First::ALWAYS; count]
    }
    fn at(&self, at: usize, first: &[First]) -> First {
        let program = self.program;
        let next = || first[at + 1];
        match program.nodes[at] {
            Node::Fail => First::NEVER,
            Node::Match => First::ALWAYS,
            Node::Byte(byte) => First::byte(byte),
            Node::Literal { start, .. } => First::byte(program.literals[start as usize]),
            Node::Any => self.one(One::NotByte(b'\n')),
            Node::All => self.characters,
            Node::Set(number) => self.sets[number as usize],
            Node::Mark(_) | Node::Atomic => next(),
            Node::At(place) => next().and(condition(place)),
            Node::Jump(target) => first[target as usize],
            Node::Branch(number) => {
                let targets = &program.branches[number as usize].targets;
                targets.iter().fold(First::NEVER, |all, &target| all.or(first[target as usize]))
            }
            Node::Greedy(number) | Node::Lazy(number) | Node::Possessive(number) => {
                let l = &program.loops[number as usize];
                let one = self.one(l.one);
                if l.min > 0 { one } else { one.or(next()) }
            }
            Node::Enter(number) => {
                let repeat = &program.repeats[number as usize];
                if repeat.min > 0 { first[repeat.body] } else { first[repeat.until] }
            }
            Node::Max(number) | Node::Min(number) | Node::Star(number) | Node::LazyStar(number) => {
                let repeat = &program.repeats[number as usize];
                first[repeat.body].or(first[repeat.tail])
            }
            Node::Look(number) => {
                let look = &program.looks[number as usize];
                let behind = first[look.next];
                if look.back == 0 && !look.negative { behind.and(next()) } else { behind }
            }
            Node::Keep(number) => {
                let repeat = &program.repeats[number as usize];
                match (repeat.min, repeat.max) {
                    (_, 0) => first[repeat.tail],
                    (0, _) => next().or(first[repeat.tail]),
                    _ => next(),
                }
            }
            // A body that is matched by itself must not know what comes behind it: it takes its
            // first way, whether or not that leads on.
            Node::Close(_) => First::ALWAYS,
            // Empty groups match nothing.
            Node::Ref { .. } => First { end: next().end, ..First::ALWAYS },
            Node::IfGroup { no, .. } => next().or(first[no as usize]),
        }
    }
}

/// What a condition says about the next byte.
fn condition(place: Place) -> First {
    match place {
        Place::EndText => First { end: true, ..First::NEVER },
        Place::End | Place::EndLine => First { end: true, ..First::byte(b'\n') },
        _ => First::ALWAYS,
    }
}
