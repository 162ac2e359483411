//! Programs about threads from the documents, run directly; their output must be one that the
//! document allows. Without the documents beside the tree there is nothing to test.
//! `LOCKSTEP_PROGRAM` names another interpreter, to test the expectations themselves.

#![allow(clippy::disallowed_methods, reason = "threads and programs of a test may sleep and be waited for")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Reads JSON as far as the file of blocks needs it: strings and numbers by path.
struct Json<'a> {
    text: &'a [u8],
    at: usize,
}

enum Node {
    Text(String),
    Number(f64),
    List(Vec<Node>),
    Map(HashMap<String, Node>),
    Other,
}

impl Json<'_> {
    fn peek(&mut self) -> u8 {
        while self.text[self.at].is_ascii_whitespace() || matches!(self.text[self.at], b',' | b':') {
            self.at += 1;
        }
        self.text[self.at]
    }
    fn node(&mut self) -> Node {
        match self.peek() {
            b'"' => Node::Text(self.string()),
            b'[' => {
                self.at += 1;
                let mut items = Vec::new();
                while self.peek() != b']' {
                    items.push(self.node());
                }
                self.at += 1;
                Node::List(items)
            }
            b'{' => {
                self.at += 1;
                let mut map = HashMap::new();
                while self.peek() != b'}' {
                    let key = self.string();
                    let value = self.node();
                    map.insert(key, value);
                }
                self.at += 1;
                Node::Map(map)
            }
            _ => {
                let start = self.at;
                while !matches!(self.text[self.at], b',' | b']' | b'}') && !self.text[self.at].is_ascii_whitespace() {
                    self.at += 1;
                }
                let word = std::str::from_utf8(&self.text[start..self.at]).expect("ASCII");
                word.parse().map_or(Node::Other, Node::Number)
            }
        }
    }
    fn string(&mut self) -> String {
        self.peek();
        self.at += 1;
        let mut out = Vec::new();
        loop {
            let c = self.text[self.at];
            self.at += 1;
            match c {
                b'"' => return String::from_utf8(out).expect("UTF-8"),
                b'\\' => {
                    let c = self.text[self.at];
                    self.at += 1;
                    let c = match c {
                        b'n' => '\n',
                        b't' => '\t',
                        b'r' => '\r',
                        b'b' => '\u{8}',
                        b'f' => '\u{c}',
                        b'u' => {
                            let hex = std::str::from_utf8(&self.text[self.at..self.at + 4]).expect("ASCII");
                            self.at += 4;
                            let unit = u32::from_str_radix(hex, 16).expect("hexadecimal");
                            char::from_u32(unit).unwrap_or('\u{fffd}')
                        }
                        c => c as char,
                    };
                    out.extend(c.to_string().bytes());
                }
                c => out.push(c),
            }
        }
    }
}

/// The folder of the documents, if it is there.
fn documents() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let folders = [root.parent()?.join("shared/documents"), root.parent()?.parent()?.join("shared/documents")];
    folders.into_iter().find(|f| f.join("blocks.json").exists())
}

/// The code of every block by `(first three digits of the document, number)`.
fn blocks(folder: &Path) -> HashMap<(String, usize), String> {
    let text = std::fs::read(folder.join("blocks.json")).expect("readable");
    let Node::List(blocks) = (Json { text: &text, at: 0 }).node() else { panic!("a list of blocks") };
    let mut out = HashMap::new();
    for block in blocks {
        let Node::Map(mut block) = block else { continue };
        let (Some(Node::Text(document)), Some(Node::Number(index)), Some(Node::Text(code))) =
            (block.remove("document"), block.remove("index"), block.remove("code"))
        else {
            continue;
        };
        out.insert((document[..3].to_owned(), index as usize), code);
    }
    out
}

struct Run {
    lines: Vec<String>,
    errors: String,
    code: Option<i32>,
    took: Duration,
}

impl Run {
    /// These lines in any order. A line and its end are two writes: others may come between.
    fn assert_holds(&self, lines: &[&str]) {
        let text = self.lines.concat();
        for line in lines {
            assert!(text.contains(line), "no {line:?} in {:?}", self.lines);
        }
        assert_eq!(text.len(), lines.iter().map(|l| l.len()).sum::<usize>(), "{:?}", self.lines);
    }
}

