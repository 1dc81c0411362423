import { known } from '#base/index.ts';
import { expect, test, vi } from 'vitest';
import type { AskEngine } from '#inventory/agent/index.ts';
import { createRounds, longestRound } from './round.ts';

/** An engine that answers these questions, and what it was asked. */
function engine(answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const ask: AskEngine = async (path, schema) => {
    asked.push(path);
    if (answers[path] === 'broken') throw new Error('it does not answer');
    return answers[path] === undefined ? undefined : schema.parse(answers[path]);
  };
  return {
    asked,
    rounds: createRounds({ ask, socket: '/run/docker.sock', limits: async () => known(['nofile'], 'dockerd') }),
  };
}

const info = { DockerRootDir: '/var/lib/docker', LoggingDriver: 'journald', SecurityOptions: ['name=userns'] };

test('what containers have in common is asked once a round', async () => {
  const { asked, rounds } = engine({ '/info': info, '/images/sha256%3A1/json': { Id: 'sha256:1' } });
  for (let container = 0; container < 3; container += 1) {
    const round = await rounds.current();
    expect(await round.image('sha256:1')).toEqual({ Id: 'sha256:1' });
    expect(await round.image('gone')).toBeUndefined();
    expect(round.view.remapsUsers).toBe(true);
    expect(round.facts.limits).toMatchObject({ value: ['nofile'] });
    expect(round.facts.logDriver).toMatchObject({ value: 'journald' });
  }
  expect(asked).toEqual(['/info', '/images/sha256%3A1/json', '/images/gone/json']);
});

test('a round ends when something happens, and with time', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { asked, rounds } = engine({ '/info': info });
  const first = await rounds.current();
  rounds.end();
  const second = await rounds.current();
  expect(second).not.toBe(first);
  vi.advanceTimersByTime(longestRound - 1);
  expect(await rounds.current()).toBe(second);
  vi.advanceTimersByTime(2);
  expect(await rounds.current()).not.toBe(second);
  expect(asked).toEqual(['/info', '/info', '/info']);
  vi.useRealTimers();
});

test('an engine that did not answer is asked again', async () => {
  const answers: Record<string, unknown> = { '/info': 'broken' };
  const { rounds } = engine(answers);
  await expect(rounds.current()).rejects.toThrow('it does not answer');
  answers['/info'] = info;
  expect((await rounds.current()).facts.logDriver).toMatchObject({ value: 'journald' });
});
