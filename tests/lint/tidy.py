#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tidy.py SOURCE BUILD - fails where clang-tidy does (.clang-tidy); skips (77) without clang-tidy.

Reads how each file is compiled from BUILD; headers are seen through the files that include them.
"""
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys

import source


def main():
    top, build = source.root(), pathlib.Path(sys.argv[2])
    if not shutil.which('clang-tidy'):
        print('clang-tidy is not installed')
        sys.exit(77)
    commands = json.loads((build / 'compile_commands.json').read_text())
    files = {(pathlib.Path(entry['directory']) / entry['file']).resolve() for entry in commands}
    ours = sorted(str(path) for path in files & set(source.c_files(top)))

    def tidy(path):
        return subprocess.run(['clang-tidy', '--quiet', '-p', str(build), path], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        source.finish([run.stdout.strip() for run in pool.map(tidy, ours) if run.returncode])


main()
