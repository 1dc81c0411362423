import type { BundleCheck } from '#policy/index.ts';
import type { Verdict } from '#policy/contract.ts';

type Verified = Extract<BundleCheck, { readonly state: 'verified' }>;

/** What is said of a bundle from which the verdict came out the same. */
export interface VerdictReport {
  readonly subject: string;
  readonly environment?: string;
  readonly verdict: Verdict;
  readonly bytes: number;
  readonly signedBy: { readonly authority: string; readonly isAsked: boolean; readonly at: string };
  /** What its ledger entries carry. */
  readonly ledger: string;
  readonly database: string;
  readonly counting: readonly ReportedScan[];
  readonly silenced: readonly ReportedScan[];
  readonly exceptions: readonly { readonly id: string; readonly expiresAt: string; readonly hasEnded: boolean }[];
  /** What the bundle states and nobody can work out from it. */
  readonly stated: readonly string[];
}

interface ReportedScan {
  readonly scan: string;
  readonly publisher: string;
  readonly rank: number;
  readonly why: string;
  /** Of one that counts. */
  readonly judgedAt?: string;
  readonly kind?: Verdict['kind'];
}

export function reportOf(
  check: Verified,
  { key, now }: { readonly key: string | undefined; readonly now: Date },
): VerdictReport {
  const { statement, parts, recomputed, authority } = check;
  const { counting, silenced, choice } = parts.counting;
  const publishers = new Map(choice.scans.map(({ scan, publisher }) => [scan as string, publisher]));
  const named = ({ scan, rank, why }: (typeof counting)[number]): ReportedScan => {
    const { kind, name } = publishers.get(scan) ?? { kind: 'nobody', name: '' };
    return { scan, publisher: `${kind} ${name}`, rank, why };
  };
  return {
    subject: statement.subject,
    ...(statement.environment === undefined ? {} : { environment: statement.environment }),
    verdict: JSON.parse(recomputed.holding.json),
    bytes: Buffer.byteLength(recomputed.holding.json),
    signedBy: { authority, isAsked: key !== undefined, at: statement.madeAt },
    ledger: statement.ledger,
    database: parts.advisories.database,
    counting: counting.map((one) => {
      const judgedAt = parts.scans.find(({ scan }) => scan === one.scan)?.judgedAt;
      const kind = recomputed.verdicts.find(({ scan }) => scan === one.scan)?.kind;
      return { ...named(one), ...(judgedAt && { judgedAt }), ...(kind && { kind }) };
    }),
    silenced: silenced.map(named),
    exceptions: usedExceptions(check, now),
    stated: statedBy(parts),
  };
}

/** Exceptions are judged as of the verdict; one that has ended since is named. */
function usedExceptions({ parts, recomputed }: Verified, now: Date): VerdictReport['exceptions'] {
  const verdicts: readonly Verdict[] = recomputed.verdicts.map(({ json }) => JSON.parse(json));
  const used = new Set(
    verdicts.flatMap(({ excepted = [], exceptedChecks = [] }) => [
      ...excepted.map(({ exception }) => exception),
      ...exceptedChecks.flatMap(({ exceptions }) => exceptions),
    ]),
  );
  return [...parts.exceptions.findings, ...parts.exceptions.checks]
    .filter(({ id }) => used.has(id))
    .map(({ id, expiresAt }) => ({ id, expiresAt, hasEnded: Date.parse(expiresAt) <= now.getTime() }));
}

/** Observations have whoever made them for a witness, and nobody can make them again. */
function statedBy({ counting, scans, advisories }: Verified['parts']): readonly string[] {
  const { holders, origins } = counting.choice;
  const hosts = new Set(holders.map(({ host }) => host)).size;
  const key = advisories.info.signature?.keyId;
  return [
    'what each scan found, as its publisher sent it',
    `which hosts have the image and where, as their agents reported it (${hosts})`,
    ...(origins.length === 0 ? [] : [`manifests that the console fetched from trusted registries (${origins.length})`]),
    ...(scans.some(({ provenance }) => provenance !== undefined) ? ['what the console found of its origin'] : []),
    ...(scans.some(({ fixesAppeared }) => fixesAppeared.length > 0) ? ['when the console saw fixes appear'] : []),
    `advisories of the database ${advisories.database}${key === undefined ? ', which is not signed' : `, signed by ${key}`}`,
  ];
}

/** For people: the answer first, then by what, then what is taken as stated. */
export function reportText(report: VerdictReport): string {
  const { subject, environment, verdict, bytes, signedBy, ledger, counting, silenced, exceptions, stated } = report;
  const where = environment === undefined ? 'on hosts without an environment' : `in ${environment}`;
  const lines = [
    ...(signedBy.isAsked
      ? []
      : ['Who signed this bundle is not verified: anybody can sign one with a key of their own.']),
    `The verdict on ${subject} ${where} comes out the same, to the byte (${bytes}).`,
    `${words[verdict.kind]}: ${verdict.reason}`,
    '',
    `Policy      ${verdict.policy.name}, version ${verdict.policy.version}; ${verdict.violations.length} violations`,
    `Signed      ${signedBy.at}, under the authority ${signedBy.authority}`,
    `            ${signedBy.isAsked ? 'the one that --key names' : 'not verified: compare it with that of your console, and name that with --key'}`,
    `Ledgers     carry ${ledger}`,
    ...counting.map(
      ({ scan, publisher, rank, why, judgedAt, kind }) =>
        `Counts      ${scan}, ${publisher}, rank ${rank}, ${why}: ${kind ?? ''}, judged at ${judgedAt ?? ''}`,
    ),
    ...silenced.map(({ scan, publisher, rank, why }) => `Silenced    ${scan}, ${publisher}, rank ${rank}: ${why}`),
    ...exceptions.map(
      ({ id, expiresAt, hasEnded }) =>
        `Exception   ${id}, until ${expiresAt}${hasEnded ? ': it has ended since; it was in force at the verdict' : ''}`,
    ),
    '',
    'Taken as stated, since nobody can make it again:',
    ...stated.map((one) => `- ${one}`),
  ];
  return `${lines.join('\n')}\n`;
}

const words: Readonly<Record<Verdict['kind'], string>> = {
  pass: 'It passes',
  fail: 'It fails',
  'cannot-judge': 'It cannot be judged',
};
