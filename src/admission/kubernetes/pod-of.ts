import type { Review } from './review.ts';
import { Pod } from './schema.ts';

/** What a review asks to start. */
export type AskedPod =
  | { readonly kind: 'pod' | 'template'; readonly pod: Pod; readonly before?: Pod }
  /** Nothing starts by it. */
  | { readonly kind: 'nothing' }
  /** It may start something, and what cannot be told. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** Where the pod lies in what makes pods. A kind may come in a newer version: what is not found there is unreadable. */
const places: Readonly<Record<string, readonly string[]>> = {
  '/Pod': [],
  '/PodTemplate': ['template'],
  '/ReplicationController': ['spec', 'template'],
  'apps/Deployment': ['spec', 'template'],
  'apps/StatefulSet': ['spec', 'template'],
  'apps/DaemonSet': ['spec', 'template'],
  'apps/ReplicaSet': ['spec', 'template'],
  'batch/Job': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
};

/** Subresources of these kinds by which no image comes in. */
const plainSubResources = ['status', 'scale', 'binding', 'eviction', 'resize'];

/** The pod that a review is about, and the one that it was before. Other kinds than those that make pods are unreadable. */
export function podOf({ kind, operation, subResource, object, oldObject }: Review): AskedPod {
  if (operation === 'DELETE' || operation === 'CONNECT') return { kind: 'nothing' };
  if (plainSubResources.includes(subResource)) return { kind: 'nothing' };
  if (subResource !== '' && subResource !== 'ephemeralcontainers')
    return { kind: 'unreadable', why: `the subresource ${subResource} is not known here` };
  const name = `${kind.group}/${kind.kind}`;
  const path = Object.hasOwn(places, name) ? places[name] : undefined;
  if (path === undefined)
    return { kind: 'unreadable', why: `${kind.kind} is no kind that makes pods: take it off the rules of the webhook` };
  const read = Pod.safeParse(at(object, path));
  if (!read.success)
    return { kind: 'unreadable', why: `its pod does not have the form that is known here (${wrongIn(read.error)})` };
  const before = operation === 'UPDATE' ? Pod.safeParse(at(oldObject, path)).data : undefined;
  return {
    kind: path.length === 0 ? 'pod' : 'template',
    pod: read.data,
    ...(before === undefined ? {} : { before }),
  };
}

function at(object: unknown, path: readonly string[]): unknown {
  let here = object;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Readonly<Record<string, unknown>>)[key];
  }
  return here ?? undefined;
}

function wrongIn(error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}): string {
  const [first] = error.issues;
  return first === undefined ? '' : `${first.path.map(String).join('.')}: ${first.message}`;
}
