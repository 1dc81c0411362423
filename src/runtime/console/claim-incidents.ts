import { createHash } from 'node:crypto';
import { isImageDigest } from '#base/index.ts';
import type { Dependencies } from './dependencies.ts';
import { repeatIncident } from './repeat-incident.ts';
import { storeDetections } from './report-detections.ts';
import { reportedContainer, reportedDetection } from './reported-detection.ts';

/** What an agent, or who wants to be one, claimed and may not. */
export interface RefusedClaim {
  readonly host: string;
  readonly reason: string;
  readonly subject?: string;
}

/** One incident for each host and reason while it is open; the same claim again raises its count. */
export async function reportClaim(
  { store, clock }: Dependencies,
  { host, reason, subject }: RefusedClaim,
): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(`detections ${host}`);
    const at = clock();
    const container = reportedContainer({ id: `claim ${host} ${kindOf(reason)}`, name: host, image: 'seawall agent' });
    if (await repeatIncident(transaction, { host, container: container.id, topic: 'claim', at })) return;
    const body = reportedDetection({
      id: `claim ${hashOf(`${host} ${reason} ${at.toISOString()}`)}`,
      time: at.toISOString(),
      detector: 'claims',
      container,
      ...(subject !== undefined && isImageDigest(subject) && { imageDigest: subject }),
      severity: 'high',
      technique: 'T1565',
      program: 'seawall agent',
      message: `Refused: ${reason}`.slice(0, 500),
      outcome: 'refused',
      expected: 'An agent reports only about what its own host holds and runs, in its own environments.',
      seen: reason.slice(0, 2000),
      remedy:
        'Nothing of the claim was stored. Look on the host whether its agent is the one that you installed, and update it. If nobody can explain the claim, revoke the agent on the page Agents, and the join token if it asked to join.',
    });
    await storeDetections(transaction, host, [{ at, body, topic: 'claim' }]);
  });
}

/** Reasons that differ in digests, ids and numbers alone are one. */
function kindOf(reason: string): string {
  return reason.replaceAll(/[0-9a-f]{12,64}|\d+/g, '#');
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 64);
}
