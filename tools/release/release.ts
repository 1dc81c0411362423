import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { signatureFiles } from '#apps/cli/release/sums.ts';

/** What is released, and where its artefacts go. Equal releases make equal artefacts, byte for byte. */
export interface Release {
  /** The checkout. */
  readonly root: string;
  /** Folder of the artefacts. */
  readonly out: string;
  readonly version: string;
  /** Time of the commit in seconds, as `SOURCE_DATE_EPOCH`: the time of every file in an artefact. */
  readonly epoch: number;
  /** The commit; missing: there is none. */
  readonly revision?: string;
}

/** Where people find Seawall and its sources. */
export const homepage = 'https://seawall.example';

/** The release of a checkout, by its `package.json` and its last commit, or `SOURCE_DATE_EPOCH` where there is no commit. */
export function releaseOf(root: string, out: string = usualOut(root)): Release {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  const revision = git(root, ['rev-parse', 'HEAD']);
  return { root, out: resolve(out), version, epoch: epochOf(root), ...(revision !== undefined && { revision }) };
}

function usualOut(root: string): string {
  return join(root, 'dist/release');
}

/** Removes the release before. Throws for a folder that holds something else, which `--out` may name by mistake. */
export function removeEarlier({ root, out }: Pick<Release, 'root' | 'out'>): void {
  if (!existsSync(out)) return;
  const names = readdirSync(out);
  const isRelease = out === usualOut(root) || names.includes(signatureFiles.sums);
  if (names.length > 0 && !isRelease)
    throw new Error(`${out} is not empty and holds no release. Empty it yourself, or name another folder with --out.`);
  rmSync(out, { recursive: true });
}

function epochOf(root: string): number {
  const named = process.env['SOURCE_DATE_EPOCH'];
  const epoch = Number(named ?? git(root, ['log', '-1', '--format=%ct']));
  if (Number.isSafeInteger(epoch) && epoch > 0) return epoch;
  throw new Error('The time of the release is not known: release from a commit, or set SOURCE_DATE_EPOCH to seconds.');
}

/** What differs between the checkout and its last commit, as a warning; `undefined` for a clean one. */
export function uncleanWarning(root: string): string | undefined {
  const changed = git(root, ['status', '--porcelain']);
  if (changed === undefined)
    return 'Git cannot tell whether this checkout is clean, so nobody can make this release again.';
  const lines = changed.split('\n').filter((line) => line !== '');
  if (lines.length === 0) return undefined;
  const [first = ''] = lines;
  const more = lines.length === 1 ? '' : ` and ${lines.length - 1} more`;
  return `The checkout is not clean (${first.trim()}${more}), so nobody can make this release again from its commit.`;
}

function git(root: string, words: readonly string[]): string | undefined {
  try {
    return execFileSync('git', ['-C', root, ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trimEnd();
  } catch {
    return undefined;
  }
}
