import type { Detection, Incident } from '#runtime/contract.ts';

/** Detectors that tell of hosts, reports, gates and protection: no process of a container is part of what they tell. */
const reporters: ReadonlySet<string> = new Set([
  'claims',
  'compliance',
  'witnesses',
  'missing-facts',
  'waiting-events',
  'protection',
  'gate',
]);

/** Images that stand for a part of Seawall, where an incident is about a host. */
const ownParts: ReadonlySet<string> = new Set(['', 'seawall agent', 'seawall-runc']);

/** Whether the console or a gate told the whole story: no model expects anything of it, and no process is to be shown. */
export function isReported(detections: readonly Pick<Detection, 'detector'>[]): boolean {
  return detections.length > 0 && detections.every(({ detector }) => reporters.has(detector));
}

/** What an incident is about: its container, or its whole host. */
export function subjectOf({
  container,
  imageDigest,
}: Pick<Incident, 'container' | 'imageDigest'>): 'container' | 'host' {
  return imageDigest === undefined && ownParts.has(container.image) ? 'host' : 'container';
}
