import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AppError } from '#base/index.ts';
import { RuleOutcome } from '../../contract-imported.ts';
import { limits } from '../../limits.ts';
import { decodeXml, readScan, type ReadScan } from './index.ts';

function fixture(name: string): Buffer {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url));
}

function read(file: Uint8Array | string): ReadScan {
  return readScan(decodeXml(typeof file === 'string' ? Buffer.from(file) : file));
}

/** What the file is refused with. */
function refusal(file: Uint8Array | string): string {
  try {
    read(file);
  } catch (error) {
    if (error instanceof AppError && error.code === 'bad-request') return error.message;
    throw error;
  }
  return 'read';
}

const results = fixture('quay-1-results.xml').toString();

describe('a result of oscap', () => {
  test.each([
    ['xccdf', 'quay-1-results.xml'],
    ['arf', 'quay-1-arf.xml'],
  ])('is read from %s with every outcome in its own words', (format, name) => {
    const { claim, rules } = read(fixture(name));
    expect(claim).toEqual({
      format,
      benchmark: { id: 'xccdf_example.seawall_benchmark_harbour', version: '1.4', title: 'Harbour baseline' },
      profile: { id: 'xccdf_example.seawall_profile_quay', title: 'Quay & pier' },
      targets: ['quay-1'],
      startedAt: '2026-11-30T20:54:25.000Z',
      endedAt: '2026-11-30T20:54:25.000Z',
      tool: 'cpe:/a:redhat:openscap:1.4.2',
    });
    expect(rules).toHaveLength(10);
    expect(new Set(rules.map(({ outcome }) => outcome))).toEqual(new Set(RuleOutcome.options));
    expect(rules[0]).toEqual({
      id: 'xccdf_example.seawall_rule_passwd_exists',
      title: 'The file /etc/passwd exists & is <there>',
      outcome: 'pass',
      severity: 'medium',
      idents: [
        { system: 'https://ncp.nist.gov/cce', id: 'CCE-80000-1' },
        { system: 'http://example.com/house-rules', id: 'HR-7' },
      ],
    });
    expect(rules.find(({ id }) => id.endsWith('_unknown'))?.severity).toBe('unknown');
  });

  test('names what was scanned, not the host that oscap ran on', () => {
    expect(read(fixture('image-results.xml')).claim.targets).toEqual([
      'podman-image://4f1c9ab0c2d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e [surge/app:7]',
    ]);
  });

  test('is read without its benchmark, then rules have no titles', () => {
    const alone = results
      .slice(results.indexOf('<TestResult'), results.indexOf('</Benchmark>'))
      .replace('<TestResult', '<TestResult xmlns="http://checklists.nist.gov/xccdf/1.2"');
    const { claim, rules } = read(alone);
    expect(claim.benchmark).toEqual({ id: 'xccdf_example.seawall_benchmark_harbour', version: '1.4' });
    expect(rules).toHaveLength(10);
    expect(rules.every(({ title }) => title === undefined)).toBe(true);
  });

  test('says who put another outcome in the place of what was found', () => {
    const override = '<override time="2026-11-30T21:00:00" authority="Mara"><old-result>fail</old-result></override>';
    const { rules } = read(results.replace('<result>fail</result>', `<result>pass</result>${override}`));
    expect(rules[1]).toMatchObject({ outcome: 'pass', overriddenBy: 'Mara' });
  });

  test('of an old oscap has times without a zone, which are read as UTC', () => {
    const old = results.replace(/end-time="[^"]*"/, 'end-time="2026-11-30T21:00:00"');
    expect(read(old).claim.endedAt).toBe('2026-11-30T21:00:00.000Z');
  });

  test('keeps its bytes, a byte order mark too', () => {
    const marked = Buffer.concat([Buffer.from('efbbbf', 'hex'), fixture('quay-1-results.xml')]);
    expect(Buffer.from(decodeXml(marked)).equals(marked)).toBe(true);
    expect(read(marked).rules).toHaveLength(10);
  });
});

const start = '<TestResult xmlns="http://checklists.nist.gov/xccdf/1.2" end-time="2026-11-30T20:54:25Z">';
const head = `${start}<benchmark id="b"/><target>quay-1</target>`;
const rule = (id: string, result = 'pass') => `<rule-result idref="${id}"><result>${result}</result></rule-result>`;
const many = (count: number, one: (at: number) => string) => Array.from({ length: count }, (_, at) => one(at)).join('');

const laughs = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">${many(9, (at) => `<!ENTITY b${at} "${'&a;'.repeat(10)}">`)}]>${head}${rule('&b8;')}</TestResult>`;
const outside = `<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>${head}${rule('r')}<title>&x;</title></TestResult>`;

