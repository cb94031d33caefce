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
    flags: Vec<&'static str>,
}

impl Asked {
    /// Reads the command line of the bench of this name, which takes these sizes (`rows` is given as `--rows 5000`).
    /// Whoever runs tests of another name, or wants a list of tests, gets nothing, and this ends the process.
    pub fn read(bench: &str, sizes: &[&'static str]) -> Self {
        Self::read_with(bench, sizes, &[])
    }

    /// The same of a bench that can also be asked for these by name alone (`callgrind` is given as `--callgrind`).
    pub fn read_with(bench: &str, sizes: &[&'static str], flags: &[&'static str]) -> Self {
        let mut arguments = std::env::args().skip(1).peekable();
        let mut asked = Self {
            json: false,
            smoke: !std::env::args().any(|argument| argument == "--bench"),
            sizes: Vec::new(),
            flags: Vec::new(),
        };
        let is_test = asked.smoke;
        while let Some(argument) = arguments.next() {
            let size = sizes
                .iter()
                .find(|size| argument.strip_prefix("--") == Some(*size));
            let flag = flags
                .iter()
                .find(|flag| argument.strip_prefix("--") == Some(*flag));
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
                _ if let Some(flag) = flag => asked.flags.push(flag),
                "--list" => exit(0),
                // Whatever else is meant for a harness of tests.
                other if is_test && other.starts_with("--") => {}
                filter if is_test => {
                    if !bench.contains(filter) {
                        exit(0);
                    }
                }
                other => {
                    let sizes: String = sizes.iter().map(|size| format!("--{size} NUMBER, ")).collect();
                    let flags: String = flags.iter().map(|flag| format!("--{flag}, ")).collect();
                    refuse(&format!(
                        "`{other}` is not known; there are {sizes}{flags}--smoke and --json"
                    ));
                }
            }
        }
        asked
    }

    /// Whether it was asked for by name.
    pub fn has(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
    }

    /// A size, if the command line says it.
    pub fn given(&self, name: &str) -> Option<usize> {
        let given = self.sizes.iter().find(|(size, _)| *size == name);
        given.map(|(_, count)| *count)
    }

    /// A size: what the command line says, or else the full one, or the tiny one of a smoke run.
    pub fn size(&self, name: &str, full: usize, tiny: usize) -> usize {
        self.given(name).unwrap_or(if self.smoke { tiny } else { full })
    }
}

fn refuse(why: &str) -> ! {
    eprintln!("{why}");
    exit(2);
}
