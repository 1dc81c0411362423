import type { ApplicationRow } from '#explorer/contract.ts';

const words: Readonly<Record<ApplicationRow['from'], string>> = {
  label: 'by the label seawall.application',
  compose: 'by its compose project',
  namespace: 'by its namespace',
  build: 'by its build',
  collection: 'by a collection',
};

/** What says that images and containers belong to an application. */
export function fromWords(from: ApplicationRow['from']): string {
  return words[from];
}
