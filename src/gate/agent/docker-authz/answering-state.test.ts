import { describe, expect, test } from 'vitest';
import { type AnsweringView, answeringProblems } from './answering-state.ts';
import type { ProgramStatus } from './program-status.ts';

const now = new Date('2026-11-28T12:00:00Z');
const status: ProgramStatus = {
  program: 'seawall-authz',
  version: '0.1.0',
  pid: 7,
  since: Date.parse('2026-11-28T10:00:00Z'),
  instance: 'pier',
  socket: '/run/a',
  listens: 'systemd',
  agent: 'answers',
  milliseconds: 1,
  answered: 4,
  asked: 3,
  refused: 0,
  allowed: 0,
  lastUnjudged: 0,
};
const view = (server: AnsweringView['server'], authorization: AnsweringView['authorization'] = 'on') =>
  answeringProblems({ server, authorization, socket: '/run/p', restart: 'start the agent again', now });
const unjudged = (lastUnjudged: Date): ProgramStatus => ({
  ...status,
  refused: 2,
  allowed: 1,
  lastUnjudged: lastUnjudged.getTime(),
});

describe('what is wrong with what answers the engine', () => {
  test.each([
    ['all is well', status, 'on', []],
    ['nobody asks for one', 'nothing', 'off', []],
    ['nobody asks for one', 'refused', 'unknown', []],
    ['nobody asks for one', 'other', 'off', []],
    ['there is none', 'nothing', 'on', [/Nothing answers the engine at \/run\/p.*start the agent again/]],
    ['it died', 'refused', 'on', [/Nothing answers/]],
    ['the agent itself', 'other', 'on', [/by itself.*gate install --authorization/]],
    [
      'the agent stands still',
      { ...status, agent: 'late' },
      'on',
      [/pier, which did not answer in 2 s.*start the agent/],
    ],
    ['the agent is away', { ...status, agent: 'away' }, 'unknown', [/does not run/]],
    ['the agent speaks oddly', { ...status, agent: 'unclear' }, 'on', [/answers oddly/]],
    ['some were not judged', unjudged(now), 'on', [/10:00 UTC 2 requests .* 1 let through .* 2026-11-28 12:00 UTC/]],
    ['some were not judged, long ago', unjudged(new Date('2026-11-26T12:00:00Z')), 'on', []],
    ['some were not judged, by a clock of then', unjudged(new Date('2027-11-26T12:00:00Z')), 'on', []],
  ] as const)('%s: %#', (...[, server, authorization, says]) => {
    const problems = view(server, authorization);
    expect(problems).toHaveLength(says.length);
    for (const [place, one] of says.entries()) expect(problems[place]).toMatch(one);
  });
});
