//! The command line of a benchmark.

use std::process::exit;

/// What the command line asks for.
///
/// `cargo bench --bench NAME` measures. `cargo test`, which runs benchmarks without `--bench`, has each go through all
/// that it does at a tiny size, so that none can rot; `--smoke` asks for the same.
pub struct Asked {
    /// A last line of stdout that is one JSON object.
    pub json: bool,
    /// Go through everything at a tiny size; what comes out means nothing.
    pub smoke: bool,
    sizes: Vec<(&'static str, usize)>,
}

impl Asked {
    /// Reads the command line of the bench of this name, which takes these sizes (`rows` is given as `--rows 5000`).
    /// Whoever runs tests of another name, or wants a list of tests, gets nothing, and this ends the process.
    pub fn read(bench: &str, sizes: &[&'static str]) -> Self {
        let mut arguments = std::env::args().skip(1).peekable();
        let mut asked = Self {
            json: false,
            smoke: !std::env::args().any(|argument| argument == "--bench"),
            sizes: Vec::new(),
        };
        let is_test = asked.smoke;
        while let Some(argument) = arguments.next() {
            let size = sizes
                .iter()
                .find(|size| argument.strip_prefix("--") == Some(*size));
            match argument.as_str() {
                "--bench" => {}
                "--json" => asked.json = true,
                "--smoke" => asked.smoke = true,
                _ if let Some(size) = size => {
                    let count = arguments.next().and_then(|count| count.parse().ok());
                    let Some(count) = count else {
                        refuse(&format!("{argument} wants a number, such as 5000"))
                    };
                    asked.sizes.push((size, count));
                }
                "--list" => exit(0),
                // Whatever else is meant for a harness of tests.
                other if is_test && other.starts_with("--") => {}
                filter if is_test => {
                    if !bench.contains(filter) {
                        exit(0);
                    }
                }
                other => {
                    let sizes: Vec<String> = sizes.iter().map(|size| format!("--{size} NUMBER, ")).collect();
                    refuse(&format!(
                        "`{other}` is not known; there are {}--smoke and --json",
                        sizes.concat()
                    ));
                }
            }
        }
        asked
    }

    /// A size: what the command line says, or else the full one, or the tiny one of a smoke run.
    pub fn size(&self, name: &str, full: usize, tiny: usize) -> usize {
        let given = self.sizes.iter().find(|(size, _)| *size == name);
        given.map_or(if self.smoke { tiny } else { full }, |(_, count)| *count)
    }
}

fn refuse(why: &str) -> ! {
    eprintln!("{why}");
    exit(2);
}
