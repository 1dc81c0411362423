import { type Log, messageOf } from '#base/index.ts';
import type { ImageFact } from '../../../contract.ts';
import type { Reporter } from '../../reporter.ts';
import type { EngineClient } from './client.ts';
import { imageFact } from './image-fact.ts';
import type { ListedImage } from './schema.ts';
import type { Subjects } from './subjects.ts';

export interface ImagesOptions {
  readonly client: EngineClient;
  readonly reporter: Reporter;
  readonly subjects: Subjects;
  readonly log: Log;
  /** Told after the first look, and each that found something new. */
  readonly changed: () => void;
}

/** Milliseconds in which events become one look: a pull or a build tells several. */
const gather = 100;

/** The engine's images, looked at as a whole when something happened to any of them. */
export class Images {
  readonly #options: ImagesOptions;
  #facts = new Map<string, ImageFact>();
  #isKnown = false;
  /** Images of containers; the engine's list leaves out some of them: steps of a build, those with layers that it holds only unpacked. */
  readonly #used = new Set<string>();
  #next: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: ImagesOptions) {
    this.#options = options;
  }

  all(): readonly ImageFact[] {
    return [...this.#facts.values()];
  }

  /** A container was made from this image, or is to be started from it. */
  use(id: string): void {
    if (id === '' || this.#used.has(id)) return;
    this.#used.add(id);
    if (!this.#facts.has(id)) this.lookSoon();
  }

  lookSoon(): void {
    this.#next ??= setTimeout(() => {
      this.#next = undefined;
      this.look().catch((error: unknown) => {
        this.#options.log.warn({ error: messageOf(error) }, 'The images of the engine could not be listed.');
      });
    }, gather);
  }

  /** Looks now, after the look that is under way. Throws `docker-unavailable`. */
  look(): Promise<void> {
    const looked = this.#looking.then(() => this.#look());
    this.#looking = looked.catch(() => undefined);
    return looked;
  }

  reportAll(): void {
    for (const fact of this.#facts.values()) this.#options.reporter.state({ kind: 'image', id: fact.id }, fact);
  }

  /** Forgets all: another engine may stand behind the socket when it is there again. */
  clear(): void {
    clearTimeout(this.#next);
    this.#next = undefined;
    for (const id of this.#facts.keys()) this.#options.reporter.forget({ kind: 'image', id });
    this.#facts.clear();
    this.#isKnown = false;
    this.#used.clear();
  }

  async #look(): Promise<void> {
    const { reporter, subjects, changed } = this.#options;
    const listed = await this.#list();
    const facts = await Promise.all(listed.map(async (image) => imageFact(image, await subjects.of(image.Id))));
    const present = new Map(facts.map((fact) => [fact.id, fact]));
    const gone = [...this.#facts.values()].filter(({ id }) => !present.has(id));
    const isNew = !this.#isKnown || gone.length > 0 || facts.some((fact) => !same(this.#facts.get(fact.id), fact));
    this.#facts = present;
    this.#isKnown = true;
    this.reportAll();
    for (const fact of gone) {
      const key = { kind: 'image', id: fact.id };
      reporter.state(key, { ...fact, state: 'gone' });
      reporter.forget(key);
    }
    if (isNew) changed();
  }

  async #list(): Promise<readonly ListedImage[]> {
    const { client } = this.#options;
    const listed = await client.listImages();
    const ids = new Set(listed.map(({ Id }) => Id));
    const more: ListedImage[] = [];
    for (const id of [...this.#used].filter((used) => !ids.has(used))) {
      const image = await client.inspectImage(id);
      if (image !== undefined) more.push(image);
      else this.#used.delete(id);
    }
    return [...listed, ...more.filter(({ Id }) => !ids.has(Id))];
  }
}

function same(one: ImageFact | undefined, other: ImageFact): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
