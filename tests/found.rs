//! What a fuzzer has found stays mended.

use std::fs;

use sandpress_tests::{components, fuzz::Target, workspace};

/// Each file of `tests/images/found` is an input of the fuzzer; each encoder is tried with each.
#[test]
fn nothing_that_was_found_once_is_a_fault_again() {
    let mut tried = 0;
    for (media_type, encoder) in components::encoders().iter() {
        let target = Target::new(media_type, encoder);
        for entry in fs::read_dir(workspace().join("tests/images/found")).unwrap() {
            let path = entry.unwrap().path();
            let result = target.run(&fs::read(&path).unwrap(), []);
            assert!(result.is_ok(), "{}: {}: {result:?}", path.display(), encoder.name);
            tried += 1;
        }
    }
    assert!(tried > 0, "the folder is empty");
}
