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

/** The manager of the distribution or, where the image is known not to hold it, the first of those that it holds. */
function upgradeIn({ vendor = '', managers = [] }: Replacement): string {
  const own = ofVendor.get(vendor) ?? 'dnf';
  const isThere = managers.length === 0 || managers.some((one) => one === own || (own === 'dnf' && one === 'dnf5'));
  const manager = isThere ? own : [...upgrades.keys()].find((one) => managers.includes(one));
  return upgrades.get(manager ?? own) ?? '';
}

/** Images without rpm keep the list of their packages there. */
const withoutManager = 'var/lib/rpmmanifest/';

/** By namespace of the distribution, where it is not dnf. */
const ofVendor: ReadonlyMap<string, string> = new Map([
  ['suse', 'zypper'],
  ['opensuse', 'zypper'],
  ['amazon', 'yum'],
  ['photon', 'tdnf'],
  ['azurelinux', 'tdnf'],
]);

/** Minimal images have microdnf alone, old releases yum. */
const upgrades: ReadonlyMap<string, string> = new Map([
  // Without the option it ends well where another package allows no newer version, and changes nothing.
  ['dnf', 'dnf upgrade -y --best'],
  ['yum', 'yum update -y'],
  ['microdnf', 'microdnf update -y'],
  ['zypper', 'zypper --non-interactive update'],
  ['tdnf', 'tdnf upgrade -y'],
]);
