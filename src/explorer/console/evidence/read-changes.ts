import type { Immutable } from '#base/index.ts';
import {
  type AskedChanges,
  type ChangePlace,
  type ChangeRow,
  imagesPlace,
  readChangePlaces,
  readChangesBetween,
  readChangesOf,
} from '#compliance/console/index.ts';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import { type EvidenceChange, EvidenceSubjectKind, type listEvidenceChanges } from '../../contract-evidence.ts';
import { answerPrefix } from '../../evidence/answer.ts';
import type { Control } from '../../evidence/control.ts';
import { joinRuns } from '../shared-runs.ts';
import { readCountsAt } from './counts-then.ts';
import type { Looking } from './looking.ts';
import { controlNamed, summaryOf } from './read-evidence.ts';
import { templateNamed } from './templates-here.ts';

type Query = HandlerInput<typeof listEvidenceChanges>['query'];

interface Asked {
  readonly template: string;
  readonly query: Query;
  readonly looking: Looking;
}

/** Changes that are looked through for who sees a part. */
const mostLooked = 10_000;

const joinPage = joinRuns<Page>();
const joinPlaces = joinRuns<readonly ChangePlace[]>();

interface Page {
  readonly changes: readonly ChangeRow[];
  readonly total: number;
}

/** What changed between two moments: controls, and the answers that did it, the newest first. */
export async function readChanges(
  queries: Queries,
  { template: id, query, looking }: Asked,
): Promise<Immutable<ReplyOf<typeof listEvidenceChanges>>> {
  const template = await templateNamed(queries, id);
  const { control, limit, offset } = query;
  const [from, to] = [new Date(query.from), new Date(query.to)];
  const controls = control === undefined ? template.controls : [controlNamed(template, control)];
  const { environment, application } = query;
  const asked = { from, to, checks: controls.flatMap(askedBy), environment, application };
  const [before, after, { changes, total }] = await Promise.all([
    readCountsAt(queries, template, { moment: { at: from }, looking }),
    readCountsAt(queries, template, { moment: { at: to }, looking }),
    readPage(queries, { ...asked, limit, offset }, looking.view),
  ]);
  const changed = controls.flatMap((one) => {
    const [then, now] = [summaryOf(one, before).state, summaryOf(one, after).state];
    return then === now ? [] : [{ id: one.id, title: one.title, from: then, to: now }];
  });
  return { controls: changed, changes: changes.flatMap(toChange), total };
}

type View = Looking['view'];

/** What somebody sees of the changes. Who asks for the same meanwhile gets the same reading, whatever he sees. */
async function readPage(
  queries: Queries,
  { limit, offset, ...asked }: AskedChanges & Pick<Query, 'limit' | 'offset'>,
  view: View,
): Promise<Page> {
  if (view === undefined)
    return await joinPage(queries, JSON.stringify([asked, limit, offset]), async () =>
      readChangesBetween(queries, { ...asked, limit, offset }),
    );
  const places = await joinPlaces(queries, JSON.stringify(asked), async () =>
    readChangePlaces(queries, { ...asked, limit: mostLooked }),
  );
  const seen = places.filter((place) => isSeen(place, view));
  return { changes: await readChangesOf(queries, seen.slice(offset, offset + limit)), total: seen.length };
}

/** What history calls the checks and answers that a control asks for. */
function askedBy({ questions }: Control): readonly string[] {
  return questions.flatMap(({ by }) => {
    if (by.kind === 'checks') return by.checks;
    return by.kind === 'product' ? [`${answerPrefix}${by.answer}`] : [];
  });
}

function isSeen({ host, kind, name, application, environment }: ChangePlace, view: NonNullable<View>): boolean {
  return view({
    ...(host !== imagesPlace && { host }),
    images: kind === 'image' ? [name] : [],
    labels: {},
    ...(application !== null && { application }),
    ...(environment !== null && { environment }),
  });
}

function toChange(row: ChangeRow): readonly EvidenceChange[] {
  const { host, id, name, application, environment, check_id: check, from_state: from, to_state: to } = row;
  const kind = EvidenceSubjectKind.safeParse(row.kind);
  if (!kind.success || check === null || from === null || to === null) return [];
  return [
    {
      host,
      kind: kind.data,
      id,
      name,
      ...(application !== null && { application }),
      ...(environment !== null && { environment }),
      check,
      from,
      to,
      observedAt: row.observed_at.toISOString(),
      receivedAt: row.received_at.toISOString(),
    },
  ];
}
