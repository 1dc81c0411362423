import { changeOfSystem, type Changes } from '../changes.ts';
import { quoted } from '../face.ts';

export const alpm: Changes = {
  id: 'alpm',
  // Its repositories hold one version of each package, and it does not upgrade single ones.
  change: (wanted) => changeOfSystem(wanted, `pacman -Syu --noconfirm ${quoted(wanted.name)}`),
};
