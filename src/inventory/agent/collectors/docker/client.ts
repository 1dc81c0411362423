import { Agent, type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import type { z } from 'zod';
import { AppError, messageOf } from '#base/index.ts';
import {
  ContainerList,
  EngineEvent,
  EngineInfo,
  EngineVersion,
  ImageList,
  InspectedContainer,
  type ListedContainer,
  ListedImage,
} from './schema.ts';

/** An event with its moment in nanoseconds, which JSON numbers cannot hold. */
export interface TimedEvent extends EngineEvent {
  readonly nanoseconds: bigint;
}

/** The engine behind a socket, as far as a collector asks it. Every call throws `docker-unavailable`. */
export interface EngineClient {
  version(): Promise<string>;
  info(): Promise<EngineInfo>;
  listImages(): Promise<readonly ListedImage[]>;
  /** `undefined` where the engine has none of that id. */
  inspectImage(id: string): Promise<ListedImage | undefined>;
  listContainers(): Promise<readonly ListedContainer[]>;
  inspectContainer(id: string): Promise<InspectedContainer | undefined>;
  /** Ends all processes of a container; one that has ended is left as it is. */
  killContainer(id: string): Promise<void>;
  /** Has a container end, and ends it after ten seconds. `ended`: it did not run, or is gone. */
  stopContainer(id: string): Promise<'stopped' | 'ended'>;
  /** Starts a container; one that runs, or is gone, is left as it is. */
  startContainer(id: string): Promise<void>;
  /** Events after a moment, then those that come. Resolves when the engine listens; the stream ends with the engine. */
  events(after: bigint | undefined, signal: AbortSignal): Promise<AsyncIterable<TimedEvent>>;
  close(): void;
}

/** Longest reply that is read: the list of a host with tens of thousands of containers. */
const longestReply = 64 * 1024 * 1024;

/** Milliseconds. Asking after a container whose start is held lasts as long as the hold. */
const patience = 60_000;
/** Milliseconds for an act: a start is held until its image is known. */
const longestAct = 180_000;

/** What changes a container, an image, a network, a service or the engine itself; what only looks (`exec_start`, `top`) is not asked for. */
const eventFilters = {
  type: ['container', 'image', 'network', 'daemon', 'service', 'plugin'],
  event:
    'create start restart stop kill die oom pause unpause rename update destroy connect disconnect pull load import tag untag delete prune commit reload remove enable disable'.split(
      ' ',
    ),
};

export function createEngineClient(socket: string): EngineClient {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 4 });
  const get = <S extends z.ZodType>(path: string, schema: S) => getJson({ socket, agent, path }, schema);
  const need = async <S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> => {
    const reply = await get(path, schema);
    if (reply === undefined) throw unavailable(socket, new Error(`it does not know ${path}`));
    return reply;
  };
  return {
    version: async () => (await need('/version', EngineVersion)).Version,
    info: () => need('/info', EngineInfo),
    listImages: () => need('/images/json', ImageList),
    inspectImage: (id) => get(`/images/${encodeURIComponent(id)}/json`, ListedImage),
    listContainers: () => need('/containers/json?all=1', ContainerList),
    inspectContainer: (id) => get(`/containers/${encodeURIComponent(id)}/json`, InspectedContainer),
    // 404: it is gone, 409: it does not run.
    async killContainer(id) {
      await act({ socket, agent, path: `/containers/${encodeURIComponent(id)}/kill` }, [204, 404, 409]);
    },
    // 304: it does not run, 404: it is gone.
    async stopContainer(id) {
      const path = `/containers/${encodeURIComponent(id)}/stop?t=10`;
      return (await act({ socket, agent, path }, [204, 304, 404])) === 204 ? 'stopped' : 'ended';
    },
    // 304: it runs already. An admission rule may hold a start; the call waits as long.
    async startContainer(id) {
      await act({ socket, agent, path: `/containers/${encodeURIComponent(id)}/start` }, [204, 304, 404]);
    },
    async events(after, signal) {
      const query = new URLSearchParams({ filters: JSON.stringify(eventFilters) });
      if (after !== undefined) query.set('since', secondsOf(after + 1n));
      const response = await send({ socket, path: `/events?${query}`, signal });
      if (response.statusCode !== 200) throw unavailable(socket, new Error(`events: ${response.statusCode}`));
      return eventsOf(response);
    },
    close: () => agent.destroy(),
  };
}

