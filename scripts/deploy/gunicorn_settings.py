"""How gunicorn serves the product: `gunicorn --config scripts/deploy/gunicorn_settings.py wsgi:application`.

One place for `make run`, the service, the container. `GUNICORN_CMD_ARGS="--workers 4 --bind 0.0.0.0:8000"` overrides
each of it; without it gunicorn listens on 127.0.0.1:8000.
"""

worker_class = "gthread"
workers = 2
threads = 4
#: Seconds without a sign of life of a worker's main thread; a long upload or answer does not count.
timeout = 60
#: Seconds that running requests get to end after SIGTERM; the service and the container wait longer than that.
graceful_timeout = 30
#: Longer than nginx keeps its own idle connections to here (`keepalive_timeout` of its upstream), so that it ends them.
keepalive = 75
#: The sign of life is a file: in memory, so that a slow disk kills nobody.
worker_tmp_dir = "/dev/shm"  # noqa: S108  # a file of its own, made with a random name
#: Whose word on the caller is taken is `LIANBAN_PROXIES`' matter alone.
forwarded_allow_ips = ""
#: Nothing steers it but signals.
control_socket_disable = True
loglevel = "warning"
