import type { Detection, Incident } from '#runtime/contract.ts';

/** Detectors that tell of hosts, reports, gates, protection, the evidence log and backups: no process of a container is part of what they tell. */
const reporters: ReadonlySet<string> = new Set([
  'claims',
  'compliance',
  'backup',
  'evidence-log',
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

/** What an incident is about: its container, its whole host, or the console itself. */
export function subjectOf({
  container,
  imageDigest,
}: Pick<Incident, 'container' | 'imageDigest'>): 'container' | 'host' | 'console' {
  if (container.image === 'seawall console') return 'console';
  return imageDigest === undefined && ownParts.has(container.image) ? 'host' : 'container';
}
