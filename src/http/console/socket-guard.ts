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
  /** The address, or the caller once known. */
  group: string;
  requests: number;
}

/**
 * Keeps room for others on a port. When a group, an address or a caller, has more than its share, the oldest of its
 * connections without a request is ended; when there are too many in all, the largest group gives one up.
 */
export function guardSockets(server: Server | HttpsServer, bounds: SocketBounds): SocketGuard {
  const byPeer = new Map<string, Connection>();
  const groups = new Map<string, Set<Connection>>();
  server.maxRequestsPerSocket = limits.requestsOfSocket.value;

  function place(connection: Connection, group: string, most: number): void {
    leave(connection);
    connection.group = group;
    const members = groups.get(group) ?? new Set();
    groups.set(group, members.add(connection));
    if (members.size > most) end(members, connection);
    else if (byPeer.size > bounds.total) end(largest(groups), connection);
  }

  function leave(connection: Connection): void {
    const members = groups.get(connection.group);
    members?.delete(connection);
    if (members?.size === 0) groups.delete(connection.group);
  }

  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    if (peer === undefined) return;
    const connection: Connection = { socket, group: '', requests: 0 };
    byPeer.set(peer, connection);
    socket.once('close', () => {
      byPeer.delete(peer);
      leave(connection);
    });
    place(connection, networkOf(socket.remoteAddress ?? ''), bounds.perAddress);
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = byPeer.get(peerOf(socket) ?? '');
    if (connection === undefined) return;
    connection.requests++;
    response.once('close', () => connection.requests--);
  });
  return {
    trust: (socket, caller) => {
      const connection = byPeer.get(peerOf(socket as Socket) ?? '');
      if (connection !== undefined && connection.group !== caller) place(connection, caller, bounds.perCaller);
    },
  };
}

/** The oldest without a request; where all have one, the newcomer. */
function end(members: ReadonlySet<Connection>, newcomer: Connection): void {
  const idle = members.values().find((one) => one !== newcomer && one.requests === 0 && !one.socket.destroyed);
  (idle ?? newcomer).socket.destroy();
}

function largest(groups: ReadonlyMap<string, ReadonlySet<Connection>>): ReadonlySet<Connection> {
  return [...groups.values()].reduce((most, one) => (one.size > most.size ? one : most));
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
