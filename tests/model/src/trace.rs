//! A counterexample for people.

use std::fmt::Write as _;

use stateright::Path;

use crate::{Action, Bytes, Found, Handler, Message, NAMES, Recipe, State, Step, Version, handler::first};

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
            format!("handler {}  {}{again}", index + 1, tell_step(step, before.handlers.0[index], before, next))
        }
        Action::Crash(index) if after.late != before.late => {
            format!("handler {}  sends a request and crashes", index + 1)
        }
        Action::Crash(index) => format!("handler {}  crashes", index + 1),
        Action::Land(request) => {
            let verb = if request.becomes.is_some() { "writes" } else { "deletes" };
            format!("S3         {verb} {}", NAMES[request.place])
        }
    }
}

fn tell_step(step: Step, handler: Handler, before: &State, next: Option<Step>) -> String {
    let at = |place: Option<(usize, Found)>| place.map_or("nothing", |(place, _)| NAMES[place]);
    match step {
        Step::Look { place, .. } => format!("look at {}: {}", NAMES[place], rendition(before.renditions[place])),
        Step::Compare { version, .. } => {
            let same = if next == Some(Step::Acknowledge) { "the same" } else { "another" };
            format!("compare with {version:?}: {same}")
        }
        Step::Fetch { .. } => format!("fetch: {}", version(before.source)),
        Step::Make { version, left } => match next {
            Some(Step::Write { .. }) => format!("make {} of {version:?}", at(handler.first_made(version, left))),
            _ => format!("make {} of {version:?}: rejected", at(first(left))),
        },
        Step::Write { version, left } => format!("write {} of {version:?}", at(handler.first_made(version, left))),
        Step::Copy { version, left } => format!("copy {version:?} to {}", at(first(left))),
        Step::RemoveOlder { left, .. } => format!("remove_older {}", at(first(left))),
        Step::Remove { left } => format!("remove {}", at(first(left))),
        Step::LookAgain { .. } => format!("look_again: {}", version(before.source)),
        Step::Bury { .. } => "bury".to_owned(),
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
    found.map_or("-".to_owned(), |found| match (found.bytes, found.by) {
        (Bytes::Copied(version), _) => format!("={version:?}"),
        (Bytes::Made(..), Recipe::Old) => format!("{:?} old", found.of),
        (Bytes::Made(..), Recipe::New) => format!("{:?}", found.of),
    })
}
