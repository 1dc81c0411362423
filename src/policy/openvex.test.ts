import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { readVex, applyStatements } from '#vulnerability/index.ts';
import { Exception } from './contract.ts';
import { OpenVexDocument } from './contract-openvex.ts';
import { openVexOf, type StatedException } from './openvex.ts';

const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addFormat('iri', (text) => URL.canParse(text));
ajv.addFormat('date-time', (text) => !Number.isNaN(Date.parse(text)));
const isValid = ajv.compile(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../tools/release/fixtures/openvex.json'), 'utf8')) as object,
);
const now = new Date('2026-12-01T00:00:00Z');
const purl = 'pkg:deb/debian/curl@8.0?arch=amd64&distro=debian-13';

function exceptionOf(change: Partial<StatedException> = {}): StatedException {
  return {
    id: 'c2b0f0f6-2f0f-4a53-9d3c-1f6f0c1d2e3f',
    advisory: 'CVE-2026-1',
    package: { type: 'deb', name: 'curl', version: '8.0' },
    reason: 'not-reachable',
    explanation: 'Only local files are read.',
    expiresAt: '2027-01-31T00:00:00.000Z',
    requestedAt: '2026-11-01T00:00:00.000Z',
    decidedAt: '2026-11-02T00:00:00.000Z',
    ...change,
  };
}

describe('exceptions as OpenVEX', () => {
  const purls = new Map([[exceptionOf().id, new Set([purl])]]);

  test.each(Exception.shape.reason.options)('%s is a valid statement, and is read back as what it says', (reason) => {
    const document = openVexOf([exceptionOf({ reason })], { purls, now });
    expect(isValid(document), JSON.stringify(isValid.errors)).toBe(true);
    expect(OpenVexDocument.parse(document)).toEqual(document);
    const finding = { id: 'CVE-2026-1', aliases: [], purl } as never;
    const subject = { kind: 'file-system', id: 'host:x' as never, name: 'x', path: '/' } as const;
    const file = readVex('f', Buffer.from(JSON.stringify(document)));
    const [read] = applyStatements([finding], [file], { subject, distribution: undefined, now }).findings;
    const isUnaffected = ['false-positive', 'not-reachable', 'mitigated'].includes(reason);
    expect(read?.suppressed !== undefined).toBe(isUnaffected);
  });

  test('says which packages, since when, until when and why', () => {
    expect(openVexOf([exceptionOf()], { purls, now }).statements).toEqual([
      {
        vulnerability: { name: 'CVE-2026-1' },
        timestamp: '2026-11-02T00:00:00.000Z',
        products: [{ '@id': purl }],
        status: 'not_affected',
        justification: 'vulnerable_code_not_in_execute_path',
        impact_statement: 'Only local files are read. (exception until 2027-01-31, not reachable)',
      },
    ]);
  });

  test('names a package that no verdict has by what is known of it', () => {
    const { statements } = openVexOf([exceptionOf()], { purls: new Map(), now });
    expect(statements[0]?.products).toEqual([{ '@id': 'pkg:deb/curl@8.0' }]);
  });
});
