# SPDX-License-Identifier: MIT
"""cases_report.py - saved results rendered again, in every format, with all that can be asked for"""
import re

from cases import Skip, collector, exits

__all__ = ['CASES', 'Skip']
CASES, case = collector()

SECONDS = 170
ALL = ('--probe', 'all', '--caa', '--identify', '--revocation', 'full', '--explain')
WAIVERS = '''schema: chainmend.waivers/1
waivers:
  - {rule: leaf.expired, host: "*", reason: "it goes, with | its \\"box\\"", until: 2099-01-01, by: mail team}
  - {rule: chain.root-sent, host: "*", reason: seen, until: 2099-01-01, by: ops}
'''


def formats(stage):
    """What the program itself says that it writes."""
    said = stage.run('report', '-f', 'postcard', '-').err.decode()
    names = re.findall(r'[a-z]+', said.rpartition(':')[2])
    if not {'text', 'ndjson', 'json', 'csv', 'html', 'xlsx', 'chain'} <= set(names):
        raise RuntimeError(f'no list of formats in {said}')
    return names


def full_scan(stage, folder, names):
    outputs = [word for name in names for word in ('-o', f'{name}:{folder / name}')]
    return stage.scan('-i', stage.lab.file('targets.csv'), *ALL, '--waivers', stage.write('waivers.yaml', WAIVERS),
                      *outputs, seconds=SECONDS)


def first_difference(one, two):
    at = next((i for i, (a, b) in enumerate(zip(one, two)) if a != b), min(len(one), len(two)))
    return f'{len(one)} and {len(two)} bytes; at {at}: {one[max(0, at - 60):at + 60]} is {two[max(0, at - 60):at + 60]}'


@case('report: what a scan that asked for everything wrote comes back, byte for byte, in every format')
def everything(stage):
    names = formats(stage)
    folder = stage.fresh()
    ran = full_scan(stage, folder, names)
    yield from exits(ran, 1)
    records = (folder / 'ndjson').read_text()
    for key in ('"looks":[{', '"caa":{', '"revocation":[{', '"lines":[{', '"waived":{', '"banner":'):
        if key not in records:
            yield f'the fleet shows no {key}, so this proves less'
    for source in ('ndjson', 'json'):
        again = stage.fresh()
        outputs = [word for name in names for word in ('-o', f'{name}:{again / name}')]
        ran = stage.run('report', *stage.lab.profile(), *outputs, folder / source, seconds=SECONDS)
        yield from exits(ran, 1)
        for name in names:
            one, two = (folder / name).read_bytes(), (again / name).read_bytes()
            if one != two:
                yield f'{name} from {source}: {first_difference(one, two)}'
