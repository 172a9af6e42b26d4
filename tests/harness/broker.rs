//! The broker under test: any that speaks Kafka's protocol, given by its address alone.

use std::ops::Deref;

use crate::harness::{apache_kafka::ApacheKafka, client::Client, embedded_broker::EmbeddedBroker};

/// A broker under test. It is used through its client alone, so that no test can know which it is.
pub(crate) struct BrokerUnderTest {
    client: Client,
}

impl BrokerUnderTest {
    /// The embedded broker.
    pub(crate) fn embedded() -> Self {
        Self {
            client: Client::new(EmbeddedBroker::shared().bootstrap_servers()),
        }
    }

    /// Apache Kafka; `None`, said in words, where it is left out.
    pub(crate) fn apache_kafka() -> Option<Self> {
        let kafka = ApacheKafka::shared()?;
        Some(Self {
            client: Client::new(kafka.bootstrap_servers()),
        })
    }
}

impl Deref for BrokerUnderTest {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// Makes a test per broker of each function `fn(&BrokerUnderTest)`.
macro_rules! on_both_brokers {
    ($($(#[$meta:meta])* $claim:ident),+ $(,)?) => {
        mod on_the_embedded_broker {
            $(
                #[test]
                $(#[$meta])*
                fn $claim() {
                    super::$claim(&crate::harness::broker::BrokerUnderTest::embedded());
                }
            )+
        }

        mod on_apache_kafka {
            $(
                #[test]
                $(#[$meta])*
                fn $claim() {
                    if let Some(broker) = crate::harness::broker::BrokerUnderTest::apache_kafka() {
                        super::$claim(&broker);
                    }
                }
            )+
        }
    };
}
pub(crate) use on_both_brokers;
