import { describe, expect, test } from 'vitest';
import type { PeerRecord } from './advisories.ts';
import { type Answer, compareAnswers, type Listed, type Said } from './compare.ts';

const lodash: Listed = { type: 'npm', name: 'lodash', version: '4.17.20', paths: ['a/package.json'] };
const said: Said = { ...lodash, ids: ['GHSA-1', 'CVE-2026-1'], record: 'GHSA-1' };

function answer(part: Partial<Answer> = {}): Answer {
  return { said: [], packages: [lodash], doubts: [], ...part };
}

function recordsOf(id: string, name: string, fixed = '9'): ReadonlyMap<string, PeerRecord> {
  const ranges = [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }];
  return new Map([[id, { id, affected: [{ package: { ecosystem: 'npm', name }, ranges }] }]]);
}

const records = recordsOf('GHSA-1', 'lodash');

/** Reasons of what is missing and of what there is more. */
function reasons(ours: Answer, peer: Answer, known = records) {
  const { missing, more } = compareAnswers(ours, peer, known);
  return { missing: missing.map(({ reason }) => reason), more: more.map(({ reason }) => reason) };
}

describe('two answers', () => {
  test('are alike where they name one vulnerability by different ids', () => {
    const ours = answer({ said: [{ ...said, ids: ['CVE-2026-1', 'NSWG-1'] }] });
    expect(reasons(ours, answer({ said: [said] }))).toEqual({ missing: [], more: [] });
  });

  test('of which one writes a version of Go with a v, and a Python package in capitals', () => {
    const go = { type: 'golang', name: 'golang.org/x/net', paths: [], ids: ['GO-1'], record: 'GO-1' };
    const python = { type: 'pypi', version: '1', paths: [], ids: ['PYSEC-1'], record: 'PYSEC-1' };
    const ours = answer({
      said: [
        { ...go, version: 'v0.1.0' },
        { ...python, name: 'zope.interface' },
      ],
    });
    const peer = answer({
      said: [
        { ...go, version: '0.1.0' },
        { ...python, name: 'Zope-Interface' },
      ],
    });
    expect(reasons(ours, peer)).toEqual({ missing: [], more: [] });
  });

  test('of another vulnerability or version have nothing in common', () => {
    const ours = answer({
      said: [
        { ...said, ids: ['CVE-2026-2'] },
        { ...said, version: '4.17.19' },
      ],
    });
    expect(reasons(ours, answer({ said: [said] })).missing).toEqual([undefined]);
  });
});

describe('what only the peer says', () => {
  const peer = answer({ said: [said] });
  test('has no reason where Seawall lists the package and says nothing', () => {
    expect(reasons(answer(), peer).missing).toEqual([undefined]);
  });

  test('has no reason where Seawall does not list the package, or lists another in the file without proof', () => {
    expect(reasons(answer({ packages: [] }), peer).missing).toEqual([undefined]);
    const other = { ...lodash, name: 'other', evidence: 'file name' };
    const at = answer({ said: [{ ...said, path: 'a/package.json' }] });
    expect(reasons(answer({ packages: [other] }), at).missing).toEqual([undefined]);
  });

  const open = 'lodash 4.17.20: whether it has GHSA-1 cannot be judged';
  const other = { ...lodash, name: 'other', evidence: 'pom.properties' };
  test.each<[string, Answer, Answer]>([
    ['owner', answer({ said: [{ ...said, suppressed: 'owner says fixed' }] }), peer],
    ['another package', answer({ packages: [other] }), answer({ said: [{ ...said, path: 'a/package.json' }] })],
    ['said to be open', answer({ doubts: [open] }), peer],
    ['said to be open', answer({ doubts: ['lodash 4.17.20: the version cannot be read'] }), peer],
  ])('has a reason: %s', (words, ours, theirs) => {
    expect(reasons(ours, theirs).missing).toEqual([expect.stringContaining(words)]);
  });

  test('has a reason where the record names a package of npm in another case', () => {
    const known = recordsOf('GHSA-1', 'Lodash');
    expect(reasons(answer(), peer, known).missing).toEqual([expect.stringContaining('another case')]);
  });

  test('yields to a record about one of its CVEs that the peer finds to clear the version', () => {
    const of = (id: string, aliases: readonly string[]) => [id, { ...records.get('GHSA-1'), id, aliases }] as const;
    const both = new Map([of('GHSA-1', ['CVE-2026-1', 'CVE-2026-2']), of('GHSA-2', ['CVE-2026-1'])]);
    const first = { ...said, ids: ['CVE-2026-1'] };
    expect(reasons(answer(), answer({ said: [first] }), both).missing).toEqual([expect.stringContaining('GHSA-2')]);
    const by = { ...said, ids: ['GHSA-2', 'CVE-2026-1'], record: 'GHSA-2' };
    expect(reasons(answer(), answer({ said: [first, by] }), both).missing).toEqual([undefined, undefined]);
    const second = { ...said, ids: ['CVE-2026-2'] };
    expect(reasons(answer(), answer({ said: [second] }), both).missing).toEqual([undefined]);
  });

  test('is not explained by a doubt about another vulnerability', () => {
    const ours = answer({ doubts: ['lodash 4.17.20: whether it has GHSA-2 cannot be judged'] });
    expect(reasons(ours, peer).missing).toEqual([undefined]);
  });

  test.each([
    ['1.0-1.el8', '2.0-1.module_el8.5', 'module'],
    ['1.0-1.module_el8.4', '2.0-1.el8', 'module'],
    ['1.0-1.el8', '2.0-1.el8', undefined],
    ['1.0-1.module_el8.4', '2.0-1.module_el8.5', undefined],
  ])('of %s by an erratum that is fixed in %s: %s', (version, fixed, words) => {
    const rpm = { type: 'rpm', name: 'nodejs', version, paths: [] };
    const theirs = answer({ said: [{ ...rpm, ids: ['ALSA-1'], record: 'ALSA-1' }], packages: [rpm] });
    const reason = reasons(answer({ packages: [rpm] }), theirs, recordsOf('ALSA-1', 'nodejs', fixed)).missing;
    expect(reason).toEqual([words === undefined ? undefined : expect.stringContaining(words)]);
  });
});

describe('what only Seawall says', () => {
  const ours = answer({ said: [said] });
  test.each<[string, Answer, Answer]>([
    ['it compares versions otherwise', ours, answer()],
    ['does not list', ours, answer({ packages: [] })],
    ['in another version', ours, answer({ packages: [{ ...lodash, version: '1' }] })],
    ['OS package owns it', { ...ours, packages: [{ ...lodash, isOwned: true }] }, answer({ packages: [] })],
  ])('%s', (words, mine, theirs) => {
    expect(reasons(mine, theirs).more).toEqual([expect.stringContaining(words)]);
  });

  test('and does not count is none', () => {
    expect(reasons(answer({ said: [{ ...said, suppressed: 'x' }] }), answer())).toEqual({ missing: [], more: [] });
  });
});
