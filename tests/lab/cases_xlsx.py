# SPDX-License-Identifier: MIT
"""cases_xlsx.py - the workbook, as openpyxl reads it"""
import datetime
import json

from cases import Skip, collector, debian, exits

__all__ = ['CASES', 'Skip']
CASES, case = collector()


def opened(path):
    return debian('openpyxl', 'python3-openpyxl').load_workbook(path)


def rows(sheet):
    """The rows below the heading, as dictionaries."""
    heading = [cell.value for cell in sheet[1]]
    return [dict(zip(heading, row)) for row in sheet.iter_rows(min_row=2, values_only=True)]


@case('a workbook of the fleet: each sheet says what the records say')
def fleet(stage):
    folder = stage.fresh()
    path, records_path = folder / 'fleet.xlsx', folder / 'fleet.ndjson'
    ran = stage.scan('-i', stage.lab.file('targets.csv'), '-o', f'xlsx:{path}', '-o', f'ndjson:{records_path}', seconds=120)
    yield from exits(ran, 1)
    records = [json.loads(line) for line in records_path.read_text().splitlines()]
    book = opened(path)
    if book.sheetnames != ['Summary', 'Owners', 'Hosts', 'Findings', 'Actions', 'Certificates']:
        yield f'{book.sheetnames}'
    for sheet in book:
        if sheet.freeze_panes != 'A2':
            yield f'{sheet.title}: its heading is not frozen'
        if not sheet.auto_filter.ref:
            yield f'{sheet.title}: no filter'
        for row in sheet.iter_rows():
            yield from (f'{sheet.title} {cell.coordinate}: {cell.data_type} {cell.value!r}' for cell in row
                        if cell.data_type not in 'nsd' or cell.hyperlink)
    hosts = rows(book['Hosts'])
    have = sorted((row['Host'], row['Port'], row['Status']) for row in hosts)
    want = sorted((r['target'].get('unicode') or r['target']['host'], r['target']['port'], r['status']) for r in records)
    for got, wanted in zip(have, want):
        if got[:2] != wanted[:2] or got[2].replace(' ', '-') != wanted[2]:
            yield f'{got}, not {wanted}'
            break
    if len(have) != len(want):
        yield f'{len(have)} hosts, not {len(want)}'
    for row in rows(book['Owners']):
        todo = [r['What to do'] for r in hosts if (r['Owner'] or '') == (row['Owner'] or '') and r['What to do']]
        words = [word for cell in todo for word in cell.split('; ')]
        wanted = sorted(f'{word} ({words.count(word)})' for word in set(words))
        if sorted((row['What to do'] or '').split('; ')) != (wanted or ['']):
            yield f'{row["Owner"]}: {row["What to do"]}, not {wanted}'
    findings = rows(book['Findings'])
    if len(findings) != sum(len(r['findings']) for r in records):
        yield f'{len(findings)} findings'
    dues = [row['Due'] for row in findings if row['Due']]
    if not dues or not all(isinstance(due, datetime.datetime) for due in dues):
        yield f'due days are no dates: {dues[:3]}'
    prints = [row['SHA-256'] for row in rows(book['Certificates'])]
    if sorted(prints) != sorted({c['sha256'] for r in records for c in r['chain']}):
        yield f'{len(prints)} certificates'
    wanted = {(r['target']['host'], a['do'], a.get('certificate')) for r in records for f in r['findings']
              if f['severity'] != 'note' and not f.get('waived') for a in f['actions']}
    if len(rows(book['Actions'])) < len(wanted):
        yield f'{len(rows(book["Actions"]))} actions, not {len(wanted)}'
    counts = {row['What']: row['Value'] for row in rows(book['Summary'])}
    if counts.get('critical') != sum(r['status'] == 'critical' for r in records):
        yield f'{counts}'


@case('a workbook in Chinese')
def chinese(stage):
    folder, one = stage.fresh(), stage.argument('expired')
    yield from exits(stage.scan(one, '-o', f'xlsx:{folder}/a.xlsx', '--lang', 'zh-Hant'), 1)
    book = opened(folder / 'a.xlsx')
    if len(rows(book.worksheets[2])) != 1:
        yield f'{book.sheetnames}'
