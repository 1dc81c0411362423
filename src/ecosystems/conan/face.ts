import type { Face } from '../face.ts';

/** Packages of Conan for C and C++ (https://docs.conan.io/2/reference/conanfile/attributes.html). */
export const conan: Face<'language'> = {
  id: 'conan',
  kind: 'language',
  label: 'Conan package',
  splitName: (name) => ({ own: name }),
  purl: ({ name, version }) => ({ name, version }),
  nameOf: (_, name) => name,
};
