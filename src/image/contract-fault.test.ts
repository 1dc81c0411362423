import { expect, test } from 'vitest';
import { faultCatalogue, faultKinds, isReadingFault } from './contract-fault.ts';

test('every fault is of reading or of content', () => {
  expect(Object.keys(faultKinds).toSorted()).toEqual(Object.keys(faultCatalogue).toSorted());
  const reading = Object.entries(faultKinds).filter(([, kind]) => kind === 'reading');
  expect(reading.map(([code]) => code)).toEqual(['missing-layer', 'time-limit', 'memory-limit', 'unreadable-file']);
});

test.each([
  ['a layer that is not there', { code: 'missing-layer' }, true],
  ['a layer whose content does not match its digest', { code: 'corrupt-archive' }, true],
  ['a layer that ends too early', { code: 'truncated-archive' }, true],
  ['a jar that is none', { code: 'corrupt-archive', path: 'app/a.jar' }, false],
  ['a jar that ends too early', { code: 'truncated-archive', path: 'app/a.jar' }, false],
  ['a file that the disk does not give', { code: 'unreadable-file', path: 'bin/sh' }, true],
  ['too little time', { code: 'time-limit' }, true],
  ['a limit of the scan', { code: 'unpacked-limit' }, false],
  ['a code of a release that is not known', { code: 'x', path: 'bin/sh' }, true],
  ['a code that objects have by themselves', { code: 'toString', path: 'bin/sh' }, true],
])('%s: of reading %s', (_, fault, expected) => {
  expect(isReadingFault(fault)).toBe(expected);
});
