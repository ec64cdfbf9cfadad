//! The name of a file, made into the last part of a key.

/// Keys have at most 1,024 bytes, and the renditions' templates and prefixes need some.
const LONGEST: usize = 120;

/// A name that is safe in a key, in a header and on a page: letters and digits of any script, and of the rest only `-`, `_`, `.`, `(`, `)` and
/// `+`. Whatever else is between them becomes one `-`. Never empty, never hidden, with its extension.
pub(crate) fn safe(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let mut safe = String::with_capacity(last.len());
    for character in last.chars() {
        if character.is_alphanumeric() || "-_.()+".contains(character) {
            safe.push(character);
        } else if !safe.ends_with('-') {
            safe.push('-');
        }
    }
    let (stem, extension) = match safe.rsplit_once('.') {
        Some((stem, extension)) if (1..=8).contains(&extension.len()) => (stem, extension),
        _ => (safe.as_str(), ""),
    };
    let mut stem = stem.trim_matches(['-', '.', '_']).to_owned();
    while stem.len() > LONGEST {
        stem.pop();
    }
    let stem = if stem.is_empty() { "image" } else { &stem };
    let extension = extension.trim_matches(['-', '_']);
    if extension.is_empty() { stem.to_owned() } else { format!("{stem}.{extension}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_name() {
        for (name, expected) in [
            ("photo.jpg", "photo.jpg"),
            ("Käse & Brot 1.JPG", "Käse-Brot-1.JPG"),
            ("写真.png", "写真.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\photos\\a.jpg", "a.jpg"),
            ("folder/", "folder"),
            ("<img src=x onerror=alert(1)>.jpg", "img-src-x-onerror-alert(1).jpg"),
            ("\u{202e}gpj.exe", "gpj.exe"),
            ("a\r\nSet-Cookie: b.png", "a-Set-Cookie-b.png"),
            ("a\0b.png", "a-b.png"),
            (".htaccess", "image.htaccess"),
            ("...", "image"),
            ("", "image"),
            ("/", "image"),
            ("no extension", "no-extension"),
            ("${filename}.jpg", "filename.jpg"),
        ] {
            assert_eq!(safe(name), expected, "{name}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        let long = safe(&format!("{}.jpeg", "é".repeat(5000)));
        assert!(long.len() <= LONGEST + 5 && long.ends_with("é.jpeg"), "{long}");
        assert!(safe(&"a.".repeat(5000)).len() <= LONGEST + 9);
    }
}
