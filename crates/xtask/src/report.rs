//! The one place that prints.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command for people at a terminal and for logs")]

use std::error::Error;

/// A line of plain output.
pub(crate) fn line(text: impl AsRef<str>) {
    println!("{}", text.as_ref());
}

/// A line beside the output, where that is for a program to read.
pub(crate) fn aside(text: impl AsRef<str>) {
    eprintln!("{}", text.as_ref());
}

/// A heading above the output of a step.
pub(crate) fn heading(text: &str) {
    println!("\n=== {text} ===");
}

/// The last word of a command that failed: the error and its causes, on one line.
pub(crate) fn failure(error: &dyn Error) {
    eprintln!("error: {}", chain(error));
}

/// An error and its causes, joined with `: `.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn causes_are_joined_on_one_line() {
        let error = Error::Step { step: "format", source: Box::new(Error::Command { command: "cargo fmt".into() }) };
        assert_eq!(chain(&error), "step `format` failed: `cargo fmt` failed");
    }
}
