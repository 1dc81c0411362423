import { readDecision } from '#admission/console/index.ts';
import { readGate } from '#gate/console/index.ts';
import { type Reported, reportedContainer, reportedDetection, reportedId } from './reported-detection.ts';
import type { Detection } from '../contract.ts';
import type { Dependencies } from './dependencies.ts';
import { storeDetections } from './report-detections.ts';

/** A container whose first programs ran before the sensor was ready: nothing saw what they did. */
export async function reportUnarmed(
  { store, clock }: Dependencies,
  { host, decision: id }: { readonly host: string; readonly decision: string },
): Promise<void> {
  await store.transaction(async (transaction) => {
    const found = await readDecision(transaction, host, id);
    if (found?.decision.armed === undefined) return;
    const { time, container = '', subject, digest, armed } = found.decision;
    const waited = Math.round(armed.milliseconds);
    const notReady = waited === 0 ? 'sensor not ready' : `sensor not ready within ${waited} ms`;
    const reported = gateDetection({
      id: reportedId('gate unarmed', id),
      time,
      container: reportedContainer({ id: container, name: subject, image: subject }),
      severity: 'medium',
      message: `It started unwatched: ${notReady}.`,
      seen: `The container started, ${notReady}: its first programs ran unwatched.`,
      remedy: 'Check the sensor on the page Hosts, then restart the container.',
    });
    const body = { ...reported, ...(digest === undefined ? {} : { imageDigest: digest }) };
    await storeDetections(transaction, host, [{ at: clock(), body }]);
  });
}

/** A gate that allowed its trial allows what the rules block, until somebody repairs it. */
export async function reportCanary(
  { store, clock }: Dependencies,
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
      message: 'The gate allowed a start that it had to refuse.',
      seen: canary?.at === at ? canary.message : 'The gate did not refuse its trial.',
      remedy: 'Run `seawall gate status` on the host and fix what it names. Until then do not rely on this gate.',
    });
    await storeDetections(transaction, host, [{ at: clock(), body }]);
  });
}

/** Incidents of gates stand among those of containers. */
function gateDetection(reported: Omit<Reported, 'detector' | 'program' | 'expected'>): Detection {
  const expected = 'Every start waits for the gate and for the sensor.';
  return reportedDetection({ ...reported, detector: 'gate', program: 'seawall-runc', expected });
}
