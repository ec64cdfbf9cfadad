//! `${NAME}` in a text becomes the value of an environment variable, `${NAME:-TEXT}` this text where it is not set or empty, as in a shell;
//! `$$` is a dollar sign.

/// Why a text cannot be completed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum InterpolateError {
    #[error("the environment variable {0} is not set")]
    Unset(String),
    #[error("`{0}`: write ${{NAME}} or ${{NAME:-DEFAULT}} for an environment variable, $$ for a dollar sign")]
    Syntax(String),
}

pub(super) fn interpolate(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<String, InterpolateError> {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        done.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            done.push('$');
            rest = after;
        } else if let Some((name, after)) = after.strip_prefix('{').and_then(|after| after.split_once('}')) {
            let value = match name.split_once(":-") {
                Some((name, default)) => {
                    variable(name).filter(|value| !value.is_empty()).unwrap_or_else(|| default.to_owned())
                }
                None => variable(name).ok_or_else(|| InterpolateError::Unset(name.to_owned()))?,
            };
            done.push_str(&value);
            rest = after;
        } else {
            return Err(InterpolateError::Syntax(text.to_owned()));
        }
    }
    done.push_str(rest);
    Ok(done)
}
