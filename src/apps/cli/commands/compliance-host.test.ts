import { expect, test } from 'vitest';
import type { Terminal } from '../command.ts';
import { lastLine, recordingTerminal } from '../testing.ts';
import { run } from './compliance-host.ts';

const noEngine = '/nonexistent/docker.sock';
const env = { DOCKER_HOST: `unix://${noEngine}` };

async function judged(format: string, settings: Partial<Pick<Terminal, 'seen' | 'isOneStream'>> = {}) {
  const terminal = recordingTerminal({ columns: 1000, ...settings });
  const options = { format, template: 'cis-docker' };
  const code = await run({ arguments: [], options, terminal, env, program: [] });
  return { code, ...terminal.said };
}

test('the checks of an engine that does not answer are not assessed, with what to do', async () => {
  const { out } = await judged('json');
  const { compliance } = JSON.parse(out) as { compliance: { id: string; status: string; reason?: string }[] };
  const ofEngine = compliance.filter(({ id }) => id.startsWith('DMN-'));
  expect(ofEngine.length).toBeGreaterThan(15);
  const reason = `No engine answers at ${noEngine}; start it, or name its socket with --engine.`;
  for (const one of ofEngine) expect(one).toMatchObject({ status: 'not-assessed', reason });
});

test('an engine that was named must answer', async () => {
  const terminal = recordingTerminal();
  const call = { arguments: [], options: { engine: noEngine }, terminal, env: {}, program: [] };
  await expect(run(call)).rejects.toMatchObject({ code: 'docker-unavailable' });
});

test.each([
  { format: 'json', seen: 'both', isOneStream: false, says: true },
  { format: 'table', seen: undefined, isOneStream: false, says: true },
  { format: 'table', seen: 'both', isOneStream: false, says: false },
  { format: 'table', seen: undefined, isOneStream: true, says: false },
] as const)(
  '$format, $seen, one stream: $isOneStream → standard error ends with the verdict: $says',
  async ({ format, seen, isOneStream, says }) => {
    const { code, err } = await judged(format, { isOneStream, ...(seen && { seen }) });
    const word = { 0: 'pass', 1: 'fail', 2: 'usage', 3: 'cannot-judge' }[code];
    if (says) expect(lastLine(err)).toMatch(new RegExp(`^${word}: \\S`));
    else expect(err).toBe('');
  },
);
