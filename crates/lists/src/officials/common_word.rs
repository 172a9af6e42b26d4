//! Names that are everyday words as well.

/// Lower case; own compilation, by the languages whose readers would stumble over them: English,
/// Spanish and Portuguese, French, German, Indonesian and Malay, Turkish, Vietnamese, Khmer, Thai,
/// Lao, Burmese.
const WORDS: &str = "may march april june august monday sunday park moon sun bush young gray grey \
    green brown black white king queen bishop pope baker cook smith miller carter taylor hope faith \
    grace joy rose lily ivy daisy ruby pearl amber crystal summer autumn winter wood woods field \
    fields hill hills lake rivers stone rock sand banks bank ford cross church temple hall house \
    street bridge wells long short little rich poor sharp wise good best love price cash sale win \
    may-may will bill mark frank dean earl duke prince page case day week sky star west east north \
    south major general judge law lord senator president minister chair \
    sol luna rosa flor reyes santos cruz paz leal rey conde blanco negro moreno campos rios ríos \
    petit grand roi leblanc lenoir dupont jour mars mai juin août \
    stark lang klein gross groß könig schwarz weiß weiss sommer winter \
    budi bunga mega bintang melati dewi putra putri cahaya \
    deniz güneş yılmaz barış savaş umut çiçek demir kaya \
    minh hoa lan mai xuân hùng phúc đức an bình \
    សែន សុខ ដារ៉ា ពេជ្រ មាស ចាន់ ពៅ ស្រី \
    ทักษิณ ใต้ เหนือ สมชาย สมหญิง ประชา \
    ຄໍາ ບຸນ ແສງ မောင် အောင် မင်း မိုး";

/// Whether `name` is an everyday word by itself.
pub(super) fn is_common(name: &str) -> bool {
    let lower = name.trim().to_lowercase();
    WORDS.split_whitespace().any(|word| word == lower)
}
