import type { Log } from '#base/index.ts';
import { followOrders, hostSubjects, reportPeriod, type SubjectWatch, watchSubjects } from '#compliance/agent/index.ts';
import { getComplianceOrders } from '#compliance/contract.ts';
import type { Collecting, DescribedContainer, Reporter } from '#inventory/agent/index.ts';
import type { AgentLink } from '#link/agent/index.ts';
import type { AgentConfig } from './config.ts';

export interface ComplianceWatching {
  readonly config: AgentConfig;
  readonly link: Pick<AgentLink, 'call'>;
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
  link,
  reporter,
  collecting,
  log,
}: ComplianceWatching): ComplianceWatch | undefined {
  if (!config.local) return undefined;
  const { host } = config.introduction;
  const names = new Map<string, string>();
  const nameOf = (id: string): string => names.get(id) ?? id.slice(0, 12);
  const subjects = hostSubjects({
    socket: config.dockerSocket,
    host,
    running: () => collecting.running().map(({ id }) => ({ id, name: nameOf(id) })),
    ownPrograms: [],
  });
  const watch = watchSubjects({ reporter, subjects, log, period: reportPeriod });
  const orders = followOrders({
    ask: async (body, signal) => await link.call(getComplianceOrders, { body }, signal),
    look: (id) => watch.look({ kind: 'container', id, name: nameOf(id) }),
    stop: collecting.stop,
    report: (fact) => reporter.report('compliance-stop', fact),
    log,
  });
  return {
    describe({ fact: { id, name, state } }) {
      if (state === 'removed') names.delete(id);
      else names.set(id, name);
      watch.look({ kind: 'container', id, name });
    },
    engineChanged: () => watch.look({ kind: 'engine', id: 'self', name: host }),
    reportAll: watch.reportAll,
    close: async () => {
      await Promise.all([orders.close(), watch.close()]);
    },
  };
}
