# SPDX-License-Identifier: MIT
"""cases_starttls.py - every dialogue that leads to TLS against a real server, and real proxies"""
from cases import Skip, collector
from compare import chain, error, rules
from real import Missing
from real_starttls import DIALOGUES, PROXIES

__all__ = ['CASES', 'Skip']
CASES, case = collector()


def started(stage, kind):
    """A server of that kind that runs, in a folder of its own; whoever asked stops it."""
    try:
        server = kind()
    except Missing as why:
        raise Skip(why) from why
    folder = stage.fresh()
    try:
        server.start(stage.lab, folder / server.program)
    except BaseException:
        server.stop()
        raise
    return server


def judged(stage, server, record):
    """What is not as the fleet's table has it for the state that the server plays."""
    entry = stage.states[server.state]
    if record['status'] != entry['status']:
        yield f'status {record["status"]}, not {entry["status"]}: {record["error"]}'
    yield from rules(record, entry)
    yield from error(record, entry)
    yield from chain(record, entry)
    if record['target']['protocol'] != server.protocol or record['target']['sni'] != server.host:
        yield f'target {record["target"]}'


def target(server):
    address, port = server.place(server.state)
    return f'{server.protocol}://{server.host}@{address}:{port}'


def dialogue(kind):
    """The chain is read, however the handshake behind the dialogue is done."""
    def run(stage):
        ways = [[]]
        if b'--handshake' in stage.run('scan', '--help').out:
            ways.append(['--handshake', 'complete'])
        server = started(stage, kind)
        try:
            for words in ways:
                ran = stage.ndjson(target(server), *words)
                records = ran.records()
                if len(records) != 1:
                    yield f'{len(records)} records: {ran}'
                for record in records:
                    yield from judged(stage, server, record)
        finally:
            server.stop()
    return run


CASES += [(f'{kind.protocol}: {kind.__name__.lower()} is read after its dialogue', dialogue(kind))
          for kind in DIALOGUES]


# --- Proxies ---

THROUGH = ('compliant', 'smtp', 'retired', 'leaf-only', 'refuses')


def through(kind):
    """The same results through a proxy; where it does not let us through, it is named."""
    def run(stage):
        if b'--proxy' not in stage.run('scan', '--help').out:
            raise Skip('this chainmend has no --proxy')
        server = started(stage, kind)
        targets = stage.targets(*THROUGH)
        try:
            ran = stage.ndjson('-i', targets, '--proxy', server.url())
            locked = stage.ndjson('-i', targets, '--proxy', server.url('wrong'))
        finally:
            server.stop()
        gone = stage.ndjson('-i', targets, '--proxy', server.url())
        states = {record['target']['labels']['state']: record for record in ran.records()}
        if sorted(states) != sorted(THROUGH):
            yield f'{sorted(states)}: {ran}'
        for state, record in states.items():
            entry = stage.states[state]
            if state != 'refuses':
                yield from chain(record, entry)
                yield from rules(record, entry)
            elif record['error']['kind'] not in ('refused', 'unreachable'):
                yield f'{state}: {record["error"]}'
        for record in locked.records() + gone.records():
            if record['status'] != 'unreachable' or 'proxy' not in record['error']['message']:
                yield f'without the password, or without the proxy: {record["error"]}'
    return run


CASES += [(f'{kind.protocol}: a fleet is read through {kind.__name__.lower()}', through(kind))
          for kind in PROXIES]
