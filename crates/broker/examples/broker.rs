//! Runs the embedded broker until it is killed: `broker FOLDER [ADDRESS]`. Prints its address.
#![expect(clippy::print_stdout, reason = "the address is this program's output")]

use std::{error::Error, io::Write};

fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let mut arguments = std::env::args().skip(1);
    let mut config = broker::Config {
        data: arguments.next().ok_or("the data folder is missing")?.into(),
        ..broker::Config::default()
    };
    if let Some(address) = arguments.next() {
        config.listen = address.parse()?;
    }
    let broker = broker::start(config)?;
    println!("{}", broker.bootstrap_servers());
    std::io::stdout().flush()?;
    loop {
        std::thread::park();
    }
}
