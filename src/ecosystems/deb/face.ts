import { changeByCommand, type Face, quoted } from '../face.ts';

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
  change: ({ name, installed, to }) =>
    changeByCommand(
      { before: `${name} ${installed}`, after: `${name} ${to}` },
      `apt-get install --only-upgrade ${quoted(name)}`,
    ),
};
