import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, isAppError, silentLog } from '#base/index.ts';
import { hasSystemd, wordsOfAgent } from '#gate/agent/index.ts';
import { describeEngine } from '#image/index.ts';
import type { AgentConfig, TokenSource } from './config.ts';
import { ensureIdentity } from './identity.ts';
import { lockState } from './state-lock.ts';

export interface ServiceRun {
  readonly config: AgentConfig;
  /** Of the command that was called, `agent` among them. */
  readonly words: readonly string[];
  readonly readToken: (source: TokenSource) => Promise<string>;
  readonly signal: AbortSignal;
  readonly say: (sentence: string) => void;
  /** `/` but in tests. */
  readonly root?: string;
}

const unit = '/usr/lib/systemd/system/seawall-agent.service';
const usualEngineRoot = '/var/lib/docker';

/**
 * Joins, and leaves the agent to the units of the package, with the options of this command. Throws `AppError`: `needs-root`,
 * `usage`, and what joining throws.
 */
export async function joinAsService(run: ServiceRun): Promise<void> {
  const { config, readToken, signal, say, root = '/' } = run;
  const options = optionsOf(run);
  const unlock = lockState(config.stateFolder);
  try {
    if ((await ensureIdentity({ config, log: silentLog, signal, readToken, say })) === undefined) return;
  } finally {
    unlock();
  }
  const folder = join(root, 'etc/seawall');
  mkdirSync(folder, { recursive: true });
  const text = `SEAWALL_CONSOLE=${config.consoleUrl}\nSEAWALL_AGENT_OPTIONS="${options.join(' ')}"\n`;
  writeFileSync(join(folder, 'agent.conf'), text, { mode: 0o600 });
  await noteEngine(config, folder);
  say(`Joined ${config.consoleUrl}; how the agent is started stands in ${join(folder, 'agent.conf')}.`);
  if (!hasSystemd()) return say(`No systemd is at work here. Start it: seawall agent --console ${config.consoleUrl}`);
  execFileSync('systemctl', ['daemon-reload'], { stdio: 'pipe' });
  execFileSync('systemctl', ['enable', '--now', 'seawall-sensor@default.service', 'seawall-agent.service'], {
    stdio: 'pipe',
  });
  say('The agent and its sensor run, and start with this machine: `systemctl status seawall-agent`.');
}

function optionsOf({ config, words, root = '/' }: ServiceRun): readonly string[] {
  if (!config.isRoot) throw new AppError('needs-root', '`seawall agent --service` is for root alone.');
  if (config.introduction.instance !== 'default')
    throw new AppError('usage', 'The unit of the package is of the instance `default`.', {
      next: 'Give an agent with another --instance a unit of its own.',
    });
  if (!existsSync(join(root, unit)))
    throw new AppError('usage', `There is no ${unit}, which the package brings.`, {
      next: 'Install the package, or run `seawall agent` without --service.',
    });
  const given = wordsOfAgent({ pid: process.pid, words });
  const kept = given.filter(
    (word, at) => !/^--(?:service|console(?:=.*)?)$/.test(word) && given[at - 1] !== '--console',
  );
  // systemd parts a variable at blanks, and reads no quotes in it (systemd.service(5), "Command lines").
  const wrong = [...kept, config.consoleUrl].find((word) => !/^[\w@%+=:,./[\]-]+$/.test(word));
  if (wrong !== undefined) throw new AppError('usage', `systemd cannot hand on “${wrong}” as one word.`);
  return kept;
}

/** A sensor that starts before the engine must know where the engine keeps its containers. */
async function noteEngine({ dockerSocket }: AgentConfig, folder: string): Promise<void> {
  try {
    const { root } = await describeEngine(dockerSocket);
    if (root !== usualEngineRoot && root !== '')
      writeFileSync(join(folder, 'sensor-default.conf'), `ENGINE_ROOT="${root}"\n`, { mode: 0o600 });
  } catch (error) {
    if (!isAppError(error)) throw error;
  }
}
