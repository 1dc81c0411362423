import { type Log, messageOf, oneLine } from '#base/index.ts';
import type { Reporter } from '#inventory/agent/index.ts';
import {
  type ComplianceFact,
  type ComplianceLookedFact,
  longestDocument,
  longestSubject,
  mostLooked,
} from '../contract.ts';
import { boundedText, documentHash, factsId, type Fields, type WrittenFields } from '../document.ts';
import { saidTogether, type Word } from './said-together.ts';

type Subject = ComplianceFact['subject'];

/** What is watched on a host. */
export interface WatchedSubjects {
  /** Everything that is there now. */
  all(): Promise<readonly Subject[]>;
  /** What the documents of one say now; `undefined`: it is gone. Rejects where it cannot be seen. */
  read(subject: Subject): Promise<readonly ReadDocument[] | undefined>;
  /** Something happened to this one, or may have to any: what was remembered from one to the next no longer holds. */
  forget(subject?: Subject): void;
}

export interface ReadDocument {
  readonly kind: string;
  readonly fields: Fields;
}

export interface WatchOptions {
  readonly reporter: Reporter;
  readonly subjects: WatchedSubjects;
  readonly log: Log;
  /** Milliseconds from the end of one round over all subjects to the next. */
  readonly period: number;
}

/** Watches the facts of subjects and reports what changed. */
export interface SubjectWatch {
  /** Something happened to this one: it is read soon, before what is only due. */
  look(subject: Subject): void;
  /** Says everything again, when what was said may be lost. */
  reportAll(): void;
  close(): Promise<void>;
}

/** Events of one thing come together: milliseconds that are waited for the rest of them. */
const settling = 300;
/** How much longer than reading took nothing is read, so that what happens all the time keeps no processor busy. */
const rest = { times: 50, longest: 5000 };

/**
 * Reads each subject when something happened to it and once a period. One is read at a time, so that a host of many
 * containers is not busied by it.
 */
export function watchSubjects(options: WatchOptions): SubjectWatch {
  const watch = new Watch(options);
  watch.plan();
  return {
    look: (subject) => watch.look(subject),
    reportAll: () => watch.lookAtAll(),
    close: () => watch.close(),
  };
}

class Watch {
  readonly #options: WatchOptions;
  readonly #happened = new Map<string, Subject>();
  readonly #routine = new Map<string, Subject>();
  readonly #reported = new Map<string, Reported>();
  readonly #looked = new Map<string, Looked>();
  /** What a round found. */
  readonly #together = saidTogether();
  /** Moments at which what happened may be read, and at which everything is. */
  #readyAt = 0;
  #roundAt = performance.now() + settling;
  #working: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  look(subject: Subject): void {
    this.#options.subjects.forget(subject);
    if (this.#happened.size === 0) this.#readyAt = Math.max(this.#readyAt, performance.now() + settling);
    this.#happened.set(keyOf(subject), subject);
    this.plan();
  }

  lookAtAll(): void {
    this.#roundAt = Math.min(this.#roundAt, performance.now() + settling);
    this.plan();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#working;
    this.#together.say();
  }

