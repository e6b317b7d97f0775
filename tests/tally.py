#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tally.py FOLDER STAGE... - shows every failure of the test run, then counts it in one line.

Reads the log that meson leaves in FOLDER/STAGE, and its exit status in FOLDER/STAGE.status.
Where a test program speaks TAP, each of its tests counts; any other program is one test.  A
program that crashes, times out, or fails with all of its tests passed (a leak seen at its end)
is one failure more, and so is a stage that did not build or did not come to its end.
"""
import json
import pathlib
import re
import sys

TAP = re.compile(r'(not )?ok\b(?: \d+)?(?: -)?([^#\n]*)(?:#\s*(skip)\S*\s*(.*))?', re.I)
SHOWN_LINES = 150


class Tally:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def count_program(self, stage, run):
        fine, skipped = run['result'] in ('OK', 'EXPECTEDFAIL'), run['result'] == 'SKIP'
        tests = []
        if 'TAP version' in run.get('stdout', ''):
            tests = [m for line in run['stdout'].splitlines() if (m := TAP.match(line))]
        bad = [m[2].strip() for m in tests if m[1]]
        for m in tests:
            if m[3] and not m[1]:
                print(f'skipped: {stage}: {m[2].strip()}: {m[4]}')
        skips = sum(1 for m in tests if m[3] and not m[1])
        self.failed += len(bad)
        self.skipped += skips
        self.passed += len(tests) - len(bad) - skips
        if not tests:
            self.passed += fine
            self.skipped += skipped
            if skipped:
                print(f'skipped: {stage}: {run["name"]}: {run.get("stdout", "").strip()}')
        if not fine and not skipped:
            self.failed += not bad
            self.show(stage, run, bad)

    @staticmethod
    def show(stage, run, bad):
        print(f'\n---- FAILED: {stage}: {run["name"]}: {run["result"]}, exit status {run["returncode"]}')
        for name in bad:
            print(f'     not ok: {name}')
        for stream in ('stdout', 'stderr'):
            lines = run.get(stream, '').splitlines()
            if len(lines) > SHOWN_LINES:
                print(f'     ({len(lines) - SHOWN_LINES} earlier lines of {stream} left out)')
            print('\n'.join(lines[-SHOWN_LINES:]))

    def count_stage(self, folder):
        try:
            lines = (folder / 'meson-logs' / 'testlog.json').read_text().splitlines()
        except FileNotFoundError:
            lines = []
        before = self.failed
        for line in lines:
            self.count_program(folder.name, json.loads(line))
        status = folder.with_suffix('.status')
        ended = status.exists() and status.read_text().strip() == '0'
        if not lines or (not ended and self.failed == before):
            self.failed += 1
            print(f'\n---- FAILED: {folder.name}: did not build, or not all of its tests ran; see above')


def main():
    tally = Tally()
    for stage in sys.argv[2:]:
        tally.count_stage(pathlib.Path(sys.argv[1]) / stage)
    skipped = f', {tally.skipped} skipped' if tally.skipped else ''
    print(f'{tally.passed} passed, {tally.failed} failed{skipped}')
    sys.exit(1 if tally.failed or not tally.passed else 0)


main()
