import { createHash } from 'node:crypto';
import { type Log, messageOf } from '#base/index.ts';

/** Where an agent's facts go, in the order of the calls. A promise that resolves means that the fact is kept. */
export interface FactSink {
  /** A fact of the kind that waits under the same `replaces` may be given up for this one. */
  send(kind: string, body: unknown, options?: { readonly replaces: string }): Promise<void>;
}

/** What a fact is about: its kind and which of that kind. */
export interface FactKey {
  readonly kind: string;
  readonly id: string;
}

/**
 * Sends facts that state something, each only when it says something new. The first word on a thing keeps its place:
 * facts that name the thing come after it, however soon the next word replaces the ones between.
 */
export interface Reporter {
  /** `named`: what tells this body from others of the thing; without it its whole text does. */
  state(key: FactKey, body: unknown, named?: string): void;
  /** Sends a fact whatever was said before. One that waits under the same `replaces` may be given up for it. */
  report(kind: string, body: unknown, options?: { readonly replaces: string }): void;
  /** Forgets what was said of this: there is nothing more to say of it. */
  forget(key: FactKey): void;
  /** From now on everything is new again. */
  forgetAll(): void;
}

export function createReporter(sink: FactSink, log: Log): Reporter {
  const said = new Map<string, string>();
  const failed = (kind: string, error: unknown): void =>
    log.error({ kind, error: messageOf(error) }, 'A fact could not be kept.');
  return {
    state({ kind, id }, body, named) {
      const key = `${kind} ${id}`;
      const hash = named ?? createHash('sha1').update(JSON.stringify(body)).digest('base64');
      const before = said.get(key);
      if (before === hash) return;
      said.set(key, hash);
      sink.send(kind, body, before === undefined ? undefined : { replaces: id }).catch((error: unknown) => {
        said.delete(key);
        failed(kind, error);
      });
    },
    report: (kind, body, options) => void sink.send(kind, body, options).catch((error: unknown) => failed(kind, error)),
    forget: ({ kind, id }) => void said.delete(`${kind} ${id}`),
    forgetAll: () => said.clear(),
  };
}
