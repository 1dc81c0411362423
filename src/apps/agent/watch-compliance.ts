import type { Log } from '#base/index.ts';
import { hostSubjects, type SubjectWatch, watchSubjects } from '#compliance/agent/index.ts';
import type { Collecting, DescribedContainer, Reporter } from '#inventory/agent/index.ts';
import type { AgentConfig } from './config.ts';

/** Milliseconds after which everything is read again, whatever happened. */
const period = 600_000;

export interface ComplianceWatching {
  readonly config: AgentConfig;
  readonly reporter: Reporter;
  readonly collecting: Collecting;
  readonly log: Log;
}

/** The facts of this host that checks judge, as they change. */
export interface ComplianceWatch extends Pick<SubjectWatch, 'reportAll' | 'close'> {
  /** The engine made, changed or removed a container. */
  describe(container: DescribedContainer): void;
  /** The engine came, or its settings changed. */
  engineChanged(): void;
}

/** Watches this host, its engine and its containers; nothing, where the agent is to scan named targets only. */
export function watchCompliance({
  config,
  reporter,
  collecting,
  log,
}: ComplianceWatching): ComplianceWatch | undefined {
  if (!config.local) return undefined;
  const { host } = config.introduction;
  const names = new Map<string, string>();
  const subjects = hostSubjects({
    socket: config.dockerSocket,
    host,
    running: () => collecting.running().map(({ id }) => ({ id, name: names.get(id) ?? id.slice(0, 12) })),
    ownPrograms: [],
  });
  const watch = watchSubjects({ reporter, subjects, log, period });
  return {
    describe({ fact: { id, name, state } }) {
      if (state === 'removed') names.delete(id);
      else names.set(id, name);
      watch.look({ kind: 'container', id, name });
    },
    engineChanged: () => watch.look({ kind: 'engine', id: 'self', name: host }),
    reportAll: watch.reportAll,
    close: watch.close,
  };
}
