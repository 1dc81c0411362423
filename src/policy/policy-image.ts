import type { Selectable } from '#access/index.ts';
import type { Catalog } from '#catalog/index.ts';
import type { Subject } from '#image/index.ts';
import type { PolicyImage } from './facts.ts';

/** What rules look at in a subject, from its description and catalog. */
export function policyImage(subject: Subject, { distribution, packages }: Catalog): PolicyImage {
  const created = subject.kind === 'image' ? subject.created : undefined;
  return {
    ...(subject.kind === 'file-system' && subject.path === '/' ? { isHost: true } : {}),
    labels: subject.kind === 'image' ? subject.settings.labels : {},
    ...(distribution === undefined ? {} : { distribution: { id: distribution.id, version: distribution.version } }),
    ...(created === undefined ? {} : { created }),
    packages: packages.map(({ type, name, version, purl, layer }) => ({ type, name, version, purl, layer })),
  };
}

/** Where a publication says that its subject belongs; nothing of it is proven. */
export function publishedPlace(subject: Subject, application?: string): Selectable {
  return {
    images: subject.kind === 'image' ? subject.names : [subject.name],
    labels: subject.kind === 'image' ? subject.settings.labels : {},
    ...(application === undefined ? {} : { application }),
  };
}
