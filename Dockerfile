# inksight without a network: docker run --rm --network none -v "$PWD:/pages" IMAGE page.jpg -o page.svg
FROM python:3.11-slim-bookworm AS build
WORKDIR /source
COPY . .
RUN python -m venv /opt/inksight \
    && /opt/inksight/bin/pip install --no-cache-dir ".[pdf,heic]"

FROM python:3.11-slim-bookworm
RUN useradd --create-home --uid 1000 inksight && mkdir /pages && chown inksight /pages
COPY --from=build /opt/inksight /opt/inksight
USER 1000
WORKDIR /pages
ENTRYPOINT ["/opt/inksight/bin/inksight"]
CMD ["--help"]
