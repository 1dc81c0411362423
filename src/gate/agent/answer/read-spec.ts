import { join } from 'node:path';
import type { Asker } from '#compliance/index.ts';
import { RuntimeSpec, specDocumentForm } from '#inventory/index.ts';
import { keepExactKeys, mergedKeys } from '../docker-authz/exact-keys.ts';
import { keysOf } from '../docker-authz/schema.ts';
import { decodeStrictly } from '../docker-authz/strict-json.ts';
import { readBounded } from '../read-bounded.ts';

/**
 * OCI spec of a bundle, with what is read of one. Strictly, as the runtime wrapper reads it: a key that stands twice, or is
 * spelt almost like one that counts, is another one to the runtime than to us. Throws with the reason.
 */
export async function readSpec(bundle: string): Promise<unknown> {
  const content = await readBounded(join(bundle, 'config.json'));
  if (content === undefined) throw new Error(`${bundle} holds no config.json.`);
  const decoded = decodeStrictly(content);
  if (decoded.kind === 'refused') throw new Error(`Its config.json is not as an engine writes it: ${decoded.why}.`);
  const exact = keepExactKeys(decoded.value, specKeys);
  if (exact.kind === 'refused') throw new Error(`Its config.json is not as an engine writes it: ${exact.why}.`);
  return exact.value;
}

const specKeys = mergedKeys(keysOf(RuntimeSpec), keysOf(specDocumentForm));

/** Runtimes of Kubernetes write down what the container is in their pod. */
export function askerOf(spec: unknown): Asker {
  const annotations = typeof spec === 'object' && spec !== null && 'annotations' in spec ? spec.annotations : {};
  return Object.keys(annotations ?? {}).some((key) => key.startsWith('io.kubernetes.cri')) ? 'pod' : 'docker';
}
