import type { ScanId } from '#base/index.ts';
import { unpackJson } from '#store/packed-json.ts';
import type { PolicyFacts } from '../facts.ts';
import { changedForm, type FactsChange, type FactsForm, fromForm } from './facts-form.ts';

/** Raised when the facts of a match would be written otherwise; older ones are then made anew. */
export const factsFormat = 2;

/** Facts as they are stored, with what became otherwise since they were packed, oldest first. */
export interface PackedFacts {
  readonly scan: ScanId;
  readonly packed: Uint8Array;
  readonly changes: readonly FactsChange[];
}

/** What the database in use says of its age: findings may be of an earlier one that said the same. */
export interface DatabaseInUse {
  readonly builtAt: string;
  readonly ages: ReadonlyMap<string, string | undefined>;
}

/** Unpacks facts, with feeds as old as the database in use states. */
export async function unpackFacts(
  { packed, changes }: PackedFacts,
  inUse: DatabaseInUse | undefined,
): Promise<PolicyFacts> {
  return agedAs(inUse, fromForm(changedForm(await unpackForm(packed), changes)));
}

function agedAs(inUse: DatabaseInUse | undefined, facts: PolicyFacts): PolicyFacts {
  const { database } = facts;
  if (inUse === undefined || database.state === 'missing' || inUse.builtAt <= database.builtAt) return facts;
  const feeds = database.feeds.map(({ feed, ecosystem }) => {
    const asOf = inUse.ages.get(ecosystem);
    return { feed, ecosystem, ...(asOf === undefined ? {} : { asOf }) };
  });
  return { ...facts, database: { state: 'ready', builtAt: inUse.builtAt, feeds } };
}

async function unpackForm(bytes: Uint8Array): Promise<FactsForm> {
  const parsed = await unpackJson(bytes);
  if (!isFrame(parsed)) throw new Error('Stored facts have a shape that this version does not read.');
  return parsed.facts;
}

function isFrame(parsed: unknown): parsed is { readonly facts: FactsForm } {
  if (typeof parsed !== 'object' || parsed === null || !('format' in parsed) || parsed.format !== factsFormat)
    return false;
  return 'facts' in parsed && typeof parsed.facts === 'object' && parsed.facts !== null && 'findings' in parsed.facts;
}
