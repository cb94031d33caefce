//! What is seen of the service once a second, while work goes on.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::common::{Service, Table};
use crate::disk::taken_mb;
use crate::stage::{A_CAMPAIGN_EVERY, Stage};

/// What was seen in one second.
#[derive(Clone, Copy)]
pub struct Sample {
    pub at: f64,
    pub memory_mb: f64,
    pub handles: f64,
    pub disk_mb: f64,
    pub attempts: u64,
}

/// Lets work go on for so long, and looks once a second.
pub async fn look_on(
    stage: &Arc<Stage>,
    home: &Arc<Path>,
    seconds: usize,
    minutes: Option<&mut Table>,
) -> Vec<Sample> {
    let data = home.join("data");
    let mut minutes = minutes;
    let mut campaigns = JoinSet::new();
    let mut samples: Vec<Sample> = Vec::new();
    let begun = Instant::now();
    let mut next_campaign = begun;
    let mut reported = 0;
    while samples.len() < seconds {
        let next_sample = begun + Duration::from_secs(samples.len() as u64 + 1);
        while next_campaign < next_sample {
            tokio::time::sleep_until(next_campaign.into()).await;
            campaigns.spawn(Arc::clone(stage).campaign(Arc::clone(home)));
            next_campaign += A_CAMPAIGN_EVERY;
        }
        tokio::time::sleep_until(next_sample.into()).await;
        while let Some(ended) = campaigns.try_join_next() {
            ended.unwrap();
        }
        samples.push(sample(stage, &data, begun));
        let is_minute = samples.len().is_multiple_of(60) || samples.len() == seconds;
        if let Some(table) = minutes.as_deref_mut().filter(|_| is_minute) {
            report(table, stage, &samples[reported..]);
            reported = samples.len();
        }
    }
    while let Some(ended) = campaigns.join_next().await {
        ended.unwrap();
    }
    samples
}

pub fn memory_mb(service: &Service) -> f64 {
    service.memory().map_or(f64::NAN, |(now, _)| now)
}

pub fn sample(stage: &Stage, data: &Path, begun: Instant) -> Sample {
    Sample {
        at: begun.elapsed().as_secs_f64(),
        memory_mb: memory_mb(&stage.service),
        handles: stage.service.handles().map_or(f64::NAN, |handles| handles as f64),
        disk_mb: taken_mb(data),
        attempts: stage.attempts.load(Ordering::Relaxed),
    }
}

fn report(table: &mut Table, stage: &Stage, minute: &[Sample]) {
    let most = |of: fn(&Sample) -> f64| minute.iter().map(of).fold(f64::NAN, f64::max);
    let last = minute[minute.len() - 1];
    table.row([
        format!("{:.0} s", last.at),
        stage.campaigns.load(Ordering::Relaxed).to_string(),
        last.attempts.to_string(),
        stage.reads.load(Ordering::Relaxed).to_string(),
        stage.streams.load(Ordering::Relaxed).to_string(),
        format!("{:.1}", mean(minute, |sample| sample.memory_mb)),
        format!("{:.1}", most(|sample| sample.memory_mb)),
        format!("{:.1}", mean(minute, |sample| sample.handles)),
        format!("{:.1}", last.disk_mb),
    ]);
}

pub fn mean(samples: &[Sample], of: fn(&Sample) -> f64) -> f64 {
    samples.iter().map(of).sum::<f64>() / samples.len() as f64
}
