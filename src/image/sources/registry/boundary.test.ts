import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { anonymousAccess, type RegistryAccess } from './access.ts';
import { type AddressPlace, placeOfAddress, placeOfHost } from './address.ts';
import { boundaryOf, type Resolve } from './boundary.ts';
import { openRegistry } from './client.ts';

describe('the place of an address', () => {
  test.each<[string, AddressPlace]>([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.255', 'loopback'],
    ['126.255.255.255', 'elsewhere'],
    ['128.0.0.0', 'elsewhere'],
    ['0.0.0.0', 'loopback'],
    ['0.255.255.255', 'loopback'],
    ['1.0.0.0', 'elsewhere'],
    ['169.254.0.0', 'link-local'],
    ['169.254.169.254', 'link-local'],
    ['169.254.255.255', 'link-local'],
    ['169.253.255.255', 'elsewhere'],
    ['169.255.0.0', 'elsewhere'],
    ['10.0.0.1', 'elsewhere'],
    ['192.168.1.1', 'elsewhere'],
    ['8.8.8.8', 'elsewhere'],
    ['::1', 'loopback'],
    ['::', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
    ['::2', 'elsewhere'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['::ffff:0.0.0.0', 'loopback'],
    ['::ffff:169.254.169.254', 'link-local'],
    ['::ffff:8.8.8.8', 'elsewhere'],
    ['::127.0.0.1', 'loopback'],
    ['::169.254.169.254', 'link-local'],
    ['64:ff9b::127.0.0.1', 'loopback'],
    ['64:ff9b::0.0.0.0', 'loopback'],
    ['64:ff9b::169.254.169.254', 'link-local'],
    ['64:ff9b::8.8.8.8', 'elsewhere'],
    ['2002:7f00:1::', 'loopback'],
    ['2002:a9fe:a9fe::', 'link-local'],
    ['2002:808:808::', 'elsewhere'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['febf::1', 'link-local'],
    ['fec0::1', 'elsewhere'],
    ['fe7f::1', 'elsewhere'],
    ['fd00:ec2::254', 'link-local'],
    ['fd00::1', 'elsewhere'],
    ['2001:db8::1', 'elsewhere'],
  ])('%s is %s', (address, place) => {
    expect(placeOfAddress(address)).toBe(place);
  });
});

describe('the place of a host', () => {
  test.each<[string, ReturnType<typeof placeOfHost>]>([
    ['registry.example', 'name'],
    ['registry.example:5000', 'name'],
    ['localhost:5000', 'name'],
    ['169.254.example', 'name'],
    ['127.0.0.1:5000', 'loopback'],
    ['[::1]:5000', 'loopback'],
    ['10.0.0.1', 'elsewhere'],
    ['169.253.0.1:5000', 'elsewhere'],
    ['169.254.169.254', 'link-local'],
    ['169.254.169.254:5000', 'link-local'],
    ['169.254.169.254.', 'link-local'],
    ['169.254.43518', 'link-local'],
    ['169.16689662:80', 'link-local'],
    ['2852039166:80', 'link-local'],
    ['0xa9fea9fe:80', 'link-local'],
    ['0xA9.0xFE.0xA9.0xFE', 'link-local'],
    ['0251.0376.0251.0376', 'link-local'],
    ['0251.254.0xa9fe', 'link-local'],
    ['[fe80::1]', 'link-local'],
    ['[FE80:0:0:0:0:0:0:1]:5000', 'link-local'],
    ['[::ffff:169.254.169.254]', 'link-local'],
    ['[::ffff:a9fe:a9fe]:443', 'link-local'],
    ['[::169.254.169.254]', 'link-local'],
    ['[64:ff9b::169.254.169.254]', 'link-local'],
    ['[fd00:ec2::254]', 'link-local'],
    ['１６９.254.169.254', 'link-local'],
    ['[fe80::1%25eth0]', 'nowhere'],
    ['169.254.169.256', 'nowhere'],
    ['registry.example/team', 'nowhere'],
    ['169.254.169.254@registry.example', 'nowhere'],
    ['', 'nowhere'],
  ])('%s is %s', (host, place) => {
    expect(placeOfHost(host)).toBe(place);
  });
});

const names: Readonly<Record<string, readonly string[]>> = {
  'registry.example': ['203.0.113.7'],
  'here.example': ['127.0.0.1'],
  localhost: ['127.0.0.1', '::1'],
  'both.example': ['203.0.113.8', '127.0.0.1'],
  'cloud.example': ['169.254.169.254'],
  'tokens.example': ['203.0.113.9'],
};
const resolve: Resolve = async (name) =>
  (names[name] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

describe('the boundary', () => {
  const asked = (home: string, ...urls: readonly string[]) => {
    const boundary = boundaryOf(home, resolve);
    return [home, ...urls].reduce<Promise<unknown>>(
      (before, url) => before.then(() => boundary.admit(new URL(url.includes('://') ? url : `https://${url}/v2/`))),
      Promise.resolve(),
    );
  };

  test.each([
    'https://127.0.0.1/token',
    'https://127.9.9.9:8443/token',
    'http://2130706433/token',
    'http://0x7f.1/token',
    'https://localhost/token',
    'https://LOCALHOST./token',
    'https://[::1]:8084/token',
    'https://[::]/token',
    'https://0.0.0.0/token',
    'https://[::ffff:127.0.0.1]/token',
    'https://here.example/token',
    'https://both.example/token',
  ])('of a registry elsewhere lets nobody lead to %s', async (url) => {
    await expect(asked('registry.example', url)).rejects.toMatchObject({
      code: 'registry-refused',
      message: expect.stringContaining('is this machine, and the registry registry.example is not on it'),
    });
    await expect(asked('localhost:5000', url)).resolves.toBeDefined();
    await expect(asked('127.0.0.1:5000', url)).resolves.toBeDefined();
    await expect(asked('here.example', url)).resolves.toBeDefined();
  });

  test.each(['https://169.254.169.254/latest', 'https://[fe80::1]/', 'https://cloud.example/latest'])(
    'of any registry lets nobody lead to %s',
    async (url) => {
      for (const home of ['registry.example', '127.0.0.1:5000'])
        await expect(asked(home, url)).rejects.toMatchObject({ message: expect.stringContaining('link-local') });
    },
  );

  test('of a registry that is link-local itself lets nothing through', async () => {
    await expect(asked('cloud.example')).rejects.toMatchObject({ code: 'registry-refused' });
  });

  test('lets others through, and before the registry itself was found nobody to this machine', async () => {
    await expect(asked('registry.example', 'https://tokens.example/token')).resolves.toBeDefined();
    await expect(boundaryOf('here.example', resolve).admit(new URL('https://127.0.0.1/'))).rejects.toMatchObject({
      code: 'registry-refused',
    });
  });

  test('keeps a registry where it was found first, and connects to what was looked over', async () => {
    let answers = ['203.0.113.7'];
    const boundary = boundaryOf('rebinding.example', async () => answers.map((address) => ({ address, family: 4 })));
    const lookup = await boundary.admit(new URL('https://rebinding.example/v2/'));
    answers = ['127.0.0.1'];
    const found = await new Promise((settle) => lookup('rebinding.example', { all: true }, (_, all) => settle(all)));
    expect(found).toEqual([{ address: '203.0.113.7', family: 4 }]);
    const one = await new Promise((settle) => lookup('rebinding.example', {}, (_, address) => settle(address)));
    expect(one).toBe('203.0.113.7');
    await expect(boundary.admit(new URL('https://rebinding.example/v2/'))).rejects.toMatchObject({
      code: 'registry-refused',
    });
  });
});

describe('a registry elsewhere', () => {
  const servers: ReturnType<typeof createServer>[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  /** A server on loopback; `heard` are the paths that it was asked for. */
  async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
    const heard: string[] = [];
    const server = createServer((request, response) => {
      heard.push(request.url ?? '');
      answer(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    return { heard, port: (server.address() as AddressInfo).port };
  }

  /** What this test cannot have is a registry elsewhere: the one here is taken for one by what its name resolves to first. */
  const elsewhere = (): RegistryAccess => {
    let isFirst = true;
    return {
      ...anonymousAccess,
      resolve: async (name) => {
        if (name !== 'registry.example') return await resolve(name);
        const address = isFirst ? '203.0.113.7' : '127.0.0.1';
        isFirst = false;
        return [{ address, family: 4 }];
      },
    };
  };

  test('that comes to lie on this machine is not asked', async () => {
    const here = await serve((_, response) => response.end('{}'));
    const access = { ...elsewhere(), patience: { idle: 300, document: 300, layer: 300 } };
    const registry = openRegistry({ domain: `registry.example:${here.port}`, path: 'app' }, access);
    await registry.ask('manifests/latest', { whole: 300 }).catch(() => undefined);
    await expect(registry.ask('manifests/latest', { whole: 300 })).rejects.toMatchObject({ code: 'registry-refused' });
    expect(here.heard).toEqual([]);
    registry.close();
  });

  test('is asked at the address that was looked over, which nobody looks up again', async () => {
    const here = await serve((_, response) => response.end('{}'));
    const domain = `here.example:${here.port}`;
    const registry = openRegistry({ domain, path: 'app' }, { ...anonymousAccess, insecure: [domain], resolve });
    expect((await registry.ask('manifests/latest', { whole: 5000 })).statusCode).toBe(200);
    expect(here.heard).toContain('/v2/app/manifests/latest');
    registry.close();
  });

  test.each([
    [
      'a token server',
      (port: number) => ({
        status: 401,
        headers: { 'www-authenticate': `Bearer realm="http://127.0.0.1:${port}/token"` },
      }),
    ],
    ['a redirect', (port: number) => ({ status: 307, headers: { location: `http://127.0.0.1:${port}/token` } })],
  ])('would be led here by %s, as one on this machine is', async (_, answerOf) => {
    const inner = await serve((_request, response) => response.end('{"token":"t"}'));
    const outer = await serve((request, response) => {
      const { status, headers } = answerOf(inner.port);
      if (request.headers.authorization === undefined) response.writeHead(status, headers).end();
      else response.end('{}');
    });
    const own = openRegistry({ domain: `127.0.0.1:${outer.port}`, path: 'app' }, anonymousAccess);
    expect((await own.ask('manifests/latest', { whole: 5000 })).statusCode).toBe(200);
    expect(inner.heard.some((path) => path.startsWith('/token'))).toBe(true);
    own.close();
  });
});
