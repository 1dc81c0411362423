import { createHash } from 'node:crypto';
import { type HostTrials, readTrials } from '#gate/console/index.ts';
import { signedBytesOfTrials } from '#gate/index.ts';
import { readAgentAuthorities } from '#link/console/index.ts';
import { checkAgentSignature } from '#link/index.ts';
import type { Queries } from '#store/index.ts';
import type { AssessedAnswer } from '../../../evidence/assessment.ts';
import type { EvidenceRecord, PackageInput, TrialFile } from '../../../evidence/package/index.ts';
import { blockLines } from '../answers/trials.ts';

/** Who answers about tries of block lines. */
const source = 'block-lines';

/** The newest statement of each host about tries of its gates, with what proves that it signed it. */
async function collectTrials(queries: Queries, hosts: readonly string[]): Promise<ReadonlyMap<string, EvidenceRecord>> {
  const found = hosts.length === 0 ? new Map<string, HostTrials>() : await readTrials(queries, hosts);
  const authorities = await readAgentAuthorities(queries);
  return new Map(
    [...found].flatMap(([host, trials]) => {
      const record = recordOf(host, trials, authorities);
      return record === undefined ? [] : [[host, record] as const];
    }),
  );
}

/** `undefined`: no authority stands behind the signature any more. */
function recordOf(
  host: string,
  { signed, statement }: HostTrials,
  authorities: readonly string[],
): EvidenceRecord | undefined {
  const content = signedBytesOfTrials(signed.statement);
  const checked = checkAgentSignature({ ...signed, content, at: new Date(statement.at) }, authorities);
  if (checked.state !== 'signed') return undefined;
  const { agent, authority } = checked;
  const file: TrialFile = { format: 'seawall-trials/1', host, agent, ...signed, authority };
  return {
    kind: 'trial',
    name: nameOf(host),
    title: `Tries of block lines on ${host}, signed by it at ${statement.at}`,
    text: `${JSON.stringify(file, undefined, 1)}\n`,
  };
}

/** Two hosts never have one name, whatever letters a file may have. */
function nameOf(host: string): string {
  const hash = createHash('sha256').update(host).digest('hex').slice(0, 8);
  return `${host.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 100)}-${hash}`;
}

/** Adds what hosts signed of tries to a package, links the answers to it, and says on the cover of how many hosts. */
export async function withTrials(queries: Queries, { assessment, evidence }: PackageInput): Promise<PackageInput> {
  const about = assessment.answers.filter((answer) => answer.source === source);
  if (about.length === 0) return { assessment, evidence };
  const hosts = new Set(about.flatMap(({ subjects }) => subjects.map((at) => assessment.subjects[at]?.host ?? '')));
  const found = await collectTrials(queries, [...hosts]);
  const answers = assessment.answers.map((answer) => {
    if (answer.source !== source) return answer;
    const names = answer.subjects.flatMap((at) => found.get(assessment.subjects[at]?.host ?? '')?.name ?? []);
    return names.length === 0 ? answer : { ...answer, method: 'test' as const, records: [...new Set(names)] };
  });
  const note = `Tries of block lines: the signed statements of ${found.size} of ${hosts.size} hosts are in this package.`;
  return {
    assessment: { ...assessment, answers, notes: [...(assessment.notes ?? []), note] },
    evidence: { ...evidence, records: [...evidence.records, ...found.values()] },
  };
}

/** What a host signed of tries, and what the answer is by exactly this: the kept answer may be some minutes older. */
export async function trialsBehind(
  queries: Queries,
  asked: { readonly answer: AssessedAnswer; readonly host: string; readonly now: Date },
): Promise<{ readonly records: readonly EvidenceRecord[]; readonly answer: AssessedAnswer }> {
  const { answer, host, now } = asked;
  if (answer.source !== source) return { records: [], answer };
  const records = [...(await collectTrials(queries, [host])).values()];
  if (records.length === 0 || answer.seen.length === 0) return { records, answer };
  const { state, seen = [], reason } = blockLines((await readTrials(queries, [host])).get(host), now);
  const { reason: _, ...plain } = answer;
  return { records, answer: { ...plain, state, seen, ...(reason !== undefined && { reason }) } };
}
