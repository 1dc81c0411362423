import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { AppError, messageOf } from '#base/index.ts';
import { authorize } from './authorize.ts';
import type { AuthorizationPorts } from './ports.ts';

/** Where the engine finds the plugin: a path below `/run/docker/plugins`, or a socket that systemd opened. */
export type AuthorizationSocket =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'inherited'; readonly fd: number };

export interface AuthorizationPlugin {
  close(): Promise<void>;
}

/** A request of 4 MiB as base64, and what is around it. */
const longestQuestion = 8 * 1024 * 1024;

const mediaType = 'application/vnd.docker.plugins.v1.2+json';

/** The first socket that systemd hands over is descriptor 3, to the process that it names. */
export function inheritedSocket(env: Readonly<Record<string, string | undefined>>, pid: number): number | undefined {
  return env['LISTEN_PID'] === String(pid) && Number(env['LISTEN_FDS'] ?? '0') >= 1 ? 3 : undefined;
}

/** Serves the engine's authorization plugin. Throws `AppError` `state-unwritable`. */
export async function serveAuthorization(
  socket: AuthorizationSocket,
  ports: AuthorizationPorts,
): Promise<AuthorizationPlugin> {
  const server = createServer((request, response) => {
    respond(request, response, ports).catch((error: unknown) => {
      ports.log.error({ error: messageOf(error) }, 'A question of the engine could not be answered.');
      send(response, { Allow: false, Msg: 'Seawall could not answer. The agent’s log says why.' });
    });
  });
  // The engine keeps its connections; what it asks waits for holds of a start.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(cannotListen(socket, cause)));
    server.once('listening', () => resolve());
    if (socket.kind === 'inherited') server.listen({ fd: socket.fd });
    else listenAt(socket.path);
  });
  if (socket.kind === 'path') chmodSync(socket.path, 0o600);
  return {
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };

  function listenAt(path: string): void {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    rmSync(path, { force: true });
    server.listen(path);
  }
}

function cannotListen(socket: AuthorizationSocket, cause: unknown): AppError {
  const place = socket.kind === 'path' ? socket.path : 'the socket of its unit';
  return new AppError('state-unwritable', `The authorization plugin cannot listen at ${place}: ${messageOf(cause)}.`, {
    cause,
  });
}

async function respond(request: IncomingMessage, response: ServerResponse, ports: AuthorizationPorts): Promise<void> {
  switch (request.url) {
    case '/Plugin.Activate':
      request.resume();
      return send(response, { Implements: ['authz'] });
    case '/AuthZPlugin.AuthZReq':
      return send(response, await saidToWork(response, authorize(parse(await bodyOf(request)), ports)));
    case '/AuthZPlugin.AuthZRes':
      // What was done cannot be undone here.
      request.resume();
      return send(response, { Allow: true });
    default:
      request.resume();
      response.writeHead(404).end();
  }
}

/** Milliseconds between two signs: `seawall-authz` gives up an agent of which nothing comes for two seconds. */
const sign = 700;

/** Says again and again that it is at work on the answer: a start may be held, and an agent that stands still says nothing. */
async function saidToWork<Answer>(response: ServerResponse, answer: Promise<Answer>): Promise<Answer> {
  const timer = setInterval(() => response.writeProcessing(), sign);
  return await answer.finally(() => clearInterval(timer));
}

function send(response: ServerResponse, answer: object): void {
  const bytes = Buffer.from(JSON.stringify(answer));
  response.writeHead(200, { 'content-type': mediaType, 'content-length': bytes.length }).end(bytes);
}

/** `undefined` when it is too long, which no engine sends. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length <= longestQuestion) parts.push(part);
  }
  return length > longestQuestion ? undefined : Buffer.concat(parts).toString('utf8');
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
