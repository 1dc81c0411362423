import type { HostView } from './host-view.ts';
import { mostDevices } from './limits.ts';
import type { SpecDeviceRule } from './schema.ts';
import type { ContainerSettings, HostDevice } from './settings.ts';

type Opened = Pick<ContainerSettings, 'everyDevice' | 'devices'>;

/**
 * What rules of devices open, the later ones over the earlier: all of them, or kinds. Those of single character devices
 * that are no disk are left out, for every container has some; such a device counts where it is given as a file. To
 * runtimes a rule of no type, or of type `a`, is about every device, whatever numbers and access it names.
 */
export function openedByRules(rules: readonly SpecDeviceRule[]): Opened {
  let everyDevice = false;
  let devices: HostDevice[] = [];
  for (const { allow, type, access, ...numbers } of rules) {
    const [major, minor] = [numberOf(numbers.major), numberOf(numbers.minor)];
    const isForAll = type === undefined || type === null || type === '' || type === 'a';
    if (isForAll) [everyDevice, devices] = [allow, []];
    if (isForAll || !allow || !/[rw]/.test(access ?? '')) continue;
    if (major === undefined) everyDevice = true;
    else {
      const device: HostDevice = { type: type === 'b' ? 'block' : 'character', major, minor };
      if (minor === undefined || isDisk(device)) devices.push(device);
    }
  }
  return { everyDevice, devices };
}

/** Whether a device holds every folder of the host: a disk by whatever interface, or memory. */
export function isDisk({ type, major, minor, path }: HostDevice): boolean {
  if (type === 'block' || major === scsiGeneric) return true;
  if (major === memory) return minor === undefined || memoryMinors.includes(minor);
  return path !== undefined && /^\/dev\/(?:bsg\/|(?:sg|nvme|ng)[0-9])/.test(path);
}

/** Majors of character devices; of memory and ports of the machine 1:1, 1:2 and 1:4. */
const scsiGeneric = 21;
const memory = 1;
const memoryMinors: readonly number[] = [1, 2, 4];

/** `-1` and what is missing stand for all. */
function numberOf(value: number | null | undefined): number | undefined {
  return value === undefined || value === null || value < 0 ? undefined : value;
}

/** `c 1:3 rwm`, `a *:* rwm`; `undefined` for what no engine takes. */
export function ruleOfWords(words: string): SpecDeviceRule | undefined {
  const [, type, major, minor, access] = /^([acb]) ([0-9]+|\*):([0-9]+|\*) ([rwm]{1,3})$/.exec(words) ?? [];
  if (type === undefined) return undefined;
  const number = (word: string | undefined): number => (word === '*' ? -1 : Number(word));
  return { allow: true, type, major: number(major), minor: number(minor), access };
}

/** Each device once, with the path that it has on the host, unless there are more than are judged. */
export async function devicesOf(devices: readonly HostDevice[], host: HostView): Promise<GivenDevices> {
  const once = new Map(devices.map((device) => [keyOf(device), device]));
  if (once.size > mostDevices) return moreDevices;
  const sorted = [...once].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, device]) => device);
  const paths = await host.devicePaths(sorted);
  const found = sorted.map(({ type, major, minor }, at) => {
    const path = paths[at];
    return { type, major, minor, ...(path !== undefined && { path }) };
  });
  return { devices: found, tooMany: [] };
}

export type GivenDevices = Pick<ContainerSettings, 'devices'> & { readonly tooMany: readonly 'devices'[] };

export const moreDevices: GivenDevices = { devices: [], tooMany: ['devices'] };

function keyOf({ type, major, minor }: HostDevice): string {
  return `${type} ${major ?? '*'}:${minor ?? '*'}`;
}
