import type { Face } from '../face.ts';

/** Packages of Composer for PHP (https://getcomposer.org/doc/04-schema.md#name). A name is `vendor/name`. */
export const composer: Face<'language'> = {
  id: 'composer',
  kind: 'language',
  label: 'Composer package',
  splitName(name) {
    const slash = name.indexOf('/');
    return slash < 0 ? { own: name } : { own: name.slice(slash + 1), origin: name.slice(0, slash) };
  },
  purl({ name, version }) {
    const slash = name.indexOf('/');
    return { namespace: slash > 0 ? name.slice(0, slash) : undefined, name: name.slice(slash + 1), version };
  },
  nameOf: (namespace, name) => (namespace === '' ? name : `${namespace}/${name}`),
};
