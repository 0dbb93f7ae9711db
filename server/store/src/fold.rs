//! Folding text for sorting and searching: the engines' collations differ, so we write our own column.

/// Lower case, umlauts and accents opened up the German way (`Ä` is `ae`, `ß` is `ss`), one space between words.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' | 'æ' => out.push_str("ae"),
            'ö' | 'ø' | 'œ' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            'á' | 'à' | 'â' | 'ã' | 'å' | 'ą' => out.push('a'),
            'é' | 'è' | 'ê' | 'ë' | 'ę' | 'ě' => out.push('e'),
            'í' | 'ì' | 'î' | 'ï' => out.push('i'),
            'ó' | 'ò' | 'ô' | 'õ' | 'ő' => out.push('o'),
            'ú' | 'ù' | 'û' | 'ů' | 'ű' => out.push('u'),
            'ç' | 'ć' | 'č' => out.push('c'),
            'ñ' | 'ń' => out.push('n'),
            'ł' => out.push('l'),
            'ś' | 'š' => out.push('s'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            'ý' => out.push('y'),
            // Letters and marks apart, as some systems type umlauts.
            '\u{308}' => out.push('e'),
            '\u{300}'..='\u{36f}' => {}
            c if c.is_alphanumeric() => out.push(c),
            _ if !out.ends_with(' ') && !out.is_empty() => out.push(' '),
            _ => {}
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The folded words of a text, each once, at most 20.
pub fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = fold(text).split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect();
    words.sort();
    words.dedup();
    words.truncate(20);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn umlauts_case_and_signs_do_not_matter() {
        assert_eq!(fold("  Müller & Söhne GmbH "), "mueller soehne gmbh");
        assert_eq!(fold("STRAßE"), "strasse");
        assert_eq!(fold("Mu\u{308}ller Cafe\u{301}"), "mueller cafe");
        assert_eq!(words("K-10001 Müller, Müller"), ["10001", "k", "mueller"]);
    }
}
