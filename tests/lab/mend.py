# SPDX-License-Identifier: MIT
"""mend.py - a scan's results turned into work, and the work done where real servers play

For demo.py: plan makes a folder for every host that needs something, the scripts of those that
real servers play are run, everything is scanned again, and the two scans are compared.
"""
import csv
import json
import os
import pathlib
import subprocess

PLAN_SECONDS = 60
SCRIPT_SECONDS = 60


def relabel(lab, cast):
    """Names in the list of targets what really serves; the fleet's table has guesses of its own."""
    acting = {state: server.platform for server in cast.started for state in server.states if server.platform}
    path = pathlib.Path(lab.file('targets.csv'))
    with open(path, newline='') as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        row['platform'] = acting.get(row['state'], row['platform'])
    with open(path, 'w', newline='') as lines:
        writer = csv.DictWriter(lines, rows[0].keys(), lineterminator='\n')
        writer.writeheader()
        writer.writerows(rows)


def plan(chainmend, lab, results):
    """The folder of the plan; raises when there is none."""
    folder = lab.folder / 'work'
    subprocess.run([chainmend, 'plan', '-q', results, '-o', folder, *lab.profile(), '--cache', lab.file('cache')],
                   check=True, stdin=subprocess.DEVNULL, timeout=PLAN_SECONDS)
    return folder


def states_by_place(lab):
    return {(entry['host'], entry['port']): state for state, entry in lab.states.items()}


def failing(results):
    """Host and port of all that are not in order."""
    records = [json.loads(line) for line in pathlib.Path(results).read_text().splitlines()]
    return {(record['target']['host'], record['target']['port']) for record in records
            if record['status'] in ('warning', 'critical', 'unreachable') and record['target']['port']}


def fixable(lab, cast, folder):
    """Scripts of hosts that nothing but a file stands between and good order, and the server that
    plays each: (state or None for several of one place, script, server)."""
    servers = {state: server for server in cast.started for state in server.states if server.platform}
    for host in json.loads((folder / 'plan.json').read_text())['hosts']:
        whole = json.loads((folder / host['folder'] / 'plan.json').read_text())
        for piece in whole['work']:
            played = [state for state, entry in lab.states.items()
                      if (entry['host'], entry['port'], entry['address']) ==
                      (host['host'], host['port'], piece['address']) and state in servers]
            if played and piece['script'] and piece['needs'] == ['chain']:
                yield played[0], folder / host['folder'] / piece['script'], servers[played[0]]


def apply(chainmend, script, server):
    """What is wrong with running it; nothing when it did its work."""
    ran = subprocess.run(['sh', script, '--config', server.folder / server.config], stdin=subprocess.DEVNULL,
                         capture_output=True, text=True, timeout=SCRIPT_SECONDS, check=False,
                         env={**os.environ, 'CHAINMEND': str(chainmend)})
    return [] if ran.returncode == 0 else [f'{script}: exit status {ran.returncode}: {ran.stdout}{ran.stderr}']


def statuses(results):
    """The worst status of each state."""
    found = {}
    for line in pathlib.Path(results).read_text().splitlines():
        record = json.loads(line)
        found[record['target']['labels'].get('state')] = record['status']
    return found


def mend(chainmend, lab, cast, results, scan, say):
    """What did not become right; SCAN scans everything into the file it is given."""
    folder = plan(chainmend, lab, results)
    planned = {(host['host'], host['port']) for host in json.loads((folder / 'plan.json').read_text())['hosts']}
    wrong = [f'{host}:{port} has no folder' for host, port in sorted(failing(results) - planned)]
    work = list(fixable(lab, cast, folder))
    say(f'demo: chainmend plan results.ndjson -o work: {len(planned)} folders; '
        f'{len(work)} scripts are run where real servers play\n')
    for _, script, server in work:
        wrong += apply(chainmend, script, server)
    after = lab.folder / 'results-after.ndjson'
    scan(after)
    say('demo: chainmend compare results.ndjson results-after.ndjson\n')
    subprocess.run([chainmend, 'compare', results, after, '--fail-on', 'never'], stdin=subprocess.DEVNULL,
                   timeout=PLAN_SECONDS, check=False)
    found = statuses(after)
    wrong += [f'{state} is {found.get(state)} after its script' for state, _, _ in work if found.get(state) != 'ok']
    return wrong
