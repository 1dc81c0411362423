import { parse } from 'semver';
import type { VersionScheme } from './scheme.ts';

/**
 * Semantic versions (semver.org 2.0) in npm's loose reading: a leading `v` or `=`, a missing hyphen before the
 * pre-release. Shorter numbers, which advisories use for bounds, are read with zeros: `1.9` is `1.9.0`.
 */
export const semver: VersionScheme = {
  id: 'semver',
  version: 1,
  summary: 'Semantic versions, as npm orders them',
  compare(left, right) {
    const a = parse(complete(left), { loose: true });
    const b = parse(complete(right), { loose: true });
    return a === null || b === null ? undefined : a.compare(b);
  },
};

function complete(text: string): string {
  const found = /^([v=\s]*)(\d+)(?:\.(\d+))?((?:[-+].*)?)$/.exec(text);
  return found === null ? text : `${found[2]}.${found[3] ?? '0'}.0${found[4]}`;
}
