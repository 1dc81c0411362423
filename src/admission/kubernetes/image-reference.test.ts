import { expect, test } from 'vitest';
import { fullName, parseReference } from './image-reference.ts';

const hex = 'a'.repeat(64);

test.each([
  ['nginx', 'docker.io/library/nginx'],
  ['nginx:1.29', 'docker.io/library/nginx:1.29'],
  ['surge/gauge', 'docker.io/surge/gauge'],
  ['index.docker.io/nginx', 'docker.io/library/nginx'],
  ['docker.io/surge/gauge:1', 'docker.io/surge/gauge:1'],
  ['localhost/app', 'localhost/app'],
  ['localhost:5000/app:1', 'localhost:5000/app:1'],
  ['[::1]:5000/app', '[::1]:5000/app'],
  ['Registry.Example/app', 'registry.example/app'],
  [`registry.example/a/b/c:1@sha256:${hex}`, `registry.example/a/b/c:1@sha256:${hex}`],
  // What a node pulls by it is a tag of a repository named sha256.
  [`sha256:${hex}`, `docker.io/library/sha256:${hex}`],
])('%s is %s', (text, full) => {
  const parsed = parseReference(text);
  expect(parsed === undefined ? undefined : fullName(parsed)).toBe(full);
});

test.each([
  '',
  ' nginx',
  'nginx ',
  'nginx\n',
  'Nginx',
  'ngi nx',
  '-nginx',
  'nginx:',
  'nginx@',
  'a//b',
  hex,
  'nginx@sha256:abc',
  `nginx@sha256:${hex.toUpperCase()}`,
  `nginx@sha256:${hex}@sha256:${hex}`,
  `nginx@sha512:${hex}${hex}`,
  `${'a/'.repeat(200)}a`,
])('%j is no reference', (text) => {
  expect(parseReference(text)).toBeUndefined();
});

test.each([
  ['myreg.io/app', 'myreg.io.evil/app'],
  ['registry.example/org/app', 'registry.example/orgevil/app'],
  ['registry.example/app', 'registry.example.evil.io/registry.example/app'],
])('K5: %s and %s share no registry and path', (one, other) => {
  const [left, right] = [parseReference(one), parseReference(other)];
  expect([left?.registry, left?.path]).not.toEqual([right?.registry, right?.path]);
});

test('is read in a time that does not grow with what is hostile', () => {
  const started = performance.now();
  for (const text of ['a-'.repeat(500), 'a__'.repeat(300), `${'a.'.repeat(500)}/`, '-'.repeat(1024)])
    parseReference(text);
  expect(performance.now() - started).toBeLessThan(100);
});
