import { messageOf } from '#base/index.ts';
import type { Part } from './part.ts';
import type { Place } from './place.ts';

/** How much a trouble costs: something does not work at all, or works less well than it could. */
export type Weight = 'stops' | 'weakens';

/** What a probe found. Nothing is fine that was not seen. */
export type Answer =
  | { readonly state: 'problem'; readonly weight: Weight; readonly words: string; readonly fix: string }
  /** `stops`: what may be hidden there is important. */
  | { readonly state: 'unknown'; readonly weight: Weight; readonly words: string; readonly fix: string }
  | { readonly state: 'fine'; readonly words: string };

/** One usual trouble. Probes look and change nothing. */
export interface Probe {
  readonly id: string;
  readonly title: string;
  /** The parts of Seawall that need it. */
  readonly parts: readonly Part[];
  readonly ask: (place: Place) => Promise<Answer>;
}

interface ProbeParts<Fact> extends Omit<Probe, 'ask'> {
  /** Collects the fact; what it throws is the reason why nothing is known. */
  readonly look: (place: Place) => Fact | Promise<Fact>;
  /** Pure. */
  readonly judge: (fact: Fact) => Answer;
}

/** Milliseconds that one look may take. */
const patience = 20_000;

/** Joins a look with its judge; a look that fails or takes too long is unknown. */
export function probe<Fact>({ look, judge, ...rest }: ProbeParts<Fact>): Probe {
  return { ...rest, ask: async (place) => await within(async () => judge(await look(place))) };
}

async function within(work: () => Promise<Answer>): Promise<Answer> {
  const late = Promise.withResolvers<Answer>();
  const timer = setTimeout(() => late.resolve(unknown('It took longer than 20 seconds.', again)), patience);
  try {
    return await Promise.race([work(), late.promise]);
  } catch (error) {
    return unknown(`It could not be looked at: ${sentence(messageOf(error))}`, needsReading);
  } finally {
    clearTimeout(timer);
  }
}

const again = 'Run `seawall doctor` again when the machine has less to do.';
const needsReading = 'Run `seawall doctor` as root, or as the user who runs Seawall.';

export function stops(words: string, fix: string): Answer {
  return { state: 'problem', weight: 'stops', words, fix };
}

export function weakens(words: string, fix: string): Answer {
  return { state: 'problem', weight: 'weakens', words, fix };
}

/** Something important may be hidden there. */
export function unknown(words: string, fix: string): Answer {
  return { state: 'unknown', weight: 'stops', words, fix };
}

/** Nothing important can be hidden there. */
export function unsaid(words: string, fix: string): Answer {
  return { state: 'unknown', weight: 'weakens', words, fix };
}

export function fine(words: string): Answer {
  return { state: 'fine', words };
}

export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
