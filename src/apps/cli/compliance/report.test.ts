import { describe, expect, test } from 'vitest';
import type { About, JoinedResult } from '#compliance/index.ts';
import { templates } from '#compliance/index.ts';
import { sarifProblems } from '../formats/sarif/testing.ts';
import { complianceFormats } from './formats.ts';
import { withInherited } from './inherited-answers.ts';
import { type Answer, type ReportOptions, reportOf } from './report.ts';

const at = new Date('2026-11-30T01:00:00Z');

function answer(
  id: string,
  about: Partial<About>,
  result: Partial<JoinedResult> & Pick<JoinedResult, 'state'>,
): Answer {
  return {
    check: {
      id,
      title: `Title of ${id}`,
      why: `Why of ${id}.`,
      remedy: { docker: `leave out --x-${id}` },
      severity: 'medium',
      nist: ['4.4.3'],
      version: 1,
      ...about,
    },
    result: {
      id,
      version: 1,
      document: 'inspect',
      evidence: [{ at: 'HostConfig.X', value: 'true' }],
      ...result,
    } as JoinedResult,
  };
}

const answers: readonly Answer[] = [
  answer('A-1', {}, { state: 'pass' }),
  answer('A-2', { severity: 'low' }, { state: 'fail', seen: ['low\u001b[31m'] }),
  answer('A-3', { severity: 'critical', cis: ['5.5'] }, { state: 'fail', seen: ['privileged'] }),
  answer('A-4', {}, { state: 'fail', seen: ['SYS_ADMIN'], foldedUnder: 'A-3' }),
  answer('A-5', {}, { state: 'not-assessed', reason: 'An OCI spec has no ports.' }),
  answer('A-6', { nist: ['4.1.1'] }, { state: 'warn', seen: ['always'] }),
  answer('A-7', {}, { state: 'not-applicable', reason: 'The host has no AppArmor.' }),
  answer('A-8', {}, { state: 'error', reason: 'a slip' }),
];
const options = { subject: { kind: 'container', name: 'gauge-1' }, at, failOn: 'medium' } as const;
const idsOf = (found: readonly Answer[]): readonly string[] => found.map(({ check }) => check.id);

describe('a report', () => {
  test('has the worst first', () => {
    const { answers: ordered } = reportOf(answers, options);
    expect(idsOf(ordered)).toEqual(['A-3', 'A-4', 'A-2', 'A-8', 'A-6', 'A-5', 'A-7', 'A-1']);
  });

  test.each([
    [['A-3', 'A-4', 'A-5'], 'medium', 'fail', '1 check fails at medium or above. 1 check was not assessed.'],
    [['A-2', 'A-1'], 'low', 'fail', '1 check fails at low or above.'],
    [['A-2', 'A-1'], 'medium', 'pass', 'No check fails at medium or above; 1 below it.'],
    [['A-5', 'A-7', 'A-8'], 'low', 'cannot-judge', 'No check could be assessed. 2 checks were not assessed.'],
    [['A-7', 'A-6'], 'low', 'pass', 'No check fails at low or above.'],
  ] as const)('of %j at %s is %s', (...[ids, failOn, kind, reason]) => {
    const some = answers.filter(({ check }) => (ids as readonly string[]).includes(check.id));
    expect(reportOf(some, { ...options, failOn }).verdict).toEqual({ kind, reason });
  });

  test('counts a failure by itself whose cause its template does not ask', () => {
    const template = {
      id: 'x',
      title: 'X',
      version: 1,
      summary: '',
      sections: [],
      sectionsOf: ({ id }: About) => (id === 'A-4' ? ['1'] : []),
    };
    const { answers: asked, verdict } = reportOf(answers, { ...options, template });
    expect(idsOf(asked)).toEqual(['A-4']);
    expect(verdict).toEqual({ kind: 'fail', reason: '1 check fails at medium or above.' });
  });

  test('leaves out what its template does not ask', () => {
    const template = templates.find(({ id }) => id === 'cis-docker');
    expect(idsOf(reportOf(answers, { ...options, ...(template && { template }) }).answers)).toEqual(['A-3']);
  });
});

