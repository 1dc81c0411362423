import { BlockList, isIP } from 'node:net';

/** Where an IP address lies, as seen from this machine. */
export type AddressPlace = 'loopback' | 'link-local' | 'elsewhere';

/** Also addresses of this host that stand for any (`0.0.0.0`, `::`), and IPv6 forms that carry an IPv4 address. */
const loopback = blockList(
  [
    ['127.0.0.0', 8],
    ['0.0.0.0', 8],
  ],
  [
    ['::1', 128],
    ['::', 128],
    ['::7f00:0', 104],
    ['64:ff9b::7f00:0', 104],
    ['64:ff9b::', 104],
    ['2002:7f00::', 24],
  ],
);

/** Among them what clouds answer about a machine's credentials (169.254.169.254, fd00:ec2::254). */
const linkLocal = blockList(
  [['169.254.0.0', 16]],
  [
    ['fe80::', 10],
    ['::a9fe:0', 112],
    ['64:ff9b::a9fe:0', 112],
    ['2002:a9fe::', 32],
    ['fd00:ec2::254', 128],
  ],
);

/** `address`: IPv4 or IPv6, without brackets; a zone (`%eth0`) is ignored. */
export function placeOfAddress(address: string): AddressPlace {
  const [bare = ''] = address.split('%');
  const family = isIP(bare) === 6 ? 'ipv6' : 'ipv4';
  if (loopback.check(bare, family)) return 'loopback';
  return linkLocal.check(bare, family) ? 'link-local' : 'elsewhere';
}

/**
 * Where a host lies that is written as an address, in any spelling that a URL may have: `0xa9fe.0376.43518`, `[::ffff:a9fe:1]`.
 * `name`: it is a name, which is resolved whenever it is asked. `nowhere`: it is no host. `host` as in URLs, with or without its port.
 */
export function placeOfHost(host: string): AddressPlace | 'name' | 'nowhere' {
  const address = `https://${host}`;
  if (!URL.canParse(address) || /[/?#@\\]/.test(host)) return 'nowhere';
  const bare = new URL(address).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return isIP(bare) === 0 ? 'name' : placeOfAddress(bare);
}

type Subnets = readonly (readonly [network: string, prefix: number])[];

/** A rule for IPv4 also holds for what is mapped into IPv6 (`::ffff:127.0.0.1`). */
function blockList(ipv4: Subnets, ipv6: Subnets): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ipv4) list.addSubnet(network, prefix, 'ipv4');
  for (const [network, prefix] of ipv6) list.addSubnet(network, prefix, 'ipv6');
  return list;
}
