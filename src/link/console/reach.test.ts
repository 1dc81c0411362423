import { expect, test } from 'vitest';
import { urlForHosts } from './reach.ts';

const local = 'https://127.0.0.1:8084';
const lan = ['10.0.0.7', 'fd00::7'];

test.each([
  ['loopback only', local, '127.0.0.1', lan, undefined],
  ['loopback of version 6', 'https://[::1]:8084', '::1', lan, undefined],
  ['localhost', 'https://localhost:8084', 'localhost', lan, undefined],
  ['all addresses, no name told', local, '0.0.0.0', lan, 'https://10.0.0.7:8084'],
  ['all addresses of version 6', 'https://[::1]:8084', '::', lan.slice(1), 'https://[fd00::7]:8084'],
  ['all addresses, of which this machine has only loopback', local, '0.0.0.0', ['127.0.0.1', '::1'], undefined],
  ['all addresses, and no other', local, '0.0.0.0', [], undefined],
  ['a name for all addresses', 'https://seawall.example:8084', '0.0.0.0', lan, 'https://seawall.example:8084'],
  ['a name in front of loopback', 'https://seawall.example:8084', '127.0.0.1', lan, 'https://seawall.example:8084'],
  ['one address', 'https://10.0.0.7:8084', '10.0.0.7', [], 'https://10.0.0.7:8084'],
  ['one address, told as loopback', local, '10.0.0.7', lan.slice(1), 'https://10.0.0.7:8084'],
  ['a wildcard told as address', 'https://0.0.0.0:8084', '0.0.0.0', lan, 'https://10.0.0.7:8084'],
  ['a wildcard of version 6 told as address', 'https://[::]:8084', '::', lan, 'https://10.0.0.7:8084'],
] as const)('%s', (...[, url, host, addresses, reached]) => {
  expect(urlForHosts({ url, host, addresses })).toBe(reached);
});
