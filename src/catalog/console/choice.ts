import type { SubjectId } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import type { ScanChoice } from '../contract-choice.ts';
import { releases } from '../releases.ts';
import { readCandidates, readKind } from './candidates.ts';
import { type OriginsOf, readPublisherFacts } from './publishers.ts';

/** Everything by which it is worked out which scans of a subject count, see `chosenIn`. Needs the subject's lock. */
export async function readChoice(
  transaction: Transaction,
  subject: SubjectId,
  originsOf: OriginsOf,
): Promise<ScanChoice> {
  const candidates = await readCandidates(transaction, subject);
  const publishers = candidates.map(({ publisher }) => publisher);
  const facts = await readPublisherFacts(transaction, { subject, publishers, originsOf });
  return {
    subject,
    of: await readKind(transaction, subject),
    releases,
    scans: candidates.map(({ scan, sequence, publisher, usable, listed, contents, carried }) => ({
      scan,
      sequence: Number(sequence),
      publisher,
      usable,
      analyzers: listed,
      contents,
      ...(carried === undefined ? {} : { carried }),
    })),
    holders: facts.holders,
    origins: facts.origins,
    endedAgents: [...facts.endedAgents].toSorted(),
    revokedAgents: [...facts.revokedAgents].toSorted(),
    endedTokens: [...facts.endedTokens].toSorted(),
  };
}
