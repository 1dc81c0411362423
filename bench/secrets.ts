/**
 * What looking for secrets in files costs: the processor's time for programs and settings of this machine, beside a plain regular
 * expression of some beginnings of known secrets over the same bytes. By turns, the middle of several.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecretSearch } from '../src/secrets/index.ts';

const turns = 5;
const root = join(import.meta.dirname, '..');
const peer =
  /AKIA|AIza|gh[pousr]_|github_pat_|glpat-|npm_|pypi-AgE|xox[abpers]-|sk_live_|sk-ant-|SG\.|hf_|eyJ|PRIVATE KEY/g;

const sets = {
  programs: [process.execPath],
  settings: filesUnder(join(root, 'node_modules'), /\.(?:json|ya?ml|toml)$/),
  sources: filesUnder(join(root, 'node_modules'), /\.(?:[cm]?js|ts)$/),
};

for (const [name, paths] of Object.entries(sets)) {
  const files = paths.map((path) => ({ path, bytes: readFileSync(path) }));
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  const times: { readonly ours: number[]; readonly peer: number[] } = { ours: [], peer: [] };
  for (let turn = 0; turn < turns; turn += 1) {
    times.ours.push(seconds(() => files.forEach((file) => void searched(file.path, file.bytes))));
    times.peer.push(seconds(() => files.forEach((file) => void file.bytes.toString('latin1').match(peer))));
  }
  const [ours, other] = [median(times.ours), median(times.peer)];
  const rate = (time: number): string => `${(bytes / 1e6 / time).toFixed(0)}MB/s`;
  console.log(`secrets-${name} ours=${rate(ours)} peer=${rate(other)} ratio=${(ours / other).toFixed(2)}`);
}

function searched(path: string, bytes: Buffer): number {
  const search = createSecretSearch(path);
  for (let at = 0; at < bytes.length; at += 65_536) search.add(bytes.subarray(at, at + 65_536));
  return search.end().findings.length;
}

function filesUnder(folder: string, name: RegExp): readonly string[] {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  return paths.slice(0, 8000);
}

/** Of the processor. */
function seconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
