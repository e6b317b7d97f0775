# SPDX-License-Identifier: MIT
"""ward.py - real servers with the wrong chain, each in a folder of its own, to be put right there

A ward stands in for the lab as real.py knows it: the same states, but other ports, and copies of
certificates and keys that a script may change.
"""
import os
import pathlib
import socket

from lab import run

# A state of the lab whose leaf is under the same key, with the retired intermediate above it.
WRONG = 'retired'


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Ward:
    """Copies of some states of the lab, with the chain of another state above their leafs."""

    def __init__(self, lab, folder, states, wrong=WRONG):
        self.lab, self.folder = lab, pathlib.Path(folder)
        self.folder.chmod(0o755)
        self.expected = lab.expected
        self.states = {}
        # Where the program under test keeps its files nobody else may look, so real servers that
        # run as somebody else are given the way.
        for parent in self.folder.parents:
            if parent == self.lab.folder:
                break
            parent.chmod(0o755)
        ports = {}
        for state in states:
            entry = lab.states[state]
            same = (entry['protocol'], entry['host'])
            ports[same] = free_port()
            self.states[state] = {**entry, 'address': '127.0.0.1', 'port': ports[same]}
            place = self.folder / 'services' / state
            place.mkdir(parents=True)
            for name in ('key.pem', 'leaf.pem'):
                (place / name).write_text(pathlib.Path(lab.service(state, name)).read_text())
                (place / name).chmod(0o644)
            rest = pathlib.Path(lab.service(wrong, 'rest.pem')).read_text()
            (place / 'rest.pem').write_text(rest)
            (place / 'chain.pem').write_text((place / 'leaf.pem').read_text() + rest)

    def service(self, state, name):
        return str(self.folder / 'services' / state / name)

    def file(self, name):
        return self.lab.file(name)

    def targets(self, platform):
        """A list of its services, all of one platform."""
        lines = [f'{entry["host"]},{entry["address"]},{entry["port"]},{entry["protocol"]},{platform},{state}\n'
                 for state, entry in self.states.items()]
        path = self.folder / 'targets.csv'
        path.write_text('host,address,port,protocol,platform,state\n' + ''.join(lines))
        return path


def script(path, *words, chainmend=None):
    """Runs a script of a plan; without CHAINMEND it looks by openssl alone."""
    env = {name: value for name, value in os.environ.items() if name != 'CHAINMEND'}
    env['CHAINMEND'] = str(chainmend or 'no-chainmend-here')
    return run(['sh', path, *words], env=env)
