import { createHash } from 'node:crypto';
import { readDecision, readGate } from '#admission/console/index.ts';
import type { Detection } from '../contract.ts';
import type { Parts } from './parts.ts';
import { storeDetections } from './report-detections.ts';

/** Incidents of gates stand among those of containers, as detections of the detector `gate`. */
const detector = 'gate';

/** A container whose first program ran before its sensor had armed it: what it did until then nobody saw. */
export async function tellUnarmed(
  { store, clock }: Parts,
  { host, decision: id }: { readonly host: string; readonly decision: string },
): Promise<void> {
  await store.transaction(async (transaction) => {
    const found = await readDecision(transaction, host, id);
    if (found?.decision.armed === undefined) return;
    const { time, container = '', subject, digest, armed } = found.decision;
    const waited = Math.round(armed.milliseconds);
    const told = detectionOf({
      id: `gate unarmed ${id}`.slice(0, 128),
      time,
      container: { id: containerId(container), name: nameOf(container, subject), image: subject.slice(0, 512) },
      severity: 'medium',
      message: `It started before the sensor watched it: no answer within ${waited} ms.`,
      seen: `The sensor did not say within ${waited} ms that the container is armed, so its first programs ran unwatched.`,
      remedy: 'See on the page Hosts whether the sensor works; restart the container once it does.',
    });
    const body = { ...told, ...(digest === undefined ? {} : { imageDigest: digest }) };
    await storeDetections(transaction, host, [{ at: clock(), body }]);
  });
}

/** A gate that let a trial through lets through what the rules refuse, until somebody mends it. */
export async function tellCanary(
  { store, clock }: Parts,
  { host, at }: { readonly host: string; readonly at: string },
): Promise<void> {
  await store.transaction(async (transaction) => {
    const canary = (await readGate(transaction, host))?.canary;
    const body = detectionOf({
      id: `gate canary ${host} ${at}`.slice(0, 128),
      time: at,
      container: { id: containerId(`gate of ${host}`), name: 'gate', image: 'seawall-runc' },
      severity: 'critical',
      technique: 'T1562.001',
      message: 'The gate let a start through that it had to refuse.',
      seen: canary?.at === at ? canary.message : 'A trial of the gate was not refused.',
      remedy:
        'Run `seawall gate status` on the host and do what it says; until then the gate refuses nothing for certain.',
    });
    await storeDetections(transaction, host, [{ at: clock(), body }]);
  });
}

type Told = Pick<Detection, 'id' | 'time' | 'container' | 'severity' | 'technique' | 'message' | 'seen' | 'remedy'>;

function detectionOf(told: Told): Detection {
  return {
    ...told,
    detector,
    dimension: 'process',
    class: 'notable',
    notice: false,
    effect: 'alert',
    outcome: 'observed',
    entrypoint: [],
    session: 'entry',
    process: { path: 'seawall-runc' },
    ancestors: [],
    expected: 'Every start waits for the gate and for the sensor.',
    count: 1,
  };
}

/** Containers are named by 64 digits; what is none gets some of its own, the same each time. */
function containerId(named: string): string {
  return /^[0-9a-f]{64}$/.test(named) ? named : createHash('sha256').update(named).digest('hex');
}

function nameOf(container: string, subject: string): string {
  return (subject === '' ? container.slice(0, 12) : subject).slice(0, 255);
}
