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


@case('monitoring: promtool takes the rules')
def rules(_):
    if not shutil.which('promtool'):
        raise Skip('promtool is not installed')
    ran = subprocess.run(['promtool', 'check', 'rules', FOLDER / 'chainmend.rules.yaml'], capture_output=True,
                         text=True, timeout=60, check=False)
    if ran.returncode != 0:
        yield ran.stdout + ran.stderr
