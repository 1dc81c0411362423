import { type FieldsOf, known, missing } from '#base/index.ts';
import type { HostShape } from '../../../facts/host.ts';
import { createFileMemory, type FileMemory } from '../file-memory.ts';
import { collectAccounts } from './accounts.ts';
import { collectAudit } from './audit.ts';
import { collectBoot } from './boot.ts';
import { collectClock } from './clock.ts';
import { collectContainerdTasks } from './containerd-tasks.ts';
import { collectEngine, type EngineContents } from './engine.ts';
import { type EnginePlaces, usualEnginePlaces } from './engine-places.ts';
import { attemptLater, type HostAccess } from './fields.ts';
import { collectFiles } from './files.ts';
import { createHostReader } from './host-reader.ts';
import { collectKernel } from './kernel.ts';
import { collectKubelet } from './kubelet.ts';
import { collectListeners } from './listeners.ts';
import { collectMounts } from './mounts.ts';
import { collectInputFilters } from './packet-filter.ts';
import { collectPackages } from './packages.ts';
import { hostProcesses } from './processes.ts';
import { collectRecords } from './records.ts';
import { runNothing, type RunProgram, runProgram } from './run-program.ts';
import { collectSsh } from './ssh.ts';

export interface HostToCollect {
  /** Where the host's root lies. */
  readonly root: string;
  /** What is known of its engine; without it, places that nobody configured are looked at. */
  readonly engine?: EnginePlaces;
  readonly contents?: EngineContents;
  readonly run?: RunProgram;
  /** Of earlier rounds, so that programs that did not change are not hashed again. */
  readonly memory?: FileMemory;
  /** Told each path that is looked at, and the folders above it. */
  readonly lookedAt?: (path: string) => void;
}

const unasked = missing('the engine was not asked for its containers and images');
const noContents: EngineContents = { containers: unasked, images: unasked, lastUses: unasked };

/** Everything that checks ask of a host, each fact known or with why it is not. Never throws. */
export async function collectHost(question: HostToCollect): Promise<FieldsOf<HostShape>> {
  const { root, engine, contents, run, memory, lookedAt } = question;
  const access: HostAccess = {
    host: createHostReader(root, lookedAt),
    run: run ?? (root === '/' ? runProgram : runNothing),
    engine: engine ?? usualEnginePlaces,
    memory: memory ?? createFileMemory(),
  };
  const found = await attemptLater(async () => known(await hostProcesses(root), '/proc'));
  const processes = found.kind === 'known' ? found.value : [];
  const mounts = collectMounts(access);
  const facts = {
    ...collectFiles(access),
    ...collectAccounts(access),
    ...collectKernel(access),
    ...collectBoot(access),
    ...mounts,
    ...(await collectAudit(access)),
    ...(await collectPackages(access)),
    ...(await collectEngine(access, contents ?? noContents)),
    ssh: await collectSsh(access),
    inputFilters: await collectInputFilters(access),
    containerdTasks: collectContainerdTasks(access),
    listeners: await collectListeners(access, processes),
    clock: await collectClock(access, processes),
    ...collectRecords(access, { processes, mounts: mounts.mounts }),
    ...(await collectKubelet(access, processes)),
  };
  // Without the list of processes nobody can say that a program does not run.
  return found.kind === 'known' ? facts : { ...facts, clock: found, logs: found, kubelet: found, listeners: found };
}
