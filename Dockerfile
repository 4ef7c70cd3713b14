# syntax=docker/dockerfile:1

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpq-dev libssl-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src

# Dependencies first: this layer is built again only when they change.
COPY Package.* ./
RUN swift package resolve

# The schema and the API description are compiled into the binary.
COPY migrations ./migrations
COPY openapi.yaml ./
COPY Sources ./Sources
COPY Tests ./Tests
RUN swift build --configuration release --product purser --static-swift-stdlib \
    && install -D --strip "$(swift build --configuration release --show-bin-path)/purser" /out/purser


FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates curl libpq5 libssl3 libstdc++6 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --home-dir /usr/share/purser --shell /usr/sbin/nologin purser
COPY --from=build /out/purser /usr/local/bin/purser
COPY openapi.yaml /usr/share/purser/openapi.yaml
COPY policies /usr/share/purser/policies
COPY prices /usr/share/purser/prices

USER purser
WORKDIR /usr/share/purser
ENV PURSER_HOST=0.0.0.0 PURSER_PORT=8080
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD curl --fail --silent --show-error --insecure --max-time 4 --output /dev/null \
        "http${PURSER_TLS_CERT:+s}://127.0.0.1:${PURSER_PORT}/health/ready"
ENTRYPOINT ["purser"]
CMD ["serve"]
