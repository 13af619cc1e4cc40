"""How gunicorn serves the site. `manage.py serve` checks the values and starts gunicorn with this file."""

import os

bind = f"{os.environ.get('HOST', '').strip() or '127.0.0.1'}:{os.environ.get('PORT', '').strip() or 8000}"
workers = int(os.environ.get("WEB_CONCURRENCY", "").strip() or 2)

# Threads, because browsers keep idle connections open, and each would hold a worker that has none.
worker_class = "gthread"
threads = 4
timeout = 30
graceful_timeout = 10

loglevel = "warning"
accesslog = None  # what stands in front of the site keeps the access log; here: GUNICORN_CMD_ARGS="--access-logfile -"

# Nothing is written outside VAR_DIR: no control socket in the home folder, the workers' heartbeats in memory.
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
