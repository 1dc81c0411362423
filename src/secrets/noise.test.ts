import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSecretSearch, groupOfDetector, type SecretFinding } from './index.ts';
import { randomOf } from './random.testing.ts';

const mostFiles = 2500;
const mostBytes = 1_000_000;

/** Real credentials that packages of Debian carry; a scan counts them as owned by their package. */
const realOnes = ['gcp-api-key /etc/chromium.d/apikeys'];

interface Seen {
  readonly path: string;
  readonly finding: SecretFinding;
}

/** Findings in some of these files, the same ones each time. */
function seenIn(paths: readonly string[]): { readonly files: number; readonly seen: readonly Seen[] } {
  const random = randomOf(29);
  const sample = paths.filter(() => random.number(paths.length) < mostFiles).filter(isReadable);
  const seen = sample.flatMap((path) => {
    const search = createSecretSearch(path.slice(1));
    search.add(readFileSync(path));
    return search.end().findings.map((finding) => ({ path, finding }));
  });
  return { files: sample.length, seen };
}

function isReadable(path: string): boolean {
  const status = lstatSync(path, { throwIfNoEntry: false });
  return status?.isFile() === true && status.size <= mostBytes && (status.mode & 0o444) === 0o444;
}

/** Each once for a file, as a check shows them. */
function linesOf(seen: readonly Seen[], certainty: SecretFinding['certainty']): readonly string[] {
  const some = seen.filter(({ finding }) => finding.certainty === certainty);
  return [...new Set(some.map(({ path, finding }) => `${finding.detector} ${path}`))];
}

function filesUnder(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

test('files of this system hold no secret but whole keys, and at most five lines are likely', () => {
  const { files, seen } = seenIn(ownedFiles().filter((path) => /^\/(etc|usr\/share)\//.test(path)));
  const sure = linesOf(
    seen.filter(({ finding }) => groupOfDetector(finding.detector) !== 'private-key'),
    'sure',
  );
  expect(sure.filter((line) => !realOnes.includes(line))).toEqual([]);
  expect(linesOf(seen, 'likely').length, String(linesOf(seen, 'likely'))).toBeLessThanOrEqual(5);
  // A machine without dpkg has nothing to compare with.
  expect(files > 200 || !existsSync('/var/lib/dpkg/info')).toBe(true);
});

/** What packages of this system brought. */
function ownedFiles(): readonly string[] {
  const lists = '/var/lib/dpkg/info';
  if (!existsSync(lists)) return [];
  const names = readdirSync(lists).filter((name) => name.endsWith('.list'));
  return [...new Set(names.flatMap((name) => readFileSync(join(lists, name), 'utf8').split('\n')))].toSorted();
}

test('packages of npm hold no secret, and at most five lines are likely', () => {
  // What tools keep there is of nobody's package.
  const all = filesUnder(join(import.meta.dirname, '../../node_modules'));
  const { files, seen } = seenIn(all.filter((path) => !path.includes('/node_modules/.')));
  expect(linesOf(seen, 'sure')).toEqual([]);
  expect(linesOf(seen, 'likely').length, String(linesOf(seen, 'likely'))).toBeLessThanOrEqual(5);
  expect(files).toBeGreaterThan(1000);
});

test('the whole keys of libgnutls are found, each at its place; whose they are is for others to say', () => {
  const libraries = ['/usr/lib/x86_64-linux-gnu/libgnutls.so.30', '/usr/lib64/libgnutls.so.30'].filter(existsSync);
  for (const path of libraries) {
    const content = readFileSync(path);
    const search = createSecretSearch(path.slice(1));
    search.add(content);
    const { findings } = search.end();
    expect(findings.length).toBeGreaterThanOrEqual(4);
    for (const { detector, offset } of findings) {
      expect(groupOfDetector(detector)).toBe('private-key');
      expect(content.toString('latin1', offset - 17, offset)).toMatch(/PRIVATE KEY-----$/);
    }
  }
});
