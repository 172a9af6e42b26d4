//! Polls feeds, fetches article pages and emits articles with the moved cursor.
