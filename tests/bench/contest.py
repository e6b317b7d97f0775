# SPDX-License-Identifier: MIT
"""contest.py - programs measured in turn, so that whatever else the machine does meets them all

A round runs each program once: A B C, A B C.  A ratio is that of two runs of one round; what is
shown is the median over the rounds, with the least and the most.
"""
import os
import pathlib
import signal
import statistics
import subprocess
import tempfile

from farm import Trouble

RUN_SECONDS = 1200


class Wrong(Exception):
    """A program did not say what it has to say; the text says in what way."""


class Contestant:
    """A program and what it is to work through."""

    def __init__(self, name, command, hosts, check, statuses=(0,)):
        self.name, self.command, self.hosts = name, [str(word) for word in command], hosts
        self.check, self.statuses = check, statuses
        self.may_fail = False  # a peer that does not do its work is said so, and no fault of ours
        self.runs, self.fault = [], None


class Run:
    """What one run took."""

    def __init__(self, words, hosts):
        user, system, wall, peak, self.status = (int(word) for word in words.split())
        self.cpu_us = (user + system) / hosts
        self.user_us, self.system_us = user / hosts, system / hosts
        self.hosts_a_second = hosts / (wall / 1e6)
        self.peak_mib = peak / 1024


def quiet_environment():
    """No locale and no colours of the user's own."""
    keep = {name: value for name, value in os.environ.items()
            if not name.startswith(('LC_', 'LANG', 'NO_COLOR', 'OPENSSL_CONF', 'SSL_CERT'))}
    return {**keep, 'LC_ALL': 'C.UTF-8', 'TERM': 'dumb'}


class Stadium:
    """Where they run: a folder for what they write, and the program that times them."""

    def __init__(self, programs, folder):
        self.timed = programs / 'bench_timed'
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='run-', dir=folder))

    def run(self, contestant):
        """One run, its output checked.  Wrong when that is not as it should be."""
        out, took = self.folder / 'out', self.folder / 'took'
        with out.open('wb') as file:
            process = subprocess.Popen([self.timed, took, *contestant.command], stdin=subprocess.DEVNULL,
                                       stdout=file, stderr=subprocess.PIPE, env=quiet_environment(),
                                       start_new_session=True)
            try:
                words = process.communicate(timeout=RUN_SECONDS)[1].decode(errors='replace').strip()
            except subprocess.TimeoutExpired as why:
                raise Wrong(f'not done after {RUN_SECONDS} s') from why
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
        if process.returncode:
            raise Trouble(f'{contestant.name} cannot be timed: {words}')
        run = Run(took.read_text(), contestant.hosts)
        try:
            if run.status not in contestant.statuses:
                raise Wrong(f'exit status {run.status}: {words[:400] or out.read_bytes()[:400]}')
            contestant.check(out)
        finally:
            out.unlink()
        return run

    def rounds(self, contestants, count):
        """COUNT runs of each, in turn; nothing more of a peer that has failed."""
        for _ in range(count):
            for contestant in contestants:
                if contestant.fault:
                    continue
                try:
                    contestant.runs.append(self.run(contestant))
                except Wrong as why:
                    if not contestant.may_fail:
                        raise Wrong(f'{contestant.name}: {why}') from why
                    contestant.fault = str(why)


def spread(values):
    """Median, least and most."""
    return [statistics.median(values), min(values), max(values)]


def ratios(a, b):
    """Of A to B, round by round; None when one of them has nothing to show."""
    pairs = [x.cpu_us / y.cpu_us for x, y in zip(a.runs, b.runs)]
    return spread(pairs) if pairs else None


def row(contestant, references=()):
    """What there is to say of it, for tables and JSON; REFERENCES: what its ratios are to."""
    found = {'name': contestant.name, 'hosts': contestant.hosts, 'command': ' '.join(contestant.command)}
    if contestant.fault or not contestant.runs:
        return {**found, 'fault': contestant.fault or 'not run'}
    runs = contestant.runs
    return {
        **found,
        'cpu_us': spread([run.cpu_us for run in runs]),
        'user_us': spread([run.user_us for run in runs]),
        'system_us': spread([run.system_us for run in runs]),
        'hosts_a_second': spread([run.hosts_a_second for run in runs]),
        'peak_mib': spread([run.peak_mib for run in runs]),
        'ratios': {other.name: ratios(contestant, other) for other in references if other.runs},
    }
