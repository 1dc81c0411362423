import { changeOfSystem, type Changes, type Replacement } from '../changes.ts';
import { quoted } from '../face.ts';

export const rpm: Changes = {
  id: 'rpm',
  managers: ['dnf', 'dnf5', 'yum', 'microdnf', 'zypper', 'tdnf'],
  change(wanted) {
    const isBare = wanted.paths.some((path) => path.startsWith(withoutManager));
    return changeOfSystem(wanted, isBare ? undefined : `${upgradeIn(wanted)} ${quoted(wanted.name)}`);
  },
};

/** Minimal images have microdnf in the place of the others. */
function upgradeIn({ vendor = '', managers = [] }: Replacement): string {
  const isMinimal = managers.length > 0 && managers.every((one) => one === 'microdnf');
  return isMinimal ? 'microdnf update -y' : (upgrades.get(vendor) ?? 'dnf upgrade -y');
}

/** Images without rpm keep the list of their packages there. */
const withoutManager = 'var/lib/rpmmanifest/';

/** By namespace of the distribution, where it is not dnf. Amazon Linux and those of Red Hat have both in their newer releases. */
const upgrades: ReadonlyMap<string, string> = new Map([
  ['suse', 'zypper --non-interactive update'],
  ['opensuse', 'zypper --non-interactive update'],
  ['amazon', 'yum update -y'],
  ['photon', 'tdnf upgrade -y'],
  ['azurelinux', 'tdnf upgrade -y'],
]);
