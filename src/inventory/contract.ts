import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line, moment, subjectId } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';

/** What a host's scanner is doing right now. */
export const ScanProgress = z.object({ done: z.int().min(0), total: z.int().min(0), current: line(512).optional() });
export type ScanProgress = Immutable<z.infer<typeof ScanProgress>>;

/** A target that could not be scanned at all; it is shown as unscanned, with the reason. */
export const UnscannedTarget = z.object({ name: line(512), code: line(64), reason: line(2000) });
export type UnscannedTarget = Immutable<z.infer<typeof UnscannedTarget>>;

/** What one host holds, as its scanner sees it. Sent whole each time; the newest replaces the older. */
export const HostReport = z.object({
  name: line(255),
  engine: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('docker'), version: line(64) }),
    z.object({ kind: z.literal('none'), reason: line(500) }),
  ]),
  /** Subjects present now. */
  present: z.array(z.object({ subject: subjectId, names: z.array(line(512)).max(1000) })).max(100_000),
  unscanned: z.array(UnscannedTarget).max(100_000),
  progress: ScanProgress.optional(),
});
export type HostReport = Immutable<z.infer<typeof HostReport>>;

export const Host = HostReport.extend({ seenAt: moment });
export type Host = Immutable<z.infer<typeof Host>>;

export const reportHost = endpoint({
  method: 'PUT',
  path: '/api/v1/hosts/:name',
  summary: 'Report what a host holds',
  needs: 'publish',
  params: z.object({ name: line(255) }),
  body: HostReport,
  bodyLimit: 16 * 1024 * 1024,
  reply: z.object({}),
});

export const listHosts = endpoint({
  method: 'GET',
  path: '/api/v1/hosts',
  summary: 'Hosts and what their scanners do',
  needs: 'read',
  reply: z.object({ hosts: z.array(Host) }),
});
