import { chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { putAdmissionRule } from '#admission/contract.ts';
import { getHealth, getTemplateEvidence } from '#explorer/contract.ts';
import type { CallInput, Endpoint } from '#http/index.ts';
import { runSeawall } from '../../journeys/seawall.ts';
import { vulnerableImage, soundImage } from '../gates/images.ts';
import type { Closers, LabConsole } from '../lab-console.ts';
import { expectThat, until } from '../lab.ts';
import { type AgentHost, openAgentHost } from './agent-host.ts';
import { type ConsoleContainer, consoleIn } from './console-container.ts';
import type { Deployment } from './world.ts';

/** The user of the console's image. */
const ofConsole = 65532;

/** Where the console keeps backups, and with which key: a folder of the machine, which outlives container and volume. */
export interface Vault {
  /** Words of `docker run` for what takes backups and what restores one. */
  readonly mounts: readonly string[];
  /** Words that have the console take backups by itself. */
  readonly schedule: readonly string[];
}

/** Paths as the container sees them. */
export const [backupFolder, backupKey] = ['/backups', '/backup.key'] as const;

export function openVault(state: string): Vault {
  const [folder, key] = [join(state, 'vault'), join(state, 'vault.key')];
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(key, 'a passphrase of the lab, long enough\n', { mode: 0o600 });
  for (const path of [folder, key]) chownSync(path, ofConsole, ofConsole);
  return {
    mounts: ['-v', `${folder}:${backupFolder}`, '-v', `${key}:${backupKey}:ro`],
    schedule: ['-e', `SEAWALL_BACKUP_DIR=${backupFolder}`, '-e', `SEAWALL_BACKUP_KEY_FILE=${backupKey}`],
  };
}

/** A console in a container and a host that it guards. */
export interface Estate {
  readonly console: ConsoleContainer;
  readonly shore: AgentHost;
  readonly ask: LabConsole['ask'];
  /** Saves the rule for admission that holds here. */
  rule(changes: { readonly basedOn: number; readonly holdSeconds: number }): Promise<void>;
  /** The administrator's token that `ask` goes by. */
  token(): string;
  /** Makes another one, on the console's machine. */
  renewToken(): Promise<void>;
}

/** A console with an agent that joined by its one command, a rule, and a gate that refuses by it. */
export async function openEstate(world: Deployment, closers: Closers, sensor: 'on' | 'off'): Promise<Estate> {
  const console = await consoleIn(await world.harbour('docker'));
  closers.push(() => console.remove());
  await console.run();
  await console.served();
  let token = await console.token('administrator');
  const ask = <E extends Endpoint>(endpoint: E, input: Partial<CallInput<E>> = {}, other = token) =>
    console.ask(endpoint, other, input);
  const rule: Estate['rule'] = async ({ basedOn, holdSeconds }) => {
    await ask(putAdmissionRule, { params: { id: 'shore' }, body: { rule: { ...strict, holdSeconds }, basedOn } });
  };
  await rule({ basedOn: 0, holdSeconds: 30 });
  const ground = {
    console: { state: world.state, linkPort: console.linkPort, ask },
    armed: sensor === 'on',
    say: () => undefined,
  };
  const shore = await openAgentHost(ground, closers);
  for (const { bytes } of [vulnerableImage, soundImage]) {
    const archive = join(world.state, 'image.tar');
    writeFileSync(archive, bytes);
    await shore.engine.must('load', '-q', '-i', archive);
  }
  await shore.startAgent();
  await shore.isHeard();
  const installed = await shore.gate('install');
  expectThat(installed.code === 0, JSON.stringify(installed));
  const renewToken = async (): Promise<void> => void (token = await console.token('administrator'));
  return { console, shore, ask, rule, token: () => token, renewToken };
}

/** Refuses what fails, what nobody knows, and what nobody can judge. */
const strict = {
  name: 'Shore',
  state: 'on',
  fail: 'block',
  cannotJudge: 'block',
  unknown: 'block',
  builds: 'allow',
  rogue: 'alert',
} as const;

const template = 'nist-800-190';

/** Waits until compliance has something to say of the host. */
export async function isAssessed({ ask }: Pick<Estate, 'ask'>): Promise<void> {
  const failing = async () =>
    (await ask(getTemplateEvidence, { params: { template } })).controls.some(({ subjects }) => subjects.fail > 0);
  await until('evidence of the host', failing, { seconds: 600, every: 500 });
}

/** Waits until the console shows a backup as good. */
export async function isBackedUp({ ask }: Pick<Estate, 'ask'>): Promise<void> {
  const good = async () => (await ask(getHealth)).backups?.state === 'good';
  await until('a backup', good, { seconds: 600, every: 500 });
}

/** What `seawall compliance report --at` gives in each format. */
export async function reportsAt(at: string, { console, token }: Estate, folder: string): Promise<Reports> {
  const reports: [string, Buffer][] = [];
  for (const format of ['csv', 'html', 'oscal', 'package']) {
    const output = join(folder, `report.${format}`);
    const words = ['compliance', 'report', '--at', at, '--format', format, '--output', output];
    const { code, stderr } = await runSeawall(words, { env: { SEAWALL_CONSOLE: console.url, SEAWALL_TOKEN: token() } });
    expectThat(code === 0, `the report as ${format} ended with ${code}: ${stderr}`);
    reports.push([format, readFileSync(output)]);
  }
  return new Map(reports);
}

export type Reports = ReadonlyMap<string, Buffer>;

/** Number of the ledger that the host's gates go by. */
export function sequenceOn({ host }: AgentHost): number {
  const root = host.place('/var/lib/seawall');
  const file = readdirSync(root, { recursive: true, encoding: 'utf8' }).find((name) =>
    name.endsWith('gate/ledger.json'),
  );
  if (file === undefined) return 0;
  const { ledger } = JSON.parse(readFileSync(join(root, file), 'utf8')) as { readonly ledger: string };
  return (JSON.parse(ledger) as { readonly sequence: number }).sequence;
}
