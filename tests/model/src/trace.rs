//! A counterexample for people.

use std::fmt::Write as _;

use stateright::Path;

use crate::{Action, Found, Message, NAMES, Recipe, State, Step, Version, handler::first};

/// One line for each step: its number, who did what, and the world after it.
pub fn trace(path: Path<State, Action>) -> String {
    let steps = path.into_vec();
    let mut text = format!("{:62}{:8}{:8}{:8}queue\n", "", "source", NAMES[0], NAMES[1]);
    for (number, pair) in steps.windows(2).enumerate() {
        let [(before, Some(action)), (after, _)] = pair else { continue };
        let (what, [small, large]) = (tell(*action, before, after), after.renditions.map(rendition));
        let (number, source, queue) = (number + 1, version(after.source), after.queue.len());
        // Writing to a text does not fail.
        let _ = writeln!(text, "{number:3}  {what:57}{source:8}{small:8}{large:8}{queue}");
    }
    text
}

fn tell(action: Action, before: &State, after: &State) -> String {
    match action {
        Action::Put(version, _) => format!("user       puts {version:?}"),
        Action::Delete(_) => "user       deletes".to_owned(),
        Action::Duplicate(message) => format!("queue      duplicates {}", name(message)),
        Action::Receive(index, message) => format!("handler {}  receives {}", index + 1, name(message)),
        Action::Do(index, step) => {
            let next = after.handlers.0[index].work.map(|work| work.step);
            let again = match next {
                Some(Step::FIRST) => ": begins again",
                Some(Step::GiveBack) => ": gives up",
                _ => "",
            };
            format!("handler {}  {}{again}", index + 1, tell_step(step, before, next))
        }
        Action::Crash(index) if after.late != before.late => {
            format!("handler {}  sends a write and crashes", index + 1)
        }
        Action::Crash(index) => format!("handler {}  crashes", index + 1),
        Action::Land(put) => format!("S3         writes {} of {:?}", NAMES[put.place], put.rendition.of),
    }
}

fn tell_step(step: Step, before: &State, next: Option<Step>) -> String {
    let place = |left| first(left).map_or("nothing", |(place, _)| NAMES[place]);
    match step {
        Step::Look { place, .. } => format!("look at {}: {}", NAMES[place], rendition(before.renditions[place])),
        Step::Compare { version, .. } => {
            let same = if next == Some(Step::Acknowledge) { "the same" } else { "another" };
            format!("compare with {version:?}: {same}")
        }
        Step::Fetch { .. } => format!("fetch: {}", version(before.source)),
        Step::Make { version, left } => {
            let rejected = if matches!(next, Some(Step::Write { .. })) { "" } else { ": rejected" };
            format!("make {} of {version:?}{rejected}", place(left))
        }
        Step::Write { version, left } => format!("write {} of {version:?}", place(left)),
        Step::Remove { left, .. } => format!("remove {}", place(left)),
        Step::LookAgain { .. } => format!("look_again: {}", version(before.source)),
        Step::Bury => "bury".to_owned(),
        Step::Acknowledge => "acknowledge".to_owned(),
        Step::GiveBack => "give_back".to_owned(),
    }
}

fn name(message: Message) -> String {
    match message {
        Message::Hint => "a message".to_owned(),
        Message::Put(version) => format!("the event of {version:?}"),
        Message::Deleted => "the event of a deletion".to_owned(),
    }
}

fn version(version: Option<Version>) -> String {
    version.map_or("-".to_owned(), |version| format!("{version:?}"))
}

fn rendition(found: Found) -> String {
    found.map_or("-".to_owned(), |found| match found.by {
        Recipe::Old => format!("{:?} old", found.of),
        Recipe::New => format!("{:?}", found.of),
    })
}
