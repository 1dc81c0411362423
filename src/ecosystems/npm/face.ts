import type { Face } from '../face.ts';

export const npm: Face<'language'> = {
  id: 'npm',
  kind: 'language',
  label: 'npm package',
  splitName: (name) => ({ own: name }),
  purl({ name, version }) {
    const slash = name.startsWith('@') ? name.indexOf('/') : -1;
    return {
      namespace: slash > 0 ? name.slice(0, slash) : undefined,
      name: name.slice(Math.max(slash, -1) + 1),
      version,
    };
  },
  nameOf: (namespace, name) => (namespace === '' ? name : `${namespace}/${name}`),
};
