import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signatureFiles } from '#apps/cli/release/sums.ts';
import { debName } from './deb.ts';
import { changesBeside } from './key-file.ts';
import type { Release } from './release.ts';
import { tarballName } from './tarball.ts';

/** Name of the first thing to read, among the artefacts. */
const readmeName = 'README.txt';

/** What each file is for, by what its name begins with; the first that fits counts. */
const purposes: readonly (readonly [RegExp, string])[] = [
  [/^seawall-linux-x64$/, 'command line in one file, x86-64'],
  [/^seawall-linux-arm64$/, 'command line in one file, ARM'],
  [/^seawall\.cjs$/, 'command line for Node 24.7 or newer'],
  [/^seawall_.*\.deb$/, 'package: all programs, with units'],
  [/^seawall-[^-]*-linux-x64\.tar\.gz$/, 'tarball: all programs, and how-tos'],
  [/^seawall-agent-.*\.tar$/, 'image: agent, sensor, gate'],
  [/^seawall-cli-.*\.tar$/, 'image: command line'],
  [/^seawall-console-without-database-.*\.tar$/, 'image: console for your PostgreSQL'],
  [/^seawall-console-.*\.tar$/, 'image: console with PostgreSQL'],
  [/^seawall-chart-.*\.tgz$/, 'Helm chart'],
  [/^compose\.yaml$/, 'compose file: console and agent'],
  [/\.cdx\.json$/, 'bill of materials (CycloneDX)'],
  [/\.openvex\.json$/, 'open findings of Seawall (OpenVEX)'],
  [/^SHA256SUMS$/, 'list of all files'],
  [/^SHA256SUMS\./, 'signature of the list'],
  [/^seawall-release-key-changes\.json$/, 'changes of the release key'],
  [/^seawall-release\./, 'release key'],
];

/** Leaves 35 columns of 80 to the purpose. */
const nameWidth = 43;

/**
 * Writes `README.txt`: what each file is, and the way from this folder to the first finding. The release is signed afterwards
 * by the key in this file, where one is named.
 */
export function makeReadme(release: Release, keyFile: string | undefined): void {
  const { root, out, version } = release;
  const isOurs = new Set<string>([readmeName, ...Object.values(signatureFiles)]);
  const made = readdirSync(out).filter((name) => !isOurs.has(name));
  const text = readFileSync(join(root, 'tools/release/readme.txt'), 'utf8');
  const names = [...made.toSorted(), signatureFiles.sums, ...namesBySigning(keyFile)];
  writeFileSync(join(out, readmeName), readmeOf(text, { names, version }));
}

function namesBySigning(keyFile: string | undefined): readonly string[] {
  if (keyFile === undefined || keyFile === '') return [];
  const { raw, minisign, key, minisignKey, changes } = signatureFiles;
  return [raw, minisign, key, minisignKey, ...(changesBeside(keyFile).length > 0 ? [changes] : [])];
}

interface ReadmeFacts {
  /** Of the files, in their order. */
  readonly names: readonly string[];
  readonly version: string;
}

/** Throws for a file whose purpose nobody says. */
export function readmeOf(template: string, { names, version }: ReadmeFacts): string {
  const lines = names.map((name) => `  ${name.padEnd(nameWidth)}${purposeOf(name)}`);
  const tarball = tarballName({ version });
  return template
    .replace('FILES', lines.join('\n'))
    .replaceAll('DEB', debName({ version }))
    .replaceAll('TARBALL', tarball)
    .replaceAll('NAME/', `${tarball.replace('.tar.gz', '')}/`)
    .replaceAll('VERSION', version);
}

function purposeOf(name: string): string {
  const purpose = purposes.find(([pattern]) => pattern.test(name))?.[1];
  if (purpose === undefined)
    throw new Error(`README.txt does not say what ${name} is for: add it to tools/release/readme.ts.`);
  return purpose;
}
