//! Compiles and verifies every Python file under the paths given, and sends each code through
//! its byte form and back. `--dump` shows the code, `--errors` prints one line per file that
//! fails (`path: message`), `--py2` reads Python 2.

use std::path::{Path, PathBuf};

use lockstep_compile::code::{marshal, verify};
use lockstep_compile::{Options, Source, compile, disassemble};
use lockstep_grammar::{Dialect, LineIndex, Mode};

fn main() {
    let mut paths: Vec<PathBuf> = Vec::new();
    let (mut dump, mut errors, mut dialect) = (false, false, Dialect::Python3);
    for arg in std::env::args().skip(1) {
        match arg.as_str() {
            "--dump" => dump = true,
            "--errors" => errors = true,
            "--py2" => dialect = Dialect::Python2,
            path => collect(Path::new(path), &mut paths),
        }
    }
    let (mut good, mut bad, mut broken, mut bytes) = (0, 0, 0, 0);
    for path in &paths {
        let Ok(text) = std::fs::read(path) else {
            continue;
        };
        let Ok(text) = String::from_utf8(text) else {
            continue;
        };
        let options = Options { filename: path.to_string_lossy().as_ref().into(), dialect, ..Options::default() };
        let lines = LineIndex::new(&text);
        let tree = lockstep_grammar::parse(&text, Mode::Exec, dialect, lockstep_grammar::Options::default());
        let result = tree.and_then(|tree| compile(&tree, Source { text: &text, lines: &lines }, &options));
        match result {
            Ok(compiled) => {
                good += 1;
                for warning in &compiled.warnings {
                    println!("{}:{}: SyntaxWarning: {}", path.display(), warning.line, warning.message);
                }
                if let Err(what) = verify::verify(&compiled.code) {
                    broken += 1;
                    println!("{}: VERIFY {what}", path.display());
                }
                let packed = marshal::to_bytes(&compiled.code);
                bytes += packed.len();
                match marshal::from_bytes(&packed) {
                    Ok(back) if marshal::to_bytes(&back) == packed => {}
                    Ok(_) => println!("{}: MARSHAL differs", path.display()),
                    Err(what) => println!("{}: MARSHAL {what}", path.display()),
                }
                if dump {
                    print!("{}", disassemble(&compiled.code));
                }
            }
            Err(error) => {
                bad += 1;
                if errors {
                    println!("{}: {}: {} ({})", path.display(), error.kind.name(), error.message, error.lineno);
                }
            }
        }
    }
    println!("{good} compiled, {bad} refused, {broken} broken, {bytes} bytes");
}

fn collect(path: &Path, out: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let mut inner: Vec<_> = std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        inner.sort();
        inner.iter().for_each(|path| collect(path, out));
    } else if path.extension().is_some_and(|ext| ext == "py") {
        out.push(path.into());
    }
}
