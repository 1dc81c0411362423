import type { CheckState } from '#compliance/contract.ts';
import type { ControlState } from '#explorer/contract.ts';
import { keyOf, textOf, wordOf } from '../../app/search-text.ts';
import { dateOf } from '../../app/time-range.ts';
import { dayOf } from './days.ts';
import { answerOrder, controlWords } from './standing.ts';

/** The template of an address that names none. */
export const firstTemplate = 'nist-800-190';

/** Which part of the estate, and when; the environment stands in the address for all pages. */
export interface EvidenceScope {
  readonly application?: string | undefined;
  /** The end of this day, UTC; missing: now. */
  readonly at?: string | undefined;
  /** `then`: by what the console had been told until that day; missing: by what it knows now. */
  readonly known?: 'then' | undefined;
}

/** What the address of the controls of a template holds. */
export interface TemplateSearch extends EvidenceScope {
  readonly template?: string | undefined;
  readonly search?: string | undefined;
  readonly state?: ControlState | undefined;
  /** `template`: in its order; missing: the worst first. */
  readonly order?: 'template' | undefined;
}

/** What the address of one control holds. */
export interface ControlSearch extends EvidenceScope {
  readonly state?: CheckState | undefined;
  readonly question?: string | undefined;
  readonly host?: string | undefined;
  /** The subject that is open, as `textOfSubject` writes it. */
  readonly subject?: string | undefined;
}

/** What the address of changes holds. */
export interface ChangesSearch {
  readonly template?: string | undefined;
  readonly application?: string | undefined;
  readonly control?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

type Raw = Readonly<Record<string, unknown>>;

function parseScope(raw: Raw): EvidenceScope {
  return {
    application: textOf(raw['application'], 255),
    at: dateOf(raw['at']),
    known: wordOf(raw['known'], ['then'] as const),
  };
}

export function parseTemplateSearch(raw: Raw): TemplateSearch {
  return {
    ...parseScope(raw),
    template: textOf(raw['template'], 64),
    search: textOf(raw['search']),
    state: keyOf(raw['state'], controlWords),
    order: wordOf(raw['order'], ['template'] as const),
  };
}

export function parseControlSearch(raw: Raw): ControlSearch {
  return {
    ...parseScope(raw),
    state: wordOf(raw['state'], answerOrder),
    question: textOf(raw['question'], 64),
    host: textOf(raw['host'], 400),
    subject: textOf(raw['subject'], 1200),
  };
}

export function parseChangesSearch(raw: Raw): ChangesSearch {
  return {
    template: textOf(raw['template'], 64),
    application: textOf(raw['application'], 255),
    control: textOf(raw['control'], 64),
    from: dateOf(raw['from']),
    to: dateOf(raw['to']),
  };
}

/** Fields of addresses of before, when this one listed checks. */
const ofChecks = ['check', 'has', 'severity', 'subject', 'status', 'view', 'open'];

/** Whether an address is one of the list of checks, which had this place. */
export function isOfChecks(raw: Raw): boolean {
  return ofChecks.some((field) => textOf(raw[field]) !== undefined);
}

/** Whether a day that has ended is asked for. */
export function isPast({ at }: Pick<EvidenceScope, 'at'>, now: Date): boolean {
  return at !== undefined && at < dayOf(now);
}

/** The same part as the API takes it. A day that has not ended is now. */
export function askedOf({ application, at, known }: EvidenceScope, { environment, now }: AskedAt) {
  const moment = at !== undefined && isPast({ at }, now) ? endOf(at) : undefined;
  return { environment, application, at: moment, known: known === undefined ? undefined : moment };
}

interface AskedAt {
  readonly environment: string | undefined;
  readonly now: Date;
}

/** The end of a day, UTC. */
export function endOf(day: string): string {
  return `${day}T23:59:59Z`;
}
