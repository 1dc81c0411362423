import type { Selectable } from '#access/index.ts';
import { imagesPlace, readStatesAt, type StatesThen, type SubjectThen } from '#compliance/console/index.ts';
import type { Queries } from '#store/index.ts';
import { EvidenceSubjectKind } from '../../contract-evidence.ts';
import { consoleId } from './collect-ids.ts';
import type { Looking, Moment } from './looking.ts';
import { isSeenInScope } from './scopes.ts';

/** A subject as it stood then. */
export interface KnownThen {
  readonly kind: EvidenceSubjectKind;
  readonly subject: Omit<SubjectThen, 'source' | 'silent'>;
  /** Since when nobody knew how its checks stood; missing: it was heard of. */
  readonly silentSince?: Date;
  /** Ids of how its checks and its answers stood. */
  readonly statuses: readonly string[];
}

/** Every subject as it stood at a moment. */
export interface EstateThen {
  readonly subjects: readonly KnownThen[];
  /** By the ids of statuses. */
  readonly states: StatesThen['states'];
}

const running = new WeakMap<Queries, Map<string, Promise<EstateThen>>>();

/** How all stood at a moment, on all hosts or on those. Who asks for the same meanwhile gets the same reading. */
export async function readKnownThen(
  queries: Queries,
  { at, known }: Moment,
  hosts?: readonly string[],
): Promise<EstateThen> {
  const readings = running.get(queries) ?? new Map<string, Promise<EstateThen>>();
  running.set(queries, readings);
  const key = JSON.stringify([at, known, hosts]);
  const reading = readings.get(key) ?? read(queries, { at, known, hosts });
  readings.set(key, reading);
  try {
    return await reading;
  } finally {
    if (readings.get(key) === reading) readings.delete(key);
  }
}

async function read(queries: Queries, asked: Parameters<typeof readStatesAt>[1]): Promise<EstateThen> {
  const then = await readStatesAt(queries, asked);
  return { subjects: subjectsOf(then), states: then.states };
}

/** What checks and what other parts of the product said of a subject are of one subject. */
function subjectsOf({ subjects }: StatesThen): readonly KnownThen[] {
  const groups = Map.groupBy(subjects, ({ host, kind, id }) => `${host} ${kind} ${id}`);
  return [...groups.values()].flatMap((own): readonly KnownThen[] => {
    const [first] = own;
    const kind = EvidenceSubjectKind.safeParse(first?.kind);
    if (first === undefined || !kind.success) return [];
    const answered = own.find(({ source }) => source === 'answers');
    const checked = own.find(({ source }) => source === 'checks');
    // Answers say where an image stood, checks by which facts; what changed last says since when.
    const [latest = first] = own.toSorted((left, right) => right.observedAt.getTime() - left.observedAt.getTime());
    const { observedAt, receivedAt } = latest;
    const facts = checked?.facts === undefined ? {} : { facts: checked.facts };
    return [
      {
        kind: kind.data,
        subject: { ...first, ...checked, ...answered, ...facts, observedAt, receivedAt },
        ...(checked?.silent === true && { silentSince: checked.observedAt }),
        statuses: own.flatMap(({ status }) => status ?? []),
      },
    ];
  });
}

/** What the caller sees of the scope. The console is part of whatever somebody looks at, told of or not. */
export function seenThen(
  { subjects }: EstateThen,
  { view, scope, at }: Pick<Looking, 'view' | 'scope'> & Pick<Moment, 'at'>,
): readonly KnownThen[] {
  const seen = subjects.filter(
    ({ kind, subject }) => kind === 'console' || isSeenInScope(scope, [placeThen(subject)], view),
  );
  return seen.some(({ kind }) => kind === 'console') ? seen : [...seen, consoleThen(at)];
}

function consoleThen(at: Date): KnownThen {
  const own = { host: imagesPlace, kind: 'console', id: consoleId, name: 'This console' } as const;
  return { kind: 'console', subject: { ...own, observedAt: at, receivedAt: at }, statuses: [] };
}

function placeThen({ host, kind, name, application, environment }: KnownThen['subject']): Selectable {
  return {
    ...(host !== imagesPlace && { host }),
    images: kind === 'image' ? [name] : [],
    labels: {},
    ...(application !== undefined && { application }),
    ...(environment !== undefined && { environment }),
  };
}
