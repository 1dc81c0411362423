import { type HostDevice, isDisk } from '#inventory/index.ts';
import { failIfAny } from '../../judgement.ts';
import { openingsOf } from '../../settings/index.ts';
import { containerCheck } from './container-check.ts';

export const deviceChecks = [
  containerCheck({
    id: 'CTR-042',
    title: 'It has no device of the host, except allowed ones',
    why: 'A disk gives it every file of the host; other devices let it attack drivers of the kernel.',
    remedy: {
      docker: 'Leave out --device',
      compose: 'Leave out devices',
      kubernetes: 'Request no resource of a device plugin that brings the device',
    },
    severity: 'high',
    nist: ['4.4.3', '4.5.5'],
    cis: ['5.18'],
    version: 1,
    impliedBy: 'CTR-001',
    needs: ['devices', 'everyDevice'],
    lists: ['allowed-devices'],
    judge: ({ devices, everyDevice }, { lists }) =>
      failIfAny([
        ...everyDeviceWords(everyDevice),
        ...devices
          .filter((device) => !isKind(device) && (neverAllowed(device) || !isListed(device, lists['allowed-devices'])))
          .map(deviceWords),
      ]),
  }),
  containerCheck({
    id: 'CTR-043',
    title: 'No device rule allows a whole class of devices',
    why: 'With such a rule, a process can create any such device, a disk for example, and open it.',
    remedy: {
      docker: 'Leave out --device-cgroup-rule with a or *; name one device',
      compose: 'Leave rules with a or * out of device_cgroup_rules',
    },
    severity: 'high',
    nist: ['4.4.3'],
    cis: ['5.18'],
    version: 1,
    impliedBy: 'CTR-001',
    needs: ['everyDevice', 'devices'],
    judge: ({ everyDevice, devices }) =>
      failIfAny([...everyDeviceWords(everyDevice), ...devices.filter(isKind).map(deviceWords)]),
  }),
  containerCheck({
    id: 'CTR-044',
    title: 'It uses only approved accelerators',
    why: 'They bring drivers and libraries of the host into the container, and devices that others share.',
    remedy: {
      docker: 'Leave out --gpus and --device of CDI, or approve the driver',
      compose: 'Leave out deploy.resources.reservations.devices, or approve the driver',
    },
    severity: 'medium',
    nist: ['4.4.3'],
    cis: ['5.18'],
    version: 1,
    needs: ['deviceRequests'],
    lists: ['approved-accelerators'],
    judge({ deviceRequests }, { lists }) {
      const approved = lists['approved-accelerators'];
      return failIfAny(
        deviceRequests
          .filter(({ driver }) => !approved.includes(driver))
          .flatMap(({ driver, ids }) =>
            ids.length === 0
              ? [`${driver}:all`]
              : ids.map((id) => `${driver}:${id}`).filter((id) => !approved.includes(id)),
          ),
      );
    },
  }),
];

function everyDeviceWords(everyDevice: boolean): readonly string[] {
  return openingsOf({ everyDevice }).map(() => 'every device');
}

/** A kind of devices: what a rule with `*` opens. */
function isKind({ major, minor }: HostDevice): boolean {
  return major === undefined || minor === undefined;
}

function neverAllowed(device: HostDevice): boolean {
  return isDisk(device) || (device.type === 'character' && device.major === 10 && device.minor === 232);
}

function isListed({ path }: HostDevice, allowed: readonly string[]): boolean {
  return path !== undefined && allowed.includes(path);
}

function deviceWords({ type, major, minor, path }: HostDevice): string {
  return path ?? `${type} ${major ?? '*'}:${minor ?? '*'}`;
}
