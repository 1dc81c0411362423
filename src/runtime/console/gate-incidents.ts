import { readDecision } from '#admission/console/index.ts';
import { counted, oneLine } from '#base/index.ts';
import { readGate, readTrials } from '#gate/console/index.ts';
import type { TrialLine } from '#gate/contract.ts';
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

/** A ring that lets through what a line blocks does so until somebody repairs it. */
export async function reportTrial(
  { store, clock }: Dependencies,
  { host, at }: { readonly host: string; readonly at: string },
): Promise<void> {
  await store.transaction(async (transaction) => {
    const lines = (await readTrials(transaction, [host])).get(host)?.statement.lines ?? [];
    const [first, ...more] = lines.filter(({ state }) => state === 'passed');
    const named =
      first === undefined ? '' : ` Ring ${first.ring}, ${first.check}${nameOf(first)}: ${first.reason ?? ''}`;
    const others = more.length === 0 ? '' : ` So did ${counted(more.length, 'other line')}.`;
    const body = gateDetection({
      id: reportedId('gate trial', `${host} ${at}`),
      time: at,
      container: reportedContainer({ id: `gate of ${host}`, name: 'gate', image: 'seawall-runc' }),
      severity: 'critical',
      technique: 'T1562.001',
      message: 'The gate allowed a start that a rule blocks.',
      seen: oneLine(`It let its trial through.${named}${others}`, 1000),
      remedy: 'Run `seawall gate status` on the host and fix what it names. Until then do not rely on this gate.',
    });
    await storeDetections(transaction, host, [{ at: clock(), body }]);
  });
}

function nameOf({ rule }: TrialLine): string {
  return rule === undefined ? '' : ` of the rule “${rule.name}”`;
}

/** Incidents of gates stand among those of containers. */
function gateDetection(reported: Omit<Reported, 'detector' | 'program' | 'expected'>): Detection {
  const expected = 'Every start waits for the gate and for the sensor.';
  return reportedDetection({ ...reported, detector: 'gate', program: 'seawall-runc', expected });
}
