import { changeOfSystem, type Changes } from '../changes.ts';
import { quoted } from '../face.ts';

export const deb: Changes = {
  id: 'deb',
  managers: ['apt'],
  change(wanted) {
    const isBare = wanted.paths.some((path) => path.startsWith(withoutManager));
    // Without a word, apt would remove the packages that allow no newer version.
    const command = `apt-get update && apt-get install -y --no-remove --only-upgrade ${quoted(wanted.name)}`;
    return changeOfSystem(wanted, isBare ? undefined : command);
  },
};

/** Distroless images keep a file for each package there, and have no apt. */
const withoutManager = 'var/lib/dpkg/status.d/';
