import { AppError, type Immutable } from '#base/index.ts';
import { audit, type Writer } from '#access/console/index.ts';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import type { decideReview, Entry, previewReview, ReviewCaution } from '../contract.ts';
import { limits } from '../limits.ts';
import { type Weighed, weighDecision } from '../weigh-decision.ts';
import { successorsOf, takeOverDecisions } from './carry-decisions.ts';
import { targetOf } from './decide-entry.ts';
import {
  countedEvidence,
  lockModel,
  type ModelRow,
  readDecisions,
  readModelRow,
  readSources,
  unpackEvidence,
  withDecisions,
} from './models.ts';
import type { Dependencies } from './dependencies.ts';
import { entriesById } from './review-queue.ts';
import { saveModel } from './save-model.ts';
import { runtimeSchema } from './schema.ts';
import { entryIdOf, storeDecisions } from './store-decisions.ts';

type Wanted = HandlerInput<typeof decideReview>['body'] & { readonly model: string };
type Preview = Immutable<ReplyOf<typeof previewReview>>;
type Decided = Immutable<ReplyOf<typeof decideReview>>;

const actions = {
  allow: 'model-entries-allowed',
  deny: 'model-entries-denied',
  undo: 'model-decisions-undone',
} as const;

/** What a decision about many entries would change. Throws `not-found`, `bad-request` and `conflict` as `decideEntries`. */
export async function previewDecision(queries: Queries, wanted: Wanted): Promise<Preview> {
  const row = await readModelRow(queries, wanted.model);
  if (row === undefined) throw new AppError('not-found', 'There is no such model.');
  const weighed = await weigh(queries, row, wanted);
  const { changes, same, cautions, impossible } = weighed;
  return {
    changes: changes.map(toChange),
    same: same.length,
    cautions: [...cautions].map(([caution, entries]) => ({
      caution,
      entries,
      accepted: wanted.accept.includes(caution),
    })),
    impossible: impossible.map(({ key }) => ({ id: entryIdOf(key), entry: key })),
    containers: await countRunning(queries, row.id),
    versions: await versionsOf(queries, row, wanted),
  };
}

/**
 * Takes a person's word on many entries, all or none. Throws `not-found` without the model, `bad-request` for more entries
 * than one decision takes, entries that nothing can allow and entries that are never learned and not accepted, and
 * `conflict` when the model lacks an entry.
 */
export async function decideEntries(
  dependencies: Dependencies,
  wanted: Wanted,
  { principal, author }: Writer,
): Promise<Decided> {
  return await dependencies.store.transaction(async (transaction) => {
    const row = await lockModel(transaction, wanted.model);
    if (row === undefined) throw new AppError('not-found', 'There is no such model.');
    const weighed = await weigh(transaction, row, wanted);
    refuseUnsaid(weighed, wanted);
    const { changes, same } = weighed;
    const items = [...changes.map(({ entry }) => entry), ...(wanted.decision === 'undo' ? [] : same)];
    const { decision, reason, scope } = wanted;
    await storeDecisions(transaction, row, {
      keys: items.map(({ key }) => key),
      before: await readDecisions(transaction, row.id),
      word: { decision, reason, scope, by: principal.name, at: dependencies.clock() },
    });
    const { evidence } = await takeOverDecisions(transaction, row, await unpackEvidence(row));
    await saveModel(transaction, dependencies, { row, change: { evidence } });
    await writeDown(transaction, { row, wanted, items, author });
    return { changes: changes.map(toChange), same: same.length };
  });
}

async function weigh(queries: Queries, row: ModelRow, { entries, decision }: Wanted): Promise<Weighed> {
  const most = limits.entriesOfDecision.value;
  if (entries.length > most)
    throw new AppError('bad-request', `A decision names at most ${most} entries; this one names ${entries.length}.`, {
      next: 'Decide about one group at a time, or about a part of its entries.',
    });
  const learned = await countedEvidence(row, (await readSources(queries, [row]))(row));
  const known = entriesById(withDecisions(learned, await readDecisions(queries, row.id)));
  const wanted = [...new Set(entries)];
  const found = wanted.flatMap((id) => known.get(id) ?? []);
  if (found.length < wanted.length)
    throw new AppError('conflict', `The model no longer has ${wanted.length - found.length} of these entries.`, {
      next: 'Load the review queue again, and decide about what is there now.',
    });
  return weighDecision(found, new Map(learned.items.map((entry) => [entry.key, entry])), decision);
}

/** Nothing that is never learned is allowed among others without a word. */
function refuseUnsaid({ impossible, cautions }: Weighed, { accept }: Wanted): void {
  if (impossible.length > 0)
    throw new AppError(
      'bad-request',
      `${impossible.length} of these entries cannot be allowed: their programs exist in memory only, or their hash is not known.`,
      { next: 'Leave them out of the decision, or deny them.' },
    );
  const unsaid = [...cautions].filter(([caution]) => !accept.includes(caution));
  if (unsaid.length > 0)
    throw new AppError('bad-request', `These entries are never learned: ${unsaid.map(inWords).join('; ')}.`, {
      next: `To allow them all the same, name in accept: ${unsaid.map(([caution]) => caution).join(', ')}.`,
    });
}

const cautionWords: Readonly<Record<ReviewCaution, string>> = {
  drift: "not the image's program, or changed",
  code: "code files that are not the image's",
  loader: 'start programs past the check of their own start',
  session: 'run in a docker exec session',
  'never-learned': 'on the never-learn list or unknown to the scan',
};

function inWords([caution, entries]: readonly [ReviewCaution, number]): string {
  return `${entries} ${cautionWords[caution]}`;
}

function toChange({ entry, after }: Weighed['changes'][number]) {
  return { id: entryIdOf(entry.key), entry: entry.key, before: entry.state, after };
}

async function countRunning(queries: Queries, model: string): Promise<number> {
  const row = await queries
    .query(runtimeSchema)
    .selectFrom('running')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('model', '=', model)
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}

async function versionsOf(queries: Queries, row: ModelRow, { decision, scope }: Wanted): Promise<Preview['versions']> {
  if (decision !== 'undo' && scope === 'digest') return [];
  return (await successorsOf(queries, row)).map(({ id, digest }) => ({ model: id, digest }));
}

interface Done {
  readonly row: ModelRow;
  readonly wanted: Wanted;
  readonly items: readonly Entry[];
  readonly author: Writer['author'];
}

async function writeDown(transaction: Transaction, { row, wanted, items, author }: Done): Promise<void> {
  const { decision, reason, scope, accept } = wanted;
  const from = [...new Set(items.flatMap((entry) => entry.decision?.from ?? []))];
  await audit(transaction, {
    ...author,
    action: actions[decision],
    target: targetOf(row),
    detail: {
      count: items.length,
      entries: items.map(({ key }) => key),
      reason,
      ...(decision === 'undo' ? { from } : { scope }),
      ...(accept.length > 0 ? { accepted: accept } : {}),
    },
  });
}
