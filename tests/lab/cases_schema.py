# SPDX-License-Identifier: MIT
"""cases_schema.py - records against docs/schema/, by a validator that is not ours"""
import copy
import json
import pathlib
import sys

from cases import Skip, collector, exits
from cases_report import ALL, SECONDS, WAIVERS

__all__ = ['CASES', 'Skip']
CASES, case = collector()

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / 'docs' / 'schema'


def validator(name):
    # A python3 that is not Debian's does not look where Debian's packages are.
    sys.path.append('/usr/lib/python3/dist-packages')
    try:
        import jsonschema  # pylint: disable=import-outside-toplevel
    except ImportError as why:
        raise Skip('python3-jsonschema is not installed') from why
    finally:
        sys.path.pop()
    schema = json.loads((SCHEMAS / f'{name}.schema.json').read_text())
    if name == 'run':
        schema['$defs']['result'] = json.loads((SCHEMAS / 'result.schema.json').read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def invalid(valid, value, what):
    error = next(valid.iter_errors(value), None)
    if error:
        yield f'{what}: {"/".join(map(str, error.absolute_path))}: {error.message[:300]}'


def places(value, path=()):
    """Every object and every member in a value, by path."""
    if isinstance(value, dict):
        yield path
        for key, member in value.items():
            yield from places(member, (*path, key))
    elif isinstance(value, list):
        for at, member in enumerate(value):
            yield from places(member, (*path, at))


def at(value, path):
    for step in path:
        value = value[step]
    return value


def misspelt(valid, record):
    """Each object with a key that nobody has documented, and each required key missing."""
    for path in places(record):
        if path and path[-1] == 'labels':
            continue
        other = copy.deepcopy(record)
        at(other, path)['misspelt'] = None
        if valid.is_valid(other):
            yield f'an unknown key in {path} passes'
    for key in ('schema', 'time', 'status', 'chain', 'findings', 'timing'):
        other = {name: member for name, member in record.items() if name != key}
        if valid.is_valid(other):
            yield f'no {key} passes'
    for key, wrong in (('status', 'fine'), ('time', 'today'), ('chain', {}), ('scts', -1)):
        if valid.is_valid({**record, key: wrong}):
            yield f'{key}: {wrong} passes'


@case('schema: every record and document of the fleet is as docs/schema/ says, in every language')
def fleet(stage):
    result, run = validator('result'), validator('run')
    waivers = stage.write('waivers.yaml', WAIVERS)
    for language in ('en', 'zh-Hant', 'zh-Hans'):
        folder = stage.fresh()
        ran = stage.scan('-i', stage.lab.file('targets.csv'), *(ALL if language == 'en' else ()), '--lang', language,
                         '--waivers', waivers, '-o', f'ndjson:{folder}/n', '-o', f'json:{folder}/j', seconds=SECONDS)
        yield from exits(ran, 1)
        records = [json.loads(line) for line in (folder / 'n').read_text().splitlines()]
        for record in records:
            yield from invalid(result, record, record['target']['host'])
        yield from invalid(run, json.loads((folder / 'j').read_text()), 'the document')
        if language == 'en':
            yield from misspelt(result, max(records, key=lambda r: (len(r.get('looks', ())), len(r['findings']))))


@case('schema: files, history and lists are as docs/schema/ says')
def others(stage):
    store, chain = stage.fresh() / 'runs.db', stage.lab.service('expired', 'chain.pem')
    words = (*stage.lab.profile(), *stage.lab.stores(), '--as-of', stage.day)
    ran = stage.run('check', *words, '-f', 'ndjson', '--store', store, chain)
    result, history, listed = validator('result'), validator('history'), validator('list')
    records = ran.records() or stage.run('check', *words, '-f', 'ndjson', chain).records()
    for record in records:
        yield from invalid(result, record, 'a file')
    stage.scan(stage.argument('expired'), '--store', store, '-f', 'ndjson')
    for more in ((), (stage.states['expired']['host'],)):
        rows = stage.run('history', '--store', store, '-f', 'ndjson', *more).records()
        if not rows:
            yield f'history {more}: nothing'
        for row in rows:
            yield from invalid(history, row, 'history')
            if history.is_valid({**row, 'misspelt': 1}):
                yield 'an unknown key in the history passes'
    rows = stage.run('arl', *words, '-f', 'ndjson').records()
    if not rows:
        yield 'arl: nothing'
    for row in rows:
        yield from invalid(listed, row, 'a list')
        if listed.is_valid({**row, 'misspelt': 1}):
            yield 'an unknown key of a list passes'
