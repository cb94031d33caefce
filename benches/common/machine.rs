//! On what a benchmark ran, and what a process takes of it, as `/proc` tells where there is one.

use std::fs;

/// The machine, in a line.
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let model = field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory = field("/proc/meminfo", "MemTotal")
        .and_then(|total| Some(total.strip_suffix(" kB")?.parse::<u64>().ok()? >> 20))
        .map_or_else(String::new, |gib| format!(", {gib} GiB"));
    format!("{cores} cores of {model}{memory}, {}", std::env::consts::OS)
}

/// What a process has in memory, and the most that it had, in MB.
pub fn resident(process: u32) -> Option<(f64, f64)> {
    let status = format!("/proc/{process}/status");
    let megabytes = |name: &str| {
        let kibibytes: f64 = field(&status, name)?.strip_suffix(" kB")?.parse().ok()?;
        Some(kibibytes * 1024.0 / 1e6)
    };
    Some((megabytes("VmRSS")?, megabytes("VmHWM")?))
}

/// How many files, sockets among them, a process has open.
pub fn handles(process: u32) -> Option<usize> {
    Some(fs::read_dir(format!("/proc/{process}/fd")).ok()?.count())
}

/// How many files, sockets among them, a process of ours may be allowed to open.
pub fn most_handles() -> Option<usize> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Seconds of a core that a process has taken so far, by itself and by the system for it.
pub fn cpu_seconds(process: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // Behind the name, which may hold anything: the 12th and 13th field, in hundredths of a second.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / 100.0)
}

/// The first value of a field in a file of `name: value` lines.
fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let values = text.lines().filter_map(|line| {
        let (field, value) = line.split_once(':')?;
        (field.trim() == name).then(|| value.trim().to_owned())
    });
    values.take(1).next()
}
