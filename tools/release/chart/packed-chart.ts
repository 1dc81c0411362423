import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeChart } from '../chart.ts';
import { run } from '../run.ts';
import { type KubernetesObject, objectsIn } from './objects.ts';
import { helm } from './helm.ts';

/** The checkout. */
export const root = join(import.meta.dirname, '../../..');

/** Of the release that tests make. */
export const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };

/** The chart as a release packs it, unpacked below a folder; answers its own folder. */
export async function unpackedChart(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  await makeChart({ root, out: folder, version });
  run('tar', [
    '--extract',
    '--gzip',
    `--file=${join(folder, `seawall-chart-${version}.tgz`)}`,
    `--directory=${folder}`,
  ]);
  return join(folder, 'seawall');
}

/** What is installed: a release of a chart by values. */
export interface Installation {
  readonly chart: string;
  readonly release?: string;
  readonly namespace?: string;
  /** Paths of files with values. */
  readonly values?: readonly string[];
}

/** What a release consists of. Throws with what helm says where it makes nothing. */
export async function rendered(installation: Installation): Promise<readonly KubernetesObject[]> {
  const { code, out, err } = await helm(['template', ...wordsOf(installation)]);
  if (code !== 0) throw new Error(err);
  return objectsIn(out);
}

/** What is printed to who installs it. */
export async function notesOf(installation: Installation): Promise<string> {
  const { code, out, err } = await helm(['install', ...wordsOf(installation), '--dry-run=client']);
  if (code !== 0) throw new Error(err);
  return out.slice(out.indexOf('\nNOTES:\n') + '\nNOTES:\n'.length);
}

/** Writes values to a file; answers its path. */
export function valuesFile(folder: string, text: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'values.yaml');
  writeFileSync(path, text);
  return path;
}

function wordsOf({ chart, release = 'seawall', namespace = 'seawall', values = [] }: Installation): readonly string[] {
  return [release, chart, '--namespace', namespace, ...values.flatMap((path) => ['--values', path])];
}
