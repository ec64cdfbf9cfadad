//! Who reads the model can find the code, and the other way round.

#[test]
fn the_steps_have_the_same_names_in_the_implementation() {
    let model = include_str!("../src/steps.rs");
    let implementation = concat!(
        include_str!("../../../host/pipeline/src/reconcile.rs"),
        include_str!("../../../host/pipeline/src/comparison.rs")
    );
    for step in ["look", "compare", "fetch", "make", "write", "refuse", "remove_older", "remove", "look_again"] {
        for (file, code) in [("steps.rs", model), ("reconcile.rs and comparison.rs", implementation)] {
            assert!(code.contains(&format!("fn {step}(")), "there is no function `{step}` in {file}");
        }
    }
}
