# SPDX-License-Identifier: MIT
"""tap.py - the Test Anything Protocol, so that each case counts"""
import sys
import time


class Tap:
    def __init__(self):
        self.count = self.failed = 0
        self.begin = time.monotonic()
        print('TAP version 13', flush=True)

    def say(self, words):
        for line in str(words).splitlines() or ['']:
            print(f'# {line}', flush=True)

    def case(self, name, faults=()):
        """One case; it passes when FAULTS, any iterable of words, is empty."""
        faults = list(faults)
        self.count += 1
        self.failed += bool(faults)
        print(f'{"not ok" if faults else "ok"} {self.count} - {name}', flush=True)
        for fault in faults:
            self.say(fault)
        return not faults

    def skip(self, name, why):
        self.count += 1
        print(f'ok {self.count} - {name} # SKIP {why}', flush=True)

    def done(self):
        print(f'1..{self.count}')
        self.say(f'{time.monotonic() - self.begin:.1f} s')
        sys.exit(1 if self.failed or not self.count else 0)
