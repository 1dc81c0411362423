import type { Model } from '../contract.ts';
import { indexModel, type ModelIndex } from '../model-index.ts';
import { type WantedKey, wantedIdOf } from '../model-id.ts';

/** Models prepared for questions, each once for each of its versions. */
export class ModelIndexes {
  readonly #made = new WeakMap<Model, ModelIndex>();
  readonly #model: (id: string) => Model | undefined;
  readonly #bucketSeconds: () => number;

  constructor(model: (id: string) => Model | undefined, bucketSeconds: () => number) {
    this.#model = model;
    this.#bucketSeconds = bucketSeconds;
  }

  of(wanted: WantedKey): ModelIndex | undefined {
    const model = this.#model(wantedIdOf(wanted));
    if (model === undefined) return undefined;
    const made = this.#made.get(model) ?? indexModel(model, this.#bucketSeconds());
    this.#made.set(model, made);
    return made;
  }
}
