import { capabilityName, type ContainerShape, type SharedNamespace } from '#inventory/index.ts';

/** What opens the host to a container. */
export type Opening = 'every-device' | 'system-paths';

/** Of what is given, that which is open. */
export function openingsOf({
  everyDevice,
  systemPaths,
}: Partial<Pick<ContainerShape, 'everyDevice' | 'systemPaths'>>): readonly Opening[] {
  const devices: readonly Opening[] = everyDevice === true ? ['every-device'] : [];
  return systemPaths === undefined || systemPaths === 'closed' ? devices : [...devices, 'system-paths'];
}

/** Those of these namespaces that are the host's, or of which nobody can tell. */
export function sharedAmong(
  shared: readonly SharedNamespace[],
  namespaces: readonly SharedNamespace['namespace'][],
): readonly SharedNamespace[] {
  return shared.filter(({ namespace }) => namespaces.includes(namespace));
}

/** Capabilities that nobody allowed, in whatever form the allowed ones were written. */
export function notAllowed(capabilities: readonly string[], allowed: readonly string[]): readonly string[] {
  const names = new Set(allowed.map(capabilityName));
  return capabilities.filter((name) => !names.has(name));
}

/** So many together are as good as all; which of the rest a host knows differs. */
export const nearlyAll = 20;

/** Why system calls are not filtered; `undefined`: they are. */
export function unfilteredBy(seccomp: ContainerShape['seccomp']): 'no-filter' | 'open-filter' | undefined {
  switch (seccomp) {
    case 'on':
      return undefined;
    case 'off':
      return 'no-filter';
    case 'open':
      return 'open-filter';
    default:
      return seccomp satisfies never;
  }
}
