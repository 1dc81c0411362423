import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
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
        await writeTrialFiles(canaryFolder, start);
        const { code, said } = await callRuntime(options.program() ?? '', canaryFolder, trialContainer);
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
        await writeTrialFiles(canaryFolder, start);
        const bundle = bundleOf(canaryFolder, trialContainer);
        const reply = await askSocket(socket, { container: trialContainer, bundle, image: start.digest });
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

/** One container as an engine with layers in plain folders keeps it, and the bundle that its runtime would get. */
async function writeTrialFiles(folder: string, start: AskedStart): Promise<void> {
  const { spec, config, hostConfig } = trialBundle(start);
  const kept = join(folder, 'containers', trialContainer);
  const container = { ...config, ID: trialContainer, Name: '/seawall-trial', Image: start.digest, Driver: 'vfs' };
  await writeSafely(join(kept, 'config.v2.json'), JSON.stringify(container));
  await writeSafely(join(kept, 'hostconfig.json'), JSON.stringify(hostConfig));
  await writeSafely(join(folder, 'image/vfs/layerdb/mounts', trialContainer, 'mount-id'), mount);
  await mkdir(rootOf(folder, mount), { recursive: true, mode: 0o700 });
  const root = { ...(spec['root'] as object), path: rootOf(folder, mount) };
  await writeSafely(join(bundleOf(folder, trialContainer), 'config.json'), JSON.stringify({ ...spec, root }));
}
