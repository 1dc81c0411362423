import type { Face } from '../face.ts';

export const apk: Face<'system'> = {
  id: 'apk',
  kind: 'system',
  label: 'Alpine package',
  splitName: (name) => ({ own: name }),
  purl: ({ name, version, architecture }, vendor) => ({
    namespace: vendor,
    name,
    version,
    qualifiers: { arch: architecture },
  }),
  nameOf: (_, name) => name,
};
