import type { EvidenceSubjectKind } from '#explorer/contract.ts';
import { keyOf } from '../../app/search-text.ts';

/** What a subject of a control is known by. */
export interface SubjectKey {
  readonly host: string;
  readonly kind: EvidenceSubjectKind;
  readonly id: string;
}

/** For people. */
export const kindWords: Readonly<Record<EvidenceSubjectKind, string>> = {
  image: 'Image',
  reference: 'Image reference',
  container: 'Container',
  host: 'Host',
  engine: 'Engine',
  network: 'Network',
  service: 'Service',
  registry: 'Registry',
  console: 'Console',
};

/** A subject as an address holds it: `container|quay-1|8a3f…`. */
export function textOfSubject({ kind, host, id }: SubjectKey): string {
  return `${kind}|${host}|${id}`;
}

/** Nothing where the text names no subject. */
export function subjectOfText(text: string | undefined): SubjectKey | undefined {
  const [, word, host, id] = /^([a-z]+)\|([^|]*)\|(.+)$/s.exec(text ?? '') ?? [];
  const kind = keyOf(word, kindWords);
  return kind === undefined || host === undefined || id === undefined ? undefined : { kind, host, id };
}
