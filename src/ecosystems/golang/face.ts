import type { Face } from '../face.ts';

/** Modules of Go (https://go.dev/ref/mod). A name is the module's path; that of the standard library is `stdlib`. */
export const golang: Face<'language'> = {
  id: 'golang',
  kind: 'language',
  label: 'Go module',
  splitName(name) {
    const own = /[^/]+(?:\/v\d+)?$/.exec(name)?.[0] ?? name;
    return own === name ? { own } : { own, origin: name.slice(0, -own.length - 1) };
  },
  purl({ name, version }) {
    const slash = name.lastIndexOf('/');
    return { namespace: slash > 0 ? name.slice(0, slash) : undefined, name: name.slice(slash + 1), version };
  },
  nameOf: (namespace, name) => (namespace === '' ? name : `${namespace}/${name}`),
};
