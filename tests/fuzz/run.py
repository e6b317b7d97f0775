#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""run.py libfuzzer|afl BUILD SECONDS [NAME...] - runs fuzzers, as many at a time as there are processors

BUILD has tests/fuzz_NAME; without NAME it is all of them.  Each starts from its corpus in
tests/fuzz/corpus and from what earlier runs came to (build-test/found), and runs for SECONDS.  Says
how many inputs each tried and what it found; a finding is kept in build-test/found and makes the
exit status 1.
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

FOUND = pathlib.Path('build-test/found')
CORPUS = pathlib.Path('tests/fuzz/corpus')
INPUT_SECONDS = 10
SPARE_SECONDS = 120  # to read the corpus, and to end


def run(command, seconds, log, **env):
    """The exit status; None when it had to be ended."""
    with log.open('wb') as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=subprocess.STDOUT, env={**os.environ, **env})
        try:
            return process.wait(seconds + SPARE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return None


def number(pattern, text):
    found = re.search(pattern, text)
    return int(found[1]) if found else 0


def libfuzzer(build, name, seconds):
    """Executions, and words for what is wrong."""
    inputs, log = FOUND / name, FOUND / f'{name}.log'
    inputs.mkdir(parents=True, exist_ok=True)
    status = run([build / f'tests/fuzz_{name}', f'-max_total_time={seconds}', '-print_final_stats=1',
                  f'-timeout={INPUT_SECONDS}', f'-artifact_prefix={FOUND / name}-', inputs,
                  CORPUS / name], seconds, log)
    text = log.read_text(errors='replace')
    kept = re.findall(r'Test unit written to (\S+)', text)
    wrong = ', '.join(kept) or (f'exit status {status}' if status != 0 else '')
    return number(r'stat::number_of_executed_units: *(\d+)', text), wrong


def afl(build, name, seconds):
    """The same with AFL++."""
    folder, log = FOUND / f'{name}-afl', FOUND / f'{name}-afl.log'
    folder.mkdir(parents=True, exist_ok=True)
    status = run(['afl-fuzz', '-i', CORPUS / name, '-o', folder, '-V', str(seconds), '-m', 'none',
                  '-t', str(1000 * INPUT_SECONDS), '--', build / f'tests/fuzz_{name}'], seconds, log,
                 AFL_NO_UI='1', AFL_AUTORESUME='1', AFL_SKIP_CPUFREQ='1', AFL_NO_AFFINITY='1',
                 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES='1',
                 ASAN_OPTIONS='abort_on_error=1:symbolize=0:detect_leaks=0',
                 UBSAN_OPTIONS='halt_on_error=1:abort_on_error=1:symbolize=0')
    stats = folder / 'default/fuzzer_stats'
    text = stats.read_text() if stats.exists() else ''
    kept = [str(path) for kind in ('crashes', 'hangs')
            for path in sorted((folder / 'default' / kind).glob('id:*'))]
    wrong = ', '.join(kept) or (f'exit status {status}' if status != 0 else '')
    return number(r'execs_done *: *(\d+)', text), wrong


def main():
    if len(sys.argv) < 4 or sys.argv[1] not in ('libfuzzer', 'afl') or not sys.argv[3].isdigit():
        sys.exit(__doc__)
    engine, build, seconds = globals()[sys.argv[1]], pathlib.Path(sys.argv[2]), int(sys.argv[3])
    known = sorted(path.name[len('fuzz_'):] for path in (build / 'tests').glob('fuzz_*')
                   if path.is_file() and os.access(path, os.X_OK))
    names = sys.argv[4:] or known
    for name in names:
        if name not in known:
            sys.exit(f'no fuzzer {name}; there are: {" ".join(known)}')
    FOUND.mkdir(parents=True, exist_ok=True)

    def one(name):
        begin = time.monotonic()
        executions, wrong = engine(build, name, seconds)
        print(f'{name:10} {executions:12,} executions in {time.monotonic() - begin:4.0f} s'
              f'  {wrong or "nothing found"}', flush=True)
        if wrong:
            print(f'{"":10} see {FOUND / name}*.log', flush=True)
        elif executions == 0:
            wrong = 'nothing tried'
            print(f'{"":10} nothing was tried: see {FOUND / name}*.log', flush=True)
        return wrong

    processors = len(os.sched_getaffinity(0))
    with concurrent.futures.ThreadPoolExecutor(processors) as pool:
        wrong = [words for words in pool.map(one, names) if words]
    sys.exit(1 if wrong else 0)


main()
