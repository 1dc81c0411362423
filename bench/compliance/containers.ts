import { request } from 'node:http';
import type { TestEngine } from '../../test/make/docker.ts';
import { programsImage } from '../../test/native/programs.ts';

/** Containers that are started side by side. */
const together = 6;
/** Ways in which they differ from each other. */
const configurations = 40;
const image = 'programs:1';

/** Starts so many containers that sleep, in 40 configurations, without a network and a log. Answers their ids. */
export async function startContainers(engine: TestEngine, count: number): Promise<readonly string[]> {
  await engine.load(programsImage(image).bytes);
  const ids: string[] = [];
  let next = 0;
  const startSome = async (): Promise<void> => {
    while (next < count) {
      const at = next++;
      const { Id } = JSON.parse(await post(engine, `/containers/create?name=sleeper-${at}`, containerAt(at)));
      await post(engine, `/containers/${Id}/start`);
      ids.push(Id);
    }
  };
  await Promise.all(Array.from({ length: together }, startSome));
  return ids;
}

/** Gives all of them other limits, still in 40 configurations. */
export async function changeContainers(engine: TestEngine, ids: readonly string[], round: number): Promise<void> {
  for (const [at, id] of ids.entries())
    await post(engine, `/containers/${id}/update`, { PidsLimit: 100 * round + (at % configurations) });
}

/** Ends them at once, where the engine would end them one by one. */
export async function endContainers(engine: TestEngine, ids: readonly string[]): Promise<void> {
  const left = [...ids];
  const endSome = async (): Promise<void> => {
    for (let id = left.pop(); id !== undefined; id = left.pop())
      await ask(engine, { method: 'DELETE', path: `/containers/${id}?force=1` });
  };
  await Promise.all(Array.from({ length: together }, endSome));
}

function containerAt(at: number): unknown {
  const way = at % configurations;
  return {
    Image: image,
    Cmd: ['/bin/sleep', '99999'],
    Env: [`WAY=${way}`],
    HostConfig: {
      NetworkMode: 'none',
      LogConfig: { Type: 'none' },
      ReadonlyRootfs: way % 2 === 0,
      PidsLimit: 50 + way,
      ...(way % 3 === 0 && { CapDrop: ['ALL'] }),
      ...(way % 5 === 0 && { Binds: ['/srv:/srv:ro'] }),
    },
  };
}

async function post(engine: TestEngine, path: string, body?: unknown): Promise<string> {
  return await ask(engine, { method: 'POST', path, body });
}

interface Question {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

function ask({ socket }: TestEngine, { method, path, body }: Question): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request({ socketPath: socket, method, path, headers }, async (response) => {
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part);
      const text = Buffer.concat(parts).toString();
      if ((response.statusCode ?? 500) < 400) resolve(text);
      else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
