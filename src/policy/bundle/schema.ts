import { z } from 'zod';
import { Collection, ExceptionState, Slug } from '#access/contract.ts';
import type { Immutable } from '#base/index.ts';
import { Catalog, ScanChoice } from '#catalog/contract.ts';
import { CarriedException, ComplianceRule, CustomCheck, mostCustomChecks } from '#compliance/contract.ts';
import { digest, line, moment, scanId, subjectId } from '#http/fields.ts';
import { Subject } from '#image/contract.ts';
import { Provenance } from '#provenance/contract.ts';
import { DatabaseInfo, RecordedLookups } from '#vulnerability/contract.ts';
import { Exception, Policy, VerdictKind } from '../contract.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const environment = z.string().max(64);

/** Where a subject lies, for scopes: names of images, labels, host, environment. */
const Place = z.object({
  images: z.array(z.string().max(4096)).max(10_000),
  labels: z.record(z.string(), z.string()),
  environment: environment.optional(),
  host: z.string().max(512).optional(),
  application: z.string().max(512).optional(),
});

/** What counts, and why the others do not; all of it is worked out again. */
const Counting = z.object({
  choice: ScanChoice,
  counting: z.array(z.object({ scan: scanId, rank: z.int(), why: line(32) })).max(100_000),
  silenced: z.array(z.object({ scan: scanId, rank: z.int(), why: line(32) })).max(100_000),
});

/** A counting scan, cut to what matching and rules read of it. */
const BundledScan = z.object({
  scan: scanId,
  document: Subject,
  catalog: Catalog.pick({ distribution: true, packages: true, faults: true }),
  scannedAt: moment,
  receivedAt: moment,
  /** Moment of the verdict: exceptions, days of grace and the age of feeds are judged as of then. */
  judgedAt: moment,
  /** Where the subject lies in the environment, as agents reported it. */
  places: z.array(Place).max(100_000),
  /** What checks judge an image by: a document of its scan, or that it is no image. Missing: the scan is older. */
  checks: z
    .discriminatedUnion('state', [
      z.object({ state: z.literal('read'), text: z.string() }),
      z.object({ state: z.literal('none') }),
    ])
    .optional(),
  /** What the console found of where it comes from; missing: no rule asks. */
  provenance: Provenance.optional(),
  /** When this console saw a fix appear, where no notice dates it. */
  fixesAppeared: z
    .array(
      z.object({
        advisory: line(256),
        type: line(64),
        package: line(512),
        purl: line(2048),
        layer: z.int(),
        fixed: line(512),
        at: moment,
      }),
    )
    .max(200_000),
});
export type BundledScan = Immutable<z.infer<typeof BundledScan>>;

const Advisories = z.object({
  /** Names the database: everything that it says of itself. */
  database: line(64),
  info: DatabaseInfo,
  lookups: RecordedLookups,
});

const Rules = z.object({
  /** In their order, those that are off too. */
  policies: z.array(Policy).max(1000),
  complianceRules: z.array(ComplianceRule).max(1000),
  collections: z.array(Collection.pick({ id: true, selects: true })).max(10_000),
  /** Entries of operator's lists, by their ids. */
  lists: z.record(line(64), z.array(z.string().max(4096)).max(10_000)),
  customChecks: z.array(CustomCheck).max(mostCustomChecks),
});

const Exceptions = z.object({
  findings: z
    .array(
      z.object({
        id: z.uuid(),
        advisory: line(256),
        package: Exception.shape.package,
        collections: z.array(Slug).max(1000).optional(),
        expiresAt: moment,
        state: ExceptionState,
      }),
    )
    .max(100_000),
  checks: z.array(CarriedException).max(100_000),
});

/** What comes out; worked out again and compared. */
const Result = z.object({
  verdicts: z
    .array(
      z.object({
        scan: scanId,
        kind: VerdictKind,
        violations: z.int().min(0),
        /** SHA-256 of its bytes. */
        verdict: sha256,
      }),
    )
    .max(1000),
  /** Scan whose verdict holds: the worst of those that count. */
  holds: scanId,
  /** Its bytes: JSON. */
  verdict: z.string(),
});

/** The parts of a bundle, each hashed by itself. */
export const BundleParts = z.object({
  counting: Counting,
  scans: z.array(BundledScan).min(1).max(1000),
  advisories: Advisories,
  rules: Rules,
  exceptions: Exceptions,
  result: Result,
});
export type BundleParts = Immutable<z.infer<typeof BundleParts>>;

/** What is signed: what the bundle is of, and a hash of each part. */
export const BundleStatement = z.object({
  form: z.literal(1),
  madeAt: moment,
  /** What made it: another version of the rules may give another verdict. */
  program: z.object({ version: line(64), rules: z.array(z.tuple([line(64), z.int()])).max(100) }),
  subject: subjectId,
  /** Missing: hosts without an environment. */
  environment: environment.optional(),
  /** What ledger entries of this verdict carry. */
  ledger: digest,
  parts: z.object({
    counting: sha256,
    scans: sha256,
    advisories: sha256,
    rules: sha256,
    exceptions: sha256,
    result: sha256,
  }),
});
export type BundleStatement = Immutable<z.infer<typeof BundleStatement>>;

/** What every form of a statement says, so that any version can tell who signed it and which version reads it. */
export const StatementHead = z.object({ form: z.int(), madeAt: moment, program: z.object({ version: line(64) }) });
export type StatementHead = Immutable<z.infer<typeof StatementHead>>;