describe('a report of an image', () => {
  const about = { kind: 'known', name: 'debian:13', layers: 1, of: 3 } as const;
  const own = [
    answer('I-1', {}, { state: 'fail', seen: ['/usr/bin/a'] }),
    answer('I-2', {}, { state: 'fail', seen: ['/usr/bin/a', '/srv/b'] }),
    answer('I-3', {}, { state: 'fail', seen: ['/srv/b'] }),
  ];
  const ofBase = ['I-1', 'I-2', 'I-3'].map((id) => answer(id, {}, { state: 'fail', seen: ['/usr/bin/a'] }));
  const joined = withInherited(own, { name: about.name, answers: ofBase });
  const inImage = { ...options, subject: { kind: 'image', name: 'app:1' } };
  const written = (id: string, more: Partial<ReportOptions> = { base: about }): string =>
    complianceFormats
      .find((format) => format.id === id)
      ?.render(reportOf(joined, { ...inImage, ...more }), { colour: false, columns: 120 }) ?? '';

  test('names its base and what comes from it', () => {
    const lines = written('table').split('\n');
    expect(lines[1]).toBe('Built on debian:13: 1 of 3 layers; 1 of 3 failures inherited.');
    expect(lines.filter((line) => line.includes('Inherited')).map((line) => line.trim())).toEqual([
      'Inherited from debian:13: all of it. Change it there, or build on another image.',
      'Inherited from debian:13: /usr/bin/a.',
    ]);
    const { base, compliance } = JSON.parse(written('json'));
    expect(base).toEqual({ name: 'debian:13', layers: 1 });
    expect(compliance.map(({ inherited }: { inherited?: object }) => inherited)).toEqual([
      { kind: 'whole', values: ['/usr/bin/a'] },
      { kind: 'partly', values: ['/usr/bin/a'] },
      undefined,
    ]);
    for (const id of ['junit', 'sarif']) expect(written(id)).toContain('Inherited from debian:13: all of it.');
  });

  test('says that no base is known, and fails by what is inherited all the same', () => {
    expect(written('table', { base: { kind: 'unknown' } })).toContain('Built on: not known.');
    expect(reportOf(joined, { ...inImage, base: about }).verdict.reason).toMatch(/^3 checks fail/);
  });
});

describe('its formats', () => {
  const report = reportOf(answers, options);
  const written = (id: string): string =>
    complianceFormats.find((format) => format.id === id)?.render(report, { colour: false, columns: 80 }) ?? '';

  test('a table says what fails, what was not assessed, the totals and the verdict', () => {
    expect(written('table')).toMatchInlineSnapshot(`
      "gauge-1  container

      CRITICAL  A-3  Title of A-3
                Seen: privileged.
                Why of A-3.
                Docker: leave out --x-A-3
                Fails with it: A-4.

      LOW       A-2  Title of A-2
                Seen: low�[31m.
                Why of A-2.
                Docker: leave out --x-A-2

      ERROR     A-8  Title of A-8
                a slip

      WARN      A-6  Title of A-6
                Seen: always.
                Why of A-6.
                Docker: leave out --x-A-6

      Not assessed:
        An OCI spec has no ports. A-5

      8 checks: 2 fail (1 critical, 1 low), 1 fail with them, 1 pass, 1 warn, 1 not
        assessed, 1 in error, 1 not applicable.
      FAIL  1 check fails at medium or above. 2 checks were not assessed.
      "
    `);
  });

  test('JSON holds every check under the names of a scan’s result', () => {
    const { compliance, verdict } = JSON.parse(written('json')) as { compliance: object[]; verdict: object };
    expect(compliance).toHaveLength(answers.length);
    expect(compliance[1]).toMatchObject({ id: 'A-4', status: 'fail', impliedBy: 'A-3', seen: ['SYS_ADMIN'] });
    expect(compliance[5]).toMatchObject({ id: 'A-5', status: 'not-assessed', reason: 'An OCI spec has no ports.' });
    expect(verdict).toEqual(report.verdict);
  });

  test('JUnit fails, skips and errs as the checks do, and counts as the table does', () => {
    expect(written('junit')).toContain('<testsuites name="Seawall compliance" tests="8" failures="2" errors="1">');
    expect(written('junit').match(/<skipped /g)).toHaveLength(3);
    expect(written('junit')).toContain('<skipped message="Fails with A-3."');
    expect(written('junit')).toContain('Fails with it: A-4.');
  });

  test.each(['table', 'json', 'junit', 'sarif'])('%s says that what is in effect is not what was configured', (id) => {
    const [fails] = answers.filter(({ check }) => check.id === 'A-3');
    if (fails === undefined) throw new Error('no A-3');
    const result: JoinedResult = {
      ...fails.result,
      document: 'effective',
      otherwise: [{ document: 'inspect', state: 'pass' }],
    };
    const contradicted = reportOf([{ ...fails, result }], options);
    const text = complianceFormats.find((one) => one.id === id)?.render(contradicted, { colour: false, columns: 80 });
    if (id !== 'json') return expect(text).toContain('Configured passes, in effect fails.');
    const { compliance } = JSON.parse(text ?? '') as { compliance: object[] };
    expect(compliance[0]).toMatchObject({ document: 'effective', otherwise: [{ document: 'inspect', state: 'pass' }] });
  });

  test('SARIF has a rule for each check and a result for each that warns or fails by itself', () => {
    const { runs } = JSON.parse(written('sarif')) as {
      runs: { tool: { driver: { rules: object[] } }; results: { ruleId: string; message: { text: string } }[] }[];
    };
    expect(runs[0]?.tool.driver.rules).toHaveLength(8);
    expect(runs[0]?.results.map(({ ruleId }) => ruleId)).toEqual(['A-3', 'A-2', 'A-6']);
    expect(runs[0]?.results[0]?.message.text).toContain('Fails with it: A-4.');
    expect(sarifProblems(JSON.parse(written('sarif')))).toEqual([]);
  });

  test('none lets a name of strangers move the cursor', () => {
    for (const { id } of complianceFormats) expect(written(id)).not.toContain('\u001b');
  });
});
