//! Where a rendition goes, as a function of its source's key.

use std::fmt;

use sandpress_sandbox::MediaType;

use crate::{NameError, ObjectKey};

/// A key with placeholders:
///
/// | placeholder | for the source `albums/2024/photo.final.jpeg` |
/// | --- | --- |
/// | `{key}` | `albums/2024/photo.final.jpeg` |
/// | `{dir}` | `albums/2024/`; empty where there is none |
/// | `{name}` | `photo.final` |
/// | `{ext}` | `jpeg`; empty where there is none |
/// | `{format}` | the extension of a fixed format, such as `webp` |
///
/// The source's prefix is left out of all of them. Default: `{key}`, which keeps apart what is apart in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyTemplate(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Key,
    Dir,
    Name,
    Ext,
    Format,
}

/// Why a template, or what it makes, is no key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// A placeholder that is none.
    #[error("`{{{0}}}` is not a placeholder: there are {{key}}, {{dir}}, {{name}}, {{ext}} and {{format}}")]
    Placeholder(String),
    /// A brace without its partner.
    #[error("`{0}`: a brace is not closed")]
    Brace(String),
    /// A template that gives each source the same key.
    #[error("`{0}` gives every source the same key: use {{key}}, or {{dir}} with {{name}}")]
    Constant(String),
    /// What comes out cannot be a key.
    #[error("the rendition's key is not possible: {0}")]
    Key(#[from] NameError),
}

impl KeyTemplate {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// [`TemplateError`], but for `Key`.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            let (name, after) = after.split_once('}').ok_or_else(|| TemplateError::Brace(text.to_owned()))?;
            parts.push(match name {
                "key" => Part::Key,
                "dir" => Part::Dir,
                "name" => Part::Name,
                "ext" => Part::Ext,
                "format" => Part::Format,
                other => return Err(TemplateError::Placeholder(other.to_owned())),
            });
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        if !parts.iter().any(|part| matches!(part, Part::Key | Part::Name)) {
            return Err(TemplateError::Constant(text.to_owned()));
        }
        Ok(Self(parts))
    }

    /// Whether the format must be known.
    pub(super) fn needs_format(&self) -> bool {
        self.0.contains(&Part::Format)
    }

    pub(super) fn expand(
        &self,
        prefix: &str,
        key: &str,
        format: Option<&MediaType>,
    ) -> Result<ObjectKey, TemplateError> {
        let (dir, file) = key.rfind('/').map_or(("", key), |slash| key.split_at(slash + 1));
        // A name that begins with a dot is a name and not an extension.
        let (name, ext) = file.rsplit_once('.').filter(|(name, _)| !name.is_empty()).unwrap_or((file, ""));
        let mut expanded = prefix.to_owned();
        for part in &self.0 {
            expanded.push_str(match part {
                Part::Text(text) => text,
                Part::Key => key,
                Part::Dir => dir,
                Part::Name => name,
                Part::Ext => ext,
                Part::Format => format.and_then(MediaType::extension).unwrap_or_default(),
            });
        }
        Ok(ObjectKey::new(expanded)?)
    }
}

/// As it is written in a policy.
impl fmt::Display for KeyTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| {
            f.write_str(match part {
                Part::Text(text) => text,
                Part::Key => "{key}",
                Part::Dir => "{dir}",
                Part::Name => "{name}",
                Part::Ext => "{ext}",
                Part::Format => "{format}",
            })
        })
    }
}
