#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""browser.py PAGES [WORD] - the HTML report in a real browser and under another parser, as TAP

PAGES makes the reports (pages.c).  Each is parsed by html5lib, which takes nothing that a standard
does not; then headless Chromium shows it: searched, filtered, sorted, copied, printed, in the dark,
on a narrow screen, by the keyboard alone, without a script, and with texts that want to be more
than text.  WORD runs only the cases whose names have it.  What is not installed is skipped.
"""
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / 'lab'))

import chrome  # noqa: E402
import cases_hostile  # noqa: E402
import cases_look  # noqa: E402
import cases_parse  # noqa: E402
import cases_use  # noqa: E402
from tap import Tap  # noqa: E402

LANGUAGES = ('en', 'zh-Hant', 'zh-Hans')
RESULTS = 20000  # of a large fleet; what a hundred thousand cost is in docs/performance.md


class Stage:
    """What a case has at hand: pages by kind and language, the browser, the TAP."""

    def __init__(self, tap, program, folder, word):
        self.tap, self.program, self.folder, self.word = tap, program, folder, word
        self.languages, self.results = LANGUAGES, RESULTS
        self.browser = None

    def page(self, kind, language='en'):
        path = self.folder / f'{kind}-{language}.html'
        if not path.exists():
            subprocess.run([self.program, language, kind, path, str(RESULTS)], check=True)
        return path

    def case(self, name, faults):
        """FAULTS is a function without arguments that yields words."""
        if self.word not in name:
            return
        try:
            self.tap.case(name, faults())
        except Exception as why:  # a browser has many ways to fail; the others go on
            self.tap.case(name, [f'{type(why).__name__}: {why}'])


def own_python():
    """Debian's modules belong to Debian's interpreter, which need not be the first of the path."""
    debian = '/usr/bin/python3'
    if chrome.webdriver is None and sys.executable != debian and pathlib.Path(debian).exists():
        found = subprocess.run([debian, '-c', 'import selenium'], capture_output=True, check=False)
        if found.returncode == 0:
            sys.exit(subprocess.run([debian, '-B', *sys.argv], check=False).returncode)


def main():
    own_python()
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix='chainmend-browser-') as folder:
        stage = Stage(tap, sys.argv[1], pathlib.Path(folder), sys.argv[2] if len(sys.argv) > 2 else '')
        cases_parse.cases(stage)
        why = chrome.missing()
        if why:
            tap.skip('in a browser', why)
        else:
            with chrome.Chrome() as stage.browser:
                cases_use.cases(stage)
                cases_look.cases(stage)
                cases_hostile.cases(stage)
    tap.done()


if __name__ == '__main__':
    main()
