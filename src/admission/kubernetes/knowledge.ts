import type { Collection } from '#access/contract.ts';
import type { ImageDigest } from '#base/index.ts';
import type { CarriedException, ComplianceRule } from '#compliance/contract.ts';
import type { StartRuling } from '#compliance/index.ts';
import type { AdmissionRule } from '../contract.ts';
import type { VerdictBrief } from '../verdict-brief.ts';

/** An image of which the console knows what holds where the pod is to run. */
export interface KnownImage {
  readonly digest: ImageDigest;
  readonly verdict: VerdictBrief;
  readonly judgedAt: Date;
}

/** What the console holds when it answers; nothing is fetched for an answer. */
export interface Knowledge {
  /** The namespace, as collections know it: `kubernetes:CLUSTER/NAMESPACE`. */
  readonly host: string;
  /** Missing: none. */
  readonly environment?: string;
  /** In their order. */
  readonly rules: readonly AdmissionRule[];
  readonly collections: readonly Collection[];
  /** Compliance rules that are on, in their order, and what they are judged by. */
  readonly compliance: Pick<StartRuling, 'lists' | 'now' | 'custom'> & {
    readonly rules: readonly ComplianceRule[];
    readonly exceptions?: readonly CarriedException[];
  };
  /** By registry, path and the digest that a pod names, which is of a manifest or an index. */
  readonly images: ReadonlyMap<string, KnownImage>;
  /** Digests that some host or scan knew a name with a tag by: a hint for people, and no more. */
  readonly pins: ReadonlyMap<string, readonly string[]>;
}
