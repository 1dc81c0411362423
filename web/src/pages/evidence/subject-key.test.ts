import { expect, test } from 'vitest';
import { subjectOfText, textOfSubject } from './subject-key.ts';

test.each([
  { kind: 'container', host: 'quay-1', id: 'a'.repeat(64) },
  { kind: 'image', host: '', id: `sha256:${'1'.repeat(64)}` },
  { kind: 'reference', host: 'kubernetes:harbour/tide', id: 'registry.example/surge|1' },
  { kind: 'console', host: '', id: 'self' },
] as const)('an address holds a subject and gives it back: %j', (subject) => {
  expect(subjectOfText(textOfSubject(subject))).toEqual(subject);
});

test.each([undefined, '', 'container', 'container|quay-1|', 'ship|quay-1|one'])('%j names no subject', (text) => {
  expect(subjectOfText(text)).toBeUndefined();
});
