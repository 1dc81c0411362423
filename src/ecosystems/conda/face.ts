import type { Face } from '../face.ts';

/** Packages of Conda (https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/packages.html). */
export const conda: Face<'language'> = {
  id: 'conda',
  kind: 'language',
  label: 'Conda package',
  splitName: (name) => ({ own: name }),
  purl: ({ name, version }) => ({ name, version }),
  nameOf: (_, name) => name,
};
