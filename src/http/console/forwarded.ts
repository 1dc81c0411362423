import { isIP } from 'node:net';

/**
 * What `X-Forwarded-For` says, read from the right, as far as it is addresses: some proxies write a port behind one, others
 * hand on what a caller made up. Whoever made up a new "address" each time would pass for many callers.
 */
export function forwardedAddresses(header: string): readonly string[] {
  const entries = header.split(',').map(addressIn);
  return entries.slice(entries.lastIndexOf(undefined) + 1).flatMap((one) => one ?? []);
}

/** Without port, brackets and zone; `undefined` where it is no address. */
function addressIn(entry: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\](?::\d{1,5})?|(\d[\d.]+):\d{1,5})$/.exec(entry.trim()) ?? [];
  const address = (bracketed ?? plain ?? entry.trim()).replace(/%.*$/s, '');
  return isIP(address) === 0 ? undefined : address;
}
