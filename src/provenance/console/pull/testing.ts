import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OciImage } from '../../../../test/make/image.ts';

/** What is answered instead of a blob or manifest, by its digest. */
export type Answers = Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>>;

interface Served {
  /** `127.0.0.1:PORT` of a server before; missing: a new port. */
  readonly host?: string;
  readonly answers: Answers;
}

/** A registry of one image, which may lie about parts of it. */
export function imageServer(): {
  serve(image: OciImage, served: Served): Promise<string>;
  close(): void;
} {
  const servers: { close(): void; closeAllConnections(): void }[] = [];
  return { serve, close };

  function close(): void {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  }

  /** Serves an image, with other answers for some of its blobs; at the same place as before where a host is named. */
  async function serve(image: OciImage, { host, answers }: Served): Promise<string> {
    close();
    const server = createServer((request, response) => {
      const last = (request.url ?? '').split('/').at(-1) ?? '';
      const digest = last.startsWith('sha256:') ? last : image.descriptor.digest;
      if (last === '') return void response.end();
      const own = answers[digest];
      if (own !== undefined) return own(request, response);
      const bytes = image.blobs.get(digest);
      return void (bytes === undefined ? response.writeHead(404).end() : response.end(bytes));
    });
    servers.push(server);
    server.listen(host === undefined ? 0 : Number(host.split(':')[1]), '127.0.0.1');
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
}

export function pour(response: ServerResponse): void {
  response.on('error', () => undefined);
  const more = (): void => {
    if (!response.destroyed) response.write(Buffer.alloc(65_536), () => setImmediate(more));
  };
  more();
}

export function hangUp(response: ServerResponse, image: OciImage): void {
  response.writeHead(200, { 'content-length': String(sizeOf(image)) });
  response.write(cut(image), () => response.destroy());
}

export function lowest(image: OciImage): string {
  return image.diffIds[0] ?? '';
}

export function cut(image: OciImage): Uint8Array {
  return (image.blobs.get(lowest(image)) ?? new Uint8Array()).subarray(0, 1000);
}

export function sizeOf(image: OciImage): number {
  return image.blobs.get(lowest(image))?.length ?? 0;
}
