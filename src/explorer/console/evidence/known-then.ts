import type { Selectable } from '#access/index.ts';
import { imagesPlace, readSubjectsAt, type SubjectThen } from '#compliance/console/index.ts';
import type { Queries } from '#store/index.ts';
import { EvidenceSubjectKind } from '../../contract-evidence.ts';
import { joinRuns } from '../shared-runs.ts';
import { consoleId } from './collect-ids.ts';
import type { Looking, Moment } from './looking.ts';
import { isSeenInScope } from './scopes.ts';

/** How a subject stood, by the ids of how its checks and its answers did; one object for all that stood alike. */
export interface StoodAs {
  readonly kind: EvidenceSubjectKind;
  readonly checks?: string | undefined;
  readonly answers?: string | undefined;
}

/** A subject as it stood then. */
export interface KnownThen {
  readonly stood: StoodAs;
  /** One object for all that stood there. */
  readonly location: Selectable;
  readonly subject: SubjectThen;
}

const joinReading = joinRuns<readonly KnownThen[]>();

/** How all stood at a moment, on all hosts or on those. Who asks for the same meanwhile gets the same reading. */
export async function readKnownThen(
  queries: Queries,
  { at, known }: Moment,
  hosts?: readonly string[],
): Promise<readonly KnownThen[]> {
  return await joinReading(queries, JSON.stringify([at, known, hosts]), async () =>
    knownOf(await readSubjectsAt(queries, { at, known, hosts })),
  );
}

function knownOf(subjects: readonly SubjectThen[]): readonly KnownThen[] {
  const alike = new Map<string, StoodAs>();
  const locations = new Map<string, Selectable>();
  return subjects.flatMap((subject): readonly KnownThen[] => {
    const kind = EvidenceSubjectKind.safeParse(subject.kind);
    if (!kind.success) return [];
    const { host, name, application, environment, checks, answers } = subject;
    const isImage = kind.data === 'image';
    return [
      {
        subject,
        stood: firstOf(alike, `${kind.data} ${checks} ${answers}`, () => ({ kind: kind.data, checks, answers })),
        location: firstOf(locations, JSON.stringify([host, isImage && name, application, environment]), () =>
          locationOf(subject),
        ),
      },
    ];
  });
}

/** The first value that was made for a key. */
function firstOf<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

/** What the caller sees of the scope. The console is part of whatever somebody looks at, told of or not. */
export function seenThen(
  subjects: readonly KnownThen[],
  { view, scope, at }: Pick<Looking, 'view' | 'scope'> & Pick<Moment, 'at'>,
): readonly KnownThen[] {
  const visible = new Map<Selectable, boolean>();
  const isVisible = (location: Selectable): boolean => {
    const known = visible.get(location) ?? isSeenInScope(scope, [location], view);
    visible.set(location, known);
    return known;
  };
  const seen = subjects.filter(({ stood, location }) => stood.kind === 'console' || isVisible(location));
  return seen.some(({ stood }) => stood.kind === 'console') ? seen : [...seen, consoleThen(at)];
}

function consoleThen(at: Date): KnownThen {
  const own = { host: imagesPlace, kind: 'console', id: consoleId, name: 'This console' } as const;
  const subject = { ...own, observedAt: at, receivedAt: at };
  return { subject, stood: { kind: 'console' }, location: locationOf(subject) };
}

function locationOf({ host, kind, name, application, environment }: SubjectThen): Selectable {
  return {
    ...(host !== imagesPlace && { host }),
    images: kind === 'image' ? [name] : [],
    labels: {},
    ...(application !== undefined && { application }),
    ...(environment !== undefined && { environment }),
  };
}
