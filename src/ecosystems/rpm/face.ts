import type { Face } from '../face.ts';

export const rpm: Face<'system'> = {
  id: 'rpm',
  kind: 'system',
  label: 'rpm package',
  splitName: (name) => ({ own: name }),
  purl({ name, version, architecture, module }, vendor) {
    const colon = version.indexOf(':');
    const epoch = colon > 0 ? version.slice(0, colon) : undefined;
    const qualifiers = { arch: architecture, epoch, modularitylabel: module };
    return { namespace: vendor, name, version: version.slice(colon + 1), qualifiers };
  },
  nameOf: (_, name) => name,
};