/** Bounds of one question. */
export interface QuestionLimits {
  readonly bytes: number;
  readonly milliseconds: number;
}

/** What an engine answers to a question, whatever its status. Throws `docker-unavailable`. */
export async function askOnce(
  socket: string,
  path: string,
  { bytes, milliseconds }: QuestionLimits,
): Promise<{ readonly status: number; readonly body: string }> {
  const response = await send({ socket, path, signal: AbortSignal.timeout(milliseconds) });
  return { status: response.statusCode ?? 0, body: await bodyOf(response, socket, bytes) };
}

/** `SECONDS.NANOSECONDS`, as the engine takes moments. */
function secondsOf(nanoseconds: bigint): string {
  const billion = 1_000_000_000n;
  return `${nanoseconds / billion}.${String(nanoseconds % billion).padStart(9, '0')}`;
}

async function* eventsOf(response: IncomingMessage): AsyncIterable<TimedEvent> {
  for await (const line of createInterface({ input: response, crlfDelay: Infinity })) {
    const event = EngineEvent.safeParse(parse(line));
    if (!event.success) continue;
    const exact = /"timeNano":(\d{1,20})/.exec(line)?.[1];
    yield { ...event.data, nanoseconds: BigInt(exact ?? Math.trunc(event.data.time) * 1_000_000_000) };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Question {
  readonly socket: string;
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  readonly agent?: Agent;
  readonly signal?: AbortSignal;
}

async function getJson<S extends z.ZodType>(question: Question, schema: S): Promise<z.output<S> | undefined> {
  const response = await send({ ...question, signal: AbortSignal.timeout(patience) });
  const body = await bodyOf(response, question.socket);
  if (response.statusCode === 404) return undefined;
  if (response.statusCode !== 200) throw unavailable(question.socket, new Error(`it answered ${response.statusCode}`));
  const checked = schema.safeParse(parse(body));
  if (!checked.success)
    throw unavailable(question.socket, new Error(`its answer to ${question.path} has no known form`));
  return checked.data;
}

async function act(question: Omit<Question, 'method'>, done: readonly number[]): Promise<number> {
  const { socket } = question;
  const response = await send({ ...question, method: 'POST', signal: AbortSignal.timeout(longestAct) });
  const words = await bodyOf(response, socket);
  const { statusCode = 0 } = response;
  if (done.includes(statusCode)) return statusCode;
  throw unavailable(socket, new Error(`it answered ${statusCode}: ${words.slice(0, 500)}`));
}

function send({ socket, path, method = 'GET', agent, signal }: Question): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        socketPath: socket,
        path,
        method,
        headers: { host: 'docker' },
        agent: agent ?? false,
        ...(signal && { signal }),
      },
      resolve,
    );
    sent.on('error', (cause) => reject(unavailable(socket, cause)));
    sent.end();
  });
}

async function bodyOf(response: IncomingMessage, socket: string, longest = longestReply): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of response) {
      length += part.length;
      if (length > longest) throw new Error('its reply is too long');
      parts.push(part);
    }
  } catch (cause) {
    throw unavailable(socket, cause);
  }
  return Buffer.concat(parts).toString('utf8');
}

function unavailable(socket: string, cause: unknown): AppError {
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such socket',
    EACCES: 'this user may not open it',
    ECONNREFUSED: 'nothing listens there',
  };
  const reason = known[(cause as NodeJS.ErrnoException).code ?? ''] ?? messageOf(cause);
  return new AppError('docker-unavailable', `The Docker engine at ${socket} does not answer: ${reason}.`, { cause });
}
