//! An invented article.

/// Nine paragraphs of the kind that news is made of, about 600 words in all.
pub(crate) fn article() -> String {
    let paragraph = "Prime Minister Tomas Reyl said on Monday that the bridge over the Veld would \
        be rebuilt before winter, and that nobody would have to pay for it. “We will not ask the \
        villages for money,” he told reporters in Veldra. “They have paid enough.” Ada Morrow, who \
        leads the Harbour Party, said the plan was “a mess,” adding that the council had not been \
        asked. The storm broke forty masts in March, according to the Harbour Office.\n\n";
    paragraph.repeat(9)
}
