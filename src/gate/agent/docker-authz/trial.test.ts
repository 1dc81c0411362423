import { expect, test } from 'vitest';
import { describeEngine } from '#image/index.ts';
import { startTestEngine } from '../../../../test/make/docker.ts';
import { engineState } from '../install/gate-status.ts';
import { serveAuthorization } from './server.ts';
import { testPorts } from './testing.ts';

test('an engine that read its settings again without the plugin does not ask it, whatever it says', async () => {
  const name = `seawall-trial-${process.pid}`;
  const { ports, decisions } = testPorts('/nowhere', '/nowhere');
  const plugin = await serveAuthorization({ kind: 'path', path: `/run/docker/plugins/${name}.sock` }, ports);
  const engine = await startTestEngine({ store: 'docker', driver: 'overlay2', authorization: name });
  try {
    expect(await engineState(engine.socket)).toMatchObject({ authorization: 'on' });
    expect(decisions).toEqual([]);
    await engine.reload({});
    await expect
      .poll(() => engineState(engine.socket), { timeout: 10_000 })
      .toMatchObject({
        authorization: 'off',
        problems: expect.arrayContaining([expect.stringContaining('no longer asks the authorization plugin')]),
      });
    expect((await describeEngine(engine.socket)).authorization).toEqual([name]);
  } finally {
    await engine.stop();
    await plugin.close();
  }
}, 60_000);

test('whether an engine that does not answer asks it is not known', async () => {
  const { authorization, safety, problems } = await engineState('/nowhere/docker.sock');
  expect({ authorization, safety }).toEqual({ authorization: 'unknown', safety: undefined });
  expect(problems).toHaveLength(1);
});
