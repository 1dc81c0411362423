import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { oneLine } from '#base/index.ts';
import { textsWithoutSecrets } from '#secrets/index.ts';
import { mostSaid, type ScriptOutcome, type ScriptRun } from '../contract.ts';
import { type ScriptEnd, type ScriptRunner, startScript } from './script-runner.ts';
import { unpackImage, type UnpackTerms } from './unpack-image.ts';

/** Scripts that a scan may run. */
export interface WantedScripts {
  readonly scripts: readonly { readonly check: string; readonly script: string }[];
  /** A text: why there is none, as part of a sentence. */
  readonly runner: ScriptRunner | string;
}

/** Runs scripts over the files of an image. Without the means, or without all of the files, none of them runs. */
export async function runScripts({ scripts, runner }: WantedScripts, terms: UnpackTerms): Promise<ScriptRun> {
  if (scripts.length === 0) return { state: 'ran', outcomes: [] };
  if (typeof runner === 'string') return notRun(runner);
  const folder = await mkdtemp(join(tmpdir(), 'seawall-files-'));
  try {
    const root = join(folder, 'root');
    await mkdir(root);
    const lacking = await unpackImage(terms, root);
    if (lacking !== undefined) return notRun(`the files of the image cannot all be laid out for scripts: ${lacking}`);
    await chmod(root, 0o755);
    return await runAll(scripts, { runner, root, signal: terms.signal });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Running {
  readonly runner: ScriptRunner;
  readonly root: string;
  readonly signal: AbortSignal | undefined;
}

async function runAll(scripts: WantedScripts['scripts'], { runner, root, signal }: Running): Promise<ScriptRun> {
  const outcomes: ScriptOutcome[] = [];
  for (const { check, script } of scripts) {
    signal?.throwIfAborted();
    const end = await startScript(runner, root, script);
    if (end.kind === 'not-run') return notRun(end.reason);
    outcomes.push(outcomeOf({ check, hash: createHash('sha256').update(script).digest('hex') }, end));
  }
  return { state: 'ran', outcomes };
}

function notRun(reason: string): ScriptRun {
  return { state: 'not-run', reason: oneLine(reason, 1000) };
}

function outcomeOf(of: Pick<ScriptOutcome, 'check' | 'hash'>, end: Exclude<ScriptEnd, { kind: 'not-run' }>) {
  const said = saidBy(end.output);
  return end.kind === 'error' ? { ...of, ended: end.kind, reason: end.reason, said } : { ...of, ended: end.kind, said };
}

/** The first lines that say anything. Secrets are looked for in the whole: one may be longer than a line. */
function saidBy(output: string): readonly string[] {
  const [shown = ''] = textsWithoutSecrets([output], { kind: 'arguments' });
  const lines = shown.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(0, mostSaid.lines).map((line) => oneLine(line, mostSaid.units));
}
