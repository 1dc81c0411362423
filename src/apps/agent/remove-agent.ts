import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError, messageOf } from '#base/index.ts';
import { agentProcess } from '#gate/agent/index.ts';
import { endSensorOf } from '#runtime/agent/index.ts';

export interface AgentRemains {
  readonly instance: string;
  /** Of this instance. */
  readonly stateFolder: string;
  /** Of all programs of this user. */
  readonly programsFolder: string;
  readonly gateFolder: string;
  readonly runFolder: string;
  readonly cacheFolder: string;
  readonly engineSocket: string;
  readonly removeGate: () => Promise<readonly string[]>;
  /** Where the sensor's program may lie. */
  readonly sensorPlaces: readonly string[];
}

/**
 * Removes an agent of this host with all that it has put there: its container, its sensor with what that holds in the kernel,
 * its state. The gate goes with the last one. Answers what was done. Throws `AppError` `already-running` for an agent that is a
 * service of the host, and `docker-unavailable`.
 */
export async function removeAgent(remains: AgentRemains): Promise<readonly string[]> {
  const { instance, stateFolder, programsFolder, gateFolder, runFolder, cacheFolder } = remains;
  const others = namesIn(dirname(stateFolder)).filter((name) => name !== basename(stateFolder));
  const done = await endAgent(remains);
  if (others.length === 0) done.push(...(await remains.removeGate()));
  await endSensorOf(instance, remains.sensorPlaces);
  done.push('The sensor has ended, and nothing of it is left in the kernel.');
  const own = [stateFolder, join(runFolder, instance), join(gateFolder, 'instances', `${instance}.json`)];
  const shared = [join(programsFolder, 'program'), gateFolder, cacheFolder];
  for (const path of [...own, ...(others.length === 0 ? shared : [])]) rmSync(path, { recursive: true, force: true });
  for (const folder of [dirname(stateFolder), programsFolder, runFolder])
    if (existsSync(folder) && namesIn(folder).length === 0) rmdirSync(folder);
  const left = others.length === 0 ? '' : ` Other agents are left as they are: ${others.join(', ')}.`;
  return [...done, `${stateFolder} is removed.${left}`];
}

async function endAgent({ stateFolder, engineSocket }: AgentRemains): Promise<string[]> {
  const agent = agentProcess(stateFolder);
  if (agent === undefined) return [];
  const container = /[0-9a-f]{64}/.exec(readFileSync(`/proc/${agent.pid}/cgroup`, 'utf8'))?.[0];
  if (container === undefined)
    throw new AppError('already-running', `The agent with the process number ${agent.pid} is at work.`, {
      next: 'Stop it, then run the command again.',
    });
  await removeContainer(engineSocket, container);
  for (let tries = 0; tries < 100 && agentProcess(stateFolder) !== undefined; tries += 1) await wait(50);
  return [`The agent’s container ${container.slice(0, 12)} is removed.`];
}

function removeContainer(socketPath: string, id: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { socketPath, path: `/containers/${id}?force=1`, method: 'DELETE', timeout: 30_000 };
    const sent = request({ ...options, headers: { host: 'docker' } }, (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      if (statusCode === 204 || statusCode === 404) resolve();
      else reject(unremoved(`the engine answered ${statusCode}`));
    });
    sent.on('timeout', () => sent.destroy(new Error('the engine did not answer in time')));
    sent.on('error', (error) => reject(unremoved(messageOf(error))));
    sent.end();
  });
}

function unremoved(why: string): AppError {
  return new AppError('docker-unavailable', `The agent’s container cannot be removed: ${why}.`);
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
