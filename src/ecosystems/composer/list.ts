import { parseJsonWithin } from '#base/index.ts';
import type { Package } from '../contract.ts';
import { asFields, type Fields, textIn } from '../fields.ts';
import type { PackageCollector } from '../package-collector.ts';

/** The largest that are published have some 500 packages of 200 values each. */
const limits = { bytes: 64 * 1024 ** 2, tokens: 2_000_000, depth: 200 };

/** A file of Composer; why not, when it is no JSON or holds more than any such file does. */
export function readJson(text: string): Fields | readonly unknown[] | string {
  const read = parseJsonWithin(text, limits);
  if (read.kind !== 'read') return read.why;
  const { value } = read;
  return typeof value === 'object' && value !== null ? (value as Fields | readonly unknown[]) : 'it is no object';
}

const ofFolder = ' (from a folder)';

/** A package of a folder is what its author made of it: the registry's of that name may be another. */
export function isOfRegistry({ foundBy }: Pick<Package, 'foundBy'>): boolean {
  return !foundBy.evidence.endsWith(ofFolder);
}

interface Target {
  readonly collector: PackageCollector;
  readonly path: string;
  readonly foundBy: { readonly analyzer: string; readonly evidence: string };
}

/** Adds packages as Composer writes them (https://getcomposer.org/doc/04-schema.md). */
export function addPackages(list: readonly unknown[], { collector, path, foundBy }: Target): void {
  for (const each of list) {
    const one = asFields(each);
    const name = textIn(one, 'name') ?? '';
    const isOwn = textIn(asFields(one?.['dist']), 'type') === 'path';
    collector.add({
      type: 'composer',
      name,
      version: textIn(one, 'version'),
      licenses: licensesIn(one?.['license']),
      path,
      foundBy: isOwn ? { ...foundBy, evidence: foundBy.evidence + ofFolder } : foundBy,
    });
  }
}

/** Texts of a list, or one text. */
function licensesIn(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((each) => typeof each === 'string');
}
