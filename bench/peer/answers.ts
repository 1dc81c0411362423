import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FullDatabase } from '../../test/journeys/full-database.ts';
import { cvesOf, type PeerRecord } from './advisories.ts';
import type { Answer } from './compare.ts';

/** What both scanners are asked about. `root`: a whole file system; `sources`: a folder of sources. */
export interface Target {
  readonly name: string;
  readonly kind: 'root' | 'sources' | 'archive';
  readonly path: string;
}

const program = join(import.meta.dirname, '../../bin/seawall');
/** Programs write their results there. */
const mostBytes = 2 ** 30;

/** Types of package URLs by what the peer calls a source of packages. */
const types: Readonly<Record<string, string>> = {
  debian: 'deb',
  ubuntu: 'deb',
  alpine: 'apk',
  wolfi: 'apk',
  redhat: 'rpm',
  alma: 'rpm',
  rocky: 'rpm',
  npm: 'npm',
  'node-pkg': 'npm',
  pip: 'pypi',
  'python-pkg': 'pypi',
  gomod: 'golang',
  gobinary: 'golang',
  cargo: 'cargo',
  rustbinary: 'cargo',
  bundler: 'gem',
  gemspec: 'gem',
  composer: 'composer',
  nuget: 'nuget',
  'dotnet-core': 'nuget',
  jar: 'maven',
  gradle: 'maven',
  pom: 'maven',
};

interface PeerPackage {
  readonly Name: string;
  readonly Version?: string;
  readonly Release?: string;
  readonly Epoch?: number;
  readonly FilePath?: string;
}

interface PeerResult {
  readonly Results?: readonly {
    readonly Type: string;
    readonly Packages?: readonly PeerPackage[];
    readonly Vulnerabilities?: readonly {
      readonly PkgName: string;
      readonly InstalledVersion?: string;
      readonly PkgPath?: string;
      readonly VulnerabilityID: string;
    }[];
  }[];
}

interface OurResult {
  readonly packages: readonly {
    readonly type: string;
    readonly name: string;
    readonly version: string;
    readonly paths: readonly string[];
    readonly ownedBy?: string;
    readonly foundBy: { readonly evidence: string };
  }[];
  readonly findings: readonly {
    readonly id: string;
    readonly aliases: readonly string[];
    readonly type: string;
    readonly package: string;
    readonly installed: string;
    readonly matchedBy: { readonly advisory: string };
    readonly suppressed?: { readonly reason: string };
  }[];
  readonly faults: readonly { readonly code: string; readonly message: string }[];
}

/** What Seawall says of a target. */
export function askSeawall({ kind, path }: Target, database: FullDatabase, out: string): Answer {
  const words = kind === 'archive' ? ['--input', path] : [`dir:${path}`];
  const env = { ...process.env, ...database.env };
  const options = ['--no-cache', '--quiet', '--db', database.path, '--format', 'json', '--output', out];
  const { packages, findings, faults } = run<OurResult>(program, ['scan', ...words, ...options], { out, env });
  return {
    said: findings.map((one) => ({
      type: one.type,
      name: one.package,
      version: one.installed,
      ids: [one.id, ...one.aliases, one.matchedBy.advisory],
      record: one.matchedBy.advisory,
      ...(one.suppressed !== undefined && { suppressed: one.suppressed.reason }),
    })),
    packages: packages.map(({ type, name, version, paths, ownedBy, foundBy }) => {
      return { type, name, version, paths, evidence: foundBy.evidence, isOwned: ownedBy !== undefined };
    }),
    doubts: faults.map(({ message }) => message),
  };
}

/** A Trivy, and the folder of its databases. */
export interface Peer {
  readonly program: string;
  readonly cache: string;
}

/** What the peer says of a target, with the ids of the records that it rests on. */
export function askPeer(target: Target, peer: Peer, records: ReadonlyMap<string, PeerRecord>): Answer {
  const out = join(peer.cache, 'result.json');
  const verb = { root: 'rootfs', sources: 'fs', archive: 'image' }[target.kind];
  const offline = ['--skip-db-update', '--skip-java-db-update', '--offline-scan', '--scanners', 'vuln'];
  const words = [verb, '-q', '--cache-dir', peer.cache, ...offline, '--list-all-pkgs', '--format', 'json'];
  const place = target.kind === 'archive' ? ['--input', target.path] : [target.path];
  const options = { out, env: process.env };
  const { Results: results = [] } = run<PeerResult>(peer.program, [...words, '--output', out, ...place], options);
  const typed = results.map((one) => ({ ...one, type: types[one.Type] ?? one.Type }));
  return {
    said: typed.flatMap(({ type, Vulnerabilities: found = [] }) =>
      found.flatMap((one) => {
        const record = one.VulnerabilityID.replace(/#\d+$/, '');
        const path = one.PkgPath;
        const of = { type, name: one.PkgName, version: one.InstalledVersion ?? '' };
        const told = idsOf(records.get(record), record);
        return told.map((ids) => ({ ...of, ids, record, ...(path !== undefined && { path }) }));
      }),
    ),
    packages: typed.flatMap(({ type, Packages: listed = [] }) =>
      listed.map((one) => {
        const paths = one.FilePath === undefined ? [] : [one.FilePath];
        return { type, name: one.Name, version: versionOf(one), paths };
      }),
    ),
    doubts: [],
  };
}

function versionOf({ Version: version = '', Release: release, Epoch: epoch }: PeerPackage): string {
  return `${epoch ? `${epoch}:` : ''}${version}${release ? `-${release}` : ''}`;
}

/** Ids of each vulnerability that a record is about: an erratum of several CVEs tells each of them. */
function idsOf(record: PeerRecord | undefined, id: string): readonly (readonly string[])[] {
  const cves = record === undefined ? [] : cvesOf(record);
  if (cves.length > 1) return cves.map((cve) => [cve]);
  return [[id, ...(record?.aliases ?? []), ...(record?.upstream ?? []), ...cves]];
}

/** Runs a scanner, whose exit code also tells what it found, and reads the document that it wrote. */
function run<T>(
  command: string,
  words: readonly string[],
  { out, env }: { readonly out: string; readonly env: NodeJS.ProcessEnv },
): T {
  rmSync(out, { force: true });
  const { stderr, status } = spawnSync(command, words, { env, encoding: 'utf8', maxBuffer: mostBytes });
  try {
    return JSON.parse(readFileSync(out, 'utf8')) as T;
  } catch (cause) {
    throw new Error(`${command} ended with ${status}: ${stderr.slice(0, 500)}`, { cause });
  }
}
