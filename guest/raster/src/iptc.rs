//! The little of IPTC metadata that matters here: where it is, and its credits.
//!
//! A JPEG holds it as one of Photoshop's image resources; it consists of datasets (IPTC-IIM 4.2). What is broken counts as
//! absent.

/// A record and a dataset of it.
type Name = (u8, u8);

/// By-line, credit and copyright notice, and the character set that they are written in.
const CREDITS: [Name; 4] = [(1, 90), (2, 80), (2, 110), (2, 116)];

/// The datasets in a list of Photoshop's image resources.
pub(crate) fn datasets(mut resources: &[u8]) -> Option<&[u8]> {
    const IPTC: [u8; 2] = [0x04, 0x04];
    loop {
        let rest = resources.strip_prefix(b"8BIM")?;
        let (id, rest) = rest.split_first_chunk::<2>()?;
        // A text with its length before it, padded to an even number of bytes in all.
        let name_len = (1 + usize::from(*rest.first()?)).next_multiple_of(2);
        let (len, rest) = rest.get(name_len..)?.split_first_chunk::<4>()?;
        let len = usize::try_from(u32::from_be_bytes(*len)).ok()?;
        if *id == IPTC {
            return rest.get(..len);
        }
        resources = rest.get(len.checked_next_multiple_of(2)?..)?;
    }
}

/// The datasets with credits only; nothing where there are none.
pub(crate) fn credits(datasets: &[u8]) -> Option<Vec<u8>> {
    let mut kept = Vec::new();
    let mut has_text = false;
    let mut rest = datasets;
    while let [0x1C, record, dataset, high, low, after @ ..] = rest {
        let len = usize::from(u16::from_be_bytes([*high, *low]));
        // From here on the highest bit would mean a length of several bytes: no text is that long.
        let (Some(whole), Some(next)) = (rest.get(..5 + len), after.get(len..)) else { break };
        if CREDITS.contains(&(*record, *dataset)) {
            kept.extend_from_slice(whole);
            has_text |= *record == 2;
        }
        rest = next;
    }
    has_text.then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dataset(record: u8, number: u8, text: &[u8]) -> Vec<u8> {
        let [high, low] = u16::try_from(text.len()).unwrap().to_be_bytes();
        [&[0x1C, record, number, high, low], text].concat()
    }

    fn resource(id: u16, name: &[u8], data: &[u8]) -> Vec<u8> {
        let mut out = [b"8BIM", &id.to_be_bytes()[..], &[u8::try_from(name.len()).unwrap()], name].concat();
        out.resize(out.len().next_multiple_of(2), 0);
        out.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        out.extend(data);
        out.resize(out.len().next_multiple_of(2), 0);
        out
    }

    #[test]
    fn datasets_are_found_behind_other_resources() {
        let resources = [resource(0x03ED, b"odd", b"123"), resource(0x0404, b"", b"here")].concat();
        assert_eq!(datasets(&resources), Some(&b"here"[..]));
        assert_eq!(datasets(&resource(0x03ED, b"", b"here")), None);
    }

    #[test]
    fn only_credits_are_kept() {
        let credit = [dataset(1, 90, b"\x1B%G"), dataset(2, 80, b"Ann"), dataset(2, 116, b"(c) Ann")].concat();
        let place = dataset(2, 90, b"Lisbon");
        assert_eq!(credits(&[&credit[..8], &place, &credit[8..]].concat()), Some(credit));
        assert_eq!(credits(&place), None);
    }

    #[test]
    fn no_cut_makes_it_panic() {
        let whole = [resource(0x03ED, b"ab", b"123"), resource(0x0404, b"", &dataset(2, 80, b"Ann"))].concat();
        for end in 0..=whole.len() {
            let _ = datasets(&whole[..end]).map(credits);
        }
    }
}
