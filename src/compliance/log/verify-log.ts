import type { KeyObject } from 'node:crypto';
import type { InclusionProof, LogHead, SignedHead } from './log.ts';
import { isIncluded, leafHash, rootOf } from './merkle.ts';
import { headHash, isSignedBy, readPublicKey } from './sign-head.ts';
import { type ChainedLeaf, openSubjectChains, readChainedLeaf } from './subject-chains.ts';

/** A row with what proves that it is in the log. */
export interface ProvenLeaf {
  /** Canonical text, as it was hashed. */
  readonly text: string;
  readonly proof: InclusionProof;
}

/** What is wrong with an extract. `batch` is the number of its head, `position` counts within it. */
export type LogFault =
  /** The head names another installation than the one that is asked for. */
  | { readonly kind: 'other-installation'; readonly batch: number; readonly installation: string }
  /** None of the keys that are trusted signed the head, or it is not what was signed. */
  | { readonly kind: 'other-key'; readonly batch: number }
  /** Heads between two that are there, or before the first, are missing. */
  | { readonly kind: 'head-missing'; readonly batch: number }
  /** The head does not follow from the one before it. */
  | { readonly kind: 'not-chained'; readonly batch: number }
  /** A leaf is not the one that was sealed there; without `position`: one of the batch. */
  | { readonly kind: 'changed'; readonly batch: number; readonly position?: number }
  /** Leaves stand in another order than they were sealed in, or twice. */
  | { readonly kind: 'reordered'; readonly batch: number; readonly position: number }
  /** A leaf is missing that belongs to the extract: of a whole batch, or of a subject whose rows are there. */
  | { readonly kind: 'left-out'; readonly batch: number; readonly position?: number };

/** An extract of the log: consecutive heads, and leaves of their batches. */
export interface LogExtract {
  readonly installation: string;
  /** Public keys that are trusted, PEM. */
  readonly keys: readonly string[];
  /** In the order of their batches. */
  readonly heads: readonly SignedHead[];
}

/** Verifies an extract as it is read. */
export interface LogVerification {
  /** A leaf of a scope. Leaves come in the order of the log. Gives whether it is exactly what was sealed. */
  leaf(leaf: ProvenLeaf): boolean;
  /** All leaves of a batch, by their texts. Gives whether they are exactly what was sealed. */
  batch(batch: number, texts: readonly string[]): boolean;
  /** Rows before a position of the whole log are not kept any more: rows after it may name them. */
  forget(before: number): void;
  /** All faults, those of the heads first; `more` counts those beyond the first thousand. */
  end(): { readonly faults: readonly LogFault[]; readonly leaves: number; readonly more: number };
}

const keptFaults = 1000;

/**
 * Verifies heads at once and leaves as they come. It is bounded by the subjects of the extract, not by its leaves. That
 * the newest rows of a subject are left out shows in whole batches only: nothing that is there names what follows it.
 */
export function openVerification({ installation, keys, heads }: LogExtract): LogVerification {
  const faults = [...faultsOfHeads(heads, { installation, keys: keys.map(readPublicKey) })];
  const headOf = new Map(heads.map(({ head }) => [head.batch, head]));
  const chains = openSubjectChains(heads[0]?.head.first ?? 0);
  let [last, leaves] = [-1, 0];
  const take = (head: LogHead, position: number, leaf: ChainedLeaf): boolean => {
    const before = faults.length;
    const at = head.first + position;
    const missing = chains.next(leaf, at);
    if (at <= last) faults.push({ kind: 'reordered', batch: head.batch, position });
    else if (missing !== undefined) faults.push(leftOutAt(heads, missing));
    last = Math.max(last, at);
    leaves += 1;
    return faults.length === before;
  };
  return {
    leaf: ({ text, proof: { batch, position, path } }) => {
      const head = headOf.get(batch);
      if (head === undefined) return fail(faults, { kind: 'head-missing', batch });
      const leaf = readChainedLeaf(text);
      const { count, root } = head;
      if (leaf === undefined || !isIncluded({ leaf: leafHash(text), position, count, path, root }))
        return fail(faults, { kind: 'changed', batch, position });
      return take(head, position, leaf);
    },
    batch: (batch, texts) => {
      const head = headOf.get(batch);
      if (head === undefined) return fail(faults, { kind: 'head-missing', batch });
      const fault = faultOfBatch(head, texts);
      if (fault !== undefined) return fail(faults, fault);
      return texts.reduce((fine, text, position) => {
        const leaf = readChainedLeaf(text);
        return leaf !== undefined && take(head, position, leaf) && fine;
      }, true);
    },
    forget: chains.forget,
    end: () => ({ faults: faults.slice(0, keptFaults), leaves, more: Math.max(0, faults.length - keptFaults) }),
  };
}

function fail(faults: LogFault[], fault: LogFault): false {
  faults.push(fault);
  return false;
}

interface Trusted {
  readonly installation: string;
  readonly keys: readonly KeyObject[];
}

function* faultsOfHeads(heads: readonly SignedHead[], { installation, keys }: Trusted): Generator<LogFault> {
  for (const [index, signed] of heads.entries()) {
    const { head } = signed;
    const { batch } = head;
    if (head.installation !== installation)
      yield { kind: 'other-installation', batch, installation: head.installation };
    if (!keys.some((key) => isSignedBy(signed, key))) yield { kind: 'other-key', batch };
    const before = heads[index - 1]?.head;
    if (before === undefined) {
      const isFirst = head.first === 0 && head.previous === '';
      if ((batch === 1) !== isFirst) yield { kind: 'not-chained', batch };
    } else if (batch > before.batch + 1) yield { kind: 'head-missing', batch: before.batch + 1 };
    else if (!follows(head, before)) yield { kind: 'not-chained', batch };
  }
}

function follows(head: LogHead, before: LogHead): boolean {
  return (
    head.batch === before.batch + 1 &&
    head.first === before.first + before.count &&
    head.previous === headHash(before) &&
    head.count > 0
  );
}

/** What is wrong with all leaves of a batch together. */
function faultOfBatch({ batch, count, root }: LogHead, texts: readonly string[]): LogFault | undefined {
  if (texts.length < count) return { kind: 'left-out', batch };
  if (texts.length === count && rootOf(texts.map(leafHash)).toString('hex') === root) return undefined;
  const sequences = texts.map((text) => readChainedLeaf(text)?.sequence ?? 0);
  const position = sequences.findIndex((sequence, at) => at > 0 && sequence <= (sequences[at - 1] ?? 0));
  return position < 0 ? { kind: 'changed', batch } : { kind: 'reordered', batch, position };
}

function leftOutAt(heads: readonly SignedHead[], at: number): LogFault {
  const head = heads.findLast(({ head: { first } }) => first <= at)?.head;
  return head === undefined
    ? { kind: 'left-out', batch: 0 }
    : { kind: 'left-out', batch: head.batch, position: at - head.first };
}
