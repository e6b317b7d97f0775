# SPDX-License-Identifier: MIT
"""paper.py - a profile of the hostile CA, whose URLs lead wherever a case wants them to"""
import hashlib
import json

REMOVE_BY = '2026-06-15'


def certificate(identity, role, data, issuer=None, url=None, **more):
    entry = {'id': identity, 'role': role, 'name': identity,
             'sha256': hashlib.sha256(data).hexdigest(), **more}
    if issuer:
        entry['issuer'] = issuer
    if url:
        entry['url'] = url
    return entry


def profile(mint, urls=(), lists=(), more=()):
    """
    The issuing CA is the authority.  URLS: where certificates are to be had, by 'root' and 'ca';
    LISTS: those of the root's revocation lists; MORE: further certificates.
    """
    urls = dict(urls)
    return json.dumps({
        'schema': 'chainmend.profile/1', 'id': 'hostile', 'title': {'en': 'Hostile things'},
        'certificates': [certificate('root', 'root', mint.root, url=urls.get('root')),
                         certificate('ca', 'issuing', mint.ca, 'root', urls.get('ca')), *more],
        'serve': [{'role': 'issuing', 'need': 'required'}],
        'trust_stores': [{'id': 'main', 'anchors': ['root'], 'title': {'en': 'Everybody'}}],
        'revocation_lists': [
            {'id': f'list-{i}', 'issuer': 'root', 'covers': 'ca-certificates', 'url': url,
             'expect_revoked': ['ca'], 'expect_from': '2026-01-01'}
            for i, url in enumerate(lists)],
        'leaf': {'authority': ['ca'], 'keys': {'rsa_min_bits': 2048, 'curves': ['P-256']},
                 'validity_days': [{'from': '2020-09-01', 'max': 398}]},
    })
