//! A recorder of metrics that keeps what it is told, on the thread of one test.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use metrics::{Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, LocalRecorderGuard, Metadata, SharedString, Unit};

/// What one series was told.
#[derive(Clone, Default)]
struct Series {
    /// The sum of a counter or a gauge, or how many values a histogram was given.
    sum: f64,
    values: Vec<f64>,
}

type Told = Arc<Mutex<BTreeMap<(String, String), Series>>>;

#[derive(Clone, Default)]
pub struct Recorder {
    told: Told,
    described: Arc<Mutex<Vec<String>>>,
}

/// One series of a recorder.
struct Place {
    told: Told,
    key: (String, String),
}

impl Place {
    fn add(&self, by: f64, value: Option<f64>) {
        let mut told = self.told.lock().unwrap();
        let series = told.entry(self.key.clone()).or_default();
        series.sum += by;
        series.values.extend(value);
    }
}

impl CounterFn for Place {
    fn increment(&self, by: u64) {
        self.add(f64::from(u32::try_from(by).unwrap()), None);
    }

    fn absolute(&self, _: u64) {
        panic!("counters are counted up");
    }
}

impl GaugeFn for Place {
    fn increment(&self, by: f64) {
        self.add(by, None);
    }

    fn decrement(&self, by: f64) {
        self.add(-by, None);
    }

    fn set(&self, _: f64) {
        panic!("several stores share a gauge");
    }
}

impl HistogramFn for Place {
    fn record(&self, value: f64) {
        self.add(1.0, Some(value));
    }
}

impl Recorder {
    /// Has everything on this thread told to it, until what it gives is dropped.
    pub fn listen(&self) -> LocalRecorderGuard<'_> {
        metrics::set_default_local_recorder(self)
    }

    fn place(&self, key: &Key) -> Arc<Place> {
        let labels: Vec<String> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        Arc::new(Place { told: self.told.clone(), key: (key.name().to_owned(), labels.join(" ")) })
    }

    /// The labels of each series of a metric, with its sum.
    pub fn of(&self, name: &str) -> Vec<String> {
        let told = self.told.lock().unwrap();
        told.iter().filter(|((of, _), _)| of == name).map(|((_, labels), series)| format!("{labels} {}", series.sum)).collect()
    }

    /// All values that histograms were given.
    pub fn values(&self) -> Vec<f64> {
        self.told.lock().unwrap().values().flat_map(|series| series.values.clone()).collect()
    }

    /// Every name, and every label.
    pub fn text(&self) -> String {
        let told = self.told.lock().unwrap();
        told.keys().map(|(name, labels)| format!("{name} {labels}\n")).collect()
    }

    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.told.lock().unwrap().keys().map(|(name, _)| name.clone()).collect();
        names.dedup();
        names
    }

    /// The names that were described, with their units.
    pub fn described(&self) -> Vec<String> {
        self.described.lock().unwrap().clone()
    }

    fn describe(&self, name: &KeyName, unit: Option<Unit>) {
        self.described.lock().unwrap().push(format!("{} {}", name.as_str(), unit.map_or("", |unit| unit.as_str())));
    }
}

impl metrics::Recorder for Recorder {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&key, unit);
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&key, unit);
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&key, unit);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.place(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.place(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.place(key))
    }
}
