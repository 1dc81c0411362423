import { describe, expect, test } from 'vitest';
import {
  bare,
  type ReleasedFinding,
  type ReleasedScan,
  type Statement,
  type Statements,
  vexProblems,
} from './vex-rules.ts';

const open: ReleasedFinding = {
  id: 'CVE-1',
  package: 'zlib1g',
  purl: 'pkg:deb/debian/zlib1g@1:1.3-1?arch=amd64',
  severity: 'medium',
};
const statement: Statement = {
  vulnerability: 'CVE-1',
  package: 'pkg:deb/debian/zlib1g',
  status: 'not_affected',
  justification: 'vulnerable_code_not_in_execute_path',
  reason: 'No program of ours calls the function with input of others.',
};
const root = { check: 'IMG-001', image: 'agent', reason: 'It loads programs into the kernel.' };
const busybox = { package: 'pkg:generic/busybox', reason: 'Unchanged from Debian.' };

function problems(scan: Partial<ReleasedScan>, said: Partial<Statements> = {}): readonly string[] {
  const whole = { name: 'agent', findings: [], notJudged: [], failing: [], unseen: [], ...scan };
  return vexProblems([whole], { statements: [], notJudged: [], notMet: [], ...said });
}

describe('a release', () => {
  test.each<readonly [string, readonly string[], RegExp | undefined]>([
    ['nothing', problems({}), undefined],
    ['a finding below Medium', problems({ findings: [{ ...open, severity: 'low', fixed: '2' }] }), undefined],
    ['a negligible one', problems({ findings: [{ ...open, severity: 'negligible' }] }), undefined],
    ['one that the distribution answers', problems({ findings: [{ ...open, suppressed: {} }] }), undefined],
    ['an unfixed one with a statement', problems({ findings: [open] }, { statements: [statement] }), undefined],
    [
      'what is not judged, with a reason',
      problems({ notJudged: ['pkg:generic/busybox@1.37.0'] }, { notJudged: [busybox] }),
      undefined,
    ],
    [
      'a fixed one',
      problems({ findings: [{ ...open, fixed: '2' }] }),
      /^agent: CVE-1 in zlib1g, medium, is fixed in 2\. Upgrade it\.$/,
    ],
    ['an unfixed one without a statement', problems({ findings: [open] }), /no fix and no statement/],
    ['an unrated one', problems({ findings: [{ ...open, severity: 'unrated' }] }), /no fix and no statement/],
    ['a high one', problems({ findings: [{ ...open, severity: 'high' }] }), /no fix and no statement/],
    ['a critical one', problems({ findings: [{ ...open, severity: 'critical' }] }), /no fix and no statement/],
    [
      'one that affects us, in the fewest words',
      problems(
        { findings: [open] },
        {
          statements: [
            { vulnerability: 'CVE-1', package: statement.package, status: 'affected', reason: 'x'.repeat(20) },
          ],
        },
      ),
      undefined,
    ],
    ['a statement without a finding', problems({}, { statements: [statement] }), /speaks of no unfixed finding/],
    ['a file that was not read', problems({ unseen: ['file-limit: x'] }), /not seen in full: file-limit/],
    [
      'what is not judged',
      problems({ notJudged: ['pkg:generic/busybox@1.37.0'] }),
      /no feed speaks for pkg:generic\/busybox/,
    ],
    ['a reason for what is judged', problems({}, { notJudged: [busybox] }), /is in no image or is judged/],
    ['a check that fails with a reason', problems({ failing: ['IMG-001'] }, { notMet: [root] }), undefined],
    ['a check that fails', problems({ failing: ['IMG-001'] }), /^agent: IMG-001 fails, and notMet does not name it/],
    [
      'a check that fails in another image',
      problems({ failing: ['IMG-001'] }, { notMet: [root, { ...root, image: 'cli' }] }),
      /IMG-001 of cli, which is met or not released/,
    ],
    ['a reason for a check that is met', problems({}, { notMet: [root] }), /which is met or not released/],
    [
      'no reason for a check that fails',
      problems({ failing: ['IMG-001'] }, { notMet: [{ ...root, reason: 'so' }] }),
      /notMet gives no reason for IMG-001 of agent/,
    ],
    [
      'a statement without a reason',
      problems({ findings: [open] }, { statements: [{ ...statement, reason: 'x'.repeat(19) }] }),
      /gives no reason/,
    ],
    [
      'not_affected for no reason that there is',
      problems({ findings: [open] }, { statements: [{ ...statement, justification: 'x' }] }),
      /needs a justification/,
    ],
  ])('with %s', (_name, found, expected) => {
    expect(found).toHaveLength(expected === undefined ? 0 : 1);
    if (expected !== undefined) expect(found[0]).toMatch(expected);
  });

  test.each<Partial<ReleasedFinding>>([{ id: 'CVE-2' }, { purl: 'pkg:deb/debian/zlib1g-dev@1' }])(
    'a statement speaks of %j as little as of any other',
    (change) => expect(problems({ findings: [{ ...open, ...change }] }, { statements: [statement] })).toHaveLength(2),
  );

  test('a fix that appears outdates its statement', () => {
    expect(problems({ findings: [{ ...open, fixed: '2' }] }, { statements: [statement] })).toHaveLength(2);
  });
});

test.each([
  ['pkg:deb/debian/a@1:2-3?arch=amd64', 'pkg:deb/debian/a'],
  ['pkg:npm/%40x/a@1.0.0', 'pkg:npm/%40x/a'],
  ['pkg:npm/a', 'pkg:npm/a'],
  ['pkg:golang/x.org/a@v1#sub', 'pkg:golang/x.org/a'],
])('%s names %s', (purl, expected) => expect(bare(purl)).toBe(expected));
