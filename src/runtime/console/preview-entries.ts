import type { Collection } from '#access/contract.ts';
import type { Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { Entry, Model, replayRuntimeRule, RuntimeRule } from '../contract.ts';
import { modelStateOf } from '../converge.ts';
import { isTrusted } from '../model-index.ts';
import { entryText } from '../entry-text.ts';
import { changeTo, type MovedModel, movedModels } from './follow-sources.ts';
import { countedEvidence, readDecisions, readModel, readSources, toModel } from './models.ts';
import { readSummary } from './model-summaries.ts';
import type { Dependencies } from './dependencies.ts';
import { convergenceOf } from './save-model.ts';
import { runtimeSchema } from './schema.ts';

/** What other rules on evidence would make of models. */
export interface Preview {
  readonly entries: Immutable<ReplyOf<typeof replayRuntimeRule>>['entries'];
  /** Models as they would be, by their ids, with the keys of entries that would come. */
  readonly moved: ReadonlyMap<string, { readonly after: Model; readonly added: ReadonlySet<string> }>;
}

export interface PreviewTerms extends Pick<Dependencies, 'clock' | 'bucketSeconds'> {
  /** As they would be. */
  readonly rules: readonly RuntimeRule[];
  readonly collections: readonly Collection[];
  readonly view: View;
  /** Fires when the caller left. */
  readonly signal: AbortSignal;
}

/** Models that one request compares. */
const mostCompared = 100;
const mostExamples = 50;

/** Entries that would come into models which the caller may see, or go out of them. */
export async function previewEntries(queries: Queries, terms: PreviewTerms): Promise<Preview> {
  const all = await movedModels(queries, terms.rules, terms.collections);
  const moved = new Map<string, { readonly after: Model; readonly added: ReadonlySet<string> }>();
  const examples: Preview['entries']['examples'][number][] = [];
  let [models, added, removed] = [0, 0, 0];
  for (const one of all) {
    terms.signal.throwIfAborted();
    if (terms.view !== undefined && (await readSummary(queries, one.id, terms.view)) === undefined) continue;
    models += 1;
    if (moved.size >= mostCompared) continue;
    const change = await compare(queries, one, terms);
    if (change === undefined) continue;
    const came = trusted(change.after).filter(({ key }) => !change.before.has(key));
    const went = [...change.before.values()].filter(({ key }) => !change.kept.has(key));
    moved.set(one.id, { after: change.after, added: new Set(came.map(({ key }) => key)) });
    added += came.length;
    removed += went.length;
    const { environment } = change.after;
    const word = (entry: Entry, how: 'added' | 'removed') => ({
      model: one.id,
      ...(environment === undefined ? {} : { environment }),
      change: how,
      entry: (entryText(entry.fact) ?? entry.key).slice(0, 4096),
      seenIn: entry.seenIn ?? [],
    });
    examples.push(...came.map((entry) => word(entry, 'added')), ...went.map((entry) => word(entry, 'removed')));
    examples.splice(mostExamples);
  }
  return { moved, entries: { models, compared: moved.size, added, removed, examples } };
}

interface Compared {
  readonly before: ReadonlyMap<string, Entry>;
  readonly after: Model;
  /** Keys of what stays or comes. */
  readonly kept: ReadonlySet<string>;
}

async function compare(queries: Queries, { id, to }: MovedModel, terms: PreviewTerms): Promise<Compared | undefined> {
  const row = await queries
    .query(runtimeSchema)
    .selectFrom('model')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  const model = await readModel(queries, id);
  if (row === undefined || model === undefined) return undefined;
  const { columns, before } = await changeTo(queries, terms, { row, to });
  const next = { ...row, ...columns, inherited_changes: row.inherited_changes };
  const evidence = await countedEvidence(next, (await readSources(queries, [next]))(next));
  const shown = toModel(next, evidence, await readDecisions(queries, id));
  const options = { ...terms, now: terms.clock() };
  const convergence = convergenceOf(shown.evidence, before ?? row.convergence, options);
  const after = { ...shown, convergence, state: modelStateOf(next.state, convergence) };
  return {
    before: new Map(trusted(model).map((entry) => [entry.key, entry])),
    after,
    kept: new Set(trusted(after).map(({ key }) => key)),
  };
}

function trusted({ evidence }: Model): readonly Entry[] {
  return evidence.items.filter(isTrusted);
}
