import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line } from '#http/fields.ts';
import { HostNamespace } from '#inventory/contract.ts';
import { ScopedRule } from '#rules/contract.ts';

/** What an admission rule does about what it catches. `block` keeps it from starting. */
export const AdmissionEffect = z.enum(['ignore', 'alert', 'block']);
export type AdmissionEffect = z.infer<typeof AdmissionEffect>;

/** Rules over the settings that a container is started with. One of each kind at most. */
export const SettingsRule = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('privileged'), effect: AdmissionEffect }),
  z.object({ kind: z.literal('host-namespaces'), deny: z.array(HostNamespace).min(1).max(6), effect: AdmissionEffect }),
  /** Capabilities beyond the engine's usual set, but those in `allow`; names without `CAP_`. */
  z.object({ kind: z.literal('added-capabilities'), allow: z.array(line(64)).max(64), effect: AdmissionEffect }),
  /** The socket of an engine, containerd or the agent mounted into it, by any of its paths. */
  z.object({ kind: z.literal('engine-socket'), effect: AdmissionEffect }),
  /** Folders of the host, and what lies in them, mounted by whatever form of mount; `/` is the whole host. */
  z.object({ kind: z.literal('host-paths'), deny: z.array(line(4096)).min(1).max(200), effect: AdmissionEffect }),
  z.object({ kind: z.literal('seccomp-off'), effect: AdmissionEffect }),
]);
export type SettingsRule = Immutable<z.infer<typeof SettingsRule>>;

/** An admission rule as gates apply it. */
export const AdmissionRule = ScopedRule.extend({
  /** Of an image whose verdict is `fail`, in the environment where it starts. */
  fail: AdmissionEffect,
  /** Of an image whose verdict is `cannot-judge`. */
  cannotJudge: AdmissionEffect,
  /** Of an image that nobody knows when its start was held for `holdSeconds`. */
  unknown: AdmissionEffect,
  /** Seconds for which the start of an unknown image is held while it is scanned and judged. */
  holdSeconds: z.int().min(0).max(120),
  settings: z.array(SettingsRule).max(16),
  /** Answer where settings cannot be judged, because the agent does not answer in time. */
  agentAway: z.enum(['allow', 'deny']),
  /**
   * Steps of image builds. `approved-base`: a step runs when the lowest layers of its root are those of an approved base;
   * seen where Docker keeps images in its own store with overlay2, elsewhere it is refused.
   */
  builds: z.enum(['allow', 'approved-base', 'deny']),
  /** Running containers without admission, or whose image no longer passes. */
  rogue: z.enum(['ignore', 'alert', 'stop']),
});
export type AdmissionRule = Immutable<z.infer<typeof AdmissionRule>>;
