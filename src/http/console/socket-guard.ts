import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { limits } from '../limits.ts';

/** How many connections a port keeps. */
export interface SocketBounds {
  /** Of one address (IPv6: /64), without valid credentials so far. */
  readonly perAddress: number;
  /** Of one user, token, agent or cluster. */
  readonly perCaller: number;
  readonly total: number;
}

export interface SocketGuard {
  /** This caller has shown valid credentials on the connection, which no longer counts for its address. */
  trust(socket: unknown, caller: string): void;
}

export const usualSockets: SocketBounds = {
  perAddress: limits.socketsOfAddress.value,
  perCaller: limits.socketsOfCaller.value,
  total: limits.sockets.value,
};

/** Options of `node:http` and `node:https` that bound how long a connection may be silent or slow. */
export const socketOptions = {
  handshakeTimeout: limits.handshake.value * 1000,
  headersTimeout: limits.headers.value * 1000,
  requestTimeout: limits.request.value * 1000,
  keepAliveTimeout: limits.keepAlive.value * 1000,
  maxHeaderSize: limits.headerBytes.value,
  /** How often Node looks for those that are late. */
  connectionsCheckingInterval: 1000,
} as const;

interface Connection {
  readonly socket: Socket;
  group: Group;
  /** Requests whose headers came, and that are not answered yet. */
  readonly requests: Set<IncomingMessage>;
}

/** Connections of one address (IPv6: /64), or of one caller once it is known. */
interface Group {
  readonly name: string;
  readonly kind: 'address' | 'caller';
  /** The one first that has finished no request for longest. */
  readonly members: Set<Connection>;
}

/**
 * Keeps room for others on a port. When a group, an address or a caller, has more than its share, it gives one of its
 * connections up; when there are too many in all, the largest group does, those of unknown callers first. It is the one that
 * has finished no request for longest, also where one has begun to come; a request that came whole is answered. Only where
 * all are being answered, the newcomer is ended.
 */
export function guardSockets(server: Server | HttpsServer, bounds: SocketBounds): SocketGuard {
  const byPeer = new Map<string, Connection>();
  const groups = new Map<string, Group>();
  server.maxRequestsPerSocket = limits.requestsOfSocket.value;

  function place(connection: Connection, wanted: Pick<Group, 'name' | 'kind'>): void {
    leave(connection);
    const group = groups.get(wanted.name) ?? { ...wanted, members: new Set() };
    connection.group = group;
    groups.set(group.name, group);
    group.members.add(connection);
    const most = group.kind === 'address' ? bounds.perAddress : bounds.perCaller;
    if (group.members.size > most) (endableIn(group, connection) ?? connection).socket.destroy();
    else if (byPeer.size > bounds.total) (endable(groups, connection) ?? connection).socket.destroy();
  }

  function leave(connection: Connection): void {
    const { name, members } = connection.group;
    if (members.delete(connection) && members.size === 0) groups.delete(name);
  }

  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    if (peer === undefined) return;
    const group = addressGroup(socket);
    const connection: Connection = { socket, group, requests: new Set() };
    byPeer.set(peer, connection);
    socket.once('close', () => {
      byPeer.delete(peer);
      leave(connection);
    });
    place(connection, group);
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = byPeer.get(peerOf(request.socket) ?? '');
    if (connection === undefined) return;
    connection.requests.add(request);
    response.once('close', () => {
      connection.requests.delete(request);
      if (request.complete) renew(connection);
    });
  });
  return {
    trust: (socket, caller) => {
      const connection = byPeer.get(peerOf(socket as Socket) ?? '');
      const name = `caller ${caller}`;
      if (connection !== undefined && connection.group.name !== name) place(connection, { name, kind: 'caller' });
    },
  };
}

function addressGroup(socket: Socket): Group {
  return { name: networkOf(socket.remoteAddress ?? ''), kind: 'address', members: new Set() };
}

/** It has just finished a request, so all others of its group are ended before. */
function renew(connection: Connection): void {
  const { members } = connection.group;
  if (members.delete(connection)) members.add(connection);
}

/** What a known caller sends is not cut off for more of the same caller. */
function isEndable({ socket, requests, group: { kind } }: Connection): boolean {
  if (socket.destroyed) return false;
  return requests.size === 0 || (kind === 'address' && [...requests].some(({ complete }) => !complete));
}

/** The one of the largest group that has one; groups of unknown callers come first. One pass over what is open, without sorting. */
function endable(groups: ReadonlyMap<string, Group>, newcomer: Connection): Connection | undefined {
  for (const kind of ['address', 'caller'] as const) {
    let largest = 0;
    let found: Connection | undefined;
    for (const group of groups.values()) {
      if (group.kind !== kind || group.members.size <= largest) continue;
      const one = endableIn(group, newcomer);
      if (one === undefined) continue;
      largest = group.members.size;
      found = one;
    }
    if (found !== undefined) return found;
  }
  return undefined;
}

function endableIn({ members }: Group, newcomer: Connection): Connection | undefined {
  return members.values().find((one) => one !== newcomer && isEndable(one));
}

/** Names a connection; that of TLS and the one below it have the same peer. Pipes have none. */
function peerOf({ remoteAddress, remotePort }: Socket): string | undefined {
  return remoteAddress === undefined || remotePort === undefined ? undefined : `${remoteAddress} ${remotePort}`;
}

/** IPv4, also where it is written as IPv6; the first four groups of IPv6, which one subscriber has. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !address.includes(':')) return `address ${mapped ?? address}`;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return `address ${[...before, ...zeros, ...after].slice(0, 4).join(':')}`;
}
