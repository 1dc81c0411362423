import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, messageOf, oneLine, stateFolder } from '#base/index.ts';
import { agentProcess } from '#gate/agent/index.ts';
import { engineProcess, enteredVariable, mountSpaceOf, whyNotHostRoot } from '#inventory/agent/index.ts';
import { exemptContainer } from '#runtime/agent/index.ts';
import { inUse } from '../../agent/state-lock.ts';
import { checkoutFolder } from '../checkout.ts';
import { type CommandCall, text } from '../command.ts';
import { userId } from '../scan/database-here.ts';
import { engineSocketOf } from '../scan/options.ts';
import { withTokenOfFile } from './token-file.ts';
import { foundOnHost, placeProgram } from './place-program.ts';

/** What tells a program that it runs in a container, which it then does no more. */
const ofContainer = ['KUBERNETES_SERVICE_HOST', 'container', 'HOSTNAME'];

export interface Entry extends Pick<CommandCall, 'env' | 'options'> {
  /** Of the whole command line. */
  readonly words: readonly string[];
}

/**
 * Where installed programs run as root in a container, goes on as a program of the host: from a copy there, in the engine's
 * mounts, with the same process number, input and output. So everything that is read, marked and started is the host's.
 * Elsewhere nothing is done. Throws `AppError` `host-unseen` with what the container lacks.
 */
export async function enterHost({ env, options, words }: Entry): Promise<void> {
  const from = checkoutFolder();
  if (env[enteredVariable] !== undefined || userId() !== 0 || !existsSync(join(from, 'bin/node'))) return;
  const socket = engineSocketOf({ env, options });
  if ((await whyNotHostRoot({ env, socket })) === undefined) return;
  refuseWithoutRights();
  const target = await targetOf(socket);
  const root = `/proc/${target}/root`;
  const instance = text(options['instance']) ?? 'default';
  if (words[0] === 'agent' && options['remove'] !== true) refuseSecond({ root, instance, env, options });
  const to = join(stateFolder(env, 0), 'program');
  const place = placed({ from, root, to });
  const container = containerOf(target);
  const sensor = join(root, 'run/seawall', instance, 'sensor.sock');
  const exempted = container === undefined ? 'none' : await exemptContainer({ socket: sensor, instance, container });
  const enter = ['--target', String(target), '--mount', '--uts', '--ipc', '--net', '--cgroup', '--'];
  tryProgram([...enter, join(place, 'bin/node'), '--version'], exempted === 'refused' ? instance : undefined);
  const { words: kept, token } = withTokenOfFile(words);
  process.execve?.(nsenter, [nsenter, ...enter, join(place, 'bin/seawall'), ...kept], {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !ofContainer.includes(name))),
    ...(token !== undefined && { SEAWALL_TOKEN: token }),
    [enteredVariable]: container ?? 'unknown',
  });
}

const nsenter = '/usr/bin/nsenter';

/** Id of this container, as its host sees it. The image has no tools, so Node reads it. */
function containerOf(target: number): string | undefined {
  const read = "process.stdout.write(require('node:fs').readFileSync('/proc/self/cgroup'))";
  const words = ['--target', String(target), '--cgroup', '--', process.execPath, '-e', read];
  return /[0-9a-f]{64}/.exec(spawnSync(nsenter, words, { encoding: 'utf8' }).stdout)?.[0];
}

/** The process into whose mounts to go. An engine may have mounts of its own, where alone its containers are seen. */
async function targetOf(socket: string): Promise<number> {
  const engine = await engineProcess(socket);
  if (engine !== undefined) return engine;
  const first = mountSpaceOf(1);
  if (first !== undefined && first !== mountSpaceOf('self')) return 1;
  throw unseen(
    'it does not see the processes of the host',
    'Start it with --pid host. Where the engine’s socket is not the usual one, name it with --engine.',
  );
}

interface Second extends Pick<CommandCall, 'env' | 'options'> {
  /** Of the host, as this process reaches it. */
  readonly root: string;
  readonly instance: string;
}

/** Two agents with one state would end each other's programs, and take the sensor from each other. */
function refuseSecond({ root, instance, env, options }: Second): void {
  const state = text(options['state']) ?? join(stateFolder(env, 0), 'agent', instance);
  const holder = agentProcess(join(root, foundOnHost(root, state)));
  if (holder !== undefined) throw inUse(state, holder);
}

/** Bits of capabilities(7), by their names. */
const capabilities = { SYS_ADMIN: 21, SYS_CHROOT: 18, SYS_PTRACE: 19 } as const;

function refuseWithoutRights(): void {
  if (!/^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8')))
    throw unseen(
      'root of it is not root of the host',
      'Start it with --userns host, beside an engine that runs as root.',
    );
  const held = BigInt(`0x${/^CapEff:\s+(\w+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`);
  const lacking = Object.entries(capabilities).filter(([, bit]) => ((held >> BigInt(bit)) & 1n) === 0n);
  if (lacking.length === 0) return;
  const names = lacking.map(([name]) => name);
  throw unseen(`it has no ${names.join(', ')}`, `Start it with ${names.map((name) => `--cap-add ${name}`).join(' ')}.`);
}

function placed(placing: Parameters<typeof placeProgram>[0]): string {
  try {
    return placeProgram(placing);
  } catch (error) {
    throw unseen(`its programs cannot be copied to ${placing.to} of the host: ${messageOf(error)}`);
  }
}

/** `refusing`: instance of a sensor that did not take this container out of its rules. */
function tryProgram(words: readonly string[], refusing: string | undefined): void {
  const { status, signal, stderr, error } = spawnSync(nsenter, words, { encoding: 'utf8', timeout: 20_000 });
  if (status === 0) return;
  const why = [oneLine(error?.message ?? stderr.trim(), 300), signal ?? ''].find((one) => one !== '');
  throw unseen(
    `its programs do not start there (${why ?? `exit code ${status}`})`,
    refusing === undefined
      ? 'They need glibc 2.28 and libstdc++ of the host, a file system without noexec, and a container that AppArmor and SELinux do not confine.'
      : `The sensor of another release may refuse them: end it by \`pkill -f 'seawall-sensor --instance ${refusing}'\` and restart the container.`,
  );
}

function unseen(why: string, next?: string): AppError {
  return new AppError('host-unseen', `This container cannot work as a part of its host: ${why}.`, {
    ...(next !== undefined && { next: `${next} docs/how-to/add-a-host.md has the whole command.` }),
  });
}
