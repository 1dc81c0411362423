import type { Model } from '../contract.ts';
import { indexModel, type ModelIndex } from '../model-index.ts';
import { modelIdOf } from '../model-id.ts';

/** Models prepared for questions, each once for each of its versions. */
export class ModelIndexes {
  readonly #made = new WeakMap<Model, ModelIndex>();
  readonly #model: (id: string) => Model | undefined;

  constructor(model: (id: string) => Model | undefined) {
    this.#model = model;
  }

  of(key: Model['key']): ModelIndex | undefined {
    const model = this.#model(modelIdOf(key));
    if (model === undefined) return undefined;
    const made = this.#made.get(model) ?? indexModel(model);
    this.#made.set(model, made);
    return made;
  }
}
