//! Charts: bars over time, drawn as SVG, with a legend, units, a sentence that says the same, and the table behind them.
//!
//! Bars are stretched to the width there is; words stand beside the drawing, so that they are as large on a narrow screen.

use maud::{Markup, Render, html};

use super::numbers::count;

const WIDTH: f64 = 1_000.0;
const HEIGHT: f64 = 200.0;

/// What is counted, and its colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Series {
    pub(super) name: String,
    /// The class of its colour in the style sheet: `chart-1` to `chart-8`, or `chart-` and an outcome.
    pub(super) class: String,
}

/// A bar: what is counted in one span of time, by series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bar {
    /// The span, in full.
    pub(super) label: String,
    /// One figure for each series.
    pub(super) values: Vec<u64>,
}

/// A chart of bars, stacked where there are several series.
#[derive(Debug, Clone)]
pub(super) struct Chart<'a> {
    /// Unlike any other on the page.
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    /// What is counted, as `calls a minute`.
    pub(super) unit: &'a str,
    /// What the bars stand side by side over, as `time in New York`.
    pub(super) over: &'a str,
    /// What the drawing shows, in a sentence.
    pub(super) says: String,
    pub(super) series: Vec<Series>,
    pub(super) bars: Vec<Bar>,
    /// What stands under the drawing, from left to right.
    pub(super) ticks: Vec<String>,
}

impl Chart<'_> {
    fn highest(&self) -> u64 {
        self.bars
            .iter()
            .map(|bar| bar.values.iter().sum())
            .max()
            .unwrap_or(0)
    }

    fn drawn(&self) -> Markup {
        let top = rounded_up(self.highest());
        let step = WIDTH / self.bars.len().max(1) as f64;
        // A gap between bars, as far as they are wide enough for one.
        let gap = if step > 6.0 { step * 0.15 } else { 0.0 };
        html! {
            div.drawing {
                div.axis aria-hidden="true" { span { (count(top)) } span { (count(top / 2)) } span { "0" } }
                svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } preserveAspectRatio="none" role="img"
                    aria-labelledby={ (self.id) "-title " (self.id) "-says" } {
                    @for line in [0.0, 0.5, 1.0] {
                        line.grid x1="0" x2=(WIDTH) y1=(HEIGHT * line) y2=(HEIGHT * line) {}
                    }
                    @for (place, bar) in self.bars.iter().enumerate() {
                        g {
                            title { (self.told(bar)) }
                            @for (class, low, high) in self.stacked(bar) {
                                rect class=(class) x=(tenths(place as f64 * step + gap / 2.0)) width=(tenths(step - gap))
                                    y=(tenths(HEIGHT * (1.0 - high as f64 / top as f64)))
                                    height=(tenths(HEIGHT * (high - low) as f64 / top as f64)) {}
                            }
                        }
                    }
                }
                div.ticks aria-hidden="true" { @for tick in &self.ticks { span { (tick) } } }
            }
        }
    }

    /// The parts of a bar, from the lowest: colour, where it begins, where it ends.
    fn stacked(&self, bar: &Bar) -> Vec<(&str, u64, u64)> {
        let mut low = 0;
        let mut parts = Vec::new();
        for (series, value) in self
            .series
            .iter()
            .zip(&bar.values)
            .filter(|(_, value)| **value > 0)
        {
            parts.push((series.class.as_str(), low, low + value));
            low += value;
        }
        parts
    }

    fn told(&self, bar: &Bar) -> String {
        let parts = self
            .series
            .iter()
            .zip(&bar.values)
            .filter(|(_, value)| **value > 0);
        let parts: Vec<String> = parts
            .map(|(series, value)| format!("{} {}", count(*value), series.name))
            .collect();
        format!(
            "{}: {}",
            bar.label,
            if parts.is_empty() {
                "none".to_owned()
            } else {
                parts.join(", ")
            }
        )
    }

    fn table(&self) -> Markup {
        html! {
            details id={ (self.id) "-table" } {
                summary { "As a table" span.hidden { ": " (self.title) } }
                div.table tabindex="0" role="region" aria-label=(self.title) {
                    table {
                        thead { tr {
                            th scope="col" { (self.over) }
                            @for series in &self.series { th.number scope="col" { (series.name) } }
                        } }
                        tbody {
                            // What is not there is nought, and takes no row.
                            @for bar in self.bars.iter().filter(|bar| bar.values.iter().any(|value| *value > 0)) {
                                tr {
                                    th scope="row" { (bar.label) }
                                    @for value in &bar.values { td.number { (count(*value)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl Render for Chart<'_> {
    fn render(&self) -> Markup {
        html! {
            figure.chart id=(self.id) {
                figcaption {
                    h3 id={ (self.id) "-title" } { (self.title) }
                    p.hint { (self.unit) ", over " (self.over) }
                    p.says id={ (self.id) "-says" } { (self.says) }
                }
                (self.drawn())
                @if self.series.len() > 1 {
                    ul.legend {
                        @for series in &self.series {
                            li { svg.swatch viewBox="0 0 10 10" aria-hidden="true" { rect class=(series.class) width="10" height="10" {} } (series.name) }
                        }
                    }
                }
                (self.table())
            }
        }
    }
}

/// The least of 1, 2, 4, 10, 20, 40, 100 … that is not below it, so that half of it is whole; at least 2.
fn rounded_up(highest: u64) -> u64 {
    let mut power: u64 = 1;
    loop {
        for factor in [2, 4, 10] {
            if highest <= power.saturating_mul(factor) {
                return power.saturating_mul(factor);
            }
        }
        power = power.saturating_mul(10);
    }
}

fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(bars: Vec<Bar>) -> Chart<'static> {
        let series = ["reached", "busy"].map(|name| Series {
            name: name.to_owned(),
            class: "chart-1".to_owned(),
        });
        Chart {
            id: "calls",
            title: "Calls",
            unit: "calls an hour",
            over: "time",
            says: "Most at 9.".to_owned(),
            series: series.to_vec(),
            bars,
            ticks: Vec::new(),
        }
    }

    fn bar(label: &str, values: [u64; 2]) -> Bar {
        Bar {
            label: label.to_owned(),
            values: values.to_vec(),
        }
    }

    #[test]
    fn a_chart_says_in_words_and_in_a_table_what_it_draws() {
        let shown = chart(vec![bar("09:00", [3, 1]), bar("10:00", [0, 0])]).render().0;
        assert!(
            shown.contains("<title>09:00: 3 reached, 1 busy</title>"),
            "{shown}"
        );
        assert!(shown.contains("Most at 9.") && shown.contains("<th scope=\"row\">09:00</th>"));
        assert!(
            !shown.contains("<th scope=\"row\">10:00</th>"),
            "what is nought takes no row"
        );
        assert!(
            shown.contains("height=\"150\"") && shown.contains("height=\"50\""),
            "of 4 at most"
        );
    }

    #[test]
    fn a_chart_of_nothing_is_drawn_too() {
        assert!(chart(Vec::new()).render().0.contains("<svg"));
    }

    #[test]
    fn the_axis_ends_at_a_round_number_whose_half_is_whole() {
        for (highest, top) in [
            (0, 2),
            (1, 2),
            (3, 4),
            (5, 10),
            (11, 20),
            (101, 200),
            (4_001, 10_000),
        ] {
            assert_eq!(rounded_up(highest), top, "{highest}");
        }
    }
}
