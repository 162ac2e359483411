//! The `lockstep` program.

use std::path::Path;
use std::process::ExitCode;

use lockstep::{Interpreter, program, report};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args_os().skip(1).map(|a| a.to_string_lossy().into_owned()).collect();
    let Some(file) = args.first().cloned() else { return ExitCode::from(2) };
    let source = match std::fs::read(&file) {
        Ok(source) => source,
        Err(e) => {
            let text = e.to_string();
            let text = text.split(" (os error").next().unwrap_or_default();
            eprintln!("lockstep: can't open file '{file}': [Errno {}] {text}", e.raw_os_error().unwrap_or(0));
            return ExitCode::from(2);
        }
    };
    let directory = Path::new(&file).parent().map(|d| std::path::absolute(d).unwrap_or_else(|_| d.to_path_buf()));
    let directory = directory.map_or_else(String::new, |d| d.to_string_lossy().into_owned());
    let lockstep = Interpreter::builder().args(args).path([directory]).own_signals().build();
    let code = lockstep.main(|py| {
        let result = program::run_bytes(py, &source, &file);
        let code = report::finish(py, result);
        program::end(py, code)
    });
    ExitCode::from(code.unwrap_or(1) as u8)
}
