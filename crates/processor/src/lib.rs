//! Turns articles into enriched articles: quotes, speakers, entities, mentions.
