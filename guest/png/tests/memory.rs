//! PNG out: how much memory it takes.
#![expect(unsafe_code, reason = "an allocator that counts")]
#![allow(clippy::cast_possible_truncation, clippy::unwrap_used, reason = "a test that panics says where it failed")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use sandpress_png::{Png, Settings};
use sandpress_raster::{Channels, Encoder as _, Image, Quality, Samples};

struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: all is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Relaxed) + layout.size();
        PEAK.fetch_max(now, Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// Noise, which is the worst that there is: nothing becomes smaller.
fn noise(width: u32, height: u32, channels: Channels, sixteen: bool) -> Image {
    let mut state = 7_u64;
    let mut roll = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 48) as u16
    };
    let len = (width * height) as usize * channels.count();
    let samples = if sixteen {
        Samples::Sixteen((0..len).map(|_| roll()).collect())
    } else {
        Samples::Eight((0..len).map(|_| roll().to_be_bytes()[0]).collect())
    };
    Image::new(width, height, channels, samples).unwrap()
}

#[test]
fn no_image_takes_more_memory_than_was_said() {
    for channels in [Channels::Grey, Channels::GreyAlpha, Channels::Rgb, Channels::Rgba] {
        for sixteen in [false, true] {
            for (width, height) in [(1400, 1000), (1, 60_000)] {
                let image = noise(width, height, channels, sixteen);
                for quality in [Quality::Lossless, Quality::Level(90.0), Quality::Level(30.0)] {
                    let said = Png::working_bytes(&image, quality, &Settings::default());
                    let before = NOW.load(Relaxed);
                    PEAK.store(before, Relaxed);
                    let file = Png::encode(&image, quality, &Settings::default()).unwrap();
                    let taken = (PEAK.load(Relaxed) - before) as u64;
                    drop(file);
                    let what = format!("{width} × {height} {channels:?}, 16 bits: {sixteen}, {quality:?}");
                    assert!(taken <= said, "{what}: {taken} bytes, {said} said");
                    // Nor is it said to take many times more: then what could be made would be refused.
                    assert!(said < 4 * taken + (16 << 20), "{what}: {taken} bytes, {said} said");
                }
            }
        }
    }
}
