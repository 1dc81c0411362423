import type { Face } from '../face.ts';

/** Packages of Swift (https://docs.swift.org/package-manager/), named by the repository: `github.com/apple/swift-nio`. */
export const swift: Face<'language'> = {
  id: 'swift',
  kind: 'language',
  label: 'Swift package',
  splitName(name) {
    const slash = name.lastIndexOf('/');
    return slash < 0 ? { own: name } : { own: name.slice(slash + 1), origin: name.slice(0, slash) };
  },
  /** The type demands a repository and a version; what comes of a branch or a registry lacks one of them. */
  purl({ name, version }) {
    const slash = name.lastIndexOf('/');
    const parts = { namespace: slash > 0 ? name.slice(0, slash) : undefined, name: name.slice(slash + 1), version };
    return slash > 0 && version !== '' ? parts : { ...parts, type: 'generic' };
  },
  nameOf: (namespace, name) => (namespace === '' ? name : `${namespace}/${name}`),
};
