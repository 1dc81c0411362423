import { changeByCommand, type Changes } from '../changes.ts';
import { quoted } from '../face.ts';

export const composer: Changes = {
  id: 'composer',
  change: ({ name, installed, to }) =>
    changeByCommand(
      { before: `"${name}": "${installed}"`, after: `"${name}": "${to}"` },
      `composer require ${quoted(`${name}:${to}`)} --with-all-dependencies`,
    ),
};
