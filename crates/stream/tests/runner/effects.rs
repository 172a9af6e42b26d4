//! An effect: records that leave the topics.

use std::{
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use model::Article;
use stream::{
    ARTICLES, CancellationToken, DEAD_LETTERS, Effect, EffectError, StageState, run_effect,
};

use crate::harness::{Running, config, decode_all, number_of, wait_until, write_articles};

/// Notes the numbers that it delivers; a title tells it to fail.
struct Noting {
    delivered: Arc<Mutex<Vec<usize>>>,
    /// Each attempt at an article titled "later".
    attempts: Arc<Mutex<Vec<u32>>>,
    /// How often an article titled "later" is put off.
    put_off: u32,
}

impl Effect for Noting {
    type Input = Article;

    fn name(&self) -> &'static str {
        "noting"
    }

    fn deliver(
        &mut self,
        article: &Article,
        attempt: u32,
        _stop: &CancellationToken,
    ) -> Result<(), EffectError> {
        if article.title == "later" {
            self.attempts.lock().unwrap().push(attempt);
        }
        match article.title.as_str() {
            "never" => return Err(EffectError::Reject("nobody wants it".to_owned())),
            "later" if self.put_off > 0 => {
                self.put_off -= 1;
                return Err(EffectError::Retry {
                    after: Duration::from_millis(300),
                    reason: "receiver is busy".to_owned(),
                });
            }
            "panic" => panic!("asked to panic"),
            _ => {}
        }
        self.delivered.lock().unwrap().push(number_of(article));
        Ok(())
    }
}

#[test]
fn effects_keep_order_through_retries_and_put_rejects_aside() {
    let config = config(1);
    write_articles(&config, 0..30, |number| {
        let title = match number {
            7 => "later",
            11 => "never",
            19 => "panic",
            _ => "plain",
        };
        title.to_owned()
    });
    let delivered: Arc<Mutex<Vec<usize>>> = Arc::default();
    let attempts: Arc<Mutex<Vec<u32>>> = Arc::default();
    thread::scope(|scope| {
        let effect = Noting {
            delivered: Arc::clone(&delivered),
            attempts: Arc::clone(&attempts),
            put_off: 3,
        };
        let running = Running::start(scope, "noting", |status, stop| {
            run_effect(&config, ARTICLES, effect, status, stop)
        });
        wait_until("it says that it tries again", || {
            matches!(running.status.state(), StageState::Retrying { reason, .. }
                if reason == "receiver is busy")
        });
        assert!(!running.status.is_idle());
        wait_until("all are done", || {
            running.status.snapshot().committed_inputs == 30
        });
        wait_until("it is idle", || running.status.is_idle());
        running.stop();
    });
    let expected: Vec<usize> = (0..30)
        .filter(|number| ![11, 19].contains(number))
        .collect();
    assert_eq!(*delivered.lock().unwrap(), expected);
    assert_eq!(*attempts.lock().unwrap(), [1, 2, 3, 4]);
    let reasons: Vec<String> = decode_all(&config, DEAD_LETTERS)
        .into_iter()
        .map(|letter| letter.reason)
        .collect();
    assert_eq!(
        reasons,
        ["nobody wants it", "effect panicked: asked to panic"]
    );
}

#[test]
fn what_was_delivered_is_not_delivered_again_by_the_next_run() {
    let config = config(2);
    write_articles(&config, 0..50, |_| "plain".to_owned());
    let delivered: Arc<Mutex<Vec<usize>>> = Arc::default();
    for expected in [50, 60] {
        thread::scope(|scope| {
            let effect = Noting {
                delivered: Arc::clone(&delivered),
                attempts: Arc::default(),
                put_off: 0,
            };
            let running = Running::start(scope, "noting", |status, stop| {
                run_effect(&config, ARTICLES, effect, status, stop)
            });
            wait_until("all are delivered", || {
                delivered.lock().unwrap().len() == expected
            });
            running.stop();
        });
        if expected == 50 {
            write_articles(&config, 50..60, |_| "plain".to_owned());
        }
    }
    let mut delivered = delivered.lock().unwrap().clone();
    delivered.sort_unstable();
    assert_eq!(delivered, (0..60).collect::<Vec<_>>());
}

#[test]
fn attempts_are_counted_on_by_the_next_run() {
    let config = config(1);
    write_articles(&config, 0..10, |number| {
        let title = if number == 4 { "later" } else { "plain" };
        title.to_owned()
    });
    let delivered: Arc<Mutex<Vec<usize>>> = Arc::default();
    let attempts: Arc<Mutex<Vec<u32>>> = Arc::default();
    for (put_off, tried) in [(u32::MAX, 2), (u32::MAX, 4), (0, 0)] {
        thread::scope(|scope| {
            let effect = Noting {
                delivered: Arc::clone(&delivered),
                attempts: Arc::clone(&attempts),
                put_off,
            };
            let running = Running::start(scope, "noting", |status, stop| {
                run_effect(&config, ARTICLES, effect, status, stop)
            });
            wait_until("it was tried, or all are delivered", || {
                if put_off == 0 {
                    delivered.lock().unwrap().len() == 10
                } else {
                    attempts.lock().unwrap().len() >= tried
                }
            });
            running.stop();
        });
    }
    // The last attempt of a run is committed when it stops, so that none is counted twice.
    let attempts = attempts.lock().unwrap().clone();
    let last = u32::try_from(attempts.len()).unwrap();
    assert!(last >= 5, "{attempts:?}");
    assert_eq!(attempts, (1..=last).collect::<Vec<_>>());
    assert_eq!(*delivered.lock().unwrap(), (0..10).collect::<Vec<_>>());
}
