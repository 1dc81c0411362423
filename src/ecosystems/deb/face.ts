import type { Face } from '../face.ts';

export const deb: Face<'system'> = {
  id: 'deb',
  kind: 'system',
  label: 'Debian package',
  splitName: (name) => ({ own: name }),
  purl: ({ name, version, architecture }, vendor) => ({
    namespace: vendor,
    name,
    version,
    qualifiers: { arch: architecture },
  }),
  nameOf: (_, name) => name,
};
