import { documentHash } from '#compliance/index.ts';
import { trialWords } from '../../trial-words.ts';
import { RecordBody, SignedRecord } from '../schema.ts';
import { checkSignature } from '../sign.ts';
import { checkTrial } from '../trial.ts';
import { type EvidenceProblem, keptProblems, type Verification } from './problem.ts';
import { BadLine, readValue } from './read-lines.ts';
import { verifyEvidence } from './verify-evidence.ts';
import { verifyTrials } from './verify-trials.ts';

/** Verifies the record of one answer by the fingerprints of the keys that are trusted. It asks nobody. */
export function verifyRecord(text: string, fingerprints: readonly string[]): Verification {
  try {
    return verifySigned(readValue(text, SignedRecord, 'the record'), fingerprints);
  } catch (error) {
    if (error instanceof BadLine)
      return { state: 'not-verified', problems: [{ reason: 'unreadable', detail: error.message }] };
    throw error;
  }
}

function verifySigned({ body: text, ...signature }: SignedRecord, fingerprints: readonly string[]): Verification {
  const checked = checkSignature({ purpose: 'record', text, ...signature }, fingerprints);
  if (checked.state !== 'signed')
    return { state: 'not-verified', problems: [{ reason: checked.state, detail: checked.reason }] };
  const body = readValue(text, RecordBody, 'the body of the record');
  const texts = [...body.documents, ...body.statuses];
  const found = verifyEvidence({ ...body, keys: checked.keys, texts });
  const { trials, authorities, problems: ofTrials } = verifyTrials(body.records.filter(isTrial));
  const problems = [...found.problems, ...unnamed(body), ...ofTrials, ...differing(body)];
  if (problems.length > 0) return { state: 'not-verified', problems: problems.slice(0, keptProblems) };
  const { subject, control, source, state } = body;
  return {
    state: 'verified',
    verified: {
      installation: body.installation,
      at: body.at,
      about: `${body.template} ${control}, ${source}: ${state} for ${subject.kind} ${subject.name}.`,
      files: 1,
      rows: found.rows,
      heads: found.heads,
      documents: texts.length,
      trials,
      authorities,
    },
  };
}

/** Documents that no set of documents in it names. */
function unnamed({ documents, facts }: RecordBody): readonly { reason: 'document-changed'; hash: string }[] {
  const named = new Set(facts.flatMap((one) => one.documents.map(({ hash }) => hash)));
  return documents.flatMap(({ text }) => {
    const hash = documentHash(text);
    return named.has(hash) ? [] : [{ reason: 'document-changed' as const, hash }];
  });
}

function isTrial({ kind }: RecordBody['records'][number]): boolean {
  return kind === 'trial';
}

/** Tries that the record tells of otherwise than its host signed them. */
function differing({ records, seen, subject }: RecordBody): readonly EvidenceProblem[] {
  return records.filter(isTrial).flatMap(({ text }): readonly EvidenceProblem[] => {
    const checked = checkTrial(text);
    if (checked.state !== 'signed') return [];
    const { host, lines } = checked.statement;
    if (host !== subject.host) return [{ reason: 'claim-differs', detail: `The tries are those of ${host}.` }];
    const said = new Set(lines.map(trialWords));
    const other = seen.find((one) => !said.has(one));
    return other === undefined ? [] : [{ reason: 'claim-differs', detail: `${host} did not sign “${other}”.` }];
  });
}
