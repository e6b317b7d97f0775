# SPDX-License-Identifier: MIT
"""stage.py - what a case has at hand: the program under test, the CA, servers, a folder"""
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from case import GRACE, TIMEOUT
from mint import DAY, Mint, pem
from paper import profile
from smith import Smith

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(1, str(HERE.parent / 'lab'))
# pylint: disable=wrong-import-position
from cases import unprintable  # noqa: E402
from lab import end, quiet_environment  # noqa: E402
from tap import Tap  # noqa: E402

__all__ = ['Folder', 'Ran', 'Stage', 'Tap', 'end', 'run', 'unprintable']

SCAN_SECONDS = 120
BUSY = 3  # processes that want to run, for each processor


class Ran:
    """What a scan did: exit status, lines and when each came, what it cost."""

    def __init__(self, lines, err, seconds, measured):
        self.lines, self.err, self.seconds = lines, err, seconds
        # Nothing is measured of what had to be killed.
        words = measured.split() or ['-9', '0', '0']
        self.status, self.mib, self.cpu = int(words[0]), int(words[1]) / 1024, float(words[2])

    @property
    def out(self):
        return b''.join(line for _, line in self.lines)

    def records(self):
        return [json.loads(line) for _, line in self.lines]

    def wrong_status(self):
        """A fault where the exit status is not the one that the results ask for."""
        statuses = {record['status'] for record in self.records()}
        want = 1 if 'critical' in statuses else 3 if 'unreachable' in statuses else 0
        if self.status != want:
            yield f'not exit status {want}: {self}'

    def __str__(self):
        return (f'exit status {self.status} after {self.seconds:.1f} s, {len(self.lines)} lines, '
                f'{self.mib:.0f} MiB, {self.cpu:.1f} s of processor\n'
                f'stderr: {self.err.decode(errors="replace")[:1000]}')


def run(command, env, seconds=SCAN_SECONDS, interrupt=None, files=None):
    """Runs COMMAND to its end; INTERRUPT: seconds until SIGINT; FILES: its limit of descriptors."""
    if files:
        command = ['sh', '-c', f'ulimit -n {files}; exec "$@"', 'sh', *command]
    handle, path = tempfile.mkstemp(prefix='chainmend-measured-')
    os.close(handle)
    command = [sys.executable, '-B', '-E', '-S', HERE / 'measure.py', path, *command]
    begin, lines, err = time.monotonic(), [], []
    with subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env,
                          start_new_session=True) as process:
        def take():
            for line in process.stdout:
                lines.append((time.monotonic() - begin, line))
        threads = [threading.Thread(target=take),
                   threading.Thread(target=lambda: err.append(process.stderr.read()))]
        timers = [threading.Timer(seconds, os.killpg, [process.pid, signal.SIGKILL])]
        if interrupt:
            timers.append(threading.Timer(interrupt, os.killpg, [process.pid, signal.SIGINT]))
        for thread in threads + timers:
            thread.daemon = True
            thread.start()
        try:
            process.wait()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        spent = time.monotonic() - begin
        for timer in timers:
            timer.cancel()
        for thread in threads:
            thread.join(10)
    measured = pathlib.Path(path)
    ran = Ran(lines, b''.join(err), spent, measured.read_text())
    measured.unlink()
    return ran


class Folder:
    """Files for the program and for OpenSSL."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix='chainmend-hostile-'))
        self.count = 0

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)

    def file(self, name):
        return str(self.path / name)

    def write(self, name, data):
        path = self.path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return str(path)

    def fresh(self):
        self.count += 1
        path = self.path / str(self.count)
        path.mkdir()
        return path

    def chain(self, name, chain, key):
        """A file of the chain and its key."""
        return self.write(f'{name}.pem', ''.join(pem('CERTIFICATE', c) for c in chain).encode() +
                          key.pem())


class Good:
    """The good servers, some thousand addresses of them."""

    def __init__(self, folder, mint):
        file = folder.chain('good', mint.chain('good.example.hk'), mint.good_key)
        self.process = subprocess.Popen([sys.executable, '-B', str(HERE / 'good.py'), file],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())

    def targets(self, count, base='127.79'):
        return [f'tls://good{i}.example.hk@{base}.{i // 250}.{i % 250 + 1}:{self.port}'
                for i in range(count)]

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Stage:
    def __init__(self, tap, chainmend, program):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != hard:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.tap, self.chainmend = tap, chainmend
        self.folder, self.smith = Folder(), Smith(program)
        self.mint = Mint(self.smith)
        self.folder.write('root.pem', pem('CERTIFICATE', self.mint.root))
        self.folder.write('profile.yaml', profile(self.mint))
        self.good = Good(self.folder, self.mint)
        self.help = run([chainmend, 'scan', '--help'], self.environment()).out.decode()
        # A sanitizer's own memory is not the program's.
        self.sanitized = b'__asan_' in pathlib.Path(chainmend).read_bytes()

    def close(self):
        self.good.stop()
        self.smith.stop()
        self.folder.remove()

    def environment(self, **more):
        return {**quiet_environment(self.folder.fresh()), **more}

    def has(self, option):
        return re.search(rf'\B{option}\b', self.help) is not None

    def engines(self):
        """The ways to read a server: name and options."""
        if self.has('--handshake'):
            return [('reader', []), ('complete', ['--handshake', 'complete'])]
        return [('complete', [])]

    def manners(self):
        """Politeness is measured elsewhere."""
        return [word for option in ('--per-address', '--per-network') if self.has(option)
                for word in (option, '0')]

    def store(self):
        return ['--trust-store', f'main={self.folder.file("root.pem")}']

    def scan(self, *words, env=None, fetch='none', timeout=TIMEOUT, profile='profile.yaml', **more):
        """PROFILE: one of the folder's files."""
        return run([self.chainmend, 'scan', '--as-of', DAY, '--timeout', timeout, '--no-progress',
                    '--fetch', fetch, '--profile', self.folder.file(profile), *self.store(),
                    *self.manners(), *words], env or self.environment(), **more)

    def ndjson(self, *words, **more):
        return self.scan('-f', 'ndjson', *words, **more)

    def targets(self, lines):
        return self.folder.write('targets.txt', '\n'.join(lines) + '\n')

    def memory(self, ran, mib):
        """Faults where the peak was over MIB."""
        if not self.sanitized and ran.mib > mib:
            yield f'{ran.mib:.0f} MiB at its peak, more than {mib}'

    def leeway(self):
        """Seconds more, where the clock says little about the program."""
        busy = os.getloadavg()[0] > BUSY * os.cpu_count()
        return GRACE * (self.sanitized + busy)

    def in_time(self, ran, seconds=TIMEOUT + GRACE):
        if ran.seconds > seconds + self.leeway():
            yield f'{ran.seconds:.1f} s, more than {seconds}: {ran}'
