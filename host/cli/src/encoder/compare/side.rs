//! What is compared: two encoders, each with the rendition that is made by it.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use sandpress_catalog::Selector;
use sandpress_sandbox::{CallError, Compressed, Engine, Limits, MediaType, Quality, Rendition};
use serde::Serialize;

use super::{
    super::{Component, list},
    Arguments,
};
use crate::{Usage, catalog::Catalog, rendition};

/// Both of them.
pub(super) struct Sides {
    pub(super) old: Side,
    pub(super) new: Side,
}

/// An encoder, and what is asked of it.
pub(super) struct Side {
    component: Component,
    pub(super) rendition: Rendition,
    pub(super) about: About,
}

/// What is said of a side.
#[derive(Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct About {
    /// As it was named.
    pub(super) component: String,
    pub(super) digest: String,
    pub(super) name: String,
    pub(super) version: String,
    rendition: Rendition,
}

/// What may be asked of one side only.
struct Own<'a> {
    quality: Option<Quality>,
    settings: &'a [(String, String)],
}

/// The options of one side: as those of both, with its name before theirs.
macro_rules! own {
    ($type:ident, $side:literal) => {
        #[derive(Args)]
        pub(super) struct $type {
            /// Instead of --quality
            #[arg(
                        id = concat!($side, "-quality"), long, value_name = "0-100", value_parser = rendition::level,
                        group = concat!($side, " how good"),
                    )]
            quality: Option<f32>,
            /// Instead of --quality: keep every pixel as it is
            #[arg(id = concat!($side, "-lossless"), long, group = concat!($side, " how good"))]
            lossless: bool,
            /// Instead of --quality: the smallest file with at least this score
            #[arg(
                        id = concat!($side, "-perceptual"), long, value_name = "SCORE", value_parser = rendition::score,
                        group = concat!($side, " how good"),
                    )]
            perceptual: Option<f64>,
            /// An option of this encoder, besides those of --set
            #[arg(id = concat!($side, "-set"), long, value_name = "NAME=VALUE", value_parser = rendition::setting)]
            settings: Vec<(String, String)>,
        }

        impl $type {
            fn own(&self) -> Own<'_> {
                let quality = rendition::quality(self.quality, self.perceptual, self.lossless);
                Own { quality, settings: &self.settings }
            }
        }
    };
}

own!(OldSide, "old");
own!(NewSide, "new");

impl Sides {
    pub(super) fn open(engine: &Engine, arguments: &Arguments) -> Result<Self> {
        Ok(Self {
            old: Side::open(engine, &arguments.old, arguments, &arguments.old_side.own())?,
            new: Side::open(engine, &arguments.new, arguments, &arguments.new_side.own())?,
        })
    }
}

impl Side {
    fn open(engine: &Engine, name: &str, arguments: &Arguments, own: &Own) -> Result<Self> {
        let component = named(engine, name, &arguments.catalog)?;
        let descriptor = &component.descriptor;
        let media_type = format(arguments.format.as_ref(), name, &descriptor.produces)?;
        let rendition = arguments.wanted.rendition_with(own.settings, media_type, descriptor);
        let mut rendition = rendition.with_context(|| name.to_owned())?;
        if let Some(quality) = own.quality {
            rendition.quality = quality;
        }
        let about = About {
            component: name.to_owned(),
            digest: component.digest.to_string(),
            name: descriptor.name.clone(),
            version: descriptor.version.clone(),
            rendition: rendition.clone(),
        };
        Ok(Self { component, rendition, about })
    }

    pub(super) fn compress(&self, source: &[u8], limits: &Limits) -> Result<Compressed, CallError> {
        self.component.codec.compress(source, std::slice::from_ref(&self.rendition), limits)
    }
}

/// The component that is meant by a name: a file, or a release of a catalog.
fn named(engine: &Engine, name: &str, catalog: &Catalog) -> Result<Component> {
    let path = Path::new(name);
    if path.exists() || !name.contains('@') {
        return Component::open(engine, path);
    }
    let Ok(release) = name.parse::<Selector>();
    let component = list::component(catalog, &release);
    component.and_then(|bytes| Component::of(engine, bytes)).with_context(|| name.to_owned())
}

/// The format that is made: the one that is asked for, or all that there is.
fn format(asked: Option<&MediaType>, name: &str, produces: &[MediaType]) -> Result<MediaType> {
    let makes = || produces.iter().map(MediaType::as_str).collect::<Vec<_>>().join(", ");
    match (asked, produces) {
        (Some(asked), produces) if produces.contains(asked) => Ok(asked.clone()),
        (Some(asked), _) => bail!(Usage(format!("{name} does not make {asked}, but {}", makes()))),
        (None, [only]) => Ok(only.clone()),
        (None, _) => bail!(Usage(format!("{name} makes {}: choose with --format", makes()))),
    }
}

impl About {
    /// What was asked for, for a person.
    pub(super) fn asked(&self) -> String {
        let Rendition { media_type, quality, resize, max_bytes, settings, .. } = &self.rendition;
        let mut parts = vec![media_type.to_string()];
        parts.push(match quality {
            Quality::Default => "default quality".to_owned(),
            Quality::Level(level) => format!("quality {level}"),
            Quality::Perceptual(score) => format!("perceptual {score}"),
            Quality::Lossless => "lossless".to_owned(),
        });
        if let Some(resize) = resize {
            let side = |side: Option<u32>| side.map_or("any".to_owned(), |side| side.to_string());
            parts.push(format!("at most {} × {}", side(resize.width), side(resize.height)));
        }
        parts.extend(max_bytes.map(|bytes| format!("at most {bytes} bytes")));
        parts.extend(
            settings
                .iter()
                .map(|setting| format!("{}={}", setting.name, super::super::describe::value(&setting.value))),
        );
        parts.join(", ")
    }
}
