import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ownProgram } from '#access/contract.ts';
import { ownStart, runsFrom } from './own-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-program-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('what was started is known by the Node beside it, and by the word of the image', () => {
  expect(runsFrom({ checkout: folder }, {})).toBe('checkout');
  expect(runsFrom({ checkout: join(import.meta.dirname, '../../..') }, {})).toBe('checkout');
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/node'), '');
  expect(runsFrom({ checkout: folder }, {})).toBe('package');
  expect(runsFrom({ checkout: folder, isContained: true }, {})).toBe('image');
  const cluster = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };
  expect(runsFrom({ checkout: folder, isContained: true }, cluster)).toBe('pod');
  expect(runsFrom({ checkout: folder }, cluster)).toBe('package');
});

test.each([
  ['checkout', 'bin/seawall', 'npm start'],
  ['package', 'seawall', 'seawall console'],
  ['image', 'docker exec seawall seawall', 'seawall console'],
  ['pod', 'kubectl exec seawall -- seawall', 'seawall console'],
] as const)('from a %s commands begin with `%s`, and `%s` starts it', (from, program, start) => {
  expect([ownProgram(from), ownStart(from)]).toEqual([program, start]);
});
