//! Watches quotes and mentions for named officials and delivers alerts.
