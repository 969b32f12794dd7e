# Images of the server and the client, from Debian's packages alone: no other network is asked.
#
#   docker build --target server -t onebyone-server:0.1.0 .
#   docker build --target client -t onebyone-client:0.1.0 .
#   docker build --target test   -t onebyone-test .  &&  docker run --rm onebyone-test
#
# The legacy builder and BuildKit both build it (so no heredocs, no COPY --link, no syntax line). What runs is FROM scratch: the
# programs, the libraries that they load with their licences, authorities of TLS, two files that name the user, the bundled model. There is
# no shell in it and no package manager.

# --- Tools of the build
FROM debian:bookworm-slim AS tools
ENV DEBIAN_FRONTEND=noninteractive
COPY deploy/image/enable-sources deploy/install-dependencies /tools/
RUN /tools/enable-sources \
 && /tools/install-dependencies --own-opencv \
 && apt-get install -y -q --no-install-recommends dpkg-dev libpng-dev libwebp-dev \
 && rm -rf /var/lib/apt/lists/*

# --- OpenCV, three modules of it: Debian's own links video, GIS and desktop libraries, 300 MB that no picture here needs. Its own stage: only
# another Debian release builds it again.
FROM tools AS opencv
ARG JOBS=
WORKDIR /opencv
COPY deploy/image/build-opencv /tools/
RUN apt-get update -q \
 && apt-get source -q opencv \
 && /tools/build-opencv /opencv/opencv-4*/ /opt/opencv "${JOBS}" \
 && rm -rf /opencv /var/lib/apt/lists/*

# --- The programs
FROM tools AS build
ARG JOBS=
COPY --from=opencv /opt/opencv /opt/opencv
WORKDIR /src
# What the programs are made of and nothing else: a change of a test, a model or a manifest compiles nothing again.
COPY CMakeLists.txt CHANGELOG.md /src/
COPY proto /src/proto
COPY deploy/cmake /src/deploy/cmake
COPY deploy/install /src/deploy/install
COPY engine /src/engine
COPY server /src/server
COPY client /src/client
COPY deploy/image/CMakeLists.txt deploy/image/both_programs.cc /src/deploy/image/
COPY deploy/image/build-programs /tools/
RUN /tools/build-programs /src /build "${JOBS}"

FROM build AS runtime
# What --version and the metric of the build tell: --build-arg COMMIT="$(git describe --always)". .git is no part of the context, so that a
# commit that changes nothing changes no layer; behind the compilation, of which it repeats one file.
ARG COMMIT=unknown
RUN /tools/build-programs /src /build "" "${COMMIT}"
# --build-arg ONEBYONE_MODELS=deploy/models/mine bakes another bundle in.
ARG ONEBYONE_MODELS=deploy/models/onebyone-nano
COPY deploy/image/collect-runtime /tools/
COPY ${ONEBYONE_MODELS} /bundle
RUN /tools/collect-runtime /server /build/image/onebyone-server && ln -s onebyone-server /server/usr/bin/onebyone \
 && /tools/collect-runtime /client /build/bin/onebyone \
 && mkdir -p /server/models && cp -R /bundle "/server/models/${ONEBYONE_MODELS##*/}" \
 && chmod -R a+rX,u+w,go-w /server/models \
 && find /server /client -exec touch -h -d @0 {} +

# --- What is run
FROM scratch AS client
LABEL org.opencontainers.image.title="onebyone" \
      org.opencontainers.image.description="Image features over gRPC: the client program" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=runtime /client/ /
USER 10001:10001
ENTRYPOINT ["/usr/bin/onebyone"]
CMD ["--help"]

FROM scratch AS server
LABEL org.opencontainers.image.title="onebyone-server" \
      org.opencontainers.image.description="Image features over gRPC: any layer of an Inception-style network, any number of channels" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=runtime /server/ /
# All options can be given so, and flags after the image's name count more.
ENV PATH=/usr/bin \
    ONEBYONE_MODELS=/models \
    ONEBYONE_LISTEN=0.0.0.0:50051 \
    ONEBYONE_HEALTH_LISTEN=127.0.0.1:50052 \
    ONEBYONE_KERNEL_CACHE=/cache
EXPOSE 50051 8002
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 \
  CMD ["/usr/bin/onebyone", "health", "--server", "127.0.0.1:50052", "--deadline", "2"]
ENTRYPOINT ["/usr/bin/onebyone-server"]

# --- docker run IMAGE: the unit tests. Behind the others, since the legacy builder builds every stage before its target.
FROM tools AS test
ARG JOBS=
RUN /tools/install-dependencies --tests && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . /src/
# With Debian's own OpenCV, as tests/run builds everywhere.
RUN cmake --preset release && cmake --build --preset release ${JOBS:+-j ${JOBS}}
CMD ["/src/tests/run", "--quick"]

# Without --target
FROM server
