import { expect, test } from 'vitest';
import { wordsOfAgent } from './units.ts';

test('a unit goes on with the words of an agent, and never with its join token', () => {
  const token = ['--token', 's', '--token=s', '--token-file', '-', '--token-file=/root/t'];
  const words = ['node', 'main.js', 'agent', '--console', 'https://c', ...token, '--news', '--environment', 'prod'];
  expect(wordsOfAgent({ pid: 1, words })).toEqual(['--console', 'https://c', '--environment', 'prod']);
});
