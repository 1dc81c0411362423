import { expect, test } from 'vitest';
import type { PolicyFacts } from './facts.ts';
import { remedyOfFault } from './fault-remedy.ts';
import { incompleteScan } from './rules/incomplete-scan/index.ts';
import { notJudged } from './rules/not-judged/index.ts';

/** Codes whose remedy for an image is to change or fetch the image. */
const ofImages = [
  'truncated-archive',
  'corrupt-archive',
  'missing-layer',
  'unsafe-path',
  'symlink-loop',
  'corrupt-package-database',
  'corrupt-package',
  'executables-limit',
  'findings-limit',
  'matching-limit',
  'unknown-package-database',
  'unknown-distribution',
  'no-system-packages',
  'nothing-recognised',
];

test.each(ofImages)('%s on a host is not told to build, save or fetch an image', (code) => {
  expect(remedyOfFault(code)).not.toBe(remedyOfFault(code, 'host'));
  expect(remedyOfFault(code, 'host')).not.toMatch(/\b(?:image|build|base|fetch|save)\b/i);
});

test('rules say what to do on a host where its file system was scanned', () => {
  const facts = (isHost: boolean): PolicyFacts => ({
    scan: {
      state: 'done',
      scannedAt: '2026-11-24T12:00:00Z',
      faults: [
        { code: 'corrupt-package-database', message: 'It is cut off.' },
        { code: 'unknown-distribution', message: 'Nobody says what it is.' },
      ],
    },
    database: { state: 'ready', builtAt: '2026-11-24T12:00:00Z', feeds: [] },
    image: { labels: {}, packages: [], ...(isHost ? { isHost: true } : {}) },
    findings: [],
  });
  const remedies = (isHost: boolean) =>
    [
      ...incompleteScan.evaluate(facts(isHost), { kind: 'incomplete-scan', effect: 'cannot-judge' }, {} as never),
      ...notJudged.evaluate(facts(isHost), { kind: 'not-judged', effect: 'block' }, {} as never),
    ].map(({ rule, fault, remedy }) => [rule, remedy === remedyOfFault(fault?.code ?? '', isHost ? 'host' : 'image')]);
  for (const isHost of [true, false]) {
    expect(remedies(isHost).length).toBe(2);
    expect(remedies(isHost).every(([, isRight]) => isRight === true)).toBe(true);
  }
});
