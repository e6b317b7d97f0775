# SPDX-License-Identifier: MIT
"""tables.py - what was measured, as text for people"""


def number(value):
    """Three digits that mean something, and no fewer before the point."""
    if value >= 100:
        return f'{value:,.0f}'
    return f'{value:.{1 if value >= 10 else 2 if value >= 1 else 3}f}'


def shown(values):
    """Median, and between what."""
    middle, least, most = (number(value) for value in values)
    return middle if least == most else f'{middle} ({least}-{most})'


def percent(values):
    """The same of shares."""
    middle, least, most = (f'{100 * value:.0f}' for value in values)
    return f'{middle} %' if least == most else f'{middle} % ({least}-{most})'


def aligned(lines):
    """Rows of cells as text: the first column to the left, the others to the right.  What stands
    alone beside a name is a remark, and may be as long as it likes."""
    full = [cells for cells in lines if len(cells) != 2]
    widths = [max(map(len, column)) for column in zip(*full)]
    widths[0] = max(len(cells[0]) for cells in lines)
    for name, *cells in lines:
        if len(cells) > 1:
            cells = map(str.rjust, cells, widths[1:])
        yield '  '.join(['', name.ljust(widths[0]), *cells]).rstrip()


def table(part):
    """One part of the bench: a title, a row a program, notes."""
    yield part['title']
    if 'sums' in part:
        yield from aligned([['', 'us', ''], *([one['what'], number(one['us']), ''] for one in part['sums'])])
        yield ''
        return
    lines = [['', 'CPU us a host', *(f'to {name}' for name in part['references']), 'hosts a second', 'peak MiB']]
    for row in part['rows']:
        hosts = f', {row["hosts"]:,} targets' if row['hosts'] != part['hosts'] else ''
        if 'fault' in row:
            lines.append([row['name'] + hosts, row['fault']])
            continue
        ratios = ['-' if row['name'] == other or not row['ratios'].get(other) else shown(row['ratios'][other])
                  for other in part['references'].values()]
        lines.append([row['name'] + hosts, shown(row['cpu_us']), *ratios, number(row['hosts_a_second'][0]),
                      number(row['peak_mib'][0])])
    yield from aligned(lines)
    yield from (f'  {note}' for note in part['notes'])
    yield ''


def heading(facts):
    yield f'{facts["chainmend"]}, {facts["openssl"]}, {facts["processors"]} x {facts["processor"]}, ' \
          f'Linux {facts["kernel"]}, load {facts["load"]:.1f} at the beginning'
    yield 'CPU is user and system time of the whole process: median (least-most); ratios are within a round'
    yield ''
