import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '#base/index.ts';
import { trialBundle } from '#compliance/index.ts';
import { writeSafely } from '#link/agent/index.ts';
import { bundleOf, rootOf } from '../canary/canary-files.ts';
import { askSocket, callRuntime } from '../canary/trial.ts';
import type { AskedStart } from './lines.ts';
import { trialContainer } from './names.ts';
import type { RingAnswer, TriedRing } from './ring.ts';

export interface WrapperRingOptions {
  /** As an engine keeps its containers; the wrapper knows it as one of this instance. */
  readonly canaryFolder: string;
  /** Where the wrapper asks the agent. */
  readonly socket: string;
  /** The program that engines call; missing: it is not installed. */
  readonly program: () => string | undefined;
  /** Whether there is an engine whose starts the wrapper can judge. */
  readonly engine: () => 'there' | 'away';
  /** Writes the ledger that the wrapper reads, where it is not the one in force. */
  readonly compiled: () => Promise<void>;
}

/**
 * The runtime wrapper, called as engines call it. The bundle names no program and its root file system is empty: where the
 * wrapper hands it on, every runtime refuses it before it makes anything.
 */
export function wrapperRing(options: WrapperRingOptions): TriedRing {
  const { canaryFolder, socket } = options;
  return {
    ring: 2,
    absence() {
      if (options.program() === undefined)
        return 'The runtime wrapper is not installed on this host: run `seawall gate install`.';
      return options.engine() === 'there' ? undefined : 'There is no engine whose starts the wrapper judges.';
    },
    async ask(start) {
      try {
        const call = () => callRuntime(options.program() ?? '', canaryFolder, trialContainer);
        const { code, said } = await whileKept(canaryFolder, start, call);
        return code !== 0 && said.includes(refusal)
          ? { kind: 'refused', text: wordsOf(said) }
          : { kind: 'let-through' };
      } catch (error) {
        return { kind: 'unanswered', why: messageOf(error) };
      }
    },
    async own(start): Promise<RingAnswer> {
      try {
        await options.compiled();
        const bundle = bundleOf(canaryFolder, trialContainer);
        const question = { container: trialContainer, bundle, image: start.digest };
        const reply = await whileKept(canaryFolder, start, () => askSocket(socket, question));
        return reply.answer === 'deny' ? { kind: 'refused', text: reply.reason } : { kind: 'let-through' };
      } catch (error) {
        return { kind: 'unanswered', why: messageOf(error) };
      }
    },
  };
}

/** How the wrapper begins what it says of a start that it refuses. */
const refusal = 'refused by Seawall: ';

function wordsOf(said: string): string {
  return said.slice(said.indexOf(refusal) + refusal.length).trim();
}

const mount = 'trial';

/**
 * Asks while one container is there as an engine with layers in plain folders keeps it, with the bundle that its runtime would
 * get. Its rules let a trial's image start, so it must not lie there for others to start something under its id.
 */
async function whileKept<Answer>(folder: string, start: AskedStart, ask: () => Promise<Answer>): Promise<Answer> {
  const kept = join(folder, 'containers', trialContainer, 'config.v2.json');
  try {
    await writeTrialFiles(folder, kept, start);
    return await ask();
  } finally {
    await rm(kept, { force: true });
  }
}

async function writeTrialFiles(folder: string, kept: string, start: AskedStart): Promise<void> {
  const { spec, config, hostConfig } = trialBundle(start);
  const container = { ...config, ID: trialContainer, Name: '/seawall-trial', Image: start.digest, Driver: 'vfs' };
  await writeSafely(kept, JSON.stringify(container));
  await writeSafely(join(dirname(kept), 'hostconfig.json'), JSON.stringify(hostConfig));
  await writeSafely(join(folder, 'image/vfs/layerdb/mounts', trialContainer, 'mount-id'), mount);
  await mkdir(rootOf(folder, mount), { recursive: true, mode: 0o700 });
  const root = { ...(spec['root'] as object), path: rootOf(folder, mount) };
  await writeSafely(join(bundleOf(folder, trialContainer), 'config.json'), JSON.stringify({ ...spec, root }));
}
