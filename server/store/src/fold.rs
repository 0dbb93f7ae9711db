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
            // The last is a mark of its own, as some systems type umlauts.
            'é' | 'è' | 'ê' | 'ë' | 'ę' | 'ě' | '\u{308}' => out.push('e'),
            'í' | 'ì' | 'î' | 'ï' => out.push('i'),
            'ó' | 'ò' | 'ô' | 'õ' | 'ő' => out.push('o'),
            'ú' | 'ù' | 'û' | 'ů' | 'ű' => out.push('u'),
            'ç' | 'ć' | 'č' => out.push('c'),
            'ñ' | 'ń' => out.push('n'),
            'ł' => out.push('l'),
            'ś' | 'š' => out.push('s'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            'ý' => out.push('y'),
            c if c.is_alphanumeric() => out.push(c),
            c if !out.ends_with(' ') && !out.is_empty() && !('\u{300}'..='\u{36f}').contains(&c) => out.push(' '),
            _ => {}
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The words under which a text is found: folded, and with umlauts as people without them on the keyboard type them
/// (`Müller` is found by `mueller` and by `muller`).
pub fn index_words(text: &str) -> Vec<String> {
    let bare: String = text
        .chars()
        .flat_map(char::to_lowercase)
        .filter(|c| *c != '\u{308}')
        .map(|c| match c {
            'ä' => 'a',
            'ö' => 'o',
            'ü' => 'u',
            other => other,
        })
        .collect();
    let mut all = words(text);
    all.extend(words(&bare));
    all.sort();
    all.dedup();
    all
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
        assert_eq!(index_words("Bäcker Müller"), ["backer", "baecker", "mueller", "muller"]);
        assert_eq!(words("K-10001 Müller, Müller"), ["10001", "k", "mueller"]);
    }
}
