import { type Log, messageOf } from '#base/index.ts';
import type { Reporter } from '#inventory/agent/index.ts';
import { type ComplianceFact, type ComplianceLookedFact, mostLooked } from '../contract.ts';
import { documentHash, documentText, factsId, type Fields } from '../document.ts';

type Subject = ComplianceFact['subject'];

/** What is watched on a host. */
export interface WatchedSubjects {
  /** Everything that is there now. */
  all(): readonly Subject[];
  /** What the documents of one say now; `undefined`: it is gone. Rejects where it cannot be seen. */
  read(subject: Subject): Promise<readonly ReadDocument[] | undefined>;
  /** Something happened: what was remembered from one to the next no longer holds. */
  forget(): void;
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

/**
 * Reads each subject when something happened to it and once a period. One is read at a time, so that a host of many
 * containers is not busied by it.
 */
export function watchSubjects(options: WatchOptions): SubjectWatch {
  const { log, period, subjects } = options;
  const due = new Map<string, Subject>();
  const reported = new Map<string, Reported>();
  const looked = new Map<string, Looked>();
  let working: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const work = async (): Promise<void> => {
    for (let [next] = due; next !== undefined && !closed; [next] = due) {
      const [key, subject] = next;
      due.delete(key);
      await reportSubject(options, { reported, looked }, subject).catch((error: unknown) =>
        log.warn({ subject: key, error: messageOf(error) }, 'Facts of checks could not be read.'),
      );
    }
    sayLooked(options, looked);
  };
  const wake = (milliseconds: number): void => {
    if (closed || working !== undefined) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (due.size === 0) enqueueAll();
      working = work().finally(() => {
        working = undefined;
        wake(due.size > 0 ? settling : period);
      });
    }, milliseconds);
  };
  const enqueueAll = (): void => {
    for (const subject of subjects.all()) due.set(keyOf(subject), subject);
    for (const [key, { subject }] of reported) due.set(key, subject);
  };
  enqueueAll();
  wake(settling);
  return {
    look(subject) {
      subjects.forget();
      due.set(keyOf(subject), subject);
      wake(settling);
    },
    reportAll() {
      enqueueAll();
      wake(settling);
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await working;
    },
  };
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

/** One that is gone is said to be gone, once. */
async function reportSubject(
  { reporter, subjects }: WatchOptions,
  { reported, looked }: Books,
  subject: Subject,
): Promise<void> {
  const key = keyOf(subject);
  const documents = await subjects.read(subject);
  if (documents !== undefined) {
    const texts = documents.map(({ kind, fields }) => ({ kind, text: documentText(fields) }));
    const named = texts.map(({ kind, text }) => ({ kind, hash: documentHash(text) }));
    const facts = factsId(subject.kind, named);
    if (reported.get(key)?.facts === facts) looked.set(key, { kind: subject.kind, id: subject.id, facts });
    reported.set(key, { subject, facts });
    return reporter.state({ kind: 'compliance', id: key }, { subject, documents: texts } satisfies ComplianceFact);
  }
  if (!reported.delete(key)) return;
  reporter.state({ kind: 'compliance', id: key }, { subject, documents: [] });
  reporter.forget({ kind: 'compliance', id: key });
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
