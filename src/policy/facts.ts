import type { Fault, Package } from '#catalog/contract.ts';
import type { Provenance } from '#provenance/index.ts';
import type { FeedAge, Finding } from '#vulnerability/index.ts';

/** What rules look at in a finding. */
export interface PolicyFinding
  extends Pick<
    Finding,
    | 'id'
    | 'aliases'
    | 'severity'
    | 'score'
    | 'epss'
    | 'kev'
    | 'package'
    | 'type'
    | 'purl'
    | 'installed'
    | 'fixed'
    | 'status'
    | 'layer'
    | 'path'
    | 'published'
    | 'fixPublished'
    | 'suppressed'
  > {
  readonly matchedBy: Pick<Finding['matchedBy'], 'advisory' | 'scheme'>;
  /** Points of risk that it was matched with: findings stand in this order. */
  readonly rank?: number;
  /** When a console that knew the finding without a fix saw the fix for the first time, where no notice dates it. */
  readonly fixAppeared?: string;
}

export type PolicyPackage = Pick<Package, 'type' | 'name' | 'version' | 'purl' | 'layer'>;

/** What rules look at in the subject itself. Names, environment and application are told by where it lies. */
export interface PolicyImage {
  /** It is the file system of a host. */
  readonly isHost?: true;
  /** Of the image's content; missing: it is none, or the facts are older than this. */
  readonly digest?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly distribution?: { readonly id: string; readonly version?: string | undefined };
  readonly created?: string;
  readonly packages: readonly PolicyPackage[];
}

/** `text`: the document of the scan. `none`: it is no image. */
export type ImageChecksFacts = { readonly state: 'read'; readonly text: string } | { readonly state: 'none' };

/** Everything that a verdict rests on. Stored facts only: no verdict needs the image again. */
export interface PolicyFacts {
  /** `missing`: the subject was never scanned, or cannot be. */
  readonly scan:
    | { readonly state: 'missing'; readonly reason: string }
    | { readonly state: 'done'; readonly scannedAt: string; readonly faults: readonly Fault[] };
  /** `missing`: no vulnerability database, so nothing was matched. */
  readonly database:
    | { readonly state: 'missing'; readonly reason: string }
    | { readonly state: 'ready'; readonly builtAt: string; readonly feeds: readonly FeedAge[] };
  readonly image: PolicyImage;
  readonly findings: readonly PolicyFinding[];
  /** What checks judge an image by; missing: the scan, or what is kept of it, is older than facts for checks. */
  readonly checks?: ImageChecksFacts;
  /** What is proven of where it comes from; missing: nobody can know here. */
  readonly provenance?: Provenance;
}
