"""A system for somebody's tests: `python -I -m libs.local.backend <pid of the test process>`.

One line of JSON on standard output says where its control API is, or why there is none. The system stops on SIGTERM,
or when the test process is gone, and leaves nothing behind.
"""

import os
import signal
import sys

import msgspec

from libs.local.account import NoAccount
from libs.local.cache import UnsafeCache
from libs.local.system import NotReady, System

CHECK_PARENT = 0.25  # seconds between looks whether the test process lives
READY_WITHIN = 120.0  # seconds; the first start makes the databases' template


def main() -> int:
    """Start, tell, wait, stop."""
    parent = int(sys.argv[1])
    try:
        system = System.start(ports="free", durable=False, timeout=READY_WITHIN)
    except (NotReady, NoAccount, UnsafeCache) as error:
        _tell({"error": str(error)})
        return 1
    with system:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        _tell({"control": system.control})
        while os.getppid() == parent and not signal.sigtimedwait({signal.SIGTERM}, CHECK_PARENT):
            pass
    return 0


def _tell(said: dict[str, str]) -> None:
    sys.stdout.write(msgspec.json.encode(said).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
