import type { Transaction } from '#store/index.ts';
import { statusId, type TransitionRow, writeStatuses, writeTransitions } from '../transitions.ts';

/** What another tool says of a host or an image, as it was imported: a subject of its own in the evidence log. */
interface ImportedSubject {
  readonly now: Date;
  readonly host: string;
  /** One that no check and no control asks about. */
  readonly kind: string;
  /** Of the import: each is written down once and never changes. */
  readonly id: string;
  readonly name: string;
}

interface Imported extends ImportedSubject {
  /** By the names of its rules, in the words of that tool. */
  readonly states: Readonly<Record<string, string>>;
  /** SHA-256 of the file, in hex. */
  readonly facts: string;
}

/** Writes down that a result was imported: how all its rules came out, and the hash of its file. */
export async function recordImport(transaction: Transaction, { states, facts, ...subject }: Imported): Promise<void> {
  const all = Object.fromEntries(Object.entries(states).map(([rule, state]) => [rule, { state, version: 1 }]));
  const status = statusId(all);
  await writeStatuses(transaction, new Map([[status, all]]), subject.now);
  await writeTransitions(transaction, [
    rowOf(subject, { change: 'first', checks: Object.keys(all).length, status, facts }),
  ]);
}

/** Writes down that an imported result was removed. */
export async function recordImportEnd(transaction: Transaction, subject: ImportedSubject): Promise<void> {
  await writeTransitions(transaction, [rowOf(subject, { change: 'ended', checks: null, status: null, facts: null })]);
}

function rowOf(
  { now, host, kind, id, name }: ImportedSubject,
  written: Pick<TransitionRow, 'change' | 'checks' | 'status' | 'facts'>,
): TransitionRow {
  const nothing = { application: null, environment: null, check_id: null, from_state: null, to_state: null };
  return {
    observed_at: now,
    received_at: now,
    source: 'answers',
    host,
    kind,
    id,
    name,
    ...nothing,
    ...written,
    silent: false,
  };
}
