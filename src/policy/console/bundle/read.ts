import type { ScanId, SubjectId } from '#base/index.ts';
import { chosenIn } from '#catalog/index.ts';
import { readChoice, readScan, type StoredScan } from '#catalog/console/index.ts';
import type { Subject } from '#image/index.ts';
import type { Transaction } from '#store/index.ts';
import type { BundledScan, BundleParts } from '../../bundle/schema.ts';
import type { PolicyFacts } from '../../facts.ts';
import { imageChecks } from '../../image-checks.ts';
import { provenanceFor } from '../provenance.ts';
import { readRulebook, type RulebookInForce } from '../rulebook.ts';
import { policySchema } from '../schema.ts';
import { readDatabaseInUse, readFacts } from '../stored-facts.ts';

export interface AskedVerdict {
  readonly subject: SubjectId;
  /** Empty: hosts without an environment. */
  readonly environment: string;
}

/** A counting scan as it is judged now, without what matching asked. */
export interface JudgedScan extends Omit<BundledScan, 'catalog'> {
  readonly faults: StoredScan['catalog']['faults'];
  /** Digest of its verdict, as it was judged. */
  readonly verdict: string;
}

/** `none`: nothing counts there. `pending`: what counts is not judged yet. */
export type ReadVerdict =
  | { readonly state: 'none' }
  | { readonly state: 'pending' }
  | ({
      readonly state: 'judged';
      readonly scans: readonly JudgedScan[];
    } & Pick<BundleParts, 'counting' | 'rules' | 'exceptions'>);

/** Where an image comes from, as this console read in trusted registries. */
export type OriginsOf = Parameters<typeof readChoice>[2];

/** Reads all that the verdict on a subject in an environment rests on, but for the database. Needs the subject's lock. */
export async function readJudged(
  transaction: Transaction,
  { subject, environment }: AskedVerdict,
  { originsOf, now }: { readonly originsOf: OriginsOf; readonly now: Date },
): Promise<ReadVerdict> {
  const choice = await readChoice(transaction, subject, originsOf);
  const { counting, silenced } = chosenIn(choice, environment);
  if (counting.length === 0 || !lies(choice, environment)) return { state: 'none' };
  const judgings = await readJudgings(transaction, { subject, environment });
  const byScan = new Map(judgings.map((row) => [row.scan, row]));
  if (byScan.size !== counting.length || !counting.every(({ scan }) => byScan.has(scan))) return { state: 'pending' };
  const rulebook = await readRulebook(transaction, now);
  const inUse = await readDatabaseInUse(transaction, now);
  const facts = await readFacts(transaction, [...byScan.keys()], inUse);
  const provenanceOf = await provenanceFor(
    transaction,
    [...byScan.keys()].map((scan) => ({ scan, subject })),
    [rulebook],
  );
  const scans: JudgedScan[] = [];
  for (const { scan } of counting) {
    const [row, stored, own] = [byScan.get(scan), await readScan(transaction, scan), facts.get(scan)];
    if (row === undefined || stored === undefined || own === undefined) return { state: 'pending' };
    const { provenance } = provenanceOf({ scan, subject }).facts;
    scans.push({
      ...scanOf(stored),
      judgedAt: row.judged_at.toISOString(),
      places: row.places,
      verdict: row.digest,
      fixesAppeared: fixesOf(own.facts.findings),
      ...(provenance === undefined ? {} : { provenance }),
    } as JudgedScan);
  }
  return { state: 'judged', counting: { choice, counting, silenced }, scans, ...writtenBy(rulebook) };
}

/** What the console pulled itself counts everywhere; a verdict there is only where the image lies or may start. */
function lies({ holders }: BundleParts['counting']['choice'], environment: string): boolean {
  return holders.some(({ environments, allowed }) => [...environments, ...allowed].includes(environment));
}

async function readJudgings(transaction: Transaction, { subject, environment }: AskedVerdict) {
  return await transaction
    .query(policySchema)
    .selectFrom('judging')
    .select(['scan', 'judged_at', 'places', 'digest'])
    .where('subject', '=', subject)
    .where('environment', '=', environment)
    .where('current', '=', true)
    .execute();
}

function scanOf(stored: StoredScan) {
  const { scan, scannedAt, receivedAt, document, catalog } = stored;
  return {
    scan: scan as ScanId,
    document: judgedSubject(document),
    faults: catalog.faults,
    scannedAt,
    receivedAt,
    ...imageChecks(document, catalog),
  };
}

/** A subject with what rules look at, and nothing else: names prove nothing, and layers are named by their numbers. */
function judgedSubject(subject: Subject): Subject {
  if (subject.kind !== 'image') return subject;
  const { labels } = subject.settings;
  const settings = { entrypoint: [], command: [], exposedPorts: [], healthcheck: false, labels };
  return { ...subject, names: [], layers: [], history: [], settings };
}

function fixesOf(findings: PolicyFacts['findings']): BundledScan['fixesAppeared'] {
  return findings.flatMap(({ fixAppeared: at, fixed, matchedBy, type, package: name, purl, layer }) =>
    at === undefined || fixed === undefined
      ? []
      : [{ advisory: matchedBy.advisory, type, package: name, purl, layer, fixed, at }],
  );
}

function writtenBy(rulebook: RulebookInForce): Pick<BundleParts, 'rules' | 'exceptions'> {
  const { policies, complianceRules, collections, lists, customChecks, exceptions, checkExceptions } = rulebook;
  return {
    rules: {
      policies,
      complianceRules,
      collections: [...collections.values()].map(({ id, selects }) => ({ id, selects })),
      lists: lists as BundleParts['rules']['lists'],
      customChecks,
    },
    exceptions: { findings: exceptions, checks: checkExceptions },
  };
}
