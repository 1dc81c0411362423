import type { Socket } from 'node:net';

/** The lines that come over a socket, one at a time. Throws when one is longer than so many bytes. */
export async function* lines(socket: Socket, longest: number): AsyncGenerator<string, void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of socket) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield rest.toString('utf8', 0, end);
      rest = rest.subarray(end + 1);
    }
    if (rest.length > longest) throw new Error(`a line is longer than ${longest} bytes`);
  }
}
