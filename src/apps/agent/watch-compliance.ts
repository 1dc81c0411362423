import type { Log } from '#base/index.ts';
import {
  followStopRequests,
  hostSubjects,
  registriesOf,
  registrySubjects,
  reportPeriod,
  type RunningContainer,
  watchFiles,
  watchSubjects,
} from '#compliance/agent/index.ts';
import { getStopRequests } from '#compliance/contract.ts';
import { installedWrapper } from '#gate/agent/index.ts';
import type { Collecting, DescribedContainer, EngineChange, Reporter } from '#inventory/agent/index.ts';
import type { AgentLink } from '#link/agent/index.ts';
import type { AgentConfig } from './config.ts';

/** Milliseconds from one reading of everything to the next, whatever happened; with what that takes, at most ten minutes. */
const period = reportPeriod - 30_000;
/** The same for registries, and for how long their answers are good. */
const registryPeriod = { period: 600_000, pause: 595_000 };

export interface ComplianceWatching {
  readonly config: AgentConfig;
  readonly link: Pick<AgentLink, 'call'>;
  readonly reporter: Reporter;
  readonly collecting: Collecting;
  readonly log: Log;
}

/** The facts of this host that checks judge, as they change. */
export interface ComplianceWatch {
  /** The engine made, changed or removed a container. */
  describe(container: DescribedContainer): void;
  /** The engine came, or its settings changed. */
  engineChanged(): void;
  /** Something else of the engine changed. */
  changed(change: EngineChange): void;
  /** Says everything again, when what was said may be lost. */
  reportAll(): void;
  close(): Promise<void>;
}

/** Watches this host, its engine and what that has; nothing, where the agent is to scan named targets only. */
export function watchCompliance(watching: ComplianceWatching): ComplianceWatch | undefined {
  const { config, reporter, log } = watching;
  if (!config.local) return undefined;
  const { host } = config.introduction;
  const { running, nameOf, note } = runningContainers(watching.collecting);
  const engineChanged = (): void => {
    for (const kind of ['engine', 'host'] as const) watch.look({ kind, id: 'self', name: host });
  };
  const files = watchFiles({ changed: engineChanged, log });
  const { dockerSocket: socket, gates, hidden } = config;
  const wrapper = (): string | undefined => gates && installedWrapper(gates.folder);
  const near = hostSubjects({
    socket,
    host,
    ...(hidden !== undefined && { hidden }),
    running,
    wrapper,
    lookedAt: files.lookedAt,
  });
  const watch = watchSubjects({ reporter, subjects: near, log, period });
  const orders = followStopRequests({
    ask: async (body, signal) => await watching.link.call(getStopRequests, { body }, signal),
    look: (id) => watch.look({ kind: 'container', id, name: nameOf(id) }),
    stop: watching.collecting.stop,
    report: (fact) => reporter.report('compliance-stop', fact),
    log,
  });
  const far = registrySubjects({ socket, running, pause: registryPeriod.pause });
  const registries = watchSubjects({ reporter, subjects: far, log, period: registryPeriod.period });
  const seen = new Set<string>();
  const noteRegistries = (): void => {
    for (const name of registriesOf(running())) {
      if (!seen.has(name)) registries.look({ kind: 'registry', id: name, name });
      seen.add(name);
    }
  };
  return {
    describe(container) {
      const { id, name, image } = container.fact;
      note(container);
      watch.look({ kind: 'container', id, name });
      if (image.name !== '') watch.look({ kind: 'reference', id: image.name, name: image.name });
      noteRegistries();
    },
    engineChanged,
    changed({ kind, id, name }) {
      if (kind === 'engine') engineChanged();
      else watch.look({ kind, id: kind === 'service' ? name : id, name });
    },
    reportAll() {
      watch.reportAll();
      registries.reportAll();
    },
    async close() {
      files.close();
      await Promise.all([orders.close(), watch.close(), registries.close()]);
    },
  };
}

/** Containers that run, with the names by which they were described. */
function runningContainers(collecting: Collecting) {
  const described = new Map<string, Pick<RunningContainer, 'name' | 'image'>>();
  return {
    nameOf: (id: string): string => described.get(id)?.name ?? id.slice(0, 12),
    running: (): readonly RunningContainer[] =>
      collecting.running().map(({ id }) => {
        const { name = id.slice(0, 12), image = '' } = described.get(id) ?? {};
        return { id, name, image };
      }),
    note({ fact: { id, name, image, state } }: DescribedContainer): void {
      if (state === 'removed') described.delete(id);
      else described.set(id, { name, image: image.name });
    },
  };
}
