import { expect, test } from 'vitest';
import { type Claims, environmentOfContainer, hostEnvironment } from './environments.ts';

const collection = (environment: string): NonNullable<Claims['collection']> => ({ name: 'all', environment });
const asked = (environment: string) => ({ refused: { collection: 'all', environment } });

test.each([
  ['of its agent', { agentEnvironment: 'dev', environments: ['dev'] }, { environment: 'dev', from: 'agent' }],
  ['none', { environments: ['unassigned'] }, { from: 'nowhere' }],
  [
    'of a collection that the token allows',
    { agentEnvironment: 'dev', environments: ['dev', 'prod'], collection: collection('prod'), labels: ['dev'] },
    { environment: 'prod', from: 'collection' },
  ],
  [
    'none by a collection',
    { agentEnvironment: 'dev', environments: ['dev', 'unassigned'], collection: collection('unassigned') },
    { from: 'collection' },
  ],
  [
    'its own, whatever a collection asks for',
    { agentEnvironment: 'dev', environments: ['dev'], collection: collection('prod') },
    { environment: 'dev', from: 'agent', ...asked('prod') },
  ],
  [
    'none, whatever a collection asks for',
    { environments: ['unassigned'], collection: collection('prod') },
    { from: 'nowhere', ...asked('prod') },
  ],
  [
    'its own where a collection asks for none in vain, and labels choose',
    { agentEnvironment: 'dev', environments: ['dev', 'test'], collection: collection('unassigned'), labels: ['test'] },
    { environment: 'dev', from: 'agent', allowed: ['test'], ...asked('unassigned') },
  ],
  [
    'its own, and labels choose what the token allows too',
    { agentEnvironment: 'dev', environments: ['dev', 'test'], labels: ['prod', 'test'] },
    { environment: 'dev', from: 'agent', allowed: ['test'] },
  ],
] as const)('a host is in %s', (_, claims, expected) => {
  expect(hostEnvironment({ labels: [], ...claims })).toEqual({ allowed: [], ...expected });
});

test.each([
  [undefined, 'dev', [], 'dev'],
  ['prod', 'dev', [], 'dev'],
  ['prod', 'dev', ['test'], 'dev'],
  ['test', 'dev', ['test'], 'test'],
  ['unassigned', 'dev', ['unassigned'], undefined],
  ['unassigned', 'dev', ['test'], 'dev'],
  ['test', undefined, ['test'], 'test'],
  ['prod', undefined, ['test'], undefined],
] as const)(
  'a container that says %s on a host in %s that allows %o is in %s',
  (...[own, environment, allowed, is]) => {
    const host = { from: 'agent', allowed, ...(environment === undefined ? {} : { environment }) } as const;
    expect(environmentOfContainer(host, own)).toBe(is);
  },
);
