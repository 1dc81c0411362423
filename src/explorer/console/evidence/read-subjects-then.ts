import { type CheckAnswer, readResultsOf, readStates } from '#compliance/console/index.ts';
import type { StoredResult } from '#compliance/contract.ts';
import type { Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import type { EvidenceAnswer, listSubjectsOfControl, SubjectOfControl } from '../../contract-evidence.ts';
import { answerPrefix, type ProductAnswer } from '../../evidence/answer.ts';
import type { Control } from '../../evidence/control.ts';
import type { HeldAttestations } from '../../evidence/stance.ts';
import { worstFirst } from '../../evidence/state.ts';
import { checksOfNobody } from './collect.ts';
import { readHeldAt } from './counts-then.ts';
import { type KnownThen, readKnownThen, seenThen } from './known-then.ts';
import type { Moment } from './looking.ts';
import { readRanksThen } from './ranks-then.ts';
import { controlNamed } from './read-evidence.ts';
import { type AskedSubjects, isAsked, toListed } from './read-subjects.ts';
import { templateNamed } from './templates-here.ts';
import { answersTo } from './unfold-answers.ts';
import { attestationTitle } from './why-unanswered.ts';

/** Subjects of a control as they stood at a moment, the worst first: as many as the control counts then. */
export async function readSubjectsThen(
  queries: Queries,
  { template: templateId, control: id, query, looking, moment }: AskedSubjects & { readonly moment: Moment },
): Promise<Immutable<ReplyOf<typeof listSubjectsOfControl>>> {
  const template = await templateNamed(queries, templateId);
  const control = controlNamed(template, id);
  const then = await readKnownThen(queries, moment, query.host === undefined ? undefined : [query.host]);
  const held = await readHeldAt(queries, moment);
  const seen = seenThen(then, { ...looking, at: moment.at });
  const ranks = await readRanksThen(queries, { template, held }, new Set(seen.map(({ stood }) => stood)));
  const found = seen.flatMap((one) => {
    const state = ranks.stateOf(one.stood, control.id, query.question ?? '');
    return state !== undefined && isAsked(one.subject, state, query) ? [{ one, state }] : [];
  });
  const page = found.toSorted(worstThenByName).slice(query.offset, query.offset + query.limit);
  const states = await readStates(queries, new Set(page.flatMap(({ one }) => idsOf(one))));
  const results = await readResultsOf(
    queries,
    page.flatMap(({ one }) => one.subject.facts ?? []),
  );
  return {
    subjects: page.map(({ one, state }) => {
      const { subject, stood } = one;
      const answers = answersThen(one, {
        control,
        states,
        held,
        results: results.get(subject.facts ?? '') ?? [],
      });
      const since = idsOf(one).length === 0 ? undefined : subject.observedAt;
      return toListed({ ...subject, kind: stood.kind, state, since }, answers);
    }),
    total: found.length,
  };
}

interface Found {
  readonly one: KnownThen;
  readonly state: SubjectOfControl['state'];
}

/** The worst first, then as lists of now are ordered. */
function worstThenByName(left: Found, right: Found): number {
  const ranks = worstFirst.indexOf(left.state) - worstFirst.indexOf(right.state);
  if (ranks !== 0) return ranks;
  for (const field of ['host', 'kind', 'name', 'id'] as const) {
    const [one, other] = [left.one.subject[field], right.one.subject[field]];
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

interface Then {
  readonly control: Pick<Control, 'questions'>;
  /** By the ids of how subjects stood. */
  readonly states: Awaited<ReturnType<typeof readStates>>;
  readonly held: HeldAttestations;
  /** Of the facts by which it stood so, as far as they are kept. */
  readonly results: readonly StoredResult[];
}

/** The single answers of a subject to the questions of a control as they were. */
export function answersThen(
  one: KnownThen,
  { control, states: known, held, results }: Then,
): readonly EvidenceAnswer[] {
  const { kind } = one.stood;
  const states: StatusThen = Object.assign({}, ...idsOf(one).map((id) => known.get(id) ?? {}));
  const found = new Map(results.map((result) => [result.id, result]));
  const checked = Object.keys(checksOfNobody(kind)).map((check) =>
    checkThen(check, {
      one,
      status: Object.hasOwn(states, check) ? states[check] : undefined,
      result: found.get(check),
    }),
  );
  const answers = Object.fromEntries(
    Object.entries(states).flatMap(([name, { state }]): readonly (readonly [string, ProductAnswer])[] => {
      if (!name.startsWith(answerPrefix)) return [];
      return [[name.slice(answerPrefix.length), state === 'pass' ? { state } : { state, reason: notKept }]];
    }),
  );
  return control.questions.flatMap((question) => {
    const { by } = question;
    const own = answersTo(question, { kind, answers, checked, held });
    if (by.kind !== 'attestation') return own;
    const reason = `No document “${attestationTitle(by.attestation)}” held then.`;
    return own.map((answer) => (answer.state === 'pass' ? answer : { ...answer, reason }));
  });
}

/** The ids of how its checks and its answers stood. */
export function idsOf({ stood: { checks, answers } }: KnownThen): readonly string[] {
  return [checks ?? [], answers ?? []].flat();
}

type StatusThen = Readonly<Record<string, Pick<StoredResult, 'state' | 'version'>>>;

/** History keeps states. What was seen is told where results of the same facts are still kept. */
const notKept = 'The history keeps how it stood, not what was seen.';

function checkThen(
  check: string,
  {
    one: {
      subject: { silentSince },
    },
    status,
    result,
  }: {
    readonly one: KnownThen;
    readonly status: StatusThen[string] | undefined;
    readonly result: StoredResult | undefined;
  },
): CheckAnswer {
  if (status === undefined)
    return { check, state: 'not-assessed', seen: [], reason: 'No answer had been written down by then.' };
  const { state, version } = status;
  if (state === 'pass') return { check, state, seen: [] };
  if (silentSince !== undefined) {
    const since = silentSince.toISOString().slice(0, 19).replace('T', ' ');
    return {
      check,
      state,
      seen: [],
      reason: `Nobody knew how it stood: its host was silent, and what it had said ended at ${since} UTC.`,
    };
  }
  const tells = result?.version === version && (result.state === state || state === 'excepted');
  if (result === undefined || !tells) return { check, state, seen: [], reason: notKept };
  const { seen = [], reason } = result;
  return { check, state, seen, ...(reason !== undefined && { reason }) };
}
