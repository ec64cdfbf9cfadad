//! What can be said of `worker` and `dead-letters` without AWS; what they do, the tests of the whole pipeline show.

use crate::sandpress::sandpress;

#[test]
fn a_worker_needs_a_queue_a_policy_and_encoders() {
    sandpress(["worker"]).exits_with(2).says(&["--queue", "--policy"]);
    let lost = ["worker", "--queue", "q", "--policy", "p", "--catalog", "s3://encoders/catalog"];
    sandpress(lost).exits_with(2).says(&["--catalog-key"]);
    sandpress(["worker", "--queue", "q", "--policy", "p", "--lanes", "0"]).exits_with(2).says(&["--lanes"]);
}

#[test]
fn dead_letters_are_not_sent_to_their_own_queue() {
    let run =
        sandpress(["dead-letters", "redrive", "--queue", "https://queue.example/a", "--to", "https://queue.example/a"]);
    run.exits_with(2).says(&["--to is the dead-letter queue itself"]);
    sandpress(["dead-letters", "redrive", "--queue", "https://queue.example/a"]).exits_with(2).says(&["--to"]);
}
