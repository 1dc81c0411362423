import { expect, test } from 'vitest';
import type { Fact } from './contract.ts';
import { factOfKey } from './fact-of-key.ts';
import { entryKeyOf } from './entry-key.ts';

const names = ['/bin/sh', '/a b/"c" by="/x"', '/tmp/\\', '/é\u007f\n', ' ', '={}'];
const sha256 = 'a'.repeat(64);
const facts: readonly Fact[] = names.flatMap((path): readonly Fact[] => [
  { dimension: 'process', path },
  { dimension: 'process', path, caller: '/usr/sbin/nginx', shape: `sh -c {code:1} ${path.replaceAll(/\p{Cc}/gu, '')}` },
  { dimension: 'process', path, caller: path, origin: 'upper', session: 'exec', sha256 },
  { dimension: 'file', kind: 'generated-code', path, folder: path },
  { dimension: 'file', kind: 'code-file', path, file: path },
  { dimension: 'file', kind: 'code-file', path, file: path, sha256 },
]);

test.each(facts.map((fact) => [entryKeyOf(fact), fact] as const))('%s is read as it was written', (key, fact) => {
  expect(factOfKey(key)).toEqual(fact);
});

test.each([
  ['a digest', `process #${'a'.repeat(64)}`],
  ['nothing', ''],
  ['no quotes', 'process /bin/sh'],
  ['an origin that there is none of', 'process "/bin/sh" origin="moon"'],
  ['more behind it', 'process "/bin/sh" by="/x" and'],
  ['a file without its program', 'code-file "/x"'],
])('%s is no fact', (_, key) => {
  expect(factOfKey(key)).toBeUndefined();
});
