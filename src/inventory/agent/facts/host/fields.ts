import { type Field, messageOf, missing, oneLine } from '#base/index.ts';
import type { FileMemory } from '../file-memory.ts';
import type { EnginePlaces } from './engine-places.ts';
import type { HostReader } from './host-reader.ts';
import type { RunProgram } from './run-program.ts';

/** What a collector works with. */
export interface HostAccess {
  readonly host: HostReader;
  readonly run: RunProgram;
  readonly engine: EnginePlaces;
  readonly memory: FileMemory;
}

/** A fact, or why it could not be read. */
export function attempt<Value>(read: () => Field<Value>): Field<Value> {
  try {
    return read();
  } catch (error) {
    return missing(oneLine(messageOf(error), 300));
  }
}

/** A fact that takes waiting, or why it could not be read. */
export async function attemptLater<Value>(read: () => Promise<Field<Value>>): Promise<Field<Value>> {
  try {
    return await read();
  } catch (error) {
    return missing(oneLine(messageOf(error), 300));
  }
}

/** A fact that rests on another one. */
export function whenKnown<From, To>(field: Field<From>, read: (value: From) => Field<To>): Field<To> {
  return field.kind === 'missing' ? field : attempt(() => read(field.value));
}
