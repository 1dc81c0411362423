import type { Face } from '../face.ts';

/** Packages of Hex for Elixir and Erlang (https://hex.pm/docs). */
export const hex: Face<'language'> = {
  id: 'hex',
  kind: 'language',
  label: 'Hex package',
  splitName: (name) => ({ own: name }),
  purl: ({ name, version }) => ({ name, version }),
  nameOf: (namespace, name) => (namespace === '' ? name : `${namespace}/${name}`),
};
