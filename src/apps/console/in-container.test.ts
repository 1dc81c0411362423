import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { hasNetwork, howToStop, isInContainer, newLinkCommand, wordsOf } from './in-container.ts';

test.each([
  [{}, false],
  [{ SEAWALL_IN_CONTAINER: '' }, false],
  [{ SEAWALL_IN_CONTAINER: '0' }, false],
  [{ SEAWALL_IN_CONTAINER: '1' }, true],
] as const)('%j is the image of the console: %s', (env, contained) => {
  expect(isInContainer(env)).toBe(contained);
});

test.each([
  ['checkout', '0123456789ab', 'bin/seawall console --sign-in-link'],
  ['package', '0123456789ab', 'seawall console --sign-in-link'],
  ['image', '0123456789ab', 'docker exec 0123456789ab seawall console --sign-in-link'],
  ['image', 'pier-1', 'docker exec seawall seawall console --sign-in-link'],
  ['image', '0123456789abc', 'docker exec seawall seawall console --sign-in-link'],
  ['pod', 'seawall-console-0', 'kubectl exec seawall-console-0 -- seawall console --sign-in-link'],
] as const)('started from a %s on %s, a new link comes by `%s`', (from, name, command) => {
  expect(newLinkCommand(from, name)).toBe(command);
});

test.each([
  ['checkout', '0123456789ab', 'Ctrl-C stops it.'],
  ['package', '0123456789ab', 'Ctrl-C stops it.'],
  ['image', '0123456789ab', 'To stop it: docker stop 0123456789ab.'],
  ['image', 'pier-1', 'To stop it: docker stop seawall.'],
  ['pod', 'seawall-console-0', 'To stop it: kubectl delete pod seawall-console-0; its controller starts another.'],
] as const)('started from a %s on %s: %s', (from, name, words) => {
  expect(howToStop(from, name)).toBe(words);
});

const secret = 'seawall-join_secret.fingerprint';

test('the agent of the host is started with one command, which holds address, token and version', () => {
  const words = wordsOf({ linkUrl: 'https://127.0.0.1:8084', secret, version: '1.2.3' });
  const [, command = ''] = /\n {2}(SEAWALL_TOKEN=[^]*?[^\\])\n\n/.exec(words) ?? [];
  expect(command.replaceAll(/ \\\n\s+/g, ' ')).toMatch(
    /^SEAWALL_TOKEN=seawall-join_secret\.fingerprint docker run -d --pull never --name seawall-agent .*-e SEAWALL_TOKEN seawall\/agent:1\.2\.3 --console https:\/\/127\.0\.0\.1:8084$/,
  );
});

test.each([
  ['https://127.0.0.1:8084', 'Other hosts cannot reach that address'],
  ['https://localhost:8084', 'Other hosts cannot reach that address'],
  ['https://[::1]:8084', 'Other hosts cannot reach that address'],
  ['https://seawall.example:8084', 'Other hosts: Hosts → Add a host.'],
])('at %s it says what others do', (linkUrl, said) => {
  expect(wordsOf({ linkUrl, secret, version: '1' })).toContain(said);
});

const at = (internal: boolean): NetworkInterfaceInfo => ({
  address: '192.0.2.1',
  netmask: '255.255.255.0',
  family: 'IPv4',
  mac: '00:00:00:00:00:00',
  cidr: null,
  internal,
});

test.each([
  [{}, false],
  [{ lo: [at(true), at(true)] }, false],
  [{ lo: [at(true)], eth0: [] }, false],
  [{ lo: [at(true)], eth0: [at(false)] }, true],
])('with the interfaces %j others reach it: %s', (interfaces, isReached) => {
  expect(hasNetwork(interfaces)).toBe(isReached);
});
