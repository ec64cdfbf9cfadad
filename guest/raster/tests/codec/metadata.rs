//! What the policies keep, and that the notes say what they drop.

use png::{ColorType, Info};
use sandpress_raster::{Metadata, Output, Rendition, compress as compress_all};

use crate::support::{Plain, compress, dropped, exif, jpeg, png_of, rendition, webp};

const XMP: &str = "<x:xmpmeta>a packet</x:xmpmeta>";

fn as_jpeg() -> Vec<u8> {
    jpeg(32, 32, |encoder| {
        encoder.add_exif_metadata(&exif(1)).unwrap();
        let packet = [b"http://ns.adobe.com/xap/1.0/\0", XMP.as_bytes()].concat();
        encoder.add_app_segment(1, packet).unwrap();
        encoder
            .add_app_segment(13, b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x08\x1C\x02\x50\0\x03Bob\0".to_vec())
            .unwrap();
        encoder.add_app_segment(2, b"urn:iso:std:iso:ts:21496:-1\0\0".to_vec()).unwrap();
    })
}

fn as_png() -> Vec<u8> {
    let mut info = Info::with_size(4, 4);
    info.color_type = ColorType::Grayscale;
    info.exif_metadata = Some(exif(1).into());
    info.utf8_text.push(png::text_metadata::ITXtChunk::new("XML:com.adobe.xmp", XMP));
    info.uncompressed_latin1_text.push(png::text_metadata::TEXtChunk::new("Software", "none"));
    png_of(&[0; 16], info)
}

fn as_webp() -> Vec<u8> {
    webp(&[0; 16], 4, 4, image_webp::ColorType::L8, |encoder| {
        // As some write it: with what a JPEG has before it.
        encoder.set_exif_metadata([&b"Exif\0\0"[..], &exif(1)].concat());
        encoder.set_xmp_metadata(XMP.into());
    })
}

fn under(policy: Metadata, file: &[u8]) -> Output {
    compress(file, &Rendition { metadata: policy, ..rendition() }).unwrap()
}

fn holds(output: &Output, needle: &[u8]) -> bool {
    output.bytes.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn policies_keep_what_they_say() {
    let table = [
        // policy, artist, position, XMP, what of it is dropped
        (Metadata::Strip, false, false, false, &["exif", "xmp"][..]),
        (Metadata::Copyright, true, false, false, &["exif", "xmp"]),
        (Metadata::Keep, true, true, true, &[]),
    ];
    for (policy, artist, position, xmp, gone) in table {
        for (file, other) in [(as_jpeg(), &["gain-map"][..]), (as_png(), &["text"]), (as_webp(), &[])] {
            let output = under(policy, &file);
            assert_eq!(holds(&output, b"Ann\0"), artist, "{policy:?}");
            assert_eq!(holds(&output, b"GPS-POSITION"), position, "{policy:?}");
            assert_eq!(holds(&output, XMP.as_bytes()), xmp, "{policy:?}");
            // Of the names alone: their order is nobody's business, and no PNG holds IPTC.
            let mut named = dropped(&output);
            named.retain(|name| *name != "iptc");
            assert_eq!(named, [gone, other].concat(), "{policy:?}");
            assert_eq!(dropped(&output).contains(&"iptc"), other.contains(&"gain-map"), "{policy:?}");
        }
    }
}

#[test]
fn nothing_is_said_to_be_dropped_where_there_was_nothing() {
    assert_eq!(dropped(&under(Metadata::Strip, &jpeg(16, 16, |_| ()))), Vec::<&str>::new());
}

#[test]
fn each_rendition_has_its_own_policy() {
    let policies = [Metadata::Keep, Metadata::Strip, Metadata::Keep];
    let renditions = policies.map(|metadata| Rendition { metadata, ..rendition() });
    let outputs = compress_all::<Plain>(as_jpeg(), &renditions).unwrap();
    let kept: Vec<bool> = outputs.iter().map(|output| holds(output, b"GPS-POSITION")).collect();
    assert_eq!(kept, [true, false, true]);
}

/// Found by fuzzing: in a PNG, a strict decoder refuses the picture because of it.
#[test]
fn exif_that_is_none_is_not_kept() {
    let file = jpeg(8, 8, |encoder| encoder.add_exif_metadata(&[0; 24]).unwrap());
    let output = under(Metadata::Keep, &file);
    assert!(!holds(&output, b"eXIf"));
    assert_eq!(dropped(&output), ["exif"]);
}

/// A file of a few kilobytes would cost the memory of a large picture.
#[test]
fn xmp_that_was_compressed_to_nothing_is_not_kept() {
    let mut packet = png::text_metadata::ITXtChunk::new("XML:com.adobe.xmp", "0".repeat(5 << 20));
    packet.compressed = true;
    packet.compress_text().unwrap();
    let mut info = Info::with_size(4, 4);
    info.color_type = ColorType::Grayscale;
    info.utf8_text.push(packet);
    let output = under(Metadata::Keep, &png_of(&[0; 16], info));
    assert_eq!(dropped(&output), ["xmp"]);
}
