//! How countries are called.

use crate::{Lang, say};

/// How the country of that code (ISO 3166-1, two capital letters) is called; none where no name is known.
pub fn country(lang: Lang, code: &str) -> Option<&'static str> {
    let name: fn(Lang) -> &'static str = match code {
        "AT" => say::country_at,
        "BE" => say::country_be,
        "BG" => say::country_bg,
        "CH" => say::country_ch,
        "CY" => say::country_cy,
        "CZ" => say::country_cz,
        "DE" => say::country_de,
        "DK" => say::country_dk,
        "EE" => say::country_ee,
        "ES" => say::country_es,
        "FI" => say::country_fi,
        "FR" => say::country_fr,
        "GB" => say::country_gb,
        "GR" => say::country_gr,
        "HR" => say::country_hr,
        "HU" => say::country_hu,
        "IE" => say::country_ie,
        "IT" => say::country_it,
        "LI" => say::country_li,
        "LT" => say::country_lt,
        "LU" => say::country_lu,
        "LV" => say::country_lv,
        "MT" => say::country_mt,
        "NL" => say::country_nl,
        "NO" => say::country_no,
        "PL" => say::country_pl,
        "PT" => say::country_pt,
        "RO" => say::country_ro,
        "SE" => say::country_se,
        "SI" => say::country_si,
        "SK" => say::country_sk,
        "US" => say::country_us,
        _ => return None,
    };
    Some(name(lang))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red when: a country of the European Union is missing, or what is no code has a name.
    #[test]
    fn the_countries_around_have_names() {
        let union = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK";
        let all: Vec<&str> = union.split(' ').chain(["CH", "GB", "LI", "NO", "US"]).collect();
        assert_eq!(all.len(), 32);
        for lang in [Lang::De, Lang::En] {
            assert!(all.iter().all(|code| country(lang, code).is_some()), "{lang:?}");
        }
        assert_eq!((country(Lang::De, "FR"), country(Lang::En, "FR")), (Some("Frankreich"), Some("France")));
        for code in ["", "fr", "JP", "FRA"] {
            assert_eq!(country(Lang::De, code), None, "{code}");
        }
    }
}
