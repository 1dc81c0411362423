import { expect, test } from 'vitest';
import { isInScope, parseScope } from './scope.ts';

const inside: readonly (readonly [string, string])[] = [
  ['registry.example', 'registry.example/team/app'],
  ['registry.example/', 'registry.example/app'],
  ['registry.example/team', 'registry.example/team/app'],
  ['registry.example/team', 'registry.example/team'],
  ['registry.example/team', 'registry.example/team/deep/app'],
  ['registry.example:5000/team', 'registry.example:5000/team/app'],
  ['REGISTRY.example/team', 'registry.EXAMPLE/team/app'],
  ['registry.example/*/app', 'registry.example/team/app'],
  ['localhost', 'localhost/app'],
  ['docker.io', 'debian'],
  ['docker.io', 'index.docker.io/team/app'],
  ['docker.io/library', 'debian'],
  ['debian', 'docker.io/library/debian'],
  ['docker.io/debian', 'library/debian'],
  ['docker.io/team/*', 'team/app'],
];
const outside: readonly (readonly [string, string])[] = [
  ['registry.example', 'registry.example.evil.test/app'],
  ['registry.example', 'evil.test/registry.example/app'],
  ['registry.example', 'registry.example:5000/app'],
  ['registry.example:5000', 'registry.example/app'],
  ['registry.example/team', 'registry.example/team-evil/app'],
  ['registry.example/team', 'registry.example/other/team/app'],
  ['registry.example/*/app', 'registry.example/app'],
  ['registry.example/team/*', 'registry.example/team'],
  ['docker.io/library', 'team/debian'],
  ['docker.io/debian', 'debian/evil'],
  ['docker.io', 'registry-1.docker.io/library/debian'],
  ['docker.io', 'docker.io.evil.test/library/debian'],
];

test.each(inside)('%s holds %s', (scope, repository) => {
  expect(holds(scope, repository)).toBe(true);
});

test.each(outside)('%s does not hold %s', (scope, repository) => {
  expect(holds(scope, repository)).toBe(false);
});

test.each([
  '',
  '*',
  '*/team',
  'registry.*/team',
  'registry.example/te*',
  'registry.example/team:1',
  'https://registry.example',
  'a b',
])('%s is no scope', (text) => {
  expect(parseScope(text)).toBeUndefined();
});

function holds(scope: string, repository: string): boolean {
  const parsed = parseScope(scope);
  return parsed !== undefined && isInScope(parsed, repository);
}
