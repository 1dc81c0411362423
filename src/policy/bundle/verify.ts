import { countJson, parseJsonWithin } from '#base/index.ts';
import { canonicalText } from '#catalog/index.ts';
import { bundleParts, type PartName, SignedBundle } from '../contract.ts';
import { limits } from '../limits.ts';
import { rules } from '../rules/index.ts';
import { checkSignature } from './check-signature.ts';
import { ledgerDigest, partDigest } from './digests.ts';
import { recompute, type Recomputed } from './recompute.ts';
import { resultOf } from './result.ts';
import { BundleParts, BundleStatement, StatementHead } from './schema.ts';

/**
 * Why a bundle is not believed. `unreadable`: it is none, or too large. `signature`: nobody signed these bytes.
 * `other-key`: another installation did. `changed`: a part is not the one that was signed. `differs`: the verdict does not
 * follow from the parts. `ledger`: it is not what ledger entries carry.
 */
export type BundleRefusal = 'unreadable' | 'signature' | 'other-key' | 'changed' | 'differs' | 'ledger';

export type BundleCheck =
  | {
      readonly state: 'verified';
      readonly statement: BundleStatement;
      readonly parts: BundleParts;
      readonly recomputed: Recomputed;
      /** Fingerprint of the authority that signed it. */
      readonly authority: string;
    }
  | { readonly state: 'refused'; readonly reason: BundleRefusal; readonly part?: PartName; readonly why: string }
  /** Another version of the rules made it, and this one comes to another verdict: nothing follows from that. */
  | { readonly state: 'other-version'; readonly made: string; readonly why: string };

export interface VerifyOptions {
  /** Fingerprint of the authority that is trusted; missing: any. */
  readonly key?: string | undefined;
  /** Of this program. */
  readonly version: string;
}

type Refused = Extract<BundleCheck, { readonly state: 'refused' }>;

/**
 * Verifies a bundle without anything else: who signed it, that each part is the one that was signed, and that the same
 * functions make the same verdict of them, to the byte.
 */
export async function verifyBundle(bytes: Uint8Array, options: VerifyOptions): Promise<BundleCheck> {
  const read = readBundle(bytes);
  if ('state' in read) return read;
  const { bundle, head } = read;
  const signed = checkSignature({ bundle, madeAt: new Date(head.madeAt), key: options.key });
  if (signed.state === 'refused') return signed;
  const statement = BundleStatement.safeParse(read.stated);
  if (!statement.success) return unread('statement', head, options);
  const changed = bundleParts.find((name) => !isPart(bundle.parts[name], statement.data.parts[name]));
  if (changed !== undefined) return refuse('changed', `Its ${words[changed]} are not those that were signed.`, changed);
  const parts = BundleParts.safeParse(bundle.parts);
  if (!parts.success) return unread(parts.error.issues[0]?.path.join('.') ?? 'content', head, options);
  return await compare({ statement: statement.data, parts: parts.data, authority: signed.authority }, options);
}

/** Whether a part is there, and is the one that was signed. */
function isPart(part: unknown, digest: string): boolean {
  return part !== undefined && partDigest(part) === digest;
}

/** What another version wrote is for that one to read; this version writes nothing that it does not read. */
function unread(what: string, { program }: StatementHead, { version }: VerifyOptions): BundleCheck {
  if (program.version === version) return refuse('unreadable', `Its ${what} does not have the agreed form.`);
  const why = `Seawall ${program.version} made it, this is ${version}, and it cannot read the ${what}.`;
  return { state: 'other-version', made: program.version, why };
}

/** What a part holds, to stand in a sentence. */
const words: Readonly<Record<PartName, string>> = {
  counting: 'publishers and reasons for which scans count',
  scans: 'scans',
  advisories: 'advisories',
  rules: 'rules',
  exceptions: 'exceptions',
  result: 'results',
};

