import { looseEnds } from './loose-ends.ts';
import type { KubernetesObject } from './objects.ts';

/** What is wrong with objects, each as a sentence: by their schemas, and with what one names of another. */
export async function faultsOf(objects: readonly KubernetesObject[]): Promise<readonly string[]> {
  const found = await Promise.all(objects.map(async (object) => await schemaFaults(object)));
  // Only what has the form of its kind can be read.
  return found.flat().length > 0 ? found.flat() : looseEnds(objects);
}

interface Model {
  readonly validate: () => void;
}

/** A field that its schema never asks for has a wrong name: the API server would drop it, or refuse the object. */
async function schemaFaults(object: KubernetesObject): Promise<readonly string[]> {
  const { apiVersion, kind, metadata } = object;
  const name = `${kind} ${metadata?.name}`;
  const Kind = await modelOf(apiVersion, kind);
  if (Kind === undefined) return [`${name}: there is no schema of ${kind} in ${apiVersion}`];
  const model = new Kind(object);
  const asked = new Map<object, Set<string>>();
  try {
    model.validate.call(watched(model, asked));
  } catch (error) {
    return [`${name}: ${error instanceof Error ? error.message : String(error)}`];
  }
  return unasked(model, asked).map((path) => `${name}: the schema has no field ${path}`);
}

async function modelOf(apiVersion: string, kind: string): Promise<(new (data: object) => Model) | undefined> {
  if (!/^[a-z0-9./]+$/.test(apiVersion) || !/^[A-Za-z]+$/.test(kind)) return undefined;
  const path = `kubernetes-models/${apiVersion}/${kind}`;
  const found = await import(/* @vite-ignore */ path).catch(() => undefined);
  return (found as Readonly<Record<string, new (data: object) => Model>> | undefined)?.[kind];
}

/** The same data, which remembers of each object the fields that somebody asked for. */
function watched<Data>(data: Data, asked: Map<object, Set<string>>): Data {
  if (typeof data !== 'object' || data === null) return data;
  return new Proxy(data, {
    get: (object, field) => {
      if (typeof field === 'string') asked.set(object, (asked.get(object) ?? new Set()).add(field));
      return watched(Reflect.get(object, field) as unknown, asked);
    },
  });
}

function unasked(data: unknown, asked: ReadonlyMap<object, ReadonlySet<string>>, path = ''): readonly string[] {
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([field, value]) => {
    const at = path === '' ? field : `${path}.${field}`;
    return Array.isArray(data) || asked.get(data)?.has(field) === true ? unasked(value, asked, at) : [at];
  });
}
