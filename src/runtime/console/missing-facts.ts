import type { FactGap } from '#link/contract.ts';
import type { Dependencies } from './dependencies.ts';
import { storeDetections } from './report-detections.ts';
import { reportedContainer, reportedDetection } from './reported-detection.ts';

/** Facts of a host that neither its agent nor the console has. */
export interface MissingFacts {
  readonly host: string;
  readonly agent: string;
  readonly gap: FactGap;
}

/** An incident for each gap: what happened on the host in that time may never be known. */
export async function reportMissingFacts({ store }: Dependencies, { host, agent, gap }: MissingFacts): Promise<void> {
  const { epoch, first, last, from, to } = gap;
  const end = last === undefined ? 'an unknown end' : `${last}`;
  const since = from === undefined ? `before ${to}` : `between ${from} and ${to}`;
  const reported = reportedDetection({
    id: `missing ${agent} ${epoch} ${first}`,
    time: to,
    detector: 'missing-facts',
    container: reportedContainer({ id: `facts of ${host}`, name: host, image: 'seawall agent' }),
    severity: 'medium',
    program: 'seawall agent',
    message: 'Facts of this host are missing: neither its agent nor the console has them.',
    expected: 'Each fact of an agent reaches the console once; what the console lost, the agent sends again.',
    seen: `Facts ${first} to ${end} of epoch ${epoch} are missing, reported ${since}.`,
    remedy:
      'Alerts of that time may be among them: look at the log of the agent and at the host itself. Restore the console from a newer copy of its data if there is one.',
  });
  await store.transaction(async (transaction) => {
    await storeDetections(transaction, host, [{ at: new Date(to), body: reported }]);
  });
}