/** What the statement says must be what follows from the parts. */
async function compare(
  made: Pick<Extract<BundleCheck, { state: 'verified' }>, 'statement' | 'parts' | 'authority'>,
  { version }: VerifyOptions,
): Promise<BundleCheck> {
  const { statement, parts } = made;
  const { environment, program } = statement;
  const strange = strangerIn(parts, statement);
  if (strange !== undefined) return strange;
  const again = await recompute(parts, environment ?? '');
  const refused = again.state === 'refused' ? refuse('differs', again.why, again.part) : differenceOf(again, made);
  if (again.state === 'recomputed' && refused === undefined) return { state: 'verified', ...made, recomputed: again };
  const isSame = program.version === version && JSON.stringify(program.rules) === JSON.stringify(ruleVersions);
  if (refused !== undefined && isSame) return refused;
  const why = `Seawall ${program.version} made it, this is ${version}, and the verdict comes out otherwise: ${refused?.why ?? ''}`;
  return { state: 'other-version', made: program.version, why };
}

/** What is of another image than the statement says, or of another environment. */
function strangerIn(
  { counting, scans }: BundleParts,
  { subject, environment = '' }: BundleStatement,
): Refused | undefined {
  const isOther = ({ document }: BundleParts['scans'][number]): boolean =>
    (document.kind === 'image' ? String(document.digest) : String(document.id)) !== subject;
  if (counting.choice.subject !== subject || scans.some(isOther))
    return refuse('differs', 'Its scans are of another image.', 'scans');
  if (scans.some(({ places }) => places.some((place) => (place.environment ?? '') !== environment)))
    return refuse('differs', 'Its image lies in another environment.', 'scans');
  return undefined;
}

function differenceOf(
  again: Recomputed,
  { statement, parts: { result } }: { readonly statement: BundleStatement; readonly parts: BundleParts },
): Refused | undefined {
  const stated = new Map(result.verdicts.map((one) => [one.scan as string, one]));
  const other = again.verdicts.find(({ scan, verdict }) => stated.get(scan)?.verdict !== verdict);
  if (other !== undefined) return refuse('differs', `The verdict on scan ${other.scan} comes out otherwise.`, 'result');
  if (canonicalText(resultOf(again)) !== canonicalText(result))
    return refuse('differs', 'The verdict that holds, or what it says of a verdict, comes out otherwise.', 'result');
  const { subject, environment, ledger } = statement;
  const follows = ledgerDigest({ subject, environment, verdicts: again.verdicts, holds: again.holding.scan });
  if (follows !== ledger)
    return refuse('ledger', `Ledger entries of this verdict carry ${follows}, and it says ${ledger}.`);
  return undefined;
}

/** Kinds of rules of policies, each with its version. */
export const ruleVersions: readonly (readonly [string, number])[] = rules.map(({ id, version }) => [id, version]);

interface ReadBundle {
  readonly bundle: SignedBundle;
  readonly head: StatementHead;
  /** All that it states, as JSON has it. */
  readonly stated: unknown;
}

function readBundle(bytes: Uint8Array): ReadBundle | Refused {
  const json = parseJsonWithin(bytes, {
    bytes: limits.bundleBytes.value,
    tokens: limits.bundleTokens.value,
    depth: limits.bundleDepth.value,
  });
  if (json.kind !== 'read') return refuse('unreadable', `It is no bundle: ${json.why}.`);
  if (namesTwice(bytes, json.value))
    return refuse('unreadable', 'It names a member twice, so that it can be read in two ways.');
  const bundle = SignedBundle.strict().safeParse(json.value);
  if (!bundle.success) return refuse('unreadable', 'It is no bundle of a verdict.');
  const stated = parseJsonWithin(bundle.data.statement, { bytes: 64 * 1024, tokens: 10_000, depth: 16 });
  const head = stated.kind === 'read' ? StatementHead.safeParse(stated.value) : undefined;
  if (stated.kind !== 'read' || head?.success !== true) return refuse('unreadable', 'What it states cannot be read.');
  return { bundle: bundle.data, head: head.data, stated: stated.value };
}

/** Of two members of one name a parser keeps the last, and fewer values are left than the text has. */
function namesTwice(bytes: Uint8Array, value: unknown): boolean {
  return tokensOf(bytes) !== tokensOf(JSON.stringify(value));
}

function tokensOf(json: string | Uint8Array): number {
  const counted = countJson(json, { bytes: Infinity, tokens: Infinity, depth: Infinity });
  return counted.kind === 'within' ? counted.tokens : Infinity;
}

function refuse(reason: BundleRefusal, why: string, part?: PartName): Refused {
  return { state: 'refused', reason, why, ...(part === undefined ? {} : { part }) };
}
