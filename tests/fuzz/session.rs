//! One target for some minutes.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};

use sandpress_sandbox::{Digest, Setting, Value};
use sandpress_tests::{
    fuzz::{HEAD, Target},
    hostile,
    images::Numbers,
    trial::Class,
    workspace,
};

use crate::{mutate::mutated, shrink::shrink};

/// What takes longer teaches what it teaches once, and is not changed further.
const SLOW: Duration = Duration::from_millis(250);

/// A session ends when it has found so many: most will be the same fault.
const ENOUGH: usize = 10;

pub(crate) struct Session {
    name: String,
    counting: Target,
    in_service: Target,
    folder: PathBuf,
    numbers: Numbers,
    /// Inputs, and how long each takes.
    corpus: Vec<(Vec<u8>, Duration)>,
    /// A byte for each edge, a bit for each magnitude.
    seen: Vec<u8>,
    features: usize,
    runs: u64,
    classes: BTreeMap<Class, u64>,
    found: usize,
}

impl Session {
    pub(crate) fn new(name: &str, counting: Target, in_service: Target, folder: &Path) -> Self {
        let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_secs());
        Self {
            name: name.to_owned(),
            counting,
            in_service,
            folder: folder.to_owned(),
            numbers: Numbers::from_seed(clock),
            corpus: Vec::new(),
            seen: Vec::new(),
            features: 0,
            runs: 0,
            classes: BTreeMap::new(),
            found: 0,
        }
    }

    /// Returns how many inputs were found at fault.
    pub(crate) fn run(mut self, time: Duration) -> usize {
        let began = Instant::now();
        for input in self.beginnings() {
            self.attempt(input);
        }
        println!("{}: {} inputs to begin with, {} features", self.name, self.corpus.len(), self.features);
        let mut told = Instant::now();
        while began.elapsed() < time && self.found < ENOUGH && !self.corpus.is_empty() {
            let [from, other] = [self.chosen(), self.chosen()];
            let input = mutated(&self.corpus[from].0, &self.corpus[other].0, &mut self.numbers);
            self.attempt(input);
            if told.elapsed() > Duration::from_secs(30) {
                told = Instant::now();
                self.tell(began.elapsed());
            }
        }
        self.tell(began.elapsed());
        for (class, count) in &self.classes {
            println!("{count:>9}  {class}");
        }
        self.found
    }

    /// The small files of the repository and what an earlier session has kept.
    fn beginnings(&self) -> Vec<Vec<u8>> {
        let mut inputs: Vec<Vec<u8>> = Vec::new();
        for seed in hostile::seeds() {
            inputs.push([[0; HEAD].as_slice(), &seed.file].concat());
            inputs.push([[100, 6, 0, 0, 2, 0xff, 100, 0].as_slice(), &seed.file].concat());
        }
        for folder in [workspace().join("tests/images/found"), self.kept()] {
            let files = fs::read_dir(folder).into_iter().flatten().flatten();
            inputs.extend(files.filter_map(|file| fs::read(file.path()).ok()));
        }
        inputs
    }

    fn kept(&self) -> PathBuf {
        self.folder.join("corpus").join(&self.name)
    }

    /// The quickest of three of the corpus, each half of the time one of those that were found last.
    fn chosen(&mut self) -> usize {
        let count = self.corpus.len();
        let any = [(); 3].map(|()| {
            let from = if self.numbers.below(2) == 0 { count - count.div_ceil(4) } else { 0 };
            from + self.numbers.below(count - from)
        });
        any.into_iter().min_by_key(|&place| self.corpus[place].1).unwrap_or(0)
    }

    fn attempt(&mut self, input: Vec<u8>) {
        self.runs += 1;
        let before = self.features;
        let elapsed = loop {
            let seen = Setting { name: "seen".into(), value: Value::Bytes(self.seen.clone()) };
            match self.counting.run(&input, [seen]) {
                Ok(trial) => {
                    *self.classes.entry(trial.class).or_default() += 1;
                    // What is told at once is limited: there may be more.
                    if !self.learn(&trial.said) {
                        break trial.elapsed;
                    }
                }
                Err(fault) => return self.report(&input, &fault),
            }
        };
        if self.features > before && elapsed < SLOW {
            write(&self.kept(), &input);
            self.corpus.push((input, elapsed));
        }
    }

    /// Whether something is new in what the encoder says of what was run.
    fn learn(&mut self, said: &str) -> bool {
        // Nothing is told by one that was stopped.
        let Some((told, _)) = said.split_once(';') else { return false };
        // A note is printed with its name and its type.
        let told = told.rsplit('"').next().unwrap_or_default();
        let before = self.features;
        for feature in told.split(',').filter_map(|number| usize::from_str_radix(number, 16).ok()) {
            let (edge, magnitude) = (feature / 8, feature % 8);
            if self.seen.len() <= edge {
                self.seen.resize(edge + 1, 0);
            }
            if self.seen[edge] >> magnitude & 1 == 0 {
                self.seen[edge] |= 1 << magnitude;
                self.features += 1;
            }
        }
        self.features > before
    }

    fn report(&mut self, input: &[u8], fault: &str) {
        self.found += 1;
        let (small, who) = match self.in_service.run(input, []) {
            Ok(_) => (input.to_vec(), "only the one that counts"),
            Err(_) => (shrink(input, |input| self.in_service.run(input, []).is_err()), "the one in service too"),
        };
        let path = write(&self.folder.join("found"), &small);
        let rendition = self.in_service.rendition(&small[..HEAD.min(small.len())]);
        println!("{}: {fault} ({who})\n  {}\n  {rendition:?}", self.name, path.display());
    }

    fn tell(&self, elapsed: Duration) {
        let rate = self.runs.checked_div(elapsed.as_secs()).unwrap_or(self.runs);
        println!(
            "{}: {} s, {} runs, {rate} a second, corpus {}, features {}, found {}",
            self.name,
            elapsed.as_secs(),
            self.runs,
            self.corpus.len(),
            self.features,
            self.found
        );
    }
}

/// Writes an input under the name of its digest.
fn write(folder: &Path, input: &[u8]) -> PathBuf {
    let digest = Digest::of(input).to_string();
    let path = folder.join(digest.get(..16).unwrap_or(&digest));
    fs::create_dir_all(folder).and_then(|()| fs::write(&path, input)).expect("the build's folder can be written");
    path
}
