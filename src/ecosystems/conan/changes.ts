import { changeByCommand, type Changes } from '../changes.ts';
import { quoted } from '../face.ts';

export const conan: Changes = {
  id: 'conan',
  change: ({ name, installed, to }) =>
    changeByCommand(
      { before: `${name}/${installed}`, after: `${name}/${to}` },
      `conan lock add --requires=${quoted(`${name}/${to}`)}`,
    ),
};
