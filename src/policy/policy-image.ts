import type { Selectable } from '#access/index.ts';
import type { Catalog } from '#catalog/index.ts';
import type { Subject } from '#image/index.ts';
import type { PolicyFacts, PolicyImage } from './facts.ts';

/** What rules look at in a subject, from its description and catalog. */
export function policyImage(
  subject: Subject,
  { distribution, packages }: Pick<Catalog, 'distribution' | 'packages'>,
): PolicyImage {
  const created = subject.kind === 'image' ? subject.created : undefined;
  return {
    ...(subject.kind === 'file-system' && subject.path === '/' ? { isHost: true } : {}),
    ...(subject.kind === 'image' ? { digest: subject.digest } : {}),
    labels: subject.kind === 'image' ? subject.settings.labels : {},
    ...(distribution === undefined ? {} : { distribution: { id: distribution.id, version: distribution.version } }),
    ...(created === undefined ? {} : { created }),
    packages: packages.map(({ type, name, version, purl, layer }) => ({ type, name, version, purl, layer })),
  };
}

/** What checks judge a subject by, by the document that `imageDocumentOf` makes of its catalog. */
export function documentChecks(subject: Subject, text: string | undefined): Pick<PolicyFacts, 'checks'> {
  if (subject.kind !== 'image') return { checks: { state: 'none' } };
  return text === undefined ? {} : { checks: { state: 'read', text } };
}

/** Where a publication says that its subject belongs; nothing of it is proven. */
export function publishedPlace(subject: Subject, application?: string): Selectable {
  return {
    images: subject.kind === 'image' ? subject.names : [subject.name],
    labels: subject.kind === 'image' ? subject.settings.labels : {},
    ...(application === undefined ? {} : { application }),
  };
}
