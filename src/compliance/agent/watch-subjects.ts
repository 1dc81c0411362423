import { type Log, messageOf } from '#base/index.ts';
import type { Reporter } from '#inventory/agent/index.ts';
import type { ComplianceFact } from '../contract.ts';
import { documentText, type Fields } from '../document.ts';

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
  const reported = new Map<string, Subject>();
  let working: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const work = async (): Promise<void> => {
    for (let [next] = due; next !== undefined && !closed; [next] = due) {
      const [key, subject] = next;
      due.delete(key);
      await reportSubject(options, reported, subject).catch((error: unknown) =>
        log.warn({ subject: key, error: messageOf(error) }, 'Facts of checks could not be read.'),
      );
    }
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
    for (const [key, subject] of reported) due.set(key, subject);
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

/** One that is gone is said to be gone, once. */
async function reportSubject(
  { reporter, subjects }: WatchOptions,
  reported: Map<string, Subject>,
  subject: Subject,
): Promise<void> {
  const key = keyOf(subject);
  const documents = await subjects.read(subject);
  if (documents !== undefined) {
    reported.set(key, subject);
    const texts = documents.map(({ kind, fields }) => ({ kind, text: documentText(fields) }));
    return reporter.state({ kind: 'compliance', id: key }, { subject, documents: texts } satisfies ComplianceFact);
  }
  if (!reported.delete(key)) return;
  reporter.state({ kind: 'compliance', id: key }, { subject, documents: [] });
  reporter.forget({ kind: 'compliance', id: key });
}