/// Runs a program; one that does not end is killed after `limit`.
fn run(name: &str, code: &str, limit: Duration) -> Run {
    let folder = std::env::temp_dir().join(format!("lockstep-documents-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join(format!("{name}.py"));
    std::fs::write(&file, code).expect("a file");
    let output = |suffix: &str| std::fs::File::create(folder.join(format!("{name}.{suffix}"))).expect("a file");
    let program = std::env::var("LOCKSTEP_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_lockstep").to_owned());
    let begin = Instant::now();
    let mut child = Command::new(program)
        .arg(&file)
        .stdin(Stdio::null())
        .stdout(output("out"))
        .stderr(output("err"))
        .spawn()
        .expect("a process");
    let code = loop {
        match child.try_wait().expect("a child") {
            Some(status) => break status.code(),
            None if begin.elapsed() > limit => {
                child.kill().expect("killed");
                child.wait().expect("waited for");
                break None;
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let took = begin.elapsed();
    let read = |suffix: &str| std::fs::read_to_string(folder.join(format!("{name}.{suffix}"))).expect("text");
    let (out, errors) = (read("out"), read("err"));
    for suffix in ["py", "out", "err"] {
        // Left-overs in the folder for temporary files do no harm.
        let _ = std::fs::remove_file(folder.join(format!("{name}.{suffix}")));
    }
    Run { lines: out.lines().map(str::to_owned).collect(), errors, code, took }
}

fn number(line: &str) -> f64 {
    line.trim().parse().unwrap_or_else(|_| panic!("a number, not {line:?}"))
}

/// Runs a block with lines before it, and expects it to end well.
fn block(blocks: &HashMap<(String, usize), String>, document: &str, index: usize, before: &str) -> Run {
    let code = &blocks[&(document.to_owned(), index)];
    let run = run(&format!("{document}_{index}"), &format!("{before}{code}\n"), Duration::from_secs(60));
    assert_eq!(run.code, Some(0), "{document}#{index}: {}{}", run.lines.join("\n"), run.errors);
    run
}

#[test]
fn threads_of_the_documents() {
    let Some(folder) = documents() else { return };
    let blocks = blocks(&folder);
    let of = |document: &str, index: usize, before: &str| block(&blocks, document, index, before);

    of("002", 1, "").assert_holds(&["Worker"; 5]);
    of("002", 4, "").assert_holds(&["Worker: 0", "Worker: 1", "Worker: 2", "Worker: 3", "Worker: 4"]);
    of("002", 7, "").assert_holds(&["Daemon Starting", "NonDaemon Exiting", "NonDaemon Starting"]);
    let joined = of("002", 9, "");
    assert_eq!(joined.lines.last().map(String::as_str), Some("Daemon Exiting"));
    assert_eq!(of("002", 16, "").lines, ["100"]);
    let condition = of("002", 18, "");
    condition.assert_holds(&[
        "p: Making resource available",
        "c1: Resource is available to consumer",
        "c2: Resource is available to consumer",
    ]);
    assert_eq!(condition.lines[0], "p: Making resource available");
    assert!(condition.took >= Duration::from_secs(2));
    let lost = of("002", 14, "");
    assert!(number(&lost.lines[0]) < 90.0, "{:?}", lost.lines);

    let semaphore = of("002", 11, "");
    let (mut inside, mut most, text) = (0i32, 0, semaphore.lines.concat());
    for (at, _) in text.match_indices(" sema") {
        inside += if text[..at].ends_with("acquire") { 1 } else { -1 };
        most = most.max(inside);
    }
    // The release is told after it was done, so that one more may have come in.
    assert_eq!((text.matches(" sema").count(), inside), (10, 0), "{text}");
    assert!(most >= 3, "{text}");

    for index in [15, 23, 28] {
        assert!(of("003", index, "import threading\n").lines.is_empty());
    }
    of("003", 40, "").assert_holds(&["Hello, Alice (in Thread-A)", "Hello, Bob (in Thread-B)"]);

    assert_eq!(of("004", 9, "").lines, ["当调用线程的start方法的时候，自动调用run()方法"]);
    let shared = of("004", 10, "");
    assert_eq!(shared.lines.concat().matches("running ....").count(), 10);
    assert_eq!(of("004", 13, "import time\nfrom threading import Thread\n").lines, ["99"]);
    let unjoined = of("004", 17, "");
    let text = unjoined.lines.concat();
    let (_, after) = text.split_once("总共运行了").expect("the main line");
    assert_eq!((text.matches("running").count(), after.matches("done").count()), (5, 5), "{text}");
    let brief = of("004", 19, "");
    assert!(brief.lines.last().is_some_and(|l| l.starts_with("总共运行了")));
    assert_eq!(brief.lines.concat().matches("task done").count(), 5);
    assert_eq!(of("004", 24, "").lines.concat().matches(" the lock ").count(), 24);
}

#[test]
fn a_dead_lock_stays_dead() {
    let Some(folder) = documents() else { return };
    let blocks = blocks(&folder);
    for (document, index, before) in [("003", 14, "import threading\n"), ("004", 22, "")] {
        let code = &blocks[&(document.to_owned(), index)];
        let run = run(&format!("{document}_{index}"), &format!("{before}{code}\n"), Duration::from_secs(4));
        assert_eq!(run.code, None, "{document}#{index} ended: {}", run.errors);
    }
}
