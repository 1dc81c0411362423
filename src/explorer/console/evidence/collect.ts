import type { Selectable } from '#access/index.ts';
import { imagesPlace, readStandingSubjects, type StandingSubject } from '#compliance/console/index.ts';
import type { CheckState } from '#compliance/contract.ts';
import { checks } from '#compliance/index.ts';
import { type Placement, readPlacesOnHost, whereRuns } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { EvidenceSubjectKind } from '../../contract-evidence.ts';
import type { AnsweredSubject, ProductAnswer } from '../../evidence/answer.ts';
import type { ControlTemplate } from '../../evidence/control.ts';
import { type HeldAttestations, type Stand, stanceOf } from '../../evidence/stance.ts';
import { consoleAnswers } from './answers/console.ts';
import { type EstateContext, estateContext, type HostContext, hostContext, type KnownHost } from './context.ts';
import { consoleId, ownId } from './collect-ids.ts';
import { estateSources, hostSources } from './sources.ts';

/** A subject of controls, where it stands and how. */
export interface CollectedSubject {
  readonly host: string;
  readonly kind: EvidenceSubjectKind;
  readonly id: string;
  readonly name: string;
  readonly locations: readonly Selectable[];
  readonly facts?: string;
  readonly answers: Readonly<Record<string, ProductAnswer>>;
  readonly stands: readonly Stand[];
  /** When time alone may change an answer. */
  readonly moments: readonly (Date | undefined)[];
}

/** What subjects are asked. */
export interface Questions {
  /** In force. */
  readonly templates: readonly ControlTemplate[];
  /** Documents that hold. */
  readonly held: HeldAttestations;
}

interface Asked extends Questions {
  readonly now: Date;
}

/** Everything on these hosts that controls ask about. */
export async function collectHosts(
  queries: Queries,
  { names, now, ...questions }: Asked & { readonly names: readonly string[] },
): Promise<readonly CollectedSubject[]> {
  const context = await hostContext(queries, { names, now });
  const answered = byKey((await Promise.all(hostSources.map(async (source) => await source(context)))).flat());
  const { subjects, statuses } = await readStandingSubjects(queries, { hosts: names, now });
  const standing = new Map(subjects.map((one) => [keyOf(one), one]));
  return (await placedOn(context, subjects)).map((subject): CollectedSubject => {
    const known = standing.get(keyOf(subject));
    return finished(
      { subject, answered: answered.get(keyOf(subject)), checks: checksOf(subject, known, statuses), known },
      questions,
    );
  });
}

/** The images that lie on hosts, and the console itself. */
export async function collectEstate(
  queries: Queries,
  { now, ...questions }: Asked,
): Promise<readonly CollectedSubject[]> {
  const context = await estateContext(queries, now);
  const answered = byKey((await Promise.all(estateSources.map(async (source) => await source(context)))).flat());
  const { subjects, statuses } = await readStandingSubjects(queries, { hosts: [imagesPlace], now });
  const standing = new Map(subjects.map((one) => [keyOf(one), one]));
  return [...imagesIn(context, standing), theConsole].map((subject) => {
    const known = standing.get(keyOf(subject));
    return finished(
      { subject, answered: answered.get(keyOf(subject)), checks: checksOf(subject, known, statuses), known },
      questions,
    );
  });
}

/** What the console answers for itself. */
export async function answersOfConsole(queries: Queries, now: Date): Promise<Readonly<Record<string, ProductAnswer>>> {
  const [own] = await consoleAnswers({ queries, now, images: new Map(), running: [] });
  return own?.answers ?? {};
}

/** The console as a subject; it stands nowhere. */
const theConsole: PlacedSubject = {
  host: imagesPlace,
  kind: 'console',
  id: consoleId,
  name: 'This console',
  locations: [],
};

type PlacedSubject = Pick<CollectedSubject, 'host' | 'kind' | 'id' | 'name' | 'locations'>;

/** Names a subject among all. */
export function keyOf({ host, kind, id }: Pick<CollectedSubject, 'host' | 'kind' | 'id'>): string {
  return `${host} ${kind} ${id}`;
}

type Answered = Pick<AnsweredSubject, 'answers' | 'moments'>;

