import { changeByCommand, type Changes } from '../changes.ts';
import { quoted } from '../face.ts';

export const hex: Changes = {
  id: 'hex',
  change: ({ name, installed, to }) =>
    changeByCommand({ before: `${name} ${installed}`, after: `${name} ${to}` }, `mix deps.update ${quoted(name)}`),
};
