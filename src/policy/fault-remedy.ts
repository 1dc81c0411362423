import type { FaultCode } from '#image/index.ts';

/**
 * What removes a fault, as one or two sentences for people: in an image, or on the host whose file system was scanned. A
 * newer scanner may report codes that this version does not know.
 */
export function remedyOfFault(code: string, of: 'image' | 'host' = 'image'): string {
  if (!isKnown(code)) return report;
  return of === 'host' ? (onHosts[code] ?? remedies[code]) : remedies[code];
}

const again = 'Fetch or save the image again, then scan it again.';
const limit = 'Raise the limit for this scan if the content is expected, then scan it again.';
const report = 'Scan it again with the newest Seawall; if it stays, report the file.';
const repair = 'Repair or remove the file in the image, then scan it again.';

const remedies: Readonly<Record<FaultCode, string>> = {
  'truncated-archive': again,
  'corrupt-archive': again,
  'missing-layer': again,
  'unreadable-version': report,
  'unsafe-path': 'Build the image without this entry.',
  'unpacked-limit': limit,
  'entry-limit': limit,
  'file-limit': limit,
  'executables-limit':
    'Leave what does not run out of the image, such as caches and sources, or accept incomplete scans in the policy.',
  'findings-limit': 'Update or remove the packages that have most findings, then build and scan it again.',
  'matching-limit': 'Leave out the packages that nothing needs, then build and scan it again.',
  'depth-limit': limit,
  'time-limit': limit,
  'memory-limit': limit,
  'symlink-loop': 'Remove the link from the image, then scan it again.',
  'unreadable-file': 'Scan as a user who may read the file.',
  'corrupt-package-database': repair,
  'corrupt-package': repair,
  'unreadable-bound': 'Look at the advisory, and ask its publisher to correct the version that bounds it.',
  'unknown-version': 'Keep the package as its publisher made it, with its metadata or its version in the file name.',
  'unlocked-manifest': 'Keep the lock file beside the manifest, or scan what is built of it.',
  'unidentified-package':
    'If it is of others, use it as its publisher made it, with its metadata or its name and version in the file name. If it is your own, there is nothing to do.',
  'unknown-package-database': 'Use a base image whose packages are read, or accept incomplete scans in the policy.',
  'unknown-distribution': 'Keep `/etc/os-release` in the image, then scan it again.',
  'no-system-packages': 'Keep the package database in the image, then scan it again.',
  'nothing-recognised':
    'Build the image on a base that keeps its package database, or add packages with their metadata.',
  'no-advisory-data':
    'Add a feed that speaks for it, move to a release that is maintained, or accept it in the policy (rule `not-judged`).',
  'incomplete-bill':
    'Scan the image or folder itself, or make the bill of materials again where all of it can be read.',
  'unreadable-component': 'Make the bill of materials with a tool that writes package URLs, or scan the image itself.',
  'unnamed-source':
    'Make the bill of materials with a tool that names sources (qualifier `upstream`), or scan the image itself.',
  'analyzer-failed': report,
};

const rescan =
  'The agent scans the host again when its packages change; `seawall scan /` on the host shows it at once.';
const repairHost = `Repair or remove the file on the host. ${rescan}`;

/** Nobody builds, fetches or saves a host. */
const onHosts: Readonly<Partial<Record<FaultCode, string>>> = {
  'truncated-archive': repairHost,
  'corrupt-archive': repairHost,
  'missing-layer': rescan,
  'unsafe-path': repairHost,
  'unreadable-file': `Run the agent as root, so that it may read the file. ${rescan}`,
  'symlink-loop': `Remove the link from the host. ${rescan}`,
  'corrupt-package-database': repairHost,
  'corrupt-package': repairHost,
  'executables-limit': 'Accept incomplete scans of hosts in the policy.',
  'findings-limit': `Update or remove the packages that have most findings. ${rescan}`,
  'matching-limit': `Remove the packages that nothing needs. ${rescan}`,
  'unknown-package-database': 'Accept incomplete scans of this host in the policy: its packages are not read.',
  'unknown-distribution': `Restore \`/etc/os-release\` on the host. ${rescan}`,
  'no-system-packages': `Restore the package database of the host. ${rescan}`,
  'nothing-recognised': `Check that the agent runs on the host itself, not in a container. ${rescan}`,
};

function isKnown(code: string): code is FaultCode {
  return Object.hasOwn(remedies, code);
}
