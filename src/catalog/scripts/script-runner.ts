import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { oneLine } from '#base/index.ts';

/** Programs that run a script: what confines it, and the static shell that reads it. */
export interface ScriptRunner {
  readonly program: string;
  readonly busybox: string;
}

/** How a script ended. */
export type ScriptEnd =
  | { readonly kind: 'pass' | 'fail'; readonly output: string }
  | { readonly kind: 'error'; readonly reason: string; readonly output: string }
  /** It was never begun; `reason` is part of a sentence. */
  | { readonly kind: 'not-run'; readonly reason: string };

/** Looks for both in folders, the first one first; a text says what is missing, and what to do. */
export function findScriptRunner(folders: readonly string[]): ScriptRunner | string {
  for (const folder of folders) {
    const found = { program: `${folder}/seawall-script`, busybox: `${folder}/seawall-busybox` };
    if (existsSync(found.program) && existsSync(found.busybox)) return found;
  }
  return `seawall-script and seawall-busybox lie in none of ${folders.join(', ')}; build them by \`make -C native\` with Debian’s busybox-static installed`;
}

/** What the runner ends with besides 0 and 1 (`native/script-runner/main.c`). */
const ends: ReadonlyMap<number, string> = new Map([
  [2, 'The script ended with neither 0 nor 1.'],
  [64, 'The script is empty or longer than 64 KiB.'],
  [71, 'The script took longer than 10 s.'],
  [72, 'The script said more than 64 KiB.'],
]);
const unconfined = 70;
/** Milliseconds: longer than the runner gives a script. */
const longestRun = 20_000;
const longestOutput = 64 * 1024;

/** Runs one script over a folder. It sees no environment; what it says is bounded by the runner, and here once more. */
export async function startScript(
  { program, busybox }: ScriptRunner,
  folder: string,
  script: string,
): Promise<ScriptEnd> {
  const child = spawn(program, [folder, busybox], {
    env: {},
    stdio: 'pipe',
    timeout: longestRun,
    killSignal: 'SIGKILL',
  });
  const { promise, resolve } = Promise.withResolvers<number | string>();
  child.once('error', (error) => resolve(error.message));
  child.once('close', (code, signal) => resolve(code ?? `it was ended by ${signal}`));
  // A runner that ends early reads none of it, and says why.
  child.stdin.on('error', () => undefined).end(script);
  const [output, said] = [heard(child.stdout), heard(child.stderr)];
  const code = await promise;
  if (code === 0) return { kind: 'pass', output: output() };
  if (code === 1) return { kind: 'fail', output: output() };
  const reason = typeof code === 'number' ? ends.get(code) : undefined;
  if (reason !== undefined) return { kind: 'error', reason, output: output() };
  if (code === unconfined) return { kind: 'not-run', reason: oneLine(said().replace(/^seawall-script: /, ''), 900) };
  return {
    kind: 'not-run',
    reason: `${program} did not run: ${typeof code === 'number' ? `it ended with ${code}` : code}`,
  };
}

function heard(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on('data', (chunk: Buffer) => {
    if (length < longestOutput) chunks.push(chunk.subarray(0, longestOutput - length));
    length += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
