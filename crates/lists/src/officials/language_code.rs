//! Which language codes exist.

/// Names of scripts that stand where a language tag may.
const SCRIPTS: [&str; 5] = ["latin", "cyrillic", "arabic", "han", "und"];

/// ISO 639-1, and the languages of ISO 639-3 that news is written in.
const CODES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co \
    cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi \
    ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw \
    ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc \
    oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv \
    sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu \
    ace ast awa ban bal bho blk brx bug bxr ceb ckb cmn cnh doi eng fil fra fur gan gsw hak haw \
    hil hmn ilo inh jbo kaa kab kac khm kok krc ksw lus mai min mni mnw mon msa nan nds new nso pag \
    pam pcm prs rar rhg sah sat scn shn smj sma syr szl tet tpi tum tyv udm vec war wuu xal yue zgh zza";

/// Whether names may be filed under `key`: a script, or a tag whose language exists.
pub(super) fn is_known(key: &str) -> bool {
    let is_tag = key.parse::<model::Language>();
    SCRIPTS.contains(&key)
        || is_tag.is_ok_and(|tag| CODES.split_whitespace().any(|code| code == tag.primary()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_languages_that_exist_are_known() {
        for key in ["latin", "km", "zh-Hant", "pt-BR", "yue", "prs"] {
            assert!(is_known(key), "{key}");
        }
        for key in ["xq", "klingon", "", "k", "latn", "qqq"] {
            assert!(!is_known(key), "{key}");
        }
    }
}
