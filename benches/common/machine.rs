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

/// Seconds of processor time that this process has had, over all its threads.
pub fn processor_seconds() -> Option<f64> {
    // Fields 14 and 15 behind the name, which may hold anything: ticks of a hundredth of a second.
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Some(ticks.sum::<Result<f64, _>>().ok()? / 100.0)
}

/// How many files, sockets among them, a process has open.
pub fn handles(process: u32) -> Option<usize> {
    Some(fs::read_dir(format!("/proc/{process}/fd")).ok()?.count())
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
