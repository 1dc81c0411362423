import { readDecision } from '#admission/console/index.ts';
import { readGate } from '#gate/console/index.ts';
import { type Told, reportedContainer, reportedDetection, reportedId } from './reported-detection.ts';
import type { Detection } from '../contract.ts';
import type { Parts } from './parts.ts';
import { storeDetections } from './report-detections.ts';

/** A container whose first program ran before its sensor had armed it: what it did until then nobody saw. */
export async function reportUnarmed(
  { store, clock }: Parts,
  { host, decision: id }: { readonly host: string; readonly decision: string },
): Promise<void> {
  await store.transaction(async (transaction) => {
    const found = await readDecision(transaction, host, id);
    if (found?.decision.armed === undefined) return;
    const { time, container = '', subject, digest, armed } = found.decision;
    const waited = Math.round(armed.milliseconds);
    const told = gateDetection({
      id: reportedId('gate unarmed', id),
      time,
      container: reportedContainer({ id: container, name: subject, image: subject }),
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
export async function reportCanary(
  { store, clock }: Parts,
  { host, at }: { readonly host: string; readonly at: string },
): Promise<void> {
  await store.transaction(async (transaction) => {
    const canary = (await readGate(transaction, host))?.canary;
    const body = gateDetection({
      id: reportedId('gate canary', `${host} ${at}`),
      time: at,
      container: reportedContainer({ id: `gate of ${host}`, name: 'gate', image: 'seawall-runc' }),
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

/** Incidents of gates stand among those of containers. */
function gateDetection(told: Omit<Told, 'detector' | 'program' | 'expected'>): Detection {
  const expected = 'Every start waits for the gate and for the sensor.';
  return reportedDetection({ ...told, detector: 'gate', program: 'seawall-runc', expected });
}
