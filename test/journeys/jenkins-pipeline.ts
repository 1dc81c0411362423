import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './seawall.ts';

/** A build of a Jenkinsfile that ended. */
export interface Build {
  readonly result: 'SUCCESS' | 'UNSTABLE' | 'FAILURE';
  readonly log: string;
  readonly artifacts: readonly string[];
  readonly htmlReports: readonly string[];
  readonly tests: { readonly total: number; readonly failed: number };
  /** Text of a file that the build archived. */
  artifact(name: string): string;
}

export interface BuildOptions {
  /** Variables of the agent; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Variables that Jenkins gives the build. */
  readonly build?: Readonly<Record<string, string>>;
  /** Secret texts by their id in Jenkins. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Steps whose plug-in this Jenkins lacks. */
  readonly without?: readonly string[];
  /** A workspace of an earlier build. */
  readonly workspace?: string;
}

const harness = join(repository, 'integrations/jenkins/harness/run.groovy');

/** Runs a scripted pipeline with the shared library by Debian's Groovy, with the steps of the harness in place of Jenkins. */
export async function runPipeline(folder: string, body: string, options: BuildOptions = {}): Promise<Build> {
  const work = mkdtempSync(join(folder, 'build-'));
  const workspace = options.workspace ?? join(work, 'workspace');
  mkdirSync(workspace, { recursive: true });
  writeFileSync(join(work, 'Jenkinsfile'), `@Library('seawall') _\nnode {\n${body}\n}\n`);
  const secrets = Object.entries(options.credentials ?? {}).map(([id, secret], index) => ({
    id,
    secret,
    variable: `HARNESS_SECRET_${index}`,
  }));
  const words = [
    '--jenkinsfile',
    join(work, 'Jenkinsfile'),
    '--workspace',
    workspace,
    '--record',
    join(work, 'record'),
    ...Object.entries(options.build ?? {}).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...secrets.flatMap(({ id, variable }) => ['--credential', `${id}=${variable}`]),
    ...(options.without ?? []).flatMap((step) => ['--without', step]),
  ];
  const { SEAWALL_DB: _db, SEAWALL_CONSOLE: _console, SEAWALL_TOKEN: _token, ...inherited } = process.env;
  const env = {
    ...inherited,
    LC_ALL: 'C.UTF-8',
    // For programs that end soon: half the processor time of the usual compiler and collector.
    JAVA_OPTS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC',
    PATH: `${join(repository, 'bin')}:${process.env['PATH']}`,
    ...options.env,
    ...Object.fromEntries(secrets.map(({ variable, secret }) => [variable, secret])),
  };
  const log = await outputOf([harness, ...words], env);
  const record = join(work, 'record/build.json');
  if (!existsSync(record)) throw new Error(`The harness did not come to its end: ${log}`);
  return {
    ...JSON.parse(readFileSync(record, 'utf8')),
    log,
    artifact: (name) => readFileSync(join(work, 'record/archive', name), 'utf8'),
  };
}

function outputOf(words: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn('groovy', words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => void (said += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(said));
  });
}

/** A text as a Groovy literal, in which nothing is put in. */
export function groovy(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`;
}
