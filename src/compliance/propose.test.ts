import { expect, it } from 'vitest';
import { known } from '#base/index.ts';
import { documentText } from './document.ts';
import { proposedEntries } from './propose.ts';

const now = new Date('2026-11-30T01:00:00Z');
const fingerprint = 'ab'.repeat(32);

it.each([
  [
    'image',
    'approved-root-certificates',
    { trustedRoots: [{ subject: 'CN=Surge', fingerprint, isPackaged: false }] },
    [fingerprint],
  ],
  [
    'registry',
    'registry-mirrors',
    { mirrors: ['https://mirror.example', 'http://plain.example'] },
    ['https://mirror.example'],
  ],
  ['host', 'engine-accounts', { engineGroup: { members: ['root', 'deploy'] } }, ['deploy']],
  ['container', 'allowed-capabilities', { capabilities: ['CHOWN', 'NET_BIND_SERVICE'] }, ['CHOWN']],
  ['container', 'guarded-names', { extraHosts: [{ name: 'docker.io', address: '10.0.0.1' }] }, []],
  ['image', 'oldest-image', { builtAt: '2020-01-01T00:00:00Z' }, []],
] as const)('%s: the list %s gains what alone takes a finding away', (kind, id, values, entries) => {
  const fields = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, known(value, name)]));
  const documents = [{ kind: 'inspect', text: documentText(fields) }];
  expect(proposedEntries(kind, documents, { id, lists: {}, now })).toEqual(entries);
});
