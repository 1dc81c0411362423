import { AppError, type Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import type { getReviewQueue, Entry, Model, ReviewGroup, ReviewGrouping, ReviewEntry } from '../contract.ts';
import { limits } from '../limits.ts';
import { entryText } from '../entry-text.ts';
import { cautionOf } from '../review-caution.ts';
import { groupEntries } from '../review-groups.ts';
import { readPackages } from './model-detail.ts';
import { readModel } from './models.ts';
import { entryIdOf } from './store-decisions.ts';

type Queue = Immutable<ReplyOf<typeof getReviewQueue>>;

/** Decisions that a page shows; the newest. */
const mostDecided = 1_000;

/** Entries of a model that wait for a person, in groups, and what people decided. Throws `not-found`. */
export async function readReviewQueue(queries: Queries, id: string, by: ReviewGrouping): Promise<Queue> {
  const model = await readModel(queries, id);
  if (model === undefined) throw new AppError('not-found', 'There is no such model.');
  const packages = await readPackages(queries, model);
  const { inheritedFrom, evidence, key } = model;
  const waiting = evidence.items.filter(({ state }) => state === 'review').slice(0, limits.reviewQueue.value);
  const decided = evidence.items
    .filter(({ decidedAt }) => decidedAt !== undefined)
    .toSorted(({ decidedAt: one = '' }, { decidedAt: other = '' }) => (one < other ? 1 : one > other ? -1 : 0));
  return {
    waiting: waiting.length,
    groups: groupEntries(waiting, { by, packages, inheritedFrom, digest: key.digest }).map((group) =>
      toGroup(group, packages),
    ),
    decided: decided.slice(0, mostDecided).map((entry) => toEntry(entry, packages)),
    decisions: decided.length,
    ...(inheritedFrom === undefined ? {} : { deploy: { from: inheritedFrom.digest, at: inheritedFrom.at } }),
    most: limits.entriesOfDecision.value,
  };
}

type Packages = Readonly<Record<string, string>>;

function toGroup(
  { name, since, caution, items }: ReturnType<typeof groupEntries>[number],
  packages: Packages,
): ReviewGroup {
  const last = items[0]?.lastSeenAt;
  return {
    ...(name === undefined ? {} : { name: name.slice(0, 4096) }),
    ...(since === undefined ? {} : { since }),
    ...(caution === undefined ? {} : { caution }),
    ...(last === undefined ? {} : { lastSeenAt: last }),
    entries: items.map((entry) => toEntry(entry, packages)),
  };
}

function toEntry(entry: Entry, packages: Packages): ReviewEntry {
  const { key, fact, class: weight, state, why, firstSeenAt, lastSeenAt } = entry;
  const text = entryText(fact);
  const caution = cautionOf(entry);
  const owner = packages[fact.path];
  return {
    id: entryIdOf(key),
    key,
    ...(text === undefined ? {} : { entry: text.slice(0, 4096) }),
    path: fact.path,
    ...('caller' in fact && fact.caller !== undefined ? { caller: fact.caller } : {}),
    ...(owner === undefined ? {} : { package: owner }),
    class: weight,
    state,
    ...(caution === undefined ? {} : { caution }),
    ...(why === undefined ? {} : { why }),
    ...(firstSeenAt === undefined ? {} : { firstSeenAt }),
    ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
    ...decisionOf(entry),
  };
}

function decisionOf({ decidedBy: by, decidedAt: at, decision }: Entry): Pick<ReviewEntry, 'decision'> {
  if (by === undefined || at === undefined || decision === undefined) return {};
  return { decision: { by, at, ...decision } };
}

/** Entries by the ids that requests name them by. */
export function entriesById({ items }: Model['evidence']): ReadonlyMap<string, Entry> {
  return new Map(items.map((entry) => [entryIdOf(entry.key), entry]));
}
