import { networkInterfaces } from 'node:os';

/** Addresses of this machine that other hosts may reach, IPv4 first. Link-local ones need a zone and are left out. */
export function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal, address }) => !internal && !/^(?:169\.254\.|fe80:)/i.test(address))
    .toSorted((left, right) => left.family.localeCompare(right.family))
    .map(({ address }) => address);
}
