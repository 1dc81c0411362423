import type { Face } from '../face.ts';

/** Gems of Ruby (https://guides.rubygems.org/specification-reference/). */
export const gem: Face<'language'> = {
  id: 'gem',
  kind: 'language',
  label: 'Ruby gem',
  splitName: (name) => ({ own: name }),
  purl: ({ name, version }) => ({ name, version }),
  nameOf: (_, name) => name,
};
