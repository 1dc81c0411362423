import { expect, test } from 'vitest';
import { answeringUnit, wordsOfAgent } from './units.ts';

test('a unit goes on with the words of an agent, and never with its join token', () => {
  const token = ['--token', 's', '--token=s', '--token-file', '-', '--token-file=/root/t'];
  const words = ['node', 'main.js', 'agent', '--console', 'https://c', ...token, '--news', '--environment', 'prod'];
  expect(wordsOfAgent({ pid: 1, words })).toEqual(['--console', 'https://c', '--environment', 'prod']);
});

test('the unit of what answers the engine names the agent, its ledger and its socket', () => {
  const unit = answeringUnit({
    program: '/var/lib/seawall/gate/seawall-authz',
    socket: '/run/seawall/pier/authorization.sock',
    instance: 'pier',
    ledger: '/var/lib/seawall/agent/a b/gate/ledger',
    agent: 'seawall-agent.service',
  });
  expect(unit).toContain(
    'ExecStart=/var/lib/seawall/gate/seawall-authz --agent /run/seawall/pier/authorization.sock --instance pier ' +
      '--ledger "/var/lib/seawall/agent/a b/gate/ledger" --unit seawall-agent.service\n',
  );
  expect(unit).toContain('Requires=seawall-authorization.socket');
});
