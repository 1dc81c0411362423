import { expect, test } from 'vitest';
import { isInContainer, newLinkCommand, wordsOf } from './in-container.ts';

test.each([
  [{}, false],
  [{ SEAWALL_IN_CONTAINER: '' }, false],
  [{ SEAWALL_IN_CONTAINER: '0' }, false],
  [{ SEAWALL_IN_CONTAINER: '1' }, true],
] as const)('%j is the image of the console: %s', (env, contained) => {
  expect(isInContainer(env)).toBe(contained);
});

test.each([
  [{}, '0123456789ab', 'bin/seawall console --sign-in-link'],
  [{ SEAWALL_IN_CONTAINER: '1' }, '0123456789ab', 'docker exec 0123456789ab seawall console --sign-in-link'],
  [{ SEAWALL_IN_CONTAINER: '1' }, 'pier-1', 'docker exec seawall seawall console --sign-in-link'],
  [{ SEAWALL_IN_CONTAINER: '1' }, '0123456789abc', 'docker exec seawall seawall console --sign-in-link'],
  [{ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, 'seawall-console-0', 'bin/seawall console --sign-in-link'],
  [
    { SEAWALL_IN_CONTAINER: '1', KUBERNETES_SERVICE_HOST: '10.0.0.1' },
    'seawall-console-0',
    'kubectl exec seawall-console-0 -- seawall console --sign-in-link',
  ],
] as const)('with %j on %s a new link comes by `%s`', (env, name, command) => {
  expect(newLinkCommand(env, name)).toBe(command);
});

const secret = 'seawall-join_secret.fingerprint';

test('the agent of the host is started with one command, which holds address, token and version', () => {
  const words = wordsOf({ linkUrl: 'https://127.0.0.1:8084', secret, version: '1.2.3' });
  const [, command = ''] = /\n {2}(SEAWALL_TOKEN=[^]*?[^\\])\n\n/.exec(words) ?? [];
  expect(command.replaceAll(/ \\\n\s+/g, ' ')).toMatch(
    /^SEAWALL_TOKEN=seawall-join_secret\.fingerprint docker run -d --name seawall-agent .*-e SEAWALL_TOKEN seawall\/agent:1\.2\.3 --console https:\/\/127\.0\.0\.1:8084$/,
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
