import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cyclonedxProblems } from '../../src/apps/cli/formats/cyclonedx/testing.ts';
import { dockerArchive } from '../../test/make/image.ts';
import { dpkgStatus, npmPackage, osRelease } from '../../test/make/packages.ts';
import { makeTar } from '../../test/make/tar.ts';
import type { Release } from './release.ts';
import { makeSbom } from './sbom.ts';
import { makeVex, openVexOf, scanOf } from './vex.ts';

const root = join(import.meta.dirname, '../..');
let release: Release;

beforeAll(() => {
  release = { root, out: mkdtempSync(join(tmpdir(), 'seawall-vex-')), version: '1.2.3', epoch: 1_764_547_200 };
});
afterAll(() => rmSync(release.out, { recursive: true, force: true }));

/** An image of the release with one package of Debian and one of npm. */
function putImage(lz4: string, getFuncName: string): void {
  const entries = [
    osRelease('debian', '13'),
    dpkgStatus([{ name: 'liblz4-1', version: lz4, source: 'lz4' }]),
    npmPackage('get-func-name', getFuncName),
  ];
  writeFileSync(join(release.out, 'seawall-agent-1.2.3.tar'), dockerArchive([makeTar(entries)]).bytes);
}

describe('the release', () => {
  test('is refused with a vulnerable package of Debian and one of npm in an image, by name', async () => {
    putImage('1.9.3-1', '2.0.0');
    const { message } = await makeVex(release).then(
      () => new Error('It was not refused.'),
      (error: Error) => error,
    );
    expect(message).toMatch(/agent: CVE-2021-3520 in liblz4-1, \w+, is fixed in 1\.9\.3-2\. Upgrade it\./);
    expect(message).toMatch(/agent: CVE-2023-43646 in get-func-name, \w+, is fixed in 2\.0\.1\. Upgrade it\./);
    putImage('1.9.3-2', '2.0.1');
    const mended = await makeVex(release).catch((error: Error) => error.message);
    expect(mended).not.toMatch(/CVE-/);
  }, 240_000);

  test('has a bill of materials of all that ships, the same each time', async () => {
    putImage('1.9.3-2', '2.0.1');
    const file = join(release.out, 'seawall-1.2.3.cdx.json');
    const made = async () => {
      await makeSbom(release);
      return readFileSync(file, 'utf8');
    };
    const text = await made();
    const bill = JSON.parse(text);
    expect(cyclonedxProblems(bill)).toEqual([]);
    const purls = bill.components.map(({ purl }: { purl?: string }) => purl);
    // Bundled into the programs: no scan of an image finds it.
    expect(purls).toContainEqual(expect.stringMatching(/^pkg:npm\/zod@/));
    expect(purls).toContainEqual(expect.stringMatching(/^pkg:deb\/debian\/liblz4-1@1\.9\.3-2\?/));
    expect(bill.metadata.timestamp).toBe('2025-12-01T00:00:00Z');
    expect(await made()).toBe(text);
  }, 120_000);
});

test('what has no fix is stated by the schema of OpenVEX', () => {
  const {
    $schema: _,
    $id: __,
    ...schema
  } = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/openvex.json'), 'utf8'));
  const ajv = new Ajv({ strict: false });
  for (const format of ['iri', 'date-time', 'uri']) ajv.addFormat(format, (text) => text !== '');
  const isValid = ajv.compile(schema);
  const purl = 'pkg:deb/debian/zlib1g@1:1.3-1';
  const finding = { id: 'CVE-1', package: 'zlib1g', purl, severity: 'medium' };
  const said = { vulnerability: 'CVE-1', package: 'pkg:deb/debian/zlib1g', reason: 'It is never called.' } as const;
  const statements = [
    { ...said, status: 'not_affected', justification: 'component_not_present' } as const,
    { ...said, status: 'affected' } as const,
    { ...said, status: 'under_investigation' } as const,
  ];
  const scans = [{ name: 'agent', findings: [finding, finding], notJudged: [], failing: [], unseen: [] }];
  const document = openVexOf(release, { statements, notJudged: [], notMet: [] }, scans);
  expect([isValid(document), isValid.errors]).toEqual([true, null]);
  expect(document).toMatchObject({ statements: [{ products: [{ '@id': purl }] }, {}, {}] });
  expect(isValid({ ...document, statements: [] })).toBe(false);
});

test('programs without a feed are named one by one; all else that was not seen or judged is told as it is', () => {
  const packages = [
    { purl: 'pkg:generic/busybox@1', type: 'generic' },
    { purl: 'pkg:npm/zod@4', type: 'npm' },
  ];
  const fault = (code: string, message: string, path?: string) => ({ code, message, ...(path && { path }) });
  const told = scanOf('cli', {
    findings: [],
    packages,
    faults: [
      fault('no-advisory-data', 'No feed speaks for programs: 1 package is not judged.'),
      fault('no-advisory-data', 'No feed speaks for npm: 1 package is not judged.'),
      fault('unidentified-package', 'Nothing identifies it.', 'bin/node'),
      fault('file-limit', 'It is too large.', 'a/b'),
    ],
  });
  expect(told.notJudged).toEqual(['pkg:generic/busybox@1']);
  expect(told.unseen).toEqual([
    'no-advisory-data: No feed speaks for npm: 1 package is not judged.',
    'file-limit: It is too large. (a/b)',
  ]);
  expect(scanOf('cli', { findings: [], packages, faults: [] }).notJudged).toEqual([]);
});
