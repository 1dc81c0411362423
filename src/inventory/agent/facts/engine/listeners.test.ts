import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { makeCertificate } from '../../../../../test/make/registry.ts';
import { parseListeners } from './listeners.ts';
import { probeListener } from './probe-listener.ts';

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0947 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0000000000000000 100 0 0 10 0
   1: 00000000:0947 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12 1 0000000000000000 100 0 0 10 0
   2: 0500000A:0948 0600000A:1F90 01 00000000:00000000 00:00000000 00000000     0        0 13 1 0000000000000000 100 0 0 10 0
   3: 0500000A:0948 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 99 1 0000000000000000 100 0 0 10 0
   4: 00000000000000000000000000000000:0948 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 14 1 0000000000000000 100 0 0 10 0
   5: 00000000000000000000000001000000:0949 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 15 1 0000000000000000 100 0 0 10 0
   6: B80D0120000000000000000001000000:094A 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 16 1 0000000000000000 100 0 0 10 0
   7: 0000000000000000FFFF00000100007F:094B 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 17 1 0000000000000000 100 0 0 10 0
`;

test('listeners are those of the process, whatever their family', () => {
  const own = new Set(['11', '12', '13', '14', '15', '16', '17']);
  expect(parseListeners(table, own)).toEqual([
    { address: '127.0.0.1', port: 2375 },
    { address: '0.0.0.0', port: 2375 },
    { address: '::', port: 2376 },
    { address: '::1', port: 2377 },
    { address: '2001:db8::1', port: 2378 },
    { address: '::ffff:127.0.0.1', port: 2379 },
  ]);
});

describe('someone without a client certificate', () => {
  const ends: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  async function at(server: Server): Promise<{ readonly address: string; readonly port: number }> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
    return { address: '127.0.0.1', port: (server.address() as AddressInfo).port };
  }

  function certificate(): { readonly cert: string; readonly key: string } {
    const folder = mkdtempSync(join(tmpdir(), 'seawall-probe-'));
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    const { pem, key } = makeCertificate(folder);
    return { cert: pem, key };
  }

  test('is answered without TLS', async () => {
    expect(await probeListener(await at(createHttpServer((_, response) => response.end('OK'))))).toBe('plain');
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('is answered by %s', async (version) => {
    const { cert, key } = certificate();
    const options = { cert, key, minVersion: version, maxVersion: version };
    expect(await probeListener(await at(createServer(options, (_, response) => response.end('OK'))))).toBe('anyone');
  });

  // With TLS 1.3 the client's handshake is over before the server refuses.
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('is refused by %s', async (version) => {
    const { cert, key } = certificate();
    const options = { cert, key, ca: cert, requestCert: true, minVersion: version, maxVersion: version };
    expect(await probeListener(await at(createServer(options, (_, response) => response.end('OK'))))).toBe('refused');
  });

  test('learns nothing of a server that hangs up', async () => {
    expect(await probeListener(await at(createTcpServer((socket) => socket.destroy())))).toBeUndefined();
    expect(await probeListener({ address: '127.0.0.1', port: 1 })).toBeUndefined();
  });
});
