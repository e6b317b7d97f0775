# SPDX-License-Identifier: MIT
"""sarif.py - a SARIF log read by classes that are not ours, and what its specification and GitHub ask besides

sarif_om (Debian's python3-sarif-python-om) has a class for each object of SARIF 2.1.0 with the names of all its
properties and which of them have to be there.  It says nothing of values, so the rest is read here; numbers are
sections of the OASIS standard.
"""
import re
import urllib.parse

#: which object a property holds: of a class, of a list of it ([name]), of a mapping to it ({name})
INSIDE = {
    'SarifLog': {'runs': ['Run']},
    'Run': {'tool': 'Tool', 'results': ['Result'], 'invocations': ['Invocation'],
            'automationDetails': 'RunAutomationDetails', 'originalUriBaseIds': {'ArtifactLocation'}},
    'Tool': {'driver': 'ToolComponent'},
    'ToolComponent': {'rules': ['ReportingDescriptor']},
    'ReportingDescriptor': {'shortDescription': 'MultiformatMessageString', 'help': 'MultiformatMessageString',
                            'fullDescription': 'MultiformatMessageString',
                            'defaultConfiguration': 'ReportingConfiguration'},
    'Result': {'message': 'Message', 'locations': ['Location'], 'suppressions': ['Suppression']},
    'Location': {'physicalLocation': 'PhysicalLocation', 'logicalLocations': ['LogicalLocation']},
    'PhysicalLocation': {'artifactLocation': 'ArtifactLocation', 'region': 'Region'},
    'ArtifactLocation': {'description': 'Message'},
}
#: sarif_om was made of a draft of 2.1.0
SINCE = {('Suppression', 'status')}
LEVELS = ('none', 'note', 'warning', 'error')  # 3.27.10
REGION = ('startLine', 'startColumn', 'endLine', 'endColumn')
URI = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-F]{2}")  # RFC 3986, 2


def children(kind, value):
    if isinstance(kind, list):
        return [(kind[0], one) for one in value]
    if isinstance(kind, set):
        return [(next(iter(kind)), one) for one in value.values()]
    return [(kind, value)]


def shape(om, kind, value, place):
    """Names of properties that are unknown, and of those that have to be there and are not."""
    if not isinstance(value, dict):
        yield f'{place} is no object'
        return
    fields = getattr(om, kind).__attrs_attrs__
    known = {field.metadata['schema_property_name']: field for field in fields}
    yield from (f'{place}: {name} is no property of a {kind}' for name in value.keys() - known.keys()
                if (kind, name) not in SINCE)
    yield from (f'{place}: no {name}' for name, field in known.items()
                if name not in value and type(field.default).__name__ in ('_Nothing', 'NothingType'))
    for name, inner in value.items():
        yield from (f'{place}.{name} is empty' for _ in [0] if inner in ('', [], {}) and name not in ('results',))
        if name in INSIDE.get(kind, {}):
            for number, (child, one) in enumerate(children(INSIDE[kind][name], inner)):
                yield from shape(om, child, one, f'{place}.{name}[{number}]')


def uri(text, place):
    if not text or URI.sub('', text):
        yield f'{place}: {text!r} is no URI'


def rules(run):
    described = run['tool']['driver']['rules']
    ids = [rule['id'] for rule in described]
    if len(set(ids)) != len(ids):
        yield 'two rules have one id'
    for rule in described:
        # GitHub asks for all of these.
        for name in ('shortDescription', 'fullDescription', 'help', 'defaultConfiguration'):
            if name not in rule:
                yield f'{rule["id"]}: no {name}'
        if rule['defaultConfiguration']['level'] not in LEVELS:
            yield f'{rule}'
        if not 0 < float(rule['properties']['security-severity']) <= 10:
            yield f'{rule}'
        if 'helpUri' in rule:
            yield from uri(rule['helpUri'], rule['id'])
            if urllib.parse.urlsplit(rule['helpUri']).scheme != 'https':
                yield f'{rule["helpUri"]}: not an absolute URI'


def place(run, result):
    found = result['locations'][0].get('physicalLocation')  # GitHub takes the first, and no result without one
    if not found:
        yield f'{result["message"]}: no physical location'
        return
    artifact, region = found['artifactLocation'], found['region']
    yield from uri(artifact['uri'], 'artifactLocation')
    scheme = urllib.parse.urlsplit(artifact['uri']).scheme
    if scheme not in ('', 'file') or (scheme and 'uriBaseId' in artifact):  # 3.4.4
        yield f'{artifact}'
    if not scheme and (artifact['uri'].startswith('/') or '..' in artifact['uri'].split('/')) and 'uriBaseId' in artifact:
        yield f'{artifact}'
    if artifact.get('uriBaseId', '%SRCROOT%') not in run['originalUriBaseIds']:
        yield f'{artifact}: no such base'
    if any(not isinstance(region.get(name), int) or region[name] < 1 for name in REGION):  # 3.30.5 to 3.30.8
        yield f'{region}'
    elif (region['startLine'], region['startColumn']) >= (region['endLine'], region['endColumn']):
        yield f'{region} is empty'


def faults(om, log):
    """What is wrong with LOG; OM: the module sarif_om."""
    yield from shape(om, 'SarifLog', log, 'log')
    if log['version'] != '2.1.0' or 'sarif-2.1.0' not in log['$schema'] or len(log['runs']) != 1:
        yield f'{log["version"]}, {log["$schema"]}'
    run = log['runs'][0]
    described = run['tool']['driver']['rules']
    yield from rules(run)
    prints = [tuple(result['partialFingerprints'].items()) for result in run['results']]
    if len(set(prints)) != len(prints):
        yield 'two results have one fingerprint'
    for result in run['results']:
        if described[result['ruleIndex']]['id'] != result['ruleId']:  # 3.27.6
            yield f'{result["ruleId"]} is not rule {result["ruleIndex"]}'
        if result['level'] not in LEVELS or not result['message']['text']:
            yield f'{result}'
        yield from place(run, result)
        for suppression in result.get('suppressions', []):  # 3.35
            if suppression['kind'] not in ('inSource', 'external') or \
                    suppression['status'] not in ('accepted', 'underReview', 'rejected'):
                yield f'{suppression}'
