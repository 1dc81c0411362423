import type { Face } from '../face.ts';

/** Names are `group:artifact`, and groups are long: the artifact is what people call it. */
export const maven: Face<'language'> = {
  id: 'maven',
  kind: 'language',
  label: 'Maven artifact',
  splitName(name) {
    const colon = name.indexOf(':');
    return colon < 0 ? { own: name } : { own: name.slice(colon + 1), origin: name.slice(0, colon) };
  },
  /** An archive without known coordinates has none here: the type demands a group. One of an older scan is its own group. */
  purl({ name, version, archive }) {
    if (archive !== undefined) return { type: 'generic', name, version };
    const colon = name.indexOf(':');
    const artifact = name.slice(colon + 1);
    return { namespace: colon > 0 ? name.slice(0, colon) : artifact, name: artifact, version };
  },
  nameOf: (namespace, name) => (namespace === '' ? name : `${namespace}:${name}`),
};
