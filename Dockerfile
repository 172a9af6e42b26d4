# syntax=docker/dockerfile:1
# Build: docker build -t onrecord .
FROM rust:1.95-slim-bookworm AS build
# librdkafka is C and is compiled from the sources in its crate; these build it.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends g++ make \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin onrecord \
    && cp target/release/onrecord /usr/local/bin/onrecord \
    && mkdir /data

# libc, libgcc, certificates and time zones; no shell, no package manager.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /usr/local/bin/onrecord /usr/local/bin/onrecord
COPY --from=build /src/config /etc/onrecord
COPY --from=build --chown=65532:65532 /data /data
WORKDIR /data
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/onrecord"]
CMD ["run", "--config", "/etc/onrecord/docker.toml"]
