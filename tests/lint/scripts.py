#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when a script of ours does not parse, or shellcheck objects to it."""
import shutil
import subprocess

import source


def main():
    top, faults = source.root(), []
    shell = [top / 'dev', top / '.ci/run', *(path for path in source.every_file(top) if path.suffix == '.sh')]
    for path in source.every_file(top):
        if path.suffix == '.py':
            try:
                compile(path.read_bytes(), path.name, 'exec')
            except SyntaxError as err:
                faults.append(f'{path.relative_to(top)}:{err.lineno}: {err.msg}')
    for path in shell:
        interpreter = 'bash' if 'bash' in path.read_text().split('\n')[0] else 'sh'
        checked = subprocess.run([interpreter, '-n', path], capture_output=True, text=True, check=False)
        if checked.returncode:
            faults.append(checked.stderr.strip())
    if not shutil.which('shellcheck'):
        faults.append('shellcheck is not installed')
    else:
        checked = subprocess.run(['shellcheck', *shell], capture_output=True, text=True, check=False)
        if checked.returncode:
            faults.append(checked.stdout.strip())
    source.finish(faults)


main()
