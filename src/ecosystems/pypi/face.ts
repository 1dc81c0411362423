import type { Face } from '../face.ts';

/**
 * Packages of Python (https://packaging.python.org/specifications/). A name is shown as the package itself writes it;
 * upper and lower case, `-`, `_` and `.` make no difference.
 */
export const pypi: Face<'language'> = {
  id: 'pypi',
  kind: 'language',
  label: 'Python package',
  splitName: (name) => ({ own: name }),
  purl: ({ name, version }) => ({ name, version }),
  nameOf: (_, name) => name,
};
