import { describe, expect, test } from 'vitest';
import { readTarget } from './request-target.ts';
import { routeOf } from './routes.ts';

function pathOf(uri: string, manner: 'looks' | 'changes' = 'changes'): string {
  const read = readTarget(uri, manner);
  return read.kind === 'read' ? read.target.path : read.why;
}

describe('an address', () => {
  test.each([
    ['/v1.45/containers/create', '/containers/create'],
    ['/containers/create?name=a', '/containers/create'],
    ['/v1.24/%63ontainers/create', '/containers/create'],
    ['/v1.9999/containers/create', '/v1.9999/containers/create'],
    ['/v2/containers/create', '/v2/containers/create'],
    ['http://docker/containers/create', 'its address is not a path'],
    ['*', 'its address is not a path'],
    ['//containers/create', 'its path is not plain'],
    ['/containers//create', 'its path is not plain'],
    ['/v1.45/../containers/create', 'its path is not plain'],
    ['/images/%2e%2e/containers/create', 'its path is not plain'],
    ['/containers/create/', 'its path is not plain'],
    ['/containers%2fcreate', 'its path has an escaped slash'],
    ['/containers/%', 'its path has an escape that says nothing'],
    ['/containers/%ff/start', 'its path has an escape that says nothing'],
    ['/containers/a%00/start', 'its path has control characters'],
    ['/containers/create#x', 'its address has a fragment'],
    ['/images/create?fromImage=a;fromImage=b', 'its query has a semicolon'],
    ['/images/create?fromImage=a&fromImage=b', 'its query says "fromImage" twice'],
    ['/images/create?fromImage=a&%66romImage=b', 'its query says "fromImage" twice'],
    ['/images/create?fromImage=%zz', 'its query has an escape that says nothing'],
    ['/commit?changes=a&changes=b', '/commit'],
  ])('%s is %s', (uri, path) => {
    expect(pathOf(uri)).toBe(path);
  });

  test('that only looks may have more forms, and has the first value of a key', () => {
    expect(pathOf('/images/a%2Fb/json', 'looks')).toBe('/images/a/b/json');
    const read = readTarget('/images/get?names=a+b&names=c', 'looks');
    expect(read.kind === 'read' && read.target.query.get('names')).toBe('a b');
  });
});

test.each([
  ['GET', '/containers/json', 'looks'],
  ['HEAD', '/_ping', 'looks'],
  ['GET', '/images/registry:5000/a/b/json', 'looks'],
  ['POST', '/containers/a/start', 'start'],
  ['POST', '/containers/a/restart', 'start'],
  ['POST', '/images/a/b/tag', 'harmless'],
  ['DELETE', '/images/a/b', 'harmless'],
  ['POST', '/grpc', 'closed'],
  ['POST', '/session', 'closed'],
  ['POST', '/plugins/pull', 'closed'],
  ['DELETE', '/plugins/a', 'closed'],
  ['POST', '/swarm/join', 'closed'],
  ['POST', '/containers/a/checkpoints', 'closed'],
  ['POST', '/swarm/leave', 'harmless'],
  ['POST', '/containers/a/b/start', undefined],
  ['POST', '/containers/create/', undefined],
  ['POST', '/Containers/create', undefined],
  ['POST', '/v1.9999/containers/create', undefined],
  ['PATCH', '/containers/create', undefined],
  ['OPTIONS', '/', undefined],
  ['GET', '/grpc', undefined],
  ['POST', '/something/new', undefined],
])('%s %s is %s', (method, path, kind) => {
  const route = routeOf(method, path);
  expect(typeof route === 'object' ? route.ask.kind : route).toBe(kind);
});
