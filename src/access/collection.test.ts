import { describe, expect, it } from 'vitest';
import { holdsRepository, isInCollection, matchesPattern, repositoryOf, type Selectable } from './collection.ts';

const surge: Selectable = {
  images: ['registry.agency.example/surge/web:4.2'],
  labels: { team: 'coast' },
  environment: 'prod',
  host: 'pier-1',
  application: 'storm-surge',
};

describe('collections', () => {
  it.each([
    [{}, true],
    [{ images: ['registry.agency.example/surge/*'] }, true],
    [{ repositories: ['*/surge/web'] }, true],
    [{ repositories: ['*/surge'] }, false],
    [{ registries: ['REGISTRY.agency.example'] }, true],
    [{ labels: ['team=coast'] }, true],
    [{ labels: ['team=*', '-team=coast'] }, false],
    [{ environments: ['prod'], hosts: ['pier-*'] }, true],
    [{ environments: ['prod'], hosts: ['quay-*'] }, false],
    [{ environments: ['-prod'] }, false],
    [{ environments: ['-test'] }, true],
    [{ applications: ['storm-surge'] }, true],
  ])('%j holds the surge image: %s', (selects, expected) => {
    expect(isInCollection({ selects }, surge)).toBe(expected);
  });

  it('selects nothing by a field that a thing does not have, unless only to leave out', () => {
    const build: Selectable = { images: [], labels: {} };
    expect(isInCollection({ selects: { environments: ['*'] } }, build)).toBe(false);
    expect(isInCollection({ selects: { environments: ['-prod'] } }, build)).toBe(true);
  });

  it.each([
    ['*', '', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*.example', 'x.example', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['.*', 'x', false],
  ])('pattern %s on "%s": %s', (pattern, value, expected) => {
    expect(matchesPattern(pattern, value)).toBe(expected);
  });

  it('reads the repository of a name', () => {
    expect(repositoryOf('nginx:1.29')).toBe('docker.io/library/nginx');
    expect(repositoryOf('shop/app')).toBe('docker.io/shop/app');
    expect(repositoryOf('localhost:5000/shop/app:1')).toBe('localhost:5000/shop/app');
    expect(repositoryOf(`r.example/app@sha256:${'a'.repeat(64)}`)).toBe('r.example/app');
  });

  it.each([
    ['shop/app', 'docker.io/shop/app', true],
    ['shop/*', 'docker.io/shop/app', true],
    ['app', 'docker.io/library/app', true],
    ['docker.io/shop/app', 'docker.io/shop/app', true],
    ['*', 'registry.example/shop/app', true],
    ['*/app', 'registry.example/shop/app', true],
    ['shop/app', 'registry.example/shop/app', false],
    ['shop/app', 'docker.io/shop/app2', false],
    ['app', 'docker.io/shop/app', false],
    ['registry.example/shop/*', 'docker.io/shop/app', false],
    ['shop/app:1', 'docker.io/shop/app', false],
    ['registry.example/shop/app:prod', 'registry.example/shop/app', false],
    [`shop/app@sha256:${'a'.repeat(64)}`, 'docker.io/shop/app', false],
    ['registry.example:5000/shop/app', 'registry.example:5000/shop/app', true],
    ['registry.example:5000*', 'registry.example:5000/shop/app', true],
  ])('a token for %s holds %s: %s', (pattern, repository, expected) => {
    expect(holdsRepository(['other/*', pattern], repository)).toBe(expected);
  });
});
