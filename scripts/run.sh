#!/usr/bin/env bash
# Serves the product: upgrades the database, fills an empty embedded one with the made-up city, then keeps its
# processes running: the web server, the scheduler, and with PostgreSQL a worker. When one of them ends, the others are
# ended too.
set -euo pipefail
cd "$(dirname "$0")/.."
export FLASK_APP=wsgi
export LIANBAN_LOG="${LIANBAN_LOG:-quiet}"
port="${PORT:-8000}"
# The address of the database, which may stand in a file; none: the embedded one.
database="${LIANBAN_DATABASE_URL:-$(cat "${LIANBAN_DATABASE_URL_FILE:-/dev/null}")}"

.venv/bin/flask db upgrade
if [ -z "$database" ] || [ "${DEMO:-}" = "1" ]; then
  .venv/bin/flask demo load --if-empty
fi

.venv/bin/gunicorn --config scripts/deploy/gunicorn_settings.py --bind "127.0.0.1:${port}" wsgi:application &
web=$!
.venv/bin/flask scheduler &
all=("$web" "$!")
case "$database" in
  postgresql*) .venv/bin/flask worker & all+=("$!") ;;
esac
trap 'kill "${all[@]}" 2>/dev/null || true; wait 2>/dev/null || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

for _ in $(seq 1 100); do
  kill -0 "$web" 2>/dev/null || { echo "run: the web server did not start (is port ${port} taken?)" >&2; exit 1; }
  if (exec 3<>"/dev/tcp/127.0.0.1/${port}") 2>/dev/null; then
    echo "Lianban is at http://127.0.0.1:${port}/   (Ctrl-C ends it)"
    .venv/bin/flask demo accounts
    break
  fi
  sleep 0.2
done
wait -n "${all[@]}"
echo "run: one of the processes ended; stopping the others" >&2
exit 1
