import { expect, test } from 'vitest';
import { upgradesOf } from '#vulnerability/index.ts';
import { html } from './html/index.ts';
import { junit } from './junit/index.ts';
import { table } from './table/index.ts';
import { sampleComparisons, sampleFinding, sampleResult } from './testing.ts';

/* What people read of an image on a base: own and inherited stand apart, and each with its place. */

const findings = [
  sampleFinding({ id: 'CVE-2026-1', package: 'openssl', layer: 0, path: 'var/lib/dpkg/status' }),
  sampleFinding({
    id: 'CVE-2026-2',
    package: 'lodash',
    type: 'npm',
    purl: 'pkg:npm/lodash@1',
    layer: 1,
    path: 'srv/lodash',
  }),
];
const violations = findings.map(({ id, purl, package: name }) => ({
  rule: 'severity' as const,
  effect: 'block' as const,
  message: `${id} in ${name} is rated High.`,
  remedy: `Upgrade ${name}.`,
  finding: { id, purl, severity: 'high' as const },
}));
const { base } = sampleComparisons();
const { verdict } = sampleResult();
const change = { findings, upgrades: upgradesOf(findings), verdict: { ...verdict, violations } };
const onBase = sampleResult({ ...change, ...(base && { base }) });
const without = sampleResult(change);
const options = { colour: false, columns: 100, now: new Date('2026-11-24T12:00:00Z') };

function inOrder(text: string, parts: readonly string[]): void {
  const places = parts.map((part) => text.indexOf(part));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((left, right) => left - right));
}

test('the table lists own upgrades, then those of the base', () => {
  inOrder(table.render(onBase, options), [
    'In own layers\n',
    'lodash',
    'In the base debian:13.1: rebuild on a newer one\n',
    'openssl',
  ]);
  expect(table.render(without, options)).not.toMatch(/own layers|the base/);
});

test('the list of findings marks those of the base', () => {
  const text = table.render(onBase, { ...options, list: {} });
  expect(text).toMatch(/CVE-2026-1 KEV base/);
  expect(text).toMatch(/CVE-2026-2 KEV {2,}lodash/);
});

test('an id of GitHub is whole on a terminal of 80 columns', () => {
  const id = 'GHSA-5crp-9r3c-p9vr';
  const { kev: _, ...unlisted } = sampleFinding();
  const of = [
    sampleFinding({
      severity: 'critical',
      package: 'org.apache.logging.log4j:log4j-core',
      installed: '2.14.1',
      fixed: '2.25.4',
    }),
    { ...unlisted, id: 'CVE-2025-15467', package: 'libssl3t64', installed: '3.5.1-1', fixed: '3.5.7-1~deb13u3' },
    { ...unlisted, id, package: 'Newtonsoft.Json', installed: '12.0.3', fixed: '13.0.1' },
  ];
  const text = table.render(sampleResult({ findings: of, upgrades: upgradesOf(of) }), { ...options, columns: 80 });
  expect(text).toContain(id);
});

test('the page lists own upgrades, then those of the base and what a newer one changes', () => {
  const page = html.render(onBase, options);
  inOrder(page, [
    '<h3>In own layers</h3>',
    'lodash',
    '<h3>In the base debian:13.1',
    'On debian:13.2 instead: ',
    'openssl',
  ]);
  expect(page).toContain('layer 1 of the base, var/lib/dpkg/status');
  expect(page).toContain('layer 2, own, srv/lodash');
  expect(html.render(without, options)).not.toMatch(/<h3>In |of the base|, own/);
});

test('a case of JUnit tells where its package lies', () => {
  const xml = junit.render(onBase, options);
  expect(xml).toContain('In layer 1 of the base debian:13.1, var/lib/dpkg/status.');
  expect(xml).toContain('In layer 2, own, srv/lodash.');
  expect(junit.render(without, options)).toContain('In layer 2, srv/lodash.');
});

test('what one change ends is one item of the page', () => {
  const stale = ['Debian:13', 'npm'].map((feed) => ({
    rule: 'stale-feed' as const,
    effect: 'alert' as const,
    message: `The feed for ${feed} is old.`,
    remedy: 'Fetch them.',
  }));
  const page = html.render(sampleResult({ verdict: { ...verdict, violations: stale } }), options);
  expect(page).toContain('The feed for Debian:13 is old.<br>The feed for npm is old. <strong>Fetch them.</strong>');
});
