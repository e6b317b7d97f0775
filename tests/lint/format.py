#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when clang-format would write a C file in another way; skips (77) without clang-format 14."""
import re
import shutil
import subprocess
import sys

import source

VERSION = '14'


def main():
    program = shutil.which('clang-format-' + VERSION) or shutil.which('clang-format')
    if not program:
        print('clang-format is not installed')
        sys.exit(77)
    said = subprocess.run([program, '--version'], capture_output=True, text=True, check=True).stdout
    found = re.search(r'version (\d+)', said)[1]
    if found != VERSION:
        print(f'the format is that of clang-format {VERSION}, and this is {found}')
        sys.exit(77)
    faults = []
    for path in source.c_files(source.root()):
        want = subprocess.run([program, path], capture_output=True, check=True).stdout
        if want != path.read_bytes():
            faults.append(f'{path.relative_to(source.root())}: not as ./dev format leaves it')
    source.finish(faults)



main()
