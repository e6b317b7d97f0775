#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bench.py [OPTION...] [PART...] - what chainmend costs, beside other programs on this machine

PART is one or more of

  floor    what the cryptography of reading a server costs by itself
  hosts    CPU a host beside a bare OpenSSL client, and of the engine without judging and writing
  threads  the same host by host with one thread and with two
  peers    beside curl, openssl, sslscan, nmap, zgrab2 and tlsx, as far as they are installed
  scale    10,000, 100,000 and 1,000,000 targets: does the cost a host grow, does memory

and all of them by default.  Servers on 127.0.0.0/8 show a different certificate and key at each
address.  Programs are run in turn, so compare the ratios: figures of different days say little.
"""
import argparse
import json
import os
import pathlib
import platform
import shutil
import signal
import subprocess
import sys
import time

import tables
from contest import Stadium, Wrong, ratios, row, spread
from farm import WAYS, Farm, Trouble
from peers import HOSTS, Peers
from programs import Programs, first_line

PARTS = ('floor', 'hosts', 'threads', 'peers', 'scale')
LIVE = 10000  # of more targets than LONGEST only so many have a server, the others refuse
LONGEST = 100000


def numbers(text):
    return [int(word.replace('_', '')) for word in text.split(',')]


def arguments():
    top = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('part', nargs='*', metavar='PART', help=' '.join(PARTS))
    parser.add_argument('--ways', default='ec,rsa,rsa12', help=f'of: {" ".join(WAYS)} (%(default)s)')
    parser.add_argument('--hosts', type=int, default=10000, help='hosts of a run (%(default)s)')
    parser.add_argument('--runs', type=int, default=3, help='rounds (%(default)s)')
    parser.add_argument('--sizes', type=numbers, default=[10000, 100000, 1000000],
                        help='of the part "scale" (10000,100000,1000000)')
    parser.add_argument('--threads', type=int, help='threads of chainmend (its own default)')
    parser.add_argument('--chainmend', type=pathlib.Path, default=top / 'build/chainmend')
    parser.add_argument('--other', type=pathlib.Path, help='another chainmend, measured beside it in the part "hosts"')
    parser.add_argument('--programs', type=pathlib.Path, default=top / 'build/tests',
                        help='the folder of bench_bare and the others')
    parser.add_argument('--farm', type=pathlib.Path, default=top / 'build/farm',
                        help='folder of the certificates: made once, used again')
    parser.add_argument('--port', type=int, default=28440, help='the first of ten ports, or of the next ten that are free (%(default)s)')
    parser.add_argument('--json', action='store_true', help='the figures as JSON on standard output')
    options = parser.parse_args()
    options.part = options.part or list(PARTS)
    options.ways = options.ways.split(',')
    if unknown := set(options.part) - set(PARTS) | set(options.ways) - set(WAYS):
        parser.error(f'there is no {", ".join(sorted(unknown))}')
    if min(options.hosts, options.runs, options.threads or 1, *options.sizes) < 1:
        parser.error('numbers begin at 1')
    options.chainmend, options.programs = options.chainmend.resolve(), options.programs.resolve()
    options.other = options.other and options.other.resolve()
    return options


def say(words):
    print(f'bench: {words}', file=sys.stderr, flush=True)


class Bench:
    """What all parts have at hand."""

    def __init__(self, options, programs, stadium):
        self.options, self.programs, self.stadium = options, programs, stadium
        self.more = ['--threads', str(options.threads)] if options.threads else []

    def chainmend(self, way, hosts, more=(), name='chainmend'):
        return self.programs.chainmend(way, hosts, [*self.more, *more], name)

    def prepare(self, way, hosts):
        """The servers have decoded what they show, and chainmend has fetched what it needs."""
        self.programs.fill_cache(way)
        warm = self.programs.hello(way, hosts)
        self.stadium.rounds([warm], 1)

    def measure(self, title, contestants, references, runs=None, notes=()):
        """REFERENCES: contestants by the short name that the table has for them."""
        runs = runs or self.options.runs
        say(title)
        self.stadium.rounds(contestants, runs)
        return {
            'title': f'{title}, {runs} run{"s" if runs > 1 else ""} of each in turn', 'hosts': contestants[0].hosts,
            'notes': list(notes), 'references': {short: other.name for short, other in references.items()},
            'rows': [row(contestant, references.values()) for contestant in contestants],
        }


def part_hosts(bench):
    hosts, threads = bench.options.hosts, bench.options.threads or len(os.sched_getaffinity(0))
    for way in bench.options.ways:
        bench.prepare(way, hosts)
        bare, whole = bench.programs.bare(way, hosts), bench.chainmend(way, hosts)
        engine = bench.programs.look(way, hosts, threads)
        other = [bench.programs.chainmend(way, hosts, bench.more, 'the other chainmend', bench.options.other)
                 ] if bench.options.other else []
        found = bench.measure(
            f'hosts: {WAYS[way][0]}, {hosts:,} hosts',
            [bench.programs.connect(way, hosts), bench.programs.hello(way, hosts), bare, engine, whole, *other],
            {'bare': bare, **{'the other': one for one in other}})
        found['judging'] = [value - 1 for value in ratios(whole, engine)]
        found['notes'].append(f'judging and writing add {tables.percent(found["judging"])} to the engine')
        yield found


def part_threads(bench):
    hosts = bench.options.hosts
    for way in [way for way in bench.options.ways if way in ('ec', 'rsa')]:
        bench.prepare(way, hosts)
        one, two = (bench.programs.chainmend(way, hosts, ['--threads', str(count)], f'chainmend, {count} thread{end}')
                    for count, end in ((1, ''), (2, 's')))
        found = bench.measure(f'threads: {WAYS[way][0]}, {hosts:,} hosts', [one, two], {'one thread': one})
        found['faster'] = spread([b.hosts_a_second / a.hosts_a_second for a, b in zip(one.runs, two.runs)])
        found['notes'].append(f'two threads: {tables.shown(found["faster"])} times the hosts a second; the servers '
                              'share the processors, so the CPU a host is what counts')
        yield found


def part_peers(bench):
    way = 'rsa' if 'rsa' in bench.options.ways else bench.options.ways[0]
    bench.prepare(way, HOSTS)
    farm = bench.programs.farm
    there, absent = Peers(farm, way, farm.port + WAYS[way][2], bench.stadium.folder).all()
    whole, bare = bench.chainmend(way, HOSTS), bench.programs.bare(way, HOSTS)
    curl = {peer.name: peer for peer in there if peer.name.startswith('curl')}
    references = {'bare': bare, **({'curl': curl.popitem()[1]} if curl else {})}
    notes = [f'skipped, not installed: {", ".join(absent)}'] if absent else []
    yield bench.measure(f'peers: {WAYS[way][0]}, {HOSTS:,} hosts', [whole, bare, *there], references, notes=notes)


def part_scale(bench):
    way = 'ec' if 'ec' in bench.options.ways else bench.options.ways[0]
    bench.prepare(way, min(max(bench.options.sizes), LONGEST))
    all_of_them = []
    for size in bench.options.sizes:
        if size > LONGEST:
            contestant = bench.programs.chainmend_wide(way, size, LIVE)
        else:
            contestant = bench.chainmend(way, size)
        say(f'scale: {WAYS[way][0]}, {size:,} targets')
        bench.stadium.rounds([contestant], bench.options.runs if size <= LIVE else 1)
        all_of_them.append(contestant)
    rows = [row(contestant) for contestant in all_of_them]
    notes = []
    for other in rows[1:]:
        notes.append(f'{other["hosts"]:,} targets beside {rows[0]["hosts"]:,}: peak '
                     f'{other["peak_mib"][0] - rows[0]["peak_mib"][0]:+.1f} MiB')
        if other['hosts'] <= LONGEST:
            notes[-1] += f', CPU a host {other["cpu_us"][0] / rows[0]["cpu_us"][0]:.3f} times'
    yield {'title': f'scale: {WAYS[way][0]}', 'hosts': None, 'notes': notes, 'references': {}, 'rows': rows}


def part_floor(bench):
    said = subprocess.run([bench.options.programs / 'bench_sums'], capture_output=True, text=True, check=True).stdout
    sums = [line.split(' ', 1) for line in said.splitlines()]
    yield {'title': 'floor: cryptography in OpenSSL, CPU a time',
           'sums': [{'us': float(took), 'what': what} for took, what in sums]}


def leafs_wanted(options):
    """By kind: as many as the largest list that is served whole has targets."""
    wanted = {WAYS[way][1]: max(options.hosts, HOSTS) for way in options.ways}
    if 'scale' in options.part:
        kind = WAYS['ec' if 'ec' in options.ways else options.ways[0]][1]
        wanted[kind] = max([wanted[kind]] + [size for size in options.sizes if size <= LONGEST])
    return wanted


def machine(options):
    try:
        lines = pathlib.Path('/proc/cpuinfo').read_text().splitlines()
        processor = next(text.partition(':')[2].strip() for text in lines if text.startswith('model name'))
    except (OSError, StopIteration):
        processor = platform.machine()
    return {
        'chainmend': first_line([options.chainmend, '--version']), 'openssl': first_line(['openssl', 'version']),
        'processor': processor, 'processors': os.cpu_count(), 'kernel': platform.release(),
        'load': os.getloadavg()[0], 'time': time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime()),
    }


def bench_all(options):
    """Every part that is wanted, printed as it is done."""
    for program in (options.chainmend, *([options.other] if options.other else []), *(options.programs / f'bench_{noun}' for noun in
                                         ('bare', 'look', 'make_farm', 'serve_farm', 'sums', 'timed'))):
        if not os.access(program, os.X_OK):
            raise Trouble(f'{program} is missing: ./dev bench builds it')
    farm = Farm(options.farm, options.programs, options.port, say)
    farm.ensure(leafs_wanted(options))
    facts, found = machine(options), []
    stadium = Stadium(options.programs, farm.folder)
    try:
        with farm:
            programs = Programs(farm, options.programs, options.chainmend, stadium.folder / 'cache')
            bench = Bench(options, programs, stadium)
            if not options.json:
                print('\n'.join(tables.heading(facts)), flush=True)
            for part in options.part:
                for result in globals()[f'part_{part}'](bench):
                    found.append({'part': part, **result})
                    if not options.json:
                        print('\n'.join(tables.table(result)), flush=True)
    finally:
        shutil.rmtree(stadium.folder, ignore_errors=True)
    if options.json:
        print(json.dumps({'machine': facts, 'parts': found}, indent=1))


def main():
    options = arguments()
    # A signal unwinds the stack, so all that was started is ended.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(143))
    try:
        bench_all(options)
    except Wrong as why:
        say(f'WRONG: {why}')
        return 1
    except (Trouble, OSError) as why:
        say(why)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == '__main__':
    sys.exit(main())
