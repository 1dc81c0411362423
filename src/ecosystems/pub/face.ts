import type { Face } from '../face.ts';

/** Packages of Pub for Dart and Flutter (https://dart.dev/tools/pub). */
export const pub: Face<'language'> = {
  id: 'pub',
  kind: 'language',
  label: 'Pub package',
  splitName: (name) => ({ own: name }),
  purl: ({ name, version }) => ({ name, version }),
  nameOf: (_, name) => name,
};
