import type { Collection } from '#access/contract.ts';

/** The fields that a collection selects by, in the order in which they are shown. */
export const selectFields = [
  'images',
  'repositories',
  'registries',
  'labels',
  'environments',
  'hosts',
  'applications',
] as const satisfies readonly (keyof Collection['selects'])[];
export type SelectField = (typeof selectFields)[number];

export const fieldNames: Readonly<Record<SelectField, string>> = {
  images: 'Images',
  repositories: 'Repositories',
  registries: 'Registries',
  labels: 'Labels',
  environments: 'Environments',
  hosts: 'Hosts',
  applications: 'Applications',
};

export const fieldExamples: Readonly<Record<SelectField, string>> = {
  images: '*/shop/*:1.*',
  repositories: 'registry.example/shop/*',
  registries: 'registry.example',
  labels: 'team=shop',
  environments: 'prod',
  hosts: 'pier-*',
  applications: 'shop-*',
};

/** Patterns of a text with one in each line. */
export function patternsIn(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** What a collection selects, in words: `images registry.example/*, and hosts pier-* or dock-1, not pier-9`. */
export function selectsInWords(selects: Collection['selects']): string {
  const parts = selectFields.flatMap((field) => {
    const patterns = selects[field] ?? [];
    return patterns.length === 0 ? [] : [`${fieldNames[field].toLowerCase()} ${patternsInWords(patterns)}`];
  });
  return parts.length === 0 ? 'everything' : parts.join(', and ');
}

function patternsInWords(patterns: readonly string[]): string {
  const wanted = patterns.filter((pattern) => !pattern.startsWith('-'));
  const unwanted = patterns.filter((pattern) => pattern.startsWith('-')).map((pattern) => `not ${pattern.slice(1)}`);
  return [...(wanted.length === 0 ? [] : [wanted.join(' or ')]), ...unwanted].join(', ');
}

/** Whether it selects by hosts and nothing else; only such a collection can name their environment. */
export function isOfHostsAlone(selects: Collection['selects']): boolean {
  return selectFields.every((field) => (selects[field]?.length ?? 0) > 0 === (field === 'hosts'));
}
