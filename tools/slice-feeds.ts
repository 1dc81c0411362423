import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { unzipSync, zipSync } from 'fflate';
import { dumpsOfTests, type FeedPart, feedParts, wolfiCommit } from './feed-parts.ts';
import { noticeOf, readmeRows } from './feed-notice.ts';

/**
 * `node tools/slice-feeds.ts FOLDER [OUT]`: makes `test/feeds`, a small part of the whole feeds in FOLDER, with a NOTICE that
 * says where each part is from: the packages of `feed-parts.ts`, and those of advisories that a test names. The same feeds
 * and tests give the same bytes.
 */

/** Fields of an OSV record that are read here. */
interface OsvRecord {
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly upstream?: readonly string[];
  readonly affected?: readonly { readonly package?: { readonly name: string } }[];
  readonly database_specific?: { readonly converted?: boolean };
}

const root = join(import.meta.dirname, '..');
const [from = '', to = join(root, 'test/feeds')] = process.argv.slice(2);
if (from === '') throw new Error('Name the folder of the whole feeds.');
const readme = readFileSync(join(from, 'README.md'), 'utf8');
const rows = readmeRows(readme);
if (rows.get('Wolfi')?.commit !== wolfiCommit) throw new Error(`Wolfi's records may be kept of ${wolfiCommit} only.`);

rmSync(to, { recursive: true, force: true });
const counts = new Map<string, number>();
const names = new Set<string>();
const namedByTests = idsOfTests();
for (const dump of new Set(feedParts.map((part) => part.dump))) writeDump(dump);
writeLists();
writeFileSync(join(to, 'NOTICE'), noticeOf(readme, counts));

/** Writes the records of a dump that its parts keep. */
function writeDump(dump: string): void {
  const parts = feedParts.filter((part) => part.dump === dump);
  const whole = new Map<string, number>();
  const kept: Record<string, Uint8Array> = {};
  const records = Object.entries(unzipSync(readFileSync(join(from, dump, 'all.zip'))))
    .sort()
    .map(([file, content]) => ({ file, content, record: JSON.parse(new TextDecoder().decode(content)) as OsvRecord }));
  const named = dumpsOfTests.has(dump) ? records.filter(({ record }) => isNamed(record)) : [];
  const ofTests = new Set(named.flatMap(({ record }) => packagesOf(record)));
  for (const { file, content, record } of records) {
    const part = parts.find((one) => isOf(one, record));
    if (part === undefined) continue;
    add(whole, part.row);
    if (!isKept(part, record) && !packagesOf(record).some((name) => ofTests.has(name))) continue;
    add(counts, part.row);
    for (const name of [record.id, ...(record.aliases ?? []), ...(record.upstream ?? [])]) names.add(name);
    kept[file] = part.factsOnly ? new TextEncoder().encode(JSON.stringify(factsOf(record))) : content;
  }
  for (const { row } of parts) {
    const [found, stated] = [whole.get(row) ?? 0, rows.get(row)?.count];
    if (found !== stated) throw new Error(`${row}: ${found} records are of this part, the README says ${stated}.`);
  }
  mkdirSync(join(to, dump), { recursive: true });
  writeFileSync(join(to, dump, 'all.zip'), zipSync(kept, { level: 9, mtime: new Date(1980, 0, 1) }));
}

/** What is known of the CVEs that the kept records name, and where the records that were taken whole are from. */
function writeLists(): void {
  const catalogue = JSON.parse(readFileSync(join(from, 'kev.json'), 'utf8'));
  catalogue.vulnerabilities = catalogue.vulnerabilities.filter(({ cveID }: { cveID: string }) => names.has(cveID));
  catalogue.count = catalogue.vulnerabilities.length;
  counts.set('`kev.json`', catalogue.count);
  writeFileSync(join(to, 'kev.json'), `${JSON.stringify(catalogue, undefined, 1)}\n`);
  mkdirSync(join(to, 'native'));
  for (const [file, heading] of [
    ['epss.csv.gz', 2],
    ['cvss.csv.gz', 1],
    ['native/ghsa-origin.csv.gz', 1],
  ] as const) {
    const lines = gunzipSync(readFileSync(join(from, file)))
      .toString('utf8')
      .trimEnd()
      .split('\n');
    const kept = lines.slice(heading).filter((line) => names.has(line.slice(0, line.indexOf(','))));
    counts.set(`\`${file}\``, kept.length);
    writeFileSync(join(to, file), gzipSync([...lines.slice(0, heading), ...kept, ''].join('\n'), { level: 9 }));
  }
}

function isOf({ ids, converted }: FeedPart, { id, database_specific: more }: OsvRecord): boolean {
  return ids.test(id) && (converted === undefined || converted === (more?.converted === true));
}

function isKept({ packages }: FeedPart, record: OsvRecord): boolean {
  return packagesOf(record).some((name) =>
    packages.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one)),
  );
}

function packagesOf({ affected = [] }: OsvRecord): string[] {
  return affected.flatMap(({ package: one }) => (one === undefined ? [] : [one.name]));
}

function isNamed({ id, aliases, upstream }: OsvRecord): boolean {
  return [id, ...(aliases ?? []), ...(upstream ?? [])].some((name) => namedByTests.has(name));
}

/** Ids of advisories that tests name. */
function idsOfTests(): ReadonlySet<string> {
  const files = globSync(['test/journeys/**/*.ts', 'src/**/*.test.ts', 'src/**/*.testing.ts', 'tools/**/*.test.ts'], {
    cwd: root,
  });
  const pattern = /\b(?:CVE|GHSA|MAL|DSA|DLA|USN|ALSA|RHSA|GO|RUSTSEC|PYSEC)-[\w:-]+/g;
  return new Set(files.flatMap((file) => readFileSync(join(root, file), 'utf8').match(pattern) ?? []));
}

/** A record without text that somebody wrote. */
function factsOf(record: OsvRecord): object {
  const {
    summary: _summary,
    details: _details,
    credits: _credits,
    ...facts
  } = record as OsvRecord & Record<string, unknown>;
  return facts;
}

function add(counted: Map<string, number>, name: string): void {
  counted.set(name, (counted.get(name) ?? 0) + 1);
}
