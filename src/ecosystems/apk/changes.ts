import { changeOfSystem, type Changes } from '../changes.ts';
import { quoted } from '../face.ts';

export const apk: Changes = {
  id: 'apk',
  managers: ['apk-tools', 'apk-tools-static'],
  change: (wanted) => changeOfSystem(wanted, `apk add --no-cache --upgrade ${quoted(`${wanted.name}>=${wanted.to}`)}`),
};