describe('a file that is no result is refused with a reason', () => {
  test.each<readonly [string, Uint8Array | string, RegExp]>([
    ['entities that grow (billion laughs)', laughs, /document type declaration/],
    ['an external entity', outside, /document type declaration/],
    ['an entity that nobody declared', `${head}${rule('&x;')}</TestResult>`, /not well-formed.*undefined entity/],
    ['truncated', results.slice(0, 5000), /not well-formed/],
    ['empty', '', /not XML/],
    ['not XML', '{"rules": []}', /not XML/],
    ['HTML', '<html><br></html>', /neither XCCDF/],
    ['UTF-16', Buffer.from(`\uFEFF${results}`, 'utf16le'), /UTF-16/],
    ['UTF-16 without a mark', Buffer.from(results, 'utf16le'), /UTF-16/],
    ['not UTF-8', Buffer.from(results.replace('Quay &amp; pier', 'Kai \u00e9'), 'latin1'), /not in UTF-8/],
    ['another encoding by its word', results.replace('"UTF-8"', '"ISO-8859-1"'), /says that it is in ISO-8859-1/],
    ['packed by bzip2', Buffer.from('BZh91AY&SY'), /compressed/],
    ['packed by gzip', Buffer.from('1f8b0800', 'hex'), /compressed/],
    ['XCCDF 1.1', results.replaceAll('xccdf/1.2', 'xccdf/1.1'), /XCCDF 1\.1/],
    [
      'another namespace',
      results.replaceAll('checklists.nist.gov', 'example.com'),
      /of the namespace http:\/\/example/,
    ],
    ['no namespace', '<Benchmark/>', /Benchmark without a namespace/],
    ['a root that every object has', '<constructor/>', /neither XCCDF/],
    ['OVAL results', fixture('harbour-oval.xml'), /oval_definitions of the namespace/],
    ['a benchmark alone', fixture('harbour-xccdf.xml'), /holds no result of a scan/],
    ['two results', results.replace(/<TestResult[\s\S]*<\/TestResult>/, (one) => one + one), /more than one result/],
    ['no rule', `${head}</TestResult>`, /holds no rule/],
    ['no target', `${start}<benchmark id="b"/>${rule('r')}</TestResult>`, /does not name what was scanned/],
    ['an empty target', `${start}<benchmark id="b"/><target> </target>${rule('r')}</TestResult>`, /does not name what/],
    ['no benchmark', `${start}<target>quay-1</target>${rule('r')}</TestResult>`, /does not name its benchmark/],
    ['no end', results.replace(/end-time="[^"]*"/, ''), /does not say when the scan ended/],
    ['an end that is no date', results.replace(/end-time="[^"]*"/, 'end-time="2026-13-45T00:00:00Z"'), /is no date/],
    ['an outcome of its own', `${head}${rule('r', 'met')}</TestResult>`, /“met”, which is none of XCCDF 1\.2/],
    ['a rule without an outcome', `${head}<rule-result idref="r"/></TestResult>`, /result of r is “”/],
    ['an outcome without a rule', `${head}${rule('')}</TestResult>`, /names no rule/],
    ['a million rules', `${head}${many(1_000_000, () => '<rule-result/>')}</TestResult>`, /more than 10000 rules/],
    ['one rule too many', `${head}${many(10_001, (at) => rule(`r${at}`))}</TestResult>`, /more than 10000 rules/],
    ['one level too deep', `${head}${'<a>'.repeat(100)}${'</a>'.repeat(100)}</TestResult>`, /deeper than 100 levels/],
    ['too deep', `${head}${'<a>'.repeat(200)}${'</a>'.repeat(200)}</TestResult>`, /deeper than 100 levels/],
    ['too many elements', `${head}${'<a/>'.repeat(1_000_001)}</TestResult>`, /more than 1000000 elements/],
    ['many targets', `${head}${'<target>a</target>'.repeat(21)}</TestResult>`, /more than 20 names of its target/],
    ['many names of a rule', `${head}<rule-result idref="r">${'<ident>a</ident>'.repeat(21)}`, /more than 20 names/],
  ])('%s', (_, file, reason) => {
    expect(refusal(file)).toMatch(reason);
  });

  test('the limits themselves are allowed', () => {
    const most = limits.importedRules.value;
    const nested = `${'<a>'.repeat(99)}${'</a>'.repeat(99)}`;
    expect(read(`${head}${nested}${many(most, (at) => rule(`r${at}`))}</TestResult>`).rules).toHaveLength(most);
  });
});

test('what a hostile file writes is one line of bounded length', () => {
  const text = `a&#10;b\u202e${'x'.repeat(100_000)}`;
  const { claim, rules } = read(
    `${start}<benchmark id="${text}"/><profile idref="${text}"/><target>${text}</target><rule-result idref="${text}" severity="${text}"><result>fail</result><ident system="${text}">${text}</ident></rule-result></TestResult>`,
  );
  const texts = [claim.benchmark.id, claim.profile?.id, claim.targets[0], rules[0]?.id, rules[0]?.idents[0]?.id];
  for (const one of texts) {
    expect(one).toMatch(/^a b /);
    expect(one?.length).toBeLessThanOrEqual(512);
  }
  expect(rules[0]?.severity).toBe('unknown');
});

test('a result inside a data stream, or inside a text, is none', () => {
  const stream = `<c:component xmlns:c="c"><Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2">${head}${rule('planted')}</TestResult></Benchmark></c:component>`;
  const arf = fixture('quay-1-arf.xml').toString().replace('<arf:report-requests>', `<arf:report-requests>${stream}`);
  const inText = results.replace('</description>', `${head}${rule('planted')}</TestResult></description>`);
  expect(arf).toContain('planted');
  expect(inText).toContain('planted');
  for (const file of [arf, inText]) expect(read(file).rules.map(({ id }) => id)).not.toContain('planted');
});
