# SPDX-License-Identifier: MIT
"""cases_monitoring.py - what data/monitoring asks for is what `-f prometheus` writes"""
import json
import pathlib
import re
import shutil
import subprocess

from cases import Skip, collector, exits

__all__ = ['CASES', 'Skip']
CASES, case = collector()

FOLDER = pathlib.Path(__file__).resolve().parents[2] / 'data/monitoring'


def metrics(stage):
    """Names of metrics, and names with labels, of the whole fleet."""
    path = stage.fresh() / 'chainmend.prom'
    ran = stage.scan('-i', stage.lab.file('targets.csv'), '-o', f'prometheus:{path}', seconds=120)
    return ran, path.read_text()


@case('monitoring: rules and dashboard use metrics and labels that are there')
def used(stage):
    ran, text = metrics(stage)
    yield from exits(ran, 1)
    names = set(re.findall(r'^(chainmend_\w+)', text, re.M))
    asked = {path.name: path.read_text() for path in sorted(FOLDER.iterdir())}
    if sorted(asked) != ['chainmend-dashboard.json', 'chainmend.rules.yaml']:
        yield f'{sorted(asked)}'
    for name, said in asked.items():
        wanted = set(re.findall(r'\bchainmend_\w+', said))
        if len(wanted) < 4:
            yield f'{name}: only {wanted}'
        yield from (f'{name}: {metric} is not written' for metric in sorted(wanted - names))
        for metric, labels in re.findall(r'(chainmend_\w+)\{([^}]*)\}', said.replace('\\"', '"')):
            for label, value in re.findall(r'(\w+)="([^"$]*)"', labels):
                if not re.search(rf'^{metric}\{{[^}}]*\b{label}="{re.escape(value)}"', text, re.M):
                    yield f'{name}: {metric} has no {label}="{value}"'
    panels = json.loads(asked['chainmend-dashboard.json'])['panels']
    if len({panel['id'] for panel in panels}) != len(panels):
        yield 'two panels have one id'


def promtool(*words):
    if not shutil.which('promtool'):
        raise Skip('promtool (prometheus) is not installed')
    ran = subprocess.run(['promtool', *map(str, words)], capture_output=True, text=True, timeout=60, check=False)
    if ran.returncode != 0:
        yield ran.stdout + ran.stderr


@case('monitoring: promtool takes the rules and what the dashboard asks')
def rules(stage):
    yield from promtool('check', 'rules', FOLDER / 'chainmend.rules.yaml')
    panels = json.loads((FOLDER / 'chainmend-dashboard.json').read_text())['panels']
    asked = [{'record': f'panel_{panel["id"]}', 'expr': target['expr'].replace('$instance', '.*')}
             for panel in panels for target in panel['targets']]
    path = stage.write('dashboard.yaml', json.dumps({'groups': [{'name': 'dashboard', 'rules': asked}]}))
    yield from promtool('check', 'rules', path)


DAY = 86400
#: what a nightly run leaves, all in order
CALM = {'chainmend_results{instance="a",status="critical"}': 0, 'chainmend_results{instance="a",status="unreachable"}': 5,
        'chainmend_owner_results{instance="a",owner="web",status="critical"}': 0, 'chainmend_targets{instance="a"}': 100,
        'chainmend_migration_open_results{instance="a"}': 4, 'chainmend_deadline_timestamp_seconds{instance="a"}': 40 * DAY,
        'chainmend_leaf_remaining_seconds_bucket{instance="a",le="604800"}': 0, 'chainmend_run_complete{instance="a"}': 1,
        'chainmend_run_last_result_timestamp_seconds{instance="a"}': 2 * DAY}


@case('monitoring: each alert fires when it has to, and none when all is well')
def alerts(stage):
    worse = [
        ({}, []),
        ({'chainmend_results{instance="a",status="critical"}': 3}, ['CertificateChainsCritical']),
        ({'chainmend_owner_results{instance="a",owner="web",status="critical"}': 3}, ['OwnerCertificateChainsCritical']),
        ({'chainmend_results{instance="a",status="unreachable"}': 6}, ['CertificateChainsNotExamined']),
        ({'chainmend_deadline_timestamp_seconds{instance="a"}': 10 * DAY}, ['CertificateChainsMigrationLate']),
        ({'chainmend_deadline_timestamp_seconds{instance="a"}': 10 * DAY, 'chainmend_migration_open_results{instance="a"}': 0}, []),
        ({'chainmend_leaf_remaining_seconds_bucket{instance="a",le="604800"}': 1}, ['ServerCertificatesEndSoon']),
        ({'chainmend_run_last_result_timestamp_seconds{instance="a"}': DAY // 4}, ['CertificateScanMissing']),
        ({'chainmend_run_complete{instance="a"}': 0}, ['CertificateScanMissing'])]
    # Two days after the epoch, where promtool's time begins.
    tests = [{'interval': '10m', 'input_series': [{'series': name, 'values': f'{value}x300'}
                                                  for name, value in {**CALM, **change}.items()],
              'promql_expr_test': [{'expr': 'count by (alertname) (ALERTS{alertstate="firing"})', 'eval_time': '2d',
                                    'exp_samples': [{'labels': f'{{alertname="{name}"}}', 'value': 1} for name in firing]}]}
             for change, firing in worse]
    known = re.findall(r'alert: (\w+)', (FOLDER / 'chainmend.rules.yaml').read_text())
    if set(known) != {name for _, firing in worse for name in firing}:
        yield f'{known} are not all tried'
    path = stage.write('alerts.yaml', json.dumps({'rule_files': [str(FOLDER / 'chainmend.rules.yaml')],
                                                  'evaluation_interval': '10m', 'tests': tests}))
    yield from promtool('test', 'rules', path)
