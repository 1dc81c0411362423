import { expect, test } from 'vitest';
import { findingListOf } from './finding-list.ts';

test.each([
  [{}, undefined],
  [{ list: true }, {}],
  [{ severity: 'High, critical' }, { severities: ['high', 'critical'] }],
  [{ list: true, severity: 'unrated' }, { severities: ['unrated'] }],
] as const)('%j asks for %j', (options, list) => expect(findingListOf(options)).toEqual(list));

test.each(['', 'high,', 'serious'])('the severity "%s" is refused', (severity) => {
  expect(() => findingListOf({ severity })).toThrow(expect.objectContaining({ code: 'usage' }));
});
