"""What tests ask about processes."""

import psutil


def is_alive(process: psutil.Process) -> bool:
    """A zombie is not: it only waits for whoever adopted it."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
