# SPDX-License-Identifier: MIT
"""lab.py - starts and ends the lab's server program, and runs chainmend against it.

For demo.py and integration.py.  Whatever happens, what was started is ended by its pid.
"""
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time

READY_SECONDS = 60
END_SECONDS = 10
PORT_BLOCK = 200
PORT_BLOCKS = 20


class Trouble(Exception):
    """Something that has to work did not; the text says what."""


def end(process, seconds=END_SECONDS):
    """Ends a child, politely first; returns its exit status."""
    if process.poll() is None:
        process.terminate()
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()


class Lab:
    """One run of the lab for one day, in a folder of its own."""

    def __init__(self, program, day=None, without=(), folder=None, base_port=24400):
        self.program, self.day, self.without = str(program), day, list(without)
        self.kept = folder is not None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix='chainmend-lab-'))
        self.folder.mkdir(parents=True, exist_ok=True)
        # Real servers that run as somebody else read their certificates here.
        self.folder.chmod(0o755)
        self.base_port = base_port
        self.process = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Tries the next block of ports while one is taken by somebody else."""
        for block in range(PORT_BLOCKS):
            words = self.try_start(self.base_port + block * PORT_BLOCK)
            if words is None:
                self.expected = json.loads((self.folder / 'expected.json').read_text())
                self.states = self.expected['states']
                return
            if 'in use' not in words:
                break
        raise Trouble(f'the lab does not start: {words.strip()}')

    def try_start(self, base_port):
        command = [self.program, '--dir', str(self.folder), '--base-port', str(base_port)]
        command += ['--day', self.day] if self.day else []
        command += ['--except', ','.join(self.without)] if self.without else []
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], READY_SECONDS)
        if ready and self.process.stdout.readline() == b'ready\n':
            return None
        if ready:
            words = self.process.stderr.read().decode(errors='replace')
        else:
            words = f'not ready after {READY_SECONDS} s'
        self.halt()
        return words or 'it ended without a word'

    def halt(self):
        """The exit status of the lab, or None when it did not run."""
        process, self.process = self.process, None
        if not process:
            return None
        process.stdin.close()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        status = end(process)
        self.words = process.stderr.read().decode(errors='replace')
        process.stdout.close()
        process.stderr.close()
        return status

    def stop(self):
        status = self.halt()
        if not self.kept:
            shutil.rmtree(self.folder, ignore_errors=True)
        return status

    def file(self, name):
        return str(self.folder / name)

    def service(self, state, name):
        """chain.pem, leaf.pem, rest.pem or key.pem of that state."""
        return str(self.folder / 'services' / state / name)

    def stores(self):
        return [word for store in ('current', 'stock-java', 'legacy-devices')
                for word in ('--trust-store', f'{store}={self.file(store + ".pem")}')]

    def profile(self, variant=''):
        return ['--profile', self.file(f'profile-{variant}.yaml' if variant else 'profile.yaml')]


class Ran:
    """What a program did: exit status, both outputs, seconds."""

    def __init__(self, status, out, err, seconds):
        self.status, self.out, self.err, self.seconds = status, out, err, seconds

    def records(self):
        return [json.loads(line) for line in self.out.decode().splitlines()]

    def __str__(self):
        return (f'exit status {self.status} after {self.seconds:.1f} s\n'
                f'stderr: {self.err.decode(errors="replace")[:2000]}')


def run(command, seconds=120, stdin=None, stdout=subprocess.PIPE, env=None, cwd=None):
    """Runs a program to its end; after SECONDS it is killed and its status None."""
    begin = time.monotonic()
    process = subprocess.Popen([str(word) for word in command],
                               stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
                               stdout=stdout, stderr=subprocess.PIPE, env=env, cwd=cwd)
    try:
        out, err = process.communicate(stdin, timeout=seconds)
        status = process.returncode
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        status = None
    return Ran(status, out or b'', err, time.monotonic() - begin)


def quiet_environment(folder):
    """No locale, colour or cache of the user's own."""
    keep = {name: value for name, value in os.environ.items()
            if not name.startswith(('LC_', 'LANG', 'XDG_', 'NO_COLOR'))}
    return {**keep, 'LC_ALL': 'C.UTF-8', 'XDG_CACHE_HOME': str(folder), 'TERM': 'dumb'}
