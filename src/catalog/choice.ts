import type { ScanChoice } from './contract-choice.ts';
import type { AnalyzersClass, PublishedScan } from './counting-scans.ts';
import { countingScans, type CountingScans } from './counting-scans.ts';
import { type Holder, type Origin, type ProofFacts, proofOf, type ProvenPublisher } from './proof-of.ts';
import { publisherKey } from './publisher-key.ts';
import { classOf, type Releases, type ScannedKind } from './releases.ts';

/** Name of where a subject does not lie yet: nobody holds it there. No environment is called so. */
export const elsewhere = '+';

/** A scan that may count, before it is known what its publisher is worth in an environment. */
export interface ChoosableScan extends Pick<PublishedScan, 'scan' | 'sequence' | 'usable' | 'contents'> {
  readonly publisher: ProvenPublisher;
  /** The same for everything that one publisher sends. */
  readonly key: string;
  readonly analyzers: AnalyzersClass;
  /** Where it counted before scans were chosen by proof; null: wherever the subject lies. Missing: nowhere. */
  readonly carried?: readonly string[] | null | undefined;
}

/** What is known of publishers, with the agents that are revoked; those that were replaced are not among them. */
export interface ChoiceFacts extends ProofFacts {
  readonly revokedAgents: ReadonlySet<string>;
}

/** Scans as the choice of one environment sees them. */
export function publishedIn(
  environment: string,
  scans: readonly ChoosableScan[],
  facts: ChoiceFacts,
): readonly PublishedScan[] {
  return scans.map(({ scan, sequence, publisher, key, usable, analyzers, contents, carried }) => ({
    scan,
    sequence,
    publisher: key,
    proof: proofOf(publisher, environment, facts),
    usable,
    analyzers,
    contents,
    carried:
      environment !== elsewhere &&
      carried !== undefined &&
      (carried === null || carried.includes(environment)) &&
      !facts.revokedAgents.has(publisher.id) &&
      !facts.endedTokens.has(publisher.id),
  }));
}

/** Which scans count in an environment, from all that decides it. */
export function chosenIn(choice: ScanChoice, environment: string): CountingScans {
  return countingScans(
    publishedIn(
      environment,
      choice.scans.map((scan) => choosable(scan, choice)),
      factsOf(choice),
    ),
  );
}

function choosable(
  { scan, sequence, publisher, usable, analyzers, contents, carried }: ScanChoice['scans'][number],
  { of, releases }: ScanChoice,
): ChoosableScan {
  return {
    scan,
    sequence,
    publisher: publisher as ProvenPublisher,
    key: publisherKey(publisher),
    usable,
    analyzers: classOf(analyzers, of as ScannedKind, releases as Releases),
    contents,
    carried,
  };
}

function factsOf(choice: ScanChoice): ChoiceFacts {
  return {
    subject: choice.subject,
    holders: choice.holders as readonly Holder[],
    origins: choice.origins as readonly Origin[],
    endedAgents: new Set(choice.endedAgents),
    revokedAgents: new Set(choice.revokedAgents),
    endedTokens: new Set(choice.endedTokens),
  };
}
