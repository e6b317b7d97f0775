# SPDX-License-Identifier: MIT
"""cases_policy.py - waivers, profiles other than the built-in first one, and drafting them"""
from cases import collector, exits, refuses

__all__ = ['CASES']
CASES, case = collector()


def check(stage, *words):
    return stage.run('check', *stage.lab.profile(), *stage.lab.stores(), '--as-of', stage.day,
                     *words)


def waiver(rule, host='*', until='2099-01-01', reason='the box goes'):
    return f'  - {{rule: {rule}, host: "{host}", reason: {reason}, until: {until}, by: mail team}}\n'


def waivers(stage, *rows):
    return stage.write('waivers.yaml', 'schema: chainmend.waivers/1\nwaivers:\n' + ''.join(rows))


@case('waivers: a waived finding is shown, and counts for nothing')
def waived(stage):
    chain = stage.lab.service('expired', 'chain.pem')
    before = check(stage, '-f', 'ndjson', chain).records()[0]
    rules = {f['rule'] for f in before['findings'] if f['severity'] != 'note'}
    file = waivers(stage, *(waiver(rule) for rule in sorted(rules)))
    ran = check(stage, '-f', 'ndjson', '--waivers', file, '--fail-on', 'warning', chain)
    yield from exits(ran, 0)
    after = ran.records()[0]
    if after['status'] != 'ok':
        yield f'status {after["status"]}'
    for key in ('chain', 'paths', 'tls', 'error'):
        if before[key] != after[key]:
            yield f'{key} is another'
    for finding in after['findings']:
        said = finding.pop('waived', None)
        want = {'reason': 'the box goes', 'until': '2099-01-01', 'by': 'mail team'}
        if said != (want if finding['rule'] in rules else None):
            yield f'{finding["rule"]}: {said}'
        if finding not in before['findings']:
            yield f'{finding["rule"]} is another finding'
    text = check(stage, '--waivers', file, chain).out.decode()
    if 'Waived' not in text or 'the box goes (mail team, until 2099-01-01)' not in text:
        yield f'not said: {text}'


@case('waivers: they end on their day, hold for their hosts, and what fits nothing is said')
def limits(stage):
    chain = stage.lab.service('expired', 'chain.pem')
    for row, status, word in (
            (waiver('leaf.expired', until=stage.day), 1, 'expired on'),
            (waiver('leaf.expired', host='192.0.2.0/24'), 1, None),
            (waiver('chain.root-sent'), 1, None)):
        ran = check(stage, '--waivers', waivers(stage, row), chain)
        yield from exits(ran, status)
        if word and word not in ran.err.decode():
            yield f'"{word}" is not said: {ran.err}'
    ran = check(stage, '-v', '--waivers', waivers(stage, waiver('chain.root-sent')), chain)
    if 'fits no finding' not in ran.err.decode():
        yield f'the idle one is not said: {ran.err}'


@case('waivers: a file that cannot be read is refused, with its line')
def unreadable(stage):
    chain = stage.lab.service('compliant', 'chain.pem')
    for text, word in (('schema: chainmend.waivers/1\nwaivers:\n' + waiver('leaf.expird'), ':3: '),
                       ('schema: chainmend.waivers/2\nwaivers: []\n', ':1: '), ('waivers', ':1: ')):
        yield from refuses(check(stage, '--waivers', stage.write('w.yaml', text), chain),
                           'w.yaml' + word)
    yield from refuses(check(stage, '--waivers', stage.fresh() / 'none.yaml', chain), 'none.yaml')
