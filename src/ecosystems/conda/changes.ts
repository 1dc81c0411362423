import { changeByCommand, type Changes } from '../changes.ts';
import { quoted } from '../face.ts';

export const conda: Changes = {
  id: 'conda',
  change: ({ name, installed, to }) =>
    changeByCommand(
      { before: `${name}=${installed}`, after: `${name}=${to}` },
      `conda install -y ${quoted(`${name}=${to}`)}`,
    ),
};
