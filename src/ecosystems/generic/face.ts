import type { Face } from '../face.ts';

/** Programs that no package manager brought; `generic` is what package URLs call what has no type of its own. */
export const generic: Face<'language'> = {
  id: 'generic',
  kind: 'language',
  label: 'program',
  splitName: (name) => ({ own: name }),
  purl: ({ name, version }) => ({ name, version }),
  nameOf: (_, name) => name,
};
