import { type Log, messageOf, type SubjectId } from '#base/index.ts';
import type { IdentifyImage } from '../../collector.ts';
import { createTurns } from './turns.ts';

/** Which image is which: the engine's ids and what they stand for. An id never changes its meaning. */
export interface Subjects {
  /** The subject as far as it is known within a moment; one that takes longer is told later. */
  of(id: string): Promise<SubjectId | undefined>;
  /** The subject, if it is known by now. */
  known(id: string): SubjectId | undefined;
}

/** Milliseconds that a report waits for an identity. */
const moment = 500;

/** Milliseconds before an image that could not be identified is looked at again. */
const again = 60_000;

export function createSubjects(
  identify: IdentifyImage,
  options: { readonly later: (id: string) => void; readonly log: Log },
): Subjects {
  const found = new Map<string, SubjectId>();
  const looking = new Map<string, Promise<void>>();
  const turns = createTurns(2, 60_000);

  async function look(id: string): Promise<void> {
    const subject = await turns
      .run(() => identify(id))
      .catch((error: unknown) => {
        options.log.warn({ image: id, error: messageOf(error) }, 'An image could not be identified.');
      });
    if (subject !== undefined) found.set(id, subject);
    const forget = (): void => void looking.delete(id);
    if (subject !== undefined) forget();
    else setTimeout(forget, again).unref();
  }

  return {
    known: (id) => found.get(id),
    async of(id) {
      if (found.has(id) || id === '') return found.get(id);
      const work = looking.get(id) ?? look(id);
      looking.set(id, work);
      let late = false;
      const timer = new Promise<void>((resolve) => setTimeout(() => resolve(void (late = true)), moment).unref());
      await Promise.race([work, timer]);
      if (late && !found.has(id)) void work.then(() => found.has(id) && options.later(id));
      return found.get(id);
    },
  };
}
