import type { Changes } from '../changes.ts';
import { quoted } from '../face.ts';

export const generic: Changes = {
  id: 'generic',
  change: ({ name, installed, to, paths }) => ({
    where: paths[0] === undefined ? name : `/${paths[0]}`,
    before: `${name} ${installed}`,
    after: `${name} ${to}`,
    copy: `${quoted(name)} ${to}`,
  }),
};
