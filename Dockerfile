# The bot alone. Its database is a file in /var/lib/hoshin, which wants a volume, or by DATABASE_URL PostgreSQL.
ARG PYTHON=3.14

FROM python:${PYTHON}-slim AS build
WORKDIR /build
RUN python -m venv /opt/hoshin
# First what changes rarely, so that a change of the code fetches nothing anew.
COPY requirements.lock ./
RUN /opt/hoshin/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY bot ./bot
COPY storage ./storage
RUN pip wheel --no-cache-dir --no-deps --wheel-dir dist . \
    && /opt/hoshin/bin/pip install --no-cache-dir --no-deps dist/*.whl \
    && /opt/hoshin/bin/pip check

FROM python:${PYTHON}-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/hoshin --create-home hoshin
COPY --from=build /opt/hoshin /opt/hoshin
ENV PATH=/opt/hoshin/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=3000 \
    HOSHIN_LOG_FORMAT=json
USER hoshin
WORKDIR /var/lib/hoshin
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "-c", \
    "import os, urllib.request; port = os.environ.get('HOSHIN_OPS_PORT') or os.environ['PORT']; urllib.request.urlopen(f'http://127.0.0.1:{port}/healthz', timeout=4)"]
ENTRYPOINT ["hoshin"]
CMD ["run"]
