import { setTimeout as wait } from 'node:timers/promises';
import { bucketSeconds } from './world.ts';

/** A server of the run, in a container on the network of its host. */
export interface Server {
  readonly id: string;
  readonly port: number;
}

/** Visitors of servers, who come all the time. */
export class Visits {
  readonly #ending = new AbortController();
  readonly #servers: { readonly server: Server; readonly path: string }[] = [];

  add(server: Server, path = '/'): void {
    this.#servers.push({ server, path });
    void this.#visit(server, path);
  }

  first(path: string): Server {
    const found = this.#servers.find((one) => one.path === path);
    if (found === undefined) throw new Error(`Nobody serves ${path}.`);
    return found.server;
  }

  end(): void {
    this.#ending.abort();
  }

  async #visit({ port }: Server, path: string): Promise<void> {
    const { signal } = this.#ending;
    const pages = path === '/' ? [path] : [path, `${path}?run=${encodeURIComponent('/usr/local/bin/tide')}`];
    while (!signal.aborted) {
      for (const page of pages)
        await fetch(`http://127.0.0.1:${port}${page}`, {
          signal: AbortSignal.any([signal, AbortSignal.timeout(20_000)]),
        })
          .then((reply) => reply.text())
          .catch(() => undefined);
      await wait(bucketSeconds * 500, undefined, { signal }).catch(() => undefined);
    }
  }
}
