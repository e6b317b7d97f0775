# SPDX-License-Identifier: MIT
"""case.py - one hostile endpoint: what it does, and what has to be said of it"""
import dataclasses

TIMEOUT, GRACE = 3, 6

# Where the list leaves the kind open, the first one is the most useful and all are right.
NOT_READ = ('handshake', 'limit')      # a flood or a breach before the chain
LIMIT = ('limit',)
SERVED = (None,)
EITHER = (None, 'handshake')           # the chain can be judged; whoever insists may refuse


@dataclasses.dataclass
class Case:
    """
    KINDS: the error.kinds that are right.  CHAIN: how many certificates are shown, a range of
    that, or None for any.  COMPLETE: what is otherwise with OpenSSL's whole handshake.
    """
    number: int
    what: str
    serve: object = None
    scheme: str = 'tls'
    kinds: tuple = SERVED
    chain: object = None
    proven: tuple = ()      # values of tls.proven, where the program shows it
    rules: tuple = ()       # findings there have to be
    words: str = ''         # in error.message
    tls: dict = dataclasses.field(default_factory=dict)
    complete: dict = dataclasses.field(default_factory=dict)
    host: str = ''          # the name asked for; one of its own otherwise
    address: str = ''
    port: int = 0

    def wanted(self, engine):
        return dataclasses.replace(self, **self.complete) if engine == 'complete' else self

    def target(self):
        return f'{self.scheme}://{self.host}@{self.address}:{self.port}'


class Book:
    """The cases of a module, in the order they were written."""

    def __init__(self):
        self.cases = []

    def add(self, number, what, serve, **more):
        self.cases.append(Case(number, what, serve, **more))

    def case(self, number, what, **more):
        def take(serve):
            self.add(number, what, serve, **more)
            return serve
        return take


def faults(case, record, engine):
    """What RECORD, the result of this endpoint, says wrongly."""
    want = case.wanted(engine)
    error = record['error'] or {'kind': None, 'message': ''}
    shown = len(record['chain'])
    if error['kind'] not in want.kinds:
        yield f'error.kind is {error["kind"]}, not {" or ".join(map(str, want.kinds))}'
    if want.chain is not None and shown not in (
            want.chain if isinstance(want.chain, range) else [want.chain]):
        yield f'{shown} certificates shown, not {want.chain}'
    if want.words.lower() not in error['message'].lower():
        yield f'"{want.words}" is not in "{error["message"]}"'
    if want.proven and 'proven' in (record['tls'] or {}):
        if record['tls']['proven'] not in want.proven:
            yield f'tls.proven is {record["tls"]["proven"]}, not {want.proven}'
    for key, value in want.tls.items():
        if (record['tls'] or {}).get(key) != value:
            yield f'tls.{key} is {(record["tls"] or {}).get(key)}, not {value}'
    found = {finding['rule'] for finding in record['findings']}
    for rule in want.rules:
        if rule not in found:
            yield f'no {rule} among {sorted(found)}'
    # A leaf that cannot be decoded is shown, but nothing can be said of it.
    judged = shown > 0 and record['chain'][0]['subject'] is not None
    if (record['status'] == 'unreachable') == judged or not (judged or record['error']):
        yield f'status {record["status"]} with {shown} certificates'
    spent = sum(value or 0 for value in record['timing'].values())
    if spent > (TIMEOUT + GRACE) * 1000:
        yield f'{spent:.0f} ms of {TIMEOUT} s'
