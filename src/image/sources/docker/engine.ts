import type { IncomingMessage } from 'node:http';
import { AppError, messageOf, parseJsonWithin } from '#base/index.ts';

/** An image as the engine lists it. */
export interface DockerImage {
  /** The engine's id: config digest, or manifest digest with the containerd store. */
  readonly id: string;
  /** `repository:tag`; empty for an image without name. */
  readonly names: readonly string[];
  /** `repository@digest`, under which registries know it by the engine's word; they prove nothing. */
  readonly repoDigests: readonly string[];
}

/** What the engine says of one image; only its content proves any of it. */
export interface InspectedImage extends DockerImage {
  readonly diffIds: readonly string[];
}

/** Images of the engine behind this socket. Throws `docker-unavailable`. */
export async function listDockerImages(socket: string): Promise<readonly DockerImage[]> {
  const reply = await getJson(socket, '/images/json');
  return (Array.isArray(reply) ? reply : []).map(imageOf);
}

function imageOf(reply: unknown): DockerImage {
  const named = (field: string) => textsOf(fieldOf(reply, field)).filter((name) => !name.startsWith('<none>'));
  return { id: textOf(reply, 'Id'), names: named('RepoTags'), repoDigests: named('RepoDigests') };
}

/** How an engine keeps its images. */
export interface DockerEngine {
  /** `26.1.5`. */
  readonly version: string;
  /** Docker's own store names an image by its config's digest, containerd's by that of its manifest or index. */
  readonly store: 'docker' | 'containerd';
  /** Storage driver or snapshotter: `overlay2`, `vfs`, `overlayfs`. */
  readonly driver: string;
  /** Folder of all that it keeps, as a path on the engine's machine. */
  readonly root: string;
  /** Authorization plugins that it asks, in their order. */
  readonly authorization: readonly string[];
  /** Whether containers go on while it is restarted; missing: it does not say. */
  readonly liveRestore?: boolean;
}

/** What the engine behind this socket says of itself. Throws `docker-unavailable`. */
export async function describeEngine(socket: string): Promise<DockerEngine> {
  const reply = await getJson(socket, '/info');
  const status = fieldOf(reply, 'DriverStatus');
  const liveRestore = fieldOf(reply, 'LiveRestoreEnabled');
  const isSnapshotter = Array.isArray(status) && status.some((line) => textsOf(line)[1] === snapshotterType);
  return {
    version: textOf(reply, 'ServerVersion'),
    store: isSnapshotter ? 'containerd' : 'docker',
    driver: textOf(reply, 'Driver'),
    root: textOf(reply, 'DockerRootDir'),
    authorization: textsOf(fieldOf(fieldOf(reply, 'Plugins'), 'Authorization')),
    ...(typeof liveRestore === 'boolean' && { liveRestore }),
  };
}

/** `driver-type` of an engine with the containerd image store. */
const snapshotterType = 'io.containerd.snapshotter.v1';

/** Which build an engine is. */
export interface EngineBuild {
  /** `26.1.5`. */
  readonly version: string;
  /** What its maker calls it: `Docker Engine - Community`. Distributions leave it empty. */
  readonly platform: string;
}

/** The build of the engine behind this socket. Throws `docker-unavailable`. */
export async function engineBuild(socket: string): Promise<EngineBuild> {
  const reply = await getJson(socket, '/version');
  return { version: textOf(reply, 'Version'), platform: textOf(fieldOf(reply, 'Platform'), 'Name') };
}

/** `undefined` where the engine has no such image. Throws `docker-unavailable`. */
export async function inspectImage(socket: string, name: string): Promise<InspectedImage | undefined> {
  const reply = await getJson(socket, `/images/${encodeName(name)}/json`);
  if (reply === undefined) return undefined;
  return { ...imageOf(reply), diffIds: textsOf(fieldOf(fieldOf(reply, 'RootFS'), 'Layers')) };
}

/** The image as `docker save` writes it. Throws `docker-unavailable`, `target-not-found`. */
export async function saveImage(socket: string, name: string): Promise<AsyncIterable<Uint8Array>> {
  const response = await get(socket, `/images/${encodeName(name)}/get`);
  if (response.statusCode === 200) return response;
  const message = (await bodyOf(response)).slice(0, 500);
  throw new AppError(response.statusCode === 404 ? 'target-not-found' : 'docker-unavailable', `Docker: ${message}`);
}

async function getJson(socket: string, path: string): Promise<unknown> {
  const response = await get(socket, path);
  const body = await bodyOf(response);
  if (response.statusCode === 404 || response.statusCode === 400) return undefined;
  if (response.statusCode !== 200) {
    throw new AppError('docker-unavailable', `The Docker engine at ${socket} answered ${response.statusCode}.`);
  }
  const read = parseJsonWithin(body, replyLimits);
  if (read.kind === 'read') return read.value;
  throw new AppError('docker-unavailable', `The reply of the Docker engine at ${socket} is not read: ${read.why}.`);
}

/** Loads HTTP only now: it costs 20 ms, and most scans ask no engine. */
async function get(socket: string, path: string): Promise<IncomingMessage> {
  const { request } = await import('node:http');
  return await new Promise((resolve, reject) => {
    const sent = request({ socketPath: socket, path, headers: { host: 'docker' } }, resolve);
    sent.on('error', (cause) => reject(unavailable(socket, cause)));
    sent.end();
  });
}

function unavailable(socket: string, cause: Error): AppError {
  const reason = {
    ENOENT: 'there is no such socket',
    EACCES: 'this user may not open it',
    ECONNREFUSED: 'nothing listens there',
  }[(cause as NodeJS.ErrnoException).code ?? ''];
  const message = `The Docker engine at ${socket} does not answer: ${reason ?? messageOf(cause)}.`;
  return new AppError('docker-unavailable', message, { cause });
}

/** Largest reply that is not an image: the list of a host with tens of thousands of images. */
const longestReply = 64 * 1024 * 1024;
/** Labels of images are in it, which anybody may have written. */
const replyLimits = { bytes: longestReply, tokens: 4_000_000, depth: 100 };

async function bodyOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response) {
    length += part.length;
    if (length > longestReply) throw new AppError('docker-unavailable', 'The Docker engine sent too long a reply.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Names go into the path with their slashes. */
function encodeName(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/');
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function textOf(value: unknown, key: string): string {
  const field = fieldOf(value, key);
  return typeof field === 'string' ? field : '';
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
