"""gunicorn's settings: two processes with threads each; all from the environment.

Threads are many because most of them wait: writers take turns (core.db.Turns), and while thirty wait, a page is read.
"""

import os
import sys
from typing import Any

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "32"))
worker_class = "server.worker.StampingWorker"
timeout = 60
graceful_timeout = 20
keepalive = 5
backlog = 1024
max_requests = 20_000
max_requests_jitter = 2_000
limit_request_line = 8190
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
accesslog = None
errorlog = "-"
loglevel = "warning"
preload_app = False


def post_worker_init(worker: Any) -> None:
    """Every statement lets another thread run; getting back must not take Python's usual 5 ms, forty times a request."""
    sys.setswitchinterval(float(os.environ.get("WEB_SWITCH_SECONDS", "0.0005")))
