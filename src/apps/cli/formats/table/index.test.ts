import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { FindingList } from '../../scan/result.ts';
import { sampleChecks, sampleFinding, sampleResult } from '../testing.ts';
import { table } from './index.ts';

const options = { colour: false, columns: 100, now: new Date('2026-11-24T12:00:00Z') };
const here = { kind: 'this-machine' } as const;
const log4j = 'org.apache.logging.log4j:log4j-core';

/** Two vulnerabilities that one upgrade removes, one vulnerability without a fix. */
const findings = [
  sampleFinding({ id: 'CVE-2021-44228', package: log4j, installed: '2.14.1', fixed: '2.15.0', severity: 'critical' }),
  sampleFinding({
    id: 'CVE-2021-45046',
    package: log4j,
    installed: '2.14.1',
    fixed: '2.17.1',
    risk: { score: 30, points: {} },
  }),
  unfixed(),
];

function unfixed() {
  const { fixed: _, kev: __, ...rest } = sampleFinding({ id: 'CVE-2026-1', package: 'zlib1g', severity: 'unrated' });
  return { ...rest, status: 'affected' as const, risk: { score: 12, points: {} } };
}

describe('the table', () => {
  test('tells what compliance rules block with the exact change, and how all checks stand', () => {
    const text = table.render(sampleResult(sampleChecks()), { colour: false, columns: 100, now: new Date() });
    expect(text).toContain('  blocks  IMG-001 “The image does not start as root” is not met: no user, so root.\n');
    expect(text).toContain('    → Create an account and end the Dockerfile with its number: USER 10001:10001.\n');
    expect(text).toMatch(/^Compliance: 2 checks: 0 fail, 1 fail with them, .* 1 not assessed/m);
  });

  test('tells the change, one line each, what it leaves out, the totals, the age of feeds and the verdict', () => {
    const result = sampleResult({
      findings: [...findings, sampleFinding({ suppressed: { reason: 'r', by: 'b' } })],
      judgedBy: here,
    });
    expect(table.render(result, options)).toMatchInlineSnapshot(`
      "surge/gauge-ingest:3.9  sha256:111111111111  Debian GNU/Linux 13 (trixie)  1 package

      Not seen in full: 1 fault
        file-limit  A file is too large.  (opt/a.jar, layer 1)
          → Raise the limit for this scan if the content is expected, then scan it again.

      RISK  WORST     PACKAGE                              UPGRADE              FIXES  WORST FINDING
        61  Critical  org.apache.logging.log4j:log4j-core  2.14.1 → 2.17.1          2  CVE-2021-44228 KEV
        12  Unrated   zlib1g                               2.7.1-2, no fix yet    0/1  CVE-2026-1

      1 finding not counted: the distribution fixed or owns it; --format json tells each reason.
      3 findings: 1 critical, 1 high, 1 unrated; 2 can be fixed by an upgrade.
      Feeds: Debian:13 4 days old.
      FAIL  1 finding reaches the limit Medium.  (policy nothing with CVSS Medium or higher)
      "
    `);
  });

  test('tells where the console shows it, and no feeds of its own', () => {
    const text = table.render(sampleResult({ findings }), options);
    expect(text.trimEnd().split('\n').at(-1)).toBe('https://seawall.example/images/x');
    expect(text).not.toContain('Feeds:');
  });

  test.each([60, 80, 100, 120, 200])('keeps every line within a terminal of %i columns', (columns) => {
    const long = sampleFinding({
      package: `org.${'very-'.repeat(30)}long:artifact`,
      installed: '1'.repeat(300),
      fixed: '2'.repeat(300),
      id: `GHSA-${'x'.repeat(200)}`,
    });
    const { catalog, verdict } = sampleResult();
    const text = 'Words that go on and on until no terminal holds them in one line. '.repeat(4);
    const faults = [{ code: 'unknown-version', message: text, path: 'app/a.jar', layer: 0 }];
    const result = sampleResult({
      findings: [...findings, long, { ...long, layer: 7, path: 'x/'.repeat(200) }],
      catalog: { ...catalog, faults },
      verdict: { ...verdict, reason: text },
    });
    const lines = table.render(result, { ...options, columns }).split('\n');
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    const from = lines.findIndex((line) => line.includes('WORST FIN'));
    expect(lines.slice(from, lines.indexOf('', from))).toHaveLength(7);
    expect(lines.find((line) => line.includes('CVE-2021-44'))).toMatch(/CVE-2021-44228 KEV$/);
  });

  test('leaves the verdict to the stream on which it follows, and keeps the link', () => {
    const text = table.render(sampleResult(), { ...options, isVerdictBelow: true });
    expect([text.includes('FAIL'), text.includes('https://seawall.example/images/x')]).toEqual([false, true]);
  });

  test('cuts a package in its middle, and the older end of a change', () => {
    const long = sampleFinding({
      package: `org.start.${'x'.repeat(80)}:end`,
      installed: '1'.repeat(90),
      fixed: '2.0.1',
    });
    const text = table.render(sampleResult({ findings: [long] }), { ...options, columns: 80 });
    expect(text).toMatch(/org\.\S*…\S*:end +….* → 2\.0\.1 /);
  });

  describe('a list of findings', () => {
    const listed = (list: FindingList): readonly string[] => {
      const suppressed = sampleFinding({ id: 'CVE-2020-9', suppressed: { reason: 'r', by: 'b' } });
      const text = table.render(sampleResult({ findings: [...findings, suppressed] }), {
        ...options,
        columns: 80,
        list,
      });
      const lines = text.split('\n');
      return lines.slice(lines.findIndex((line) => line.startsWith('SEVERITY')) + 1).slice(0, 4);
    };

    test('has one line for each that counts, within the width, and says of how many', () => {
      const lines = listed({});
      expect(lines.map((line) => /CVE-[\d-]+/.exec(line)?.[0] ?? line)).toEqual([
        'CVE-2021-44228',
        'CVE-2021-45046',
        'CVE-2026-1',
        '3 of 3 findings listed.',
      ]);
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    });

    test('has those of some severities alone', () => {
      expect(listed({ severities: ['unrated', 'low'] }).slice(0, 2)).toEqual([
        expect.stringMatching(/^Unrated +CVE-2026-1 +zlib1g +2\.7\.1-2 +affected$/),
        '1 of 3 findings listed (unrated, low).',
      ]);
    });
  });

  test('ranks by risk, also what has no fix: what is known to be exploited stands above what is less risky', () => {
    const { fixed: _, kev: __, ...open } = sampleFinding({ package: 'open' });
    const other = (name: string, score: number) => ({ ...open, package: name, risk: { score, points: {} } });
    const exploited = { ...other('exploited', 40), kev: { added: '2026-11-01', ransomware: false } };
    const fixable = { ...other('fixable', 39), fixed: '3' };
    const result = sampleResult({
      findings: [fixable, other('alike', 40), exploited, other('lower', 12), other('top', 90)],
    });
    const rows = table
      .render(result, options)
      .split('\n')
      .filter((line) => /^ +\d+  \w/.test(line));
    expect(rows.map((row) => row.trim().split(/ {2,}/)).map(([risk, , name]) => `${risk} ${name}`)).toEqual([
      '90 top',
      '40 exploited',
      '40 alike',
      '39 fixable',
      '12 lower',
    ]);
  });

  test('tells rows apart that would look alike, and only those', () => {
    const inLayer = (layer: number, path: string) =>
      sampleFinding({ package: log4j, installed: '2.14.1', fixed: '2.17.1', type: 'maven', layer, path });
    const both = [inLayer(1, 'app/a.war!/lib/log4j.jar'), inLayer(2, 'opt/log4j.jar'), unfixed()];
    const { catalog } = sampleResult();
    const [known] = catalog.packages;
    const paths = ['opt/log4j.jar', 'srv/log4j.jar'];
    const packages = known === undefined ? [] : [{ ...known, layer: 2, paths }];
    const lines = table
      .render(sampleResult({ findings: both, catalog: { ...catalog, packages } }), options)
      .split('\n');
    expect(lines.filter((line) => line.startsWith('      '))).toEqual([
      '      maven, layer 2, app/a.war!/lib/log4j.jar',
      '      maven, layer 3, opt/log4j.jar and 1 more',
    ]);
  });

  test('says that nothing was matched, and never that there is nothing', () => {
    const { database: _, ...rest } = sampleResult({ findings: [], judgedBy: here });
    const text = table.render(
      { ...rest, verdict: { ...rest.verdict, kind: 'cannot-judge', reason: 'There is no database.' } },
      options,
    );
    expect(text).toMatch(/^Findings are unknown.*\nVulnerability database: none\.\nCANNOT JUDGE/m);
    expect(text).not.toContain('No findings');
  });

  test('calls feeds stale after a week, by their own date', () => {
    const feedOf = (asOf: string | undefined) =>
      table
        .render(
          sampleResult({
            feeds: [{ feed: 'f', ecosystem: 'npm', ...(asOf === undefined ? {} : { asOf }) }],
            judgedBy: here,
          }),
          options,
        )
        .split('\n')
        .find((line) => line.startsWith('Feeds:'));
    expect(feedOf('2026-11-24T03:00:00Z')).toMatch(/^Feeds: npm .*\btoday\.$/);
    expect(feedOf('2026-11-23T03:00:00Z')).toBe('Feeds: npm 1 day old.');
    expect(feedOf('2026-11-17T03:00:00Z')).toBe('Feeds: npm 7 days old.');
    expect(feedOf('2026-11-16T03:00:00Z')).toBe('Feeds: npm STALE, 8 days old.');
    expect(feedOf(undefined)).toMatch(/^Feeds: npm .*\bunknown\b/);
  });

  test('shows faults first: ten of each kind, how many more there are, and what removes them', () => {
    const { catalog } = sampleResult();
    const unsafe = Array.from({ length: 13 }, (_, number) => ({ code: 'unsafe-path', message: `Entry ${number}.` }));
    const unknown = { code: 'unknown-version', message: 'No version.', path: 'app/a.war!/b.jar', layer: 2 };
    const text = table.render(sampleResult({ catalog: { ...catalog, faults: [unknown, ...unsafe] } }), options);
    expect(text).toMatch(/Entry 9\.\n {2}… and 3 more; --format json .*\n {4}→ \w/);
    expect(text).not.toContain('Entry 10.');
    expect(text).toMatch(/^Not seen in full: 13 \w+\n {2}unsafe-path {2}Entry 0\.$/m);
    expect(text).toMatch(
      /\n\nNot judged: 1 \w+\n {2}unknown-version {2}No version\. {2}\(app\/a\.war!\/b\.jar, layer 3\)\n {4}→ \w/,
    );
    expect(text.indexOf('Not judged')).toBeLessThan(text.indexOf('RISK'));
  });

  test.each([
    [2, ['of a 0', 'of a 1'], ''],
    [4, ['opt/0.jar, layer 2', 'opt/1.jar, layer 2', 'opt/2.jar, layer 2', 'opt/3.jar, layer 2'], ''],
    [7, ['opt/0.jar, layer 2', 'opt/4.jar, layer 2'], '  … and 52 more; --format json tells 2 of them.\n'],
  ])('does not call %i unidentified files unseen, and of many tells the paths alone', (number, lines, more) => {
    const { catalog } = sampleResult();
    const code = 'unidentified-package';
    const of = (at: number) => ({ code, message: `of a ${at}`, path: `opt/${at}.jar`, layer: 1 });
    const rest = more === '' ? [] : [{ code, message: '50 more archives are not identified.', count: 50 }];
    const faults = [...Array.from({ length: number }, (_, at) => of(at)), ...rest];
    const text = table.render(sampleResult({ catalog: { ...catalog, faults } }), options);
    expect(text).toContain(`Not identified: ${number + (more === '' ? 0 : 50)} files\n`);
    for (const line of lines) expect(text).toContain(`  ${code}  ${line}`);
    expect(text).toContain(`${more}    → `);
    expect([/^Not seen/m.test(text), text.includes('of a 6'), text.includes('opt/5.jar')]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('shows a risk just under a whole one as the pages do', () => {
    const under = sampleFinding({ risk: { score: 70.99, points: {} } });
    expect(table.render(sampleResult({ findings: [under] }), options)).toMatch(/^ {2}70 {2}High/m);
  });

  test('names the system of an image that is not for Linux', () => {
    const { catalog, subject } = sampleResult();
    if (subject.kind !== 'image') throw new Error('The sample is an image.');
    const { distribution: _, ...bare } = catalog;
    const heading = (os: string): string | undefined =>
      table
        .render(
          sampleResult({ catalog: bare, subject: { ...subject, platform: { ...subject.platform, os } } }),
          options,
        )
        .split('\n', 1)[0];
    expect(heading('windows')).toContain('  windows  1 package');
    expect(heading('linux')).toMatch(/ {2}no [a-z ]+ {2}1 package/);
  });

  test('counts the kinds of faults that it leaves out', () => {
    const { catalog } = sampleResult();
    const faults = Array.from({ length: 33 }, (_, number) => ({ code: `new-${number}`, message: 'New.' }));
    const text = table.render(sampleResult({ catalog: { ...catalog, faults: [...faults, ...faults] } }), options);
    expect(text).toMatch(/… and 6 .*--format json/);
    expect([text.includes('new-29'), text.includes('new-30')]).toEqual([true, false]);
  });

  test('colours only what is asked for, and the text is the same', () => {
    const plain = table.render(sampleResult({ findings }), options);
    const coloured = table.render(sampleResult({ findings }), { ...options, colour: true });
    expect(coloured).toContain('\u001b[');
    expect(stripVTControlCharacters(coloured)).toBe(plain);
    expect(plain).not.toContain('\u001b');
  });

  test('names no layers of a folder', () => {
    const { catalog } = sampleResult();
    const alike = [sampleFinding({ path: 'a/x' }), sampleFinding({ layer: 3, path: 'b/x' })];
    const folder = { kind: 'file-system', id: 'host:x' as never, name: 'x', path: '/x' } as const;
    const faults = [{ code: 'file-limit', message: 'A file is too large.', path: 'opt/a.jar', layer: 0 }] as const;
    const result = sampleResult({ findings: alike, catalog: { ...catalog, faults } });
    expect(table.render(result, options)).toMatch(/opt\/a\.jar, layer 1[^]*deb, layer 1, a\/x/);
    const text = table.render({ ...result, subject: folder }, options);
    expect(text).toMatch(/\(opt\/a\.jar\)[^]*deb, a\/x/);
    expect(text).not.toContain('layer');
  });

  test('shows what strangers wrote as text, wherever it stands', () => {
    const evil = 'x\u001b[2J\u009b1A\r\n\u202ey';
    const { catalog, verdict } = sampleResult();
    const text = table.render(
      sampleResult({
        target: evil,
        subject: { kind: 'file-system', id: 'host:x' as never, name: evil, path: evil },
        catalog: {
          ...catalog,
          distribution: { id: 'x', like: [], name: evil },
          faults: [{ code: evil, message: evil, path: evil }],
        },
        findings: [sampleFinding({ package: evil, installed: evil, fixed: evil, id: evil })],
        feeds: [{ feed: evil, ecosystem: evil }],
        verdict: { ...verdict, reason: evil, policy: { ...verdict.policy, name: evil } },
        judgedBy: here,
      }),
      options,
    );
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    expect(text.split('\n').filter((line) => line.startsWith('\ufffdy'))).toEqual([]);
  });
});
