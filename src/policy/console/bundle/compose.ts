import { joinedLookups, type RecordedLookups, type RecordedMatch } from '#vulnerability/index.ts';
import type { Catalog } from '#catalog/index.ts';
import { canonicalText } from '#catalog/index.ts';
import { unpackJson } from '#store/packed-json.ts';
import { ledgerDigest, partDigest } from '../../bundle/digests.ts';
import { type BundleInputs, recompute } from '../../bundle/recompute.ts';
import { resultOf } from '../../bundle/result.ts';
import { type BundledScan, type BundleParts, BundleParts as PartsForm } from '../../bundle/schema.ts';
import type { PartName } from '../../contract.ts';

/** A counting scan with what its matching asked of the database. */
export interface ReadScan extends Omit<BundledScan, 'catalog'> {
  readonly faults: Catalog['faults'];
  readonly match: Pick<RecordedMatch, 'lookups' | 'catalog'>;
}

/** What the console read for a bundle, as it travels to a child process. */
export interface BundleReading extends Pick<BundleParts, 'counting' | 'rules' | 'exceptions'> {
  readonly subject: string;
  /** Empty: hosts without an environment. */
  readonly environment: string;
  readonly database: Pick<BundleParts['advisories'], 'database' | 'info'>;
  readonly scans: readonly ReadScan[];
}

/** A bundle but for its signature. */
export interface ComposedBundle {
  readonly parts: Readonly<Record<PartName, unknown>>;
  readonly digests: Readonly<Record<PartName, string>>;
  /** SHA-256 of the verdict on each counting scan. */
  readonly verdicts: readonly { readonly scan: string; readonly verdict: string }[];
  readonly ledger: string;
}

/** Puts a bundle together and makes the verdict from it, as who verifies it will. Throws when that fails. */
export async function composeBundle(reading: BundleReading): Promise<ComposedBundle> {
  const inputs = await inputsOf(reading);
  const again = await recompute(PartsForm.omit({ result: true }).parse(plain(inputs)), reading.environment);
  if (again.state === 'refused') throw new Error(`A bundle does not hold what its verdict rests on: ${again.why}`);
  const parts = plain({ ...inputs, result: resultOf(again) });
  const { subject, environment } = reading;
  const verdicts = again.verdicts.map(({ scan, verdict }) => ({ scan, verdict }));
  return {
    parts,
    digests: digestsOf(parts),
    verdicts,
    ledger: ledgerDigest({
      subject,
      ...(environment === '' ? {} : { environment }),
      verdicts,
      holds: again.holding.scan,
    }),
  };
}

async function inputsOf({ scans, rules, exceptions, counting, database }: BundleReading): Promise<BundleInputs> {
  const records = await Promise.all(
    scans.map(async ({ match }) => (await unpackJson(match.lookups)) as RecordedLookups),
  );
  const bundled = await Promise.all(
    scans.map(async ({ match, faults, ...scan }): Promise<BundledScan> => {
      const { catalog } = (await unpackJson(match.catalog)) as { readonly catalog: Catalog };
      const { distribution, packages } = catalog;
      return { ...scan, catalog: { ...(distribution === undefined ? {} : { distribution }), packages, faults } };
    }),
  );
  return {
    counting,
    scans: bundled,
    advisories: { ...database, lookups: joinedLookups(records) },
    rules: {
      ...rules,
      collections: namedOf(rules.collections, [
        ...rules.policies,
        ...rules.complianceRules,
        ...exceptions.findings,
        ...exceptions.checks,
      ]),
    },
    exceptions: exceptionsFor(exceptions, bundled),
  };
}

function namedOf(
  collections: BundleParts['rules']['collections'],
  users: readonly { readonly collections?: readonly string[] | undefined }[],
): BundleParts['rules']['collections'] {
  const named = new Set(users.flatMap((one) => one.collections ?? []));
  return collections.filter(({ id }) => named.has(id)).map(({ id, selects }) => ({ id, selects }));
}

/** Exceptions that may speak for something in these scans: by the name of the package, or by the image. */
function exceptionsFor(
  { findings, checks }: BundleParts['exceptions'],
  scans: readonly BundledScan[],
): BundleParts['exceptions'] {
  const packages = new Set(scans.flatMap(({ catalog }) => catalog.packages.map(({ name }) => name)));
  const images = new Set(
    scans.flatMap(({ document }) => (document.kind === 'image' ? [document.digest as string] : [])),
  );
  return {
    findings: findings.filter((one) => packages.has(one.package.name)),
    checks: checks.filter((one) => one.images === undefined || one.images.some((image) => images.has(image))),
  };
}

/** As a file has it: what is `undefined` is not there. */
function plain<Value>(value: Value): Value {
  return JSON.parse(canonicalText(value));
}

function digestsOf(parts: Readonly<Record<PartName, unknown>>): Readonly<Record<PartName, string>> {
  return {
    counting: partDigest(parts.counting),
    scans: partDigest(parts.scans),
    advisories: partDigest(parts.advisories),
    rules: partDigest(parts.rules),
    exceptions: partDigest(parts.exceptions),
    result: partDigest(parts.result),
  };
}
