//! Texts of strangers, for a terminal or a page: file names, keys, and what an encoder says.

/// The text with every character escaped that does something instead of being seen: controls, line breaks, and marks of direction, by which a
/// name can look like another one.
pub(crate) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if acts(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

/// Whether a character does something instead of being seen. All of them are of the basic plane.
pub(crate) fn acts(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
