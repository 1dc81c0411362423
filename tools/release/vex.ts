import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { imageArchives } from './image-archives.ts';
import { shippedPlaces } from './notice.ts';
import { readLock } from './packages.ts';
import type { Release } from './release.ts';
import { run } from './run.ts';
import { seawallJson } from './seawall-json.ts';
import { bare, type ReleasedFinding, type ReleasedScan, type Statements, vexProblems } from './vex-rules.ts';

/**
 * Holds our own images to our own rules: scans them, and all npm packages that ship, with the feeds of the checkout (or those
 * of `SEAWALL_FEEDS`), and writes `seawall-VERSION.openvex.json` of what has no fix. Throws with every problem. Answers how
 * many statements there are.
 */
export async function makeVex(release: Release): Promise<string> {
  const said = JSON.parse(readFileSync(join(release.root, 'integrations/vex/statements.json'), 'utf8')) as Statements;
  const scans = await scanRelease(release);
  const problems = vexProblems(scans, said);
  if (problems.length > 0) throw new Error(`The release breaks its own rules:\n${problems.join('\n')}`);
  const { out, version } = release;
  const judged = `${scans.length - 1} images and all npm packages judged`;
  if (said.statements.length === 0) return `${judged}; nothing to state`;
  const file = join(out, `seawall-${version}.openvex.json`);
  writeFileSync(file, `${JSON.stringify(openVexOf(release, said, scans), undefined, 2)}\n`);
  return `${judged}; ${said.statements.length} statements`;
}

/** Scans every archive of the release, and what is bundled into its programs, where no scan of an image finds it. */
async function scanRelease(release: Release): Promise<readonly ReleasedScan[]> {
  const work = mkdtempSync(join(tmpdir(), 'seawall-vex-'));
  try {
    const feeds = process.env['SEAWALL_FEEDS'] ?? join(release.root, 'test/feeds');
    const database = join(work, 'vulnerability.db');
    const env = { SEAWALL_STATE: join(work, 'state'), SEAWALL_DB: database };
    run('env', [
      `SEAWALL_STATE=${env.SEAWALL_STATE}`,
      join(release.root, 'bin/seawall'),
      'db',
      'build',
      '--feeds',
      feeds,
      '--out',
      database,
    ]);
    const targets = [
      { name: 'npm packages', target: `dir:${layPackages(release, join(work, 'npm'))}` },
      ...imageArchives(release).map(({ name, archive }) => ({ name, target: `archive:${archive}` })),
    ];
    const scans: ReleasedScan[] = [];
    for (const { name, target } of targets)
      scans.push(scanOf(name, await seawallJson(release.root, ['scan', target, '--format', 'json', '--quiet'], env)));
    return scans;
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** A folder with the manifest of each npm package that ships: what a scan needs to judge them. */
function layPackages({ root }: Release, folder: string): string {
  const lock = readLock(root);
  for (const place of shippedPlaces(lock)) {
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const file = join(folder, place, 'package.json');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ name, version: lock.get(place)?.version }));
  }
  return folder;
}

interface ScanDocument {
  readonly findings: readonly ReleasedFinding[];
  readonly packages: readonly { readonly purl: string; readonly type: string }[];
  /** Missing: what was scanned is no image. */
  readonly compliance?: readonly { readonly id: string; readonly status: string; readonly impliedBy?: string }[];
  readonly faults: readonly { readonly code: string; readonly message: string; readonly path?: string }[];
}

/** Of programs `notJudged` names each one. Nothing excuses a distribution or an ecosystem without a feed. */
function isOfPrograms({ code, message }: ScanDocument['faults'][number]): boolean {
  return code === 'no-advisory-data' && message.startsWith('No feed speaks for programs:');
}

/** What a result says of a part of the release; files that nothing identifies are the release's own. */
export function scanOf(name: string, document: unknown): ReleasedScan {
  const { findings, packages, compliance = [], faults } = document as ScanDocument;
  return {
    name,
    findings,
    notJudged: faults.some(isOfPrograms)
      ? packages.filter(({ type }) => type === 'generic').map(({ purl }) => purl)
      : [],
    failing: compliance
      .filter(({ status, impliedBy }) => status === 'fail' && impliedBy === undefined)
      .map(({ id }) => id),
    unseen: faults
      .filter((fault) => fault.code !== 'unidentified-package' && !isOfPrograms(fault))
      .map(({ code, message, path }) => `${code}: ${message}${path === undefined ? '' : ` (${path})`}`),
  };
}

/** The statements as an OpenVEX 0.2 document; each names the packages of which it speaks, in their versions. */
export function openVexOf(
  { version, epoch }: Release,
  { statements }: Statements,
  scans: readonly ReleasedScan[],
): object {
  const findings = scans.flatMap((scan) => scan.findings);
  return {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': `https://openvex.dev/docs/seawall-${version}`,
    author: 'Seawall',
    timestamp: `${new Date(epoch * 1000).toISOString().slice(0, 19)}Z`,
    version: 1,
    statements: statements.map(({ vulnerability, package: named, status, justification, reason }) => {
      const purls = findings
        .filter(({ id, purl }) => id === vulnerability && bare(purl) === named)
        .map(({ purl }) => purl);
      return {
        vulnerability: { name: vulnerability },
        products: [...new Set(purls)].toSorted().map((purl) => ({ '@id': purl })),
        status,
        ...(justification === undefined ? {} : { justification }),
        ...(status === 'affected' ? { action_statement: reason } : { impact_statement: reason }),
      };
    }),
  };
}
