import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { remedyOfFault } from '#policy/index.ts';
import { sampleChecks, sampleComparisons, sampleFinding, sampleResult } from '../testing.ts';
import { json } from './index.ts';

const options = { colour: false, columns: 100, now: new Date('2026-11-24T12:00:00Z') };
const page = join(import.meta.dirname, '../../../../../docs/reference/scan-result.md');

function fieldsOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one) => fieldsOf(one, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [path];
  // Points are named by the formula, not by this format.
  if (path.endsWith('risk.points')) return [path];
  return Object.entries(value).flatMap(([name, inner]) => fieldsOf(inner, path === '' ? name : `${path}.${name}`));
}

/** The fields that others build on; one that goes or changes its name breaks them. */
const fixed = [
  'schemaVersion target',
  'image.digest image.manifestDigest image.indexDigest image.platform image.os image.created image.layers[].diffId',
  'database.builtAt database.sources[].id database.sources[].asOf',
  'packages[].purl packages[].name packages[].version packages[].type packages[].layer packages[].paths[]',
  'findings[].id findings[].aliases[] findings[].severity findings[].severitySource findings[].cvss[].vector',
  'findings[].epss.score findings[].kev.added findings[].package findings[].purl findings[].installed findings[].fixed',
  'findings[].status findings[].layer findings[].matchedBy.advisory findings[].published',
  'verdict.kind verdict.violations[].message verdict.violations[].remedy faults[].code faults[].message',
].flatMap((line) => line.split(' '));

describe('the JSON result', () => {
  const ignored = sampleFinding({ id: 'CVE-2026-5', suppressed: { kind: 'ignored', reason: 'unused', by: 'a file' } });
  const findings = [...sampleResult().findings, ignored];
  const hashed = { image: 'before', database: 'now' } as const;
  const whole = sampleResult({ ...sampleChecks(), ...sampleComparisons(), findings, hashed });
  const image = JSON.parse(json.render(whole, options));
  const many = { code: 'unidentified-package', message: '50 more archives are not identified.', count: 50 };
  const folder = JSON.parse(
    json.render(
      sampleResult({
        catalog: {
          ...sampleResult().catalog,
          distribution: {
            id: 'rhel',
            version: '9',
            like: [],
            name: 'x',
            contentSets: ['rhel-9-for-x86_64-baseos-rpms'],
          },
          faults: [many],
        },
        findings: [sampleFinding({ suppressed: { kind: 'ignored', by: '.trivyignore', reason: 'Accepted.' } })],
        subject: { kind: 'file-system', id: 'host:web-1' as never, name: 'web-1', path: '/' },
        judgedBy: { kind: 'this-machine' },
      }),
      options,
    ),
  );
  const fields = new Set([...fieldsOf(image), ...fieldsOf(folder)]);

  test('has the fields that others build on', () => {
    expect(fixed.filter((field) => !fields.has(field))).toEqual([]);
  });

  test('has every field that its reference page names, and no other', () => {
    const named = [...readFileSync(page, 'utf8').matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? '');
    expect(named.toSorted()).toEqual([...fields].toSorted());
  });

  test('has every fault with its place and what removes it', () => {
    const { catalog } = sampleResult();
    const faults = Array.from({ length: 2000 }, (_, at) => ({
      code: 'unknown-version',
      message: `No version ${at}.`,
      path: `a.war!/${at}.jar`,
      layer: 1,
    }));
    const reported = JSON.parse(json.render(sampleResult({ catalog: { ...catalog, faults } }), options)).faults;
    expect(reported).toHaveLength(2000);
    expect(reported[1999]).toEqual({ ...faults[1999], remedy: remedyOfFault('unknown-version') });
  });

  test('says what a folder is instead of an image', () => {
    expect(folder).not.toHaveProperty('image');
    expect(folder.fileSystem).toEqual({ id: 'host:web-1', path: '/' });
    expect(image.image).toMatchObject({ platform: 'linux/arm/v7', os: 'linux' });
  });

  test('leaves out what is unknown rather than filling it', () => {
    const { database: _, ...rest } = sampleResult();
    const text = json.render({ ...rest, findings: [] }, options);
    expect(JSON.parse(text)).not.toHaveProperty('database');
    expect(text).not.toContain('null');
  });

  test('survives the way through a terminal: strange characters are escapes, and read back the same', () => {
    const name = 'a\u001b[2J\u009b31m\u007f\u202e\u2028é船';
    const text = json.render(sampleResult({ target: name }), options);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Bidi_Control}]/u);
    expect(JSON.parse(text).target).toBe(name);
  });
});
