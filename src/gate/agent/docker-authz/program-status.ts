import { request } from 'node:http';
import { z } from 'zod';
import type { Immutable } from '#base/index.ts';

/** What `seawall-authz`, which answers the engine, says of itself (`native/authorization/answer.c`). */
const ProgramStatus = z.object({
  program: z.literal('seawall-authz'),
  version: z.string(),
  pid: z.int(),
  /** Unix time, ms. */
  since: z.number(),
  instance: z.string(),
  /** Where it asks the agent. */
  socket: z.string(),
  /** `path`: it opened its socket itself. */
  listens: z.enum(['systemd', 'path']),
  /** What it just got of the agent. */
  agent: z.enum(['answers', 'late', 'away', 'unclear']),
  milliseconds: z.number(),
  /** Requests since then: answered by itself, by the agent, and those that nobody judged. */
  answered: z.int(),
  asked: z.int(),
  refused: z.int(),
  allowed: z.int(),
  /** Unix time, ms; 0: there was none. */
  lastUnjudged: z.number(),
});
export type ProgramStatus = Immutable<z.infer<typeof ProgramStatus>>;

/**
 * What listens at the plugin's socket: the program, as it tells now; `refused`: a socket that nobody serves any more;
 * `other`: something else, such as an agent that serves the engine itself, or one that does not answer.
 */
export type PluginServer = ProgramStatus | 'nothing' | 'refused' | 'other';

/** Milliseconds: the program itself waits two seconds for the agent. */
const patience = 4000;

export async function pluginServer(socketPath: string): Promise<PluginServer> {
  const { promise, resolve } = Promise.withResolvers<PluginServer>();
  const options = { socketPath, path: '/Seawall.Status', method: 'POST', agent: false, timeout: patience } as const;
  const sent = request(options, async (response) => {
    const parts: Buffer[] = [];
    try {
      for await (const part of response as AsyncIterable<Buffer>) parts.push(part);
      resolve(ProgramStatus.parse(JSON.parse(Buffer.concat(parts).toString())));
    } catch {
      resolve('other');
    }
  });
  sent.on('timeout', () => sent.destroy());
  sent.on('error', ({ code }: NodeJS.ErrnoException) =>
    resolve(code === 'ENOENT' ? 'nothing' : code === 'ECONNREFUSED' ? 'refused' : 'other'),
  );
  sent.end();
  return await promise;
}
