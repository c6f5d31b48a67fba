"""``python -I -S peak.py FILE COMMAND…``: run a command, its output into FILE.

Prints its exit code, seconds, peak memory (KB), and the processors' seconds.

A small process of its own, because the system counts the peak of whoever starts a program as the program's: this one needs 10 MB.
"""

import os
import sys
import time


def main() -> None:
    """Run the command to its end. What it says on standard error goes through."""
    target, *command = sys.argv[1:]
    began = time.perf_counter()
    to_file = [(os.POSIX_SPAWN_OPEN, 1, target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)]
    _, status, used = os.wait4(os.posix_spawnp(command[0], command, os.environ, file_actions=to_file), 0)
    seconds = time.perf_counter() - began
    kilobytes = used.ru_maxrss // (1024 if sys.platform == "darwin" else 1)
    print(os.waitstatus_to_exitcode(status), f"{seconds:.3f}", kilobytes, f"{used.ru_utime + used.ru_stime:.3f}")


if __name__ == "__main__":
    main()
