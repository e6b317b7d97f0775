# SPDX-License-Identifier: MIT
"""measure.py FILE COMMAND... - runs COMMAND and writes what it cost to FILE

A process starts with the peak memory of the one that forked it, so that has to be a small one.
FILE: exit status (negative: a signal), peak memory in KiB, seconds of processor.
"""
import os
import signal
import sys

# Interrupts are meant for the command; a handler, unlike SIG_IGN, is not inherited.
signal.signal(signal.SIGINT, lambda *_: None)
child = os.posix_spawn('/usr/bin/env', ['env', *sys.argv[2:]], os.environ)
_, status, usage = os.wait4(child, 0)
with open(sys.argv[1], 'w', encoding='ascii') as file:
    print(os.waitstatus_to_exitcode(status), usage.ru_maxrss, usage.ru_utime + usage.ru_stime,
          file=file)
