import type { ImportTarget } from '../../contract-imported.ts';

/** Fewer hexadecimal digits of a digest name no image. */
const shortestDigest = 12;

/**
 * Whether a file speaks of this host or image. A host goes by its name, with or without its domain; an image by its digest,
 * whole or its beginning: names of images move. It shows mistakes, and proves nothing: whoever writes the file writes the
 * name.
 */
export function fitsTarget(targets: readonly string[], target: ImportTarget): boolean {
  return target.kind === 'host'
    ? targets.some((name) => areOneHost(name, target.name))
    : targets.some((name) => namesDigest(name, target.digest));
}

function areOneHost(left: string, right: string): boolean {
  const [one, other] = [plainName(left), plainName(right)];
  if (one === '' || other === '') return false;
  return (
    one === other ||
    (one.startsWith(`${other}.`) && !other.includes('.')) ||
    (other.startsWith(`${one}.`) && !one.includes('.'))
  );
}

function plainName(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, '');
}

function namesDigest(name: string, digest: string): boolean {
  const hex = digest.slice(digest.indexOf(':') + 1);
  return (name.toLowerCase().match(/[0-9a-f]+/g) ?? []).some(
    (part) => part.length >= shortestDigest && hex.startsWith(part),
  );
}
