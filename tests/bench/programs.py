# SPDX-License-Identifier: MIT
"""programs.py - chainmend and the bench's own clients as contestants, and what they have to say"""
import functools
import json
import re
import subprocess

from contest import Contestant, Wrong
from farm import WAYS

IN_FLIGHT = 500


def first_line(command):
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.split('\n')[0]


@functools.cache
def unhindered(chainmend):
    """Options that keep manners out of a measurement, as far as that program has them."""
    known = subprocess.run([chainmend, 'scan', '--help'], capture_output=True, text=True, check=True).stdout
    return [word for option in ('--per-address', '--per-network') if f'{option} ' in known for word in (option, '0')]


class Programs:
    """Makes contestants that work through the farm's targets."""

    def __init__(self, farm, folder, chainmend, cache):
        self.farm, self.folder, self.path, self.cache = farm, folder, chainmend, cache

    def own(self, name, program, words, check, hosts):
        return Contestant(name, [self.folder / program, *words], hosts, check)

    def connect(self, way, hosts):
        return self.bare_in('connect', 'TCP connect and reset alone', way, hosts)

    def hello(self, way, hosts):
        return self.bare_in('hello', 'connect, hello, first bytes, reset', way, hosts)

    def bare(self, way, hosts):
        return self.bare_in('full', 'bare OpenSSL client', way, hosts)

    def bare_in(self, mode, name, way, hosts):
        def check(out):
            if out.read_text() != f'{hosts} done, 0 failed\n':
                raise Wrong(out.read_text().strip())

        return self.own(name, 'bench_bare', [mode, IN_FLIGHT, self.farm.targets(way, hosts)], check, hosts)

    def look(self, way, hosts, threads):
        """The engine alone; a client that does not prove keys says of all that they are not."""
        def check(out):
            if not re.fullmatch(rf'{hosts} read, 0 failed, \d+ unproven\n', out.read_text()):
                raise Wrong(out.read_text().strip())

        return self.own('chainmend, engine alone', 'bench_look',
                        [1000, threads, self.farm.targets(way, hosts)], check, hosts)

    def command(self, way, targets, more=(), path=None):
        path = path or self.path
        return [path, 'scan', '-f', 'ndjson', *self.farm.judgement(way), '--cache', self.cache,
                *unhindered(path), *more, '-i', targets]

    def fill_cache(self, way):
        """Fetches what the profile names, so that no run that is measured does."""
        subprocess.run(self.command(way, self.farm.targets(way, 1)), check=True, stdout=subprocess.DEVNULL)

    def chainmend(self, way, hosts, more=(), name='chainmend', path=None):
        leafs = min(hosts, self.farm.leafs(way))
        return Contestant(name, self.command(way, self.farm.targets(way, hosts), ['--offline', *more], path), hosts,
                          lambda out: check_records(out, way, hosts, hosts, leafs))

    def chainmend_wide(self, way, hosts, live):
        """Most of the targets refuse."""
        targets = self.farm.targets(way, hosts, live)
        # 3: some targets could not be examined.
        return Contestant(f'chainmend, all but {live:,} refuse',
                          self.command(way, targets, ['--offline', '--retries', '0']), hosts,
                          lambda out: check_records(out, way, hosts, live, live), statuses=(3,))


def fault_of(record, version):
    """What is not as it should be with the record of a host that is served, or None."""
    tls = record['tls'] or {}
    if record['status'] != 'ok' or record['error'] or record['findings']:
        rules = [finding['rule'] for finding in record['findings']]
        return f'status {record["status"]}, error {record["error"]}, findings {rules}'
    if tls.get('version') != version or len(record['chain']) != 3:
        return f'{tls.get("version")}, {len(record["chain"])} certificates'
    # Records without the key come from a program for which only a whole handshake is proof.
    if tls.get('proven', tls.get('complete')) is not True:
        return 'the key is not proven'
    if len(record['paths']) != 3 or not all(path['trusted'] for path in record['paths']):
        return 'not every trust store has a path'
    return None


def check_records(out, way, hosts, live, leafs):
    """One result for each of HOSTS, those of the LIVE ones faultless and with LEAFS different leafs."""
    version = 'TLSv1.2' if WAYS[way][0].startswith('TLS 1.2') else 'TLSv1.3'
    addresses, seen, refused = set(), set(), 0
    with out.open('rb') as file:
        for line in file:
            record = json.loads(line)
            addresses.add(record['target']['address'])
            if record['error'] and record['error']['kind'] == 'refused' and live < hosts:
                refused += 1
                continue
            fault = fault_of(record, version)
            if fault:
                raise Wrong(f'{record["target"]["address"]}: {fault}')
            seen.add(record['chain'][0]['sha256'])
    if len(addresses) != hosts or refused != hosts - live or len(seen) != leafs:
        raise Wrong(f'{len(addresses)} addresses of {hosts}, {refused} refused of {hosts - live}, '
                    f'{len(seen)} leafs of {leafs}')
