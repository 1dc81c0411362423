import { createTextTest } from '#secrets/index.ts';

/** Why a file is taken for a miner of cryptocurrency, or for its settings. */
export interface MinerMark {
  /** `name`: it is called like one; `pool`: it holds the address of a pool; `protocol`: it speaks the protocol of pools. */
  readonly by: 'name' | 'pool' | 'protocol';
  /** The name, the host of the pool, or the word of the protocol. */
  readonly seen: string;
}

/** Names under which miners are published; none of them is the name of anything else that is common. */
const names: ReadonlySet<string> = new Set(
  (
    'bfgminer ccminer cgminer cpuminer cpuminer-multi cpuminer-opt ethminer gminer lolminer minerd nanominer nbminer ' +
    'nsgpucnminer phoenixminer srbminer srbminer-multi teamredminer wildrig wildrig-multi xmr-stak xmr-stak-rx xmrig ' +
    'xmrig-cuda xmrig-notls xmrig-proxy xmrigdaemon xmrigminer xmrminer'
  ).split(' '),
);

/** The mark of a file that is called like a miner. */
export function minerNamed(path: string): MinerMark | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const bare = name.replace(/\.(?:bin|exe|elf)$/, '');
  return names.has(bare) ? { by: 'name', seen: bare } : undefined;
}

/** What the addresses of pools begin with, and a call with which miners ask a pool for work (Stratum, JSON-RPC). */
const addressBegins = Buffer.from('stratum+');
const subscribes = Buffer.from('mining.subscribe');
const mayHoldMark = createTextTest([addressBegins, subscribes].map(String));

/** Bytes behind a place that may belong to what was found there. */
export const markContext = 320;

/** Which part of a file is looked at. */
interface MarkSearch {
  readonly kind: 'program' | 'text';
  /** Where an address must begin before. */
  readonly until: number;
}

/** The mark that some bytes of a file hold. Of a text only an address counts: others write about the protocol. */
export function minerMarkIn(bytes: Buffer, { kind, until }: MarkSearch): MinerMark | undefined {
  if (!mayHoldMark(bytes)) return undefined;
  for (let at = bytes.indexOf(addressBegins); at !== -1 && at < until; at = bytes.indexOf(addressBegins, at + 1)) {
    const host = poolAt(bytes.toString('latin1', at, at + markContext));
    if (host !== undefined) return { by: 'pool', seen: host };
    if (kind === 'program' && isScheme(bytes.toString('latin1', at, at + 16)))
      return { by: 'protocol', seen: 'stratum' };
  }
  if (kind === 'text' || bytes.indexOf(subscribes) === -1) return undefined;
  return { by: 'protocol', seen: 'mining.subscribe' };
}

const address =
  /^stratum\+[a-z0-9]{2,6}:\/\/(?:[^\s"'@/]{1,200}@)?((?:[a-z0-9-]{1,63}\.){1,8}[a-z0-9-]{1,63}(?::\d{1,5})?)/i;

/** The host alone: what stands before it is somebody's wallet or password. */
function poolAt(text: string): string | undefined {
  return address.exec(text)?.[1];
}

function isScheme(text: string): boolean {
  return /^stratum\+(?:tcp|udp|ssl|tls|ws|wss|http)/.test(text);
}
