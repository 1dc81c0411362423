import { changeByCommand, type Changes } from '../changes.ts';
import { quoted } from '../face.ts';

export const pub: Changes = {
  id: 'pub',
  change: ({ name, installed, to }) =>
    changeByCommand(
      { before: `${name}: ${installed}`, after: `${name}: ${to}` },
      `dart pub add ${quoted(`${name}:${to}`)}`,
    ),
};
