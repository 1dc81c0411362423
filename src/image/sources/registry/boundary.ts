import { type LookupAddress, lookup } from 'node:dns';
import { lookup as lookUp } from 'node:dns/promises';
import { isIP } from 'node:net';
import { AppError } from '#base/index.ts';
import { placeOfAddress } from './address.ts';

/** All addresses of a name. Throws the error of the resolver. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>;

const systemResolve: Resolve = async (name) => await lookUp(name, { all: true });

/** What `net.connect` takes to find an address. */
export type PinnedLookup = typeof lookup;

/** Which addresses may be asked on behalf of one registry. */
export interface Boundary {
  /**
   * Resolves the host of an address that the registry, or one that it names, leads to, and answers what connects to these
   * addresses and no others. Throws `registry-refused` for this machine, unless the registry itself is on it, and for
   * link-local addresses.
   */
  admit(url: URL): Promise<PinnedLookup>;
}

/** `home`: host of the registry, with or without its port. Where it is found first is where it stays. */
export function boundaryOf(home: string, resolve: Resolve = systemResolve): Boundary {
  const homeName = nameOf(new URL(`https://${home}`));
  let homePlace: 'loopback' | 'elsewhere' | undefined;
  return {
    admit: async (url) => {
      const name = nameOf(url);
      const found = await addressesOf(name, resolve);
      const places = new Set(found.map(({ address }) => placeOfAddress(address)));
      if (name === homeName) homePlace ??= places.has('loopback') ? 'loopback' : 'elsewhere';
      if (places.has('link-local')) throw refused(url, 'has a link-local address, which no registry has');
      if (places.has('loopback') && homePlace !== 'loopback')
        throw refused(url, `is this machine, and the registry ${home} is not on it`);
      return pinnedTo(found);
    },
  };
}

async function addressesOf(name: string, resolve: Resolve): Promise<readonly LookupAddress[]> {
  const family = isIP(name);
  return family === 0 ? await resolve(name) : [{ address: name, family }];
}

function nameOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function refused(url: URL, why: string): AppError {
  return new AppError('registry-refused', `${url.host} is not asked: it ${why}.`);
}

function pinnedTo(found: readonly LookupAddress[]): PinnedLookup {
  const answer = (_: string, options: unknown, callback: unknown): void => {
    const call = callback as (error: Error | null, address: unknown, family?: number) => void;
    const [first] = found;
    if (first === undefined) return call(new Error('no host has this name'), '');
    if (typeof options === 'object' && options !== null && 'all' in options && options.all === true)
      return call(null, [...found]);
    call(null, first.address, first.family);
  };
  return answer as PinnedLookup;
}