function byKey(answered: readonly AnsweredSubject[]): ReadonlyMap<string, Answered> {
  const all = new Map<string, Answered>();
  for (const one of answered) {
    const known = all.get(keyOf(one));
    all.set(keyOf(one), {
      answers: { ...known?.answers, ...one.answers },
      moments: [...(known?.moments ?? []), ...(one.moments ?? [])],
    });
  }
  return all;
}

/** Hosts, what runs there, and what else they reported; a container that has ended is no subject. */
async function placedOn(
  { queries, hosts, containers }: HostContext,
  reported: readonly StandingSubject[],
): Promise<readonly PlacedSubject[]> {
  const own = hosts.map((known): PlacedSubject => {
    return { host: known.name, kind: 'host', id: ownId, name: known.name, locations: [locationOf(known)] };
  });
  const running = containers.map((one): PlacedSubject => {
    const where = whereRuns(one);
    return { host: where.host, kind: 'container', id: one.id, name: one.name, locations: [where] };
  });
  const there = new Set([...own, ...running].map(keyOf));
  const others: PlacedSubject[] = [];
  const byHost = new Map(hosts.map((known) => [known.name, known]));
  for (const [host, some] of Map.groupBy(reported, (one) => one.host)) {
    const left = some.filter((one) => !there.has(keyOf(one)));
    const ids = left.filter(({ kind }) => kind === 'container').map(({ id }) => id);
    const ended = await readPlacesOnHost(queries, host, ids);
    const known = byHost.get(host);
    const location = known === undefined ? { host, images: [], labels: {} } : locationOf(known);
    for (const { kind, id, name } of left)
      if (kind !== 'container' || !ended.has(id)) others.push({ host, kind, id, name, locations: [location] });
  }
  return [...own, ...running, ...others];
}

function locationOf({ name, host: { environment } }: KnownHost): Selectable {
  return { host: name, images: [], labels: {}, ...(environment !== undefined && { environment }) };
}

function imagesIn({ images }: EstateContext, standing: ReadonlyMap<string, StandingSubject>): readonly PlacedSubject[] {
  return [...images].map(([id, placements]): PlacedSubject => {
    const names = placements.flatMap((one) => one.names);
    const key = { host: imagesPlace, kind: 'image', id } as const;
    return {
      ...key,
      name: standing.get(keyOf(key))?.name ?? names[0] ?? id,
      locations: placements.flatMap((placement) => locationsOf(placement)),
    };
  });
}

/** An image stands on each host that holds it, and where each of its containers runs. */
export function locationsOf({ host, environment, names, containers }: Placement): readonly Selectable[] {
  const own = { host, images: names, labels: {}, ...(environment !== undefined && { environment }) };
  return [
    own,
    ...containers.map((container) => {
      const { application, environment: there = environment, labels } = container;
      return {
        host,
        images: names,
        labels,
        ...(there !== undefined && { environment: there }),
        ...(application !== undefined && { application }),
      };
    }),
  ];
}

type States = Readonly<Record<string, CheckState>>;

const idsOfKind: ReadonlyMap<string, States> = new Map(
  Object.entries(checks).map(([kind, own]) => [kind, Object.fromEntries(own.map(({ id }) => [id, 'not-assessed']))]),
);

/** Checks of a kind of subjects while nobody has evaluated them. */
export function checksOfNobody(kind: EvidenceSubjectKind): States {
  return idsOfKind.get(kind) ?? {};
}

/** Checks that nobody has evaluated, or whose host is silent, are not assessed. */
function checksOf(
  { kind }: PlacedSubject,
  known: StandingSubject | undefined,
  statuses: ReadonlyMap<string, States>,
): States {
  const nobody = checksOfNobody(kind);
  const status = known?.silentSince === undefined ? statuses.get(known?.status ?? '') : undefined;
  return status === undefined ? nobody : { ...nobody, ...status };
}

interface Found {
  readonly subject: PlacedSubject;
  readonly answered: Answered | undefined;
  readonly checks: States;
  readonly known: StandingSubject | undefined;
}

function finished({ subject, answered, checks: states, known }: Found, questions: Questions): CollectedSubject {
  const { answers = {}, moments = [] } = answered ?? {};
  const answerStates = Object.fromEntries(Object.entries(answers).map(([name, { state }]) => [name, state]));
  return {
    ...subject,
    answers,
    moments,
    ...(known !== undefined && { facts: known.facts }),
    stands: stanceOf(
      questions.templates,
      { kind: subject.kind, checks: states, answers: answerStates },
      questions.held,
    ),
  };
}
