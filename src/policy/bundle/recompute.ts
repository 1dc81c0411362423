import type { Selectable } from '#access/index.ts';
import { type Catalog, canonicalText, chosenIn } from '#catalog/index.ts';
import {
  type DatabaseInfo,
  LookupMissing,
  matchCatalog,
  recordedDatabase,
  type VulnerabilityDatabase,
} from '#vulnerability/index.ts';
import type { Provenance } from '#provenance/index.ts';
import type { PartName, Verdict } from '../contract.ts';
import { namingIts } from '../except.ts';
import type { PolicyFacts, PolicyFinding } from '../facts.ts';
import { factsOf, needsDate, slim } from '../facts-of.ts';
import { holdingVerdict } from '../holding-verdict.ts';
import { judgeIn } from '../judge-in.ts';
import { openRulebook, type Rulebook, type RulebookParts } from '../rulebook.ts';
import { sha256 } from './digests.ts';
import type { BundledScan, BundleParts } from './schema.ts';

/** Why a verdict cannot be made again from a bundle. */
export interface NotRecomputed {
  readonly state: 'refused';
  /** Where it shows. */
  readonly part: PartName;
  readonly why: string;
}

/** A verdict that was made again. */
export interface RecomputedVerdict {
  readonly scan: string;
  readonly kind: Verdict['kind'];
  readonly violations: number;
  readonly verdict: string;
  readonly json: string;
}

export interface Recomputed {
  readonly state: 'recomputed';
  readonly verdicts: readonly RecomputedVerdict[];
  readonly holding: RecomputedVerdict;
}

/** The parts that the others follow from. */
export type BundleInputs = Omit<BundleParts, 'result'>;

/**
 * Makes the verdict again by the functions that made it: which scans count, what is found in them, what the rules make of
 * it, which verdict holds. Reads nothing but the bundle, and no clock.
 */
export async function recompute(parts: BundleInputs, environment: string): Promise<Recomputed | NotRecomputed> {
  const chosen = chosenIn(parts.counting.choice, environment);
  const { counting, silenced } = parts.counting;
  if (canonicalText([chosen.counting, chosen.silenced]) !== canonicalText([counting, silenced]))
    return refused('counting', 'Other scans count, or for other reasons, by what it says of their publishers.');
  const scans = new Map(parts.scans.map((scan) => [scan.scan, scan]));
  if (scans.size !== counting.length || parts.scans.length !== scans.size)
    return refused('scans', 'It does not hold exactly the scans that count.');
  const rulebook = await openRulebook(rulebookParts(parts));
  const { lookups, info } = parts.advisories;
  const recorded = recordedDatabase(lookups, info as DatabaseInfo);
  const verdicts: RecomputedVerdict[] = [];
  for (const { scan } of counting) {
    const bundled = scans.get(scan);
    if (bundled === undefined) return refused('scans', `The scan ${scan} counts, and the bundle does not hold it.`);
    const facts = factsAgain(bundled, recorded.database);
    if ('state' in facts) return facts;
    verdicts.push(judgedAgain(bundled, facts.facts, rulebook));
  }
  const unasked = recorded.unasked();
  if (unasked !== undefined)
    return refused('scans', `No package of its scans asks for the ${unasked}: one was left out, or is another.`);
  const holding = holdingVerdict(verdicts);
  return holding === undefined
    ? refused('counting', 'No scan counts there, so there is no verdict.')
    : { state: 'recomputed', verdicts, holding };
}

function refused(part: PartName, why: string): NotRecomputed {
  return { state: 'refused', part, why };
}

function rulebookParts({ rules, exceptions }: BundleInputs): RulebookParts {
  const { policies, complianceRules, collections, lists, customChecks } = rules;
  return {
    policies,
    complianceRules,
    collections: collections as RulebookParts['collections'],
    lists,
    customChecks,
    exceptions: exceptions.findings as RulebookParts['exceptions'],
    checkExceptions: exceptions.checks,
  };
}

function factsAgain(
  scan: BundledScan,
  database: VulnerabilityDatabase,
): { readonly facts: PolicyFacts } | NotRecomputed {
  const { document, checks, provenance, scannedAt, receivedAt } = scan;
  const catalog = { ...scan.catalog, analyzers: [] } as Catalog;
  try {
    const match = matchCatalog(catalog, database);
    const { feeds, faults } = match;
    const found = { findings: dated(match.findings.map(slim), scan), ...(checks === undefined ? {} : { checks }) };
    const facts = factsOf(
      { document, catalog, scannedAt, receivedAt },
      { databaseBuiltAt: database.info.builtAt, feeds, faults },
      found,
    );
    return { facts: provenance === undefined ? facts : { ...facts, provenance: provenance as Provenance } };
  } catch (error) {
    if (!(error instanceof LookupMissing)) throw error;
    return refused('advisories', `It leaves out the ${error.what}, which a package of the scan asks for.`);
  }
}

function dated(findings: readonly PolicyFinding[], { fixesAppeared }: BundledScan): readonly PolicyFinding[] {
  if (fixesAppeared.length === 0) return findings;
  const appeared = new Map(fixesAppeared.map(({ at, advisory, ...one }) => [fixKey(advisory, one), at]));
  return findings.map((finding) => {
    const fixAppeared = needsDate(finding) ? appeared.get(fixKey(finding.matchedBy.advisory, finding)) : undefined;
    return fixAppeared === undefined ? finding : { ...finding, fixAppeared };
  });
}

function fixKey(
  advisory: string,
  { type, package: name, purl, layer, fixed }: Pick<PolicyFinding, 'type' | 'package' | 'purl' | 'layer' | 'fixed'>,
): string {
  return JSON.stringify([advisory, type, name, purl, layer, fixed]);
}

function judgedAgain({ scan, places, judgedAt }: BundledScan, facts: PolicyFacts, book: Rulebook): RecomputedVerdict {
  const rulebook = namingIts(facts.findings, book);
  const verdict = judgeIn(facts, { places: places as readonly Selectable[] }, { rulebook, now: new Date(judgedAt) });
  const json = JSON.stringify(verdict);
  return { scan, kind: verdict.kind, violations: verdict.violations.length, verdict: sha256(json), json };
}