  /** Sets the timer for what is next; who looks again and again does not put it off. */
  plan(): void {
    if (this.#isClosed || this.#working !== undefined) return;
    clearTimeout(this.#timer);
    const at = this.#happened.size > 0 ? Math.min(this.#readyAt, this.#roundAt) : this.#roundAt;
    this.#timer = setTimeout(
      () => {
        this.#working = this.#work().finally(() => {
          this.#working = undefined;
          this.plan();
        });
      },
      Math.max(0, at - performance.now()),
    );
  }

  async #work(): Promise<void> {
    if (performance.now() >= this.#roundAt) await this.#beginRound();
    await this.#readHappened();
    for (const [key, subject] of this.#routine) {
      if (this.#isClosed) return;
      this.#routine.delete(key);
      await this.#report(subject, 'together');
      await this.#readHappened();
    }
    this.#together.say();
    sayLooked(this.#options, this.#looked);
  }

  async #beginRound(): Promise<void> {
    const { subjects, log, period } = this.#options;
    this.#roundAt = performance.now() + period;
    subjects.forget();
    const all = await subjects.all().catch((error: unknown) => {
      log.warn({ error: messageOf(error) }, 'What there is to be checked could not be seen.');
      return [];
    });
    const reported = [...this.#reported.values()].map(({ subject }) => subject);
    for (const subject of [...all, ...reported]) this.#routine.set(keyOf(subject), subject);
  }

  async #readHappened(): Promise<void> {
    if (this.#happened.size === 0 || performance.now() < this.#readyAt) return;
    const began = performance.now();
    const subjects = [...this.#happened.values()];
    this.#happened.clear();
    for (const subject of subjects) {
      if (this.#isClosed) return;
      this.#routine.delete(keyOf(subject));
      await this.#report(subject, 'at once');
    }
    const took = performance.now() - began;
    this.#readyAt = performance.now() + Math.min(took * rest.times, rest.longest);
  }

  async #report(subject: Subject, how: 'together' | 'at once'): Promise<void> {
    const key = keyOf(subject);
    const books = { reported: this.#reported, looked: this.#looked };
    try {
      const word = await wordOn(this.#options, books, subject);
      this.#together.drop(key);
      if (how === 'together' && word !== undefined) this.#together.add(key, word);
      else word?.say();
    } catch (error) {
      this.#options.log.warn({ subject: key, error: messageOf(error) }, 'Facts of checks could not be read.');
    }
  }
}

function keyOf({ kind, id }: Subject): string {
  return `${kind} ${id}`;
}

/** What was said of a subject last. */
interface Reported {
  readonly subject: Subject;
  readonly facts: string;
}

type Looked = ComplianceLookedFact['subjects'][number];

interface Books {
  readonly reported: Map<string, Reported>;
  /** Read again, and the same. */
  readonly looked: Map<string, Looked>;
}

/**
 * What is to be said of a subject. One that is gone is said to be gone, once. Names and how much there is of something are
 * anybody's to choose who may use the engine; what the console would refuse for that would never be judged.
 */
async function wordOn(
  { reporter, subjects }: WatchOptions,
  { reported, looked }: Books,
  seen: Subject,
): Promise<Word | undefined> {
  const key = keyOf(seen);
  const documents = await subjects.read(seen);
  const subject = { ...seen, name: oneLine(seen.name, longestSubject) };
  const fact = { kind: 'compliance', id: key };
  if (documents !== undefined) {
    const written: WrittenFields = new Map();
    const texts = documents.map(({ kind, fields }) => ({ kind, text: boundedText(fields, longestDocument, written) }));
    const named = texts.map(({ kind, text }) => ({ kind, hash: documentHash(text) }));
    const facts = factsId(subject.kind, named);
    if (reported.get(key)?.facts === facts) looked.set(key, { kind: subject.kind, id: subject.id, facts });
    reported.set(key, { subject, facts });
    const body: ComplianceFact = { subject, documents: texts };
    const size = texts.reduce((sum, { text }) => sum + text.length, 0);
    return { size, say: () => reporter.state(fact, body, `${facts} ${subject.name}`) };
  }
  if (!reported.delete(key)) return undefined;
  const say = (): void => {
    reporter.state(fact, { subject, documents: [] });
    reporter.forget(fact);
  };
  return { size: 0, say };
}

/** What was said still holds: the console lets it end by time otherwise. A later round says what an earlier one did. */
function sayLooked({ reporter }: WatchOptions, looked: Map<string, Looked>): void {
  const subjects = [...looked.values()];
  looked.clear();
  for (let at = 0; at < subjects.length; at += mostLooked) {
    const body: ComplianceLookedFact = { subjects: subjects.slice(at, at + mostLooked) };
    if (subjects.length === 1) reporter.report('compliance-looked', body);
    else reporter.report('compliance-looked', body, { replaces: `round ${at}` });
  }
}
