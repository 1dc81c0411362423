import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listUsers, createUser } from '#access/contract.ts';
import { listVulnerabilities } from '#explorer/contract.ts';
import { writeAlpine } from '../../journeys/make-scan.ts';
import type { EngineStore } from '../../make/docker.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { type ConsoleContainer, consoleIn, type ConsoleOptions } from './console-container.ts';
import type { Harbour } from './harbours.ts';
import type { Deployment } from './world.ts';

const kills = Number(process.env['SEAWALL_LAB_KILLS'] ?? 20);
/** Seconds in which the first ranked finding is there, and in which an engine ends a container before it kills it. */
const [firstFinding, patience] = [120, 10];

/** Runs a console by its one command while something is looked at. */
async function withConsole<Value>(
  harbour: Harbour,
  options: ConsoleOptions,
  look: (console: ConsoleContainer) => Promise<Value>,
): Promise<Value> {
  const console = await consoleIn(harbour, options);
  try {
    await console.run();
    await console.served();
    return await look(console);
  } finally {
    await console.remove();
  }
}

/** Scans an archive with the image of the command line, and publishes the scan. */
async function publish(harbour: Harbour, console: ConsoleContainer): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-lab-archive-'));
  try {
    const archive = writeAlpine(folder, '3.3.0-r0', 'harbour:1');
    const given = ['-v', `${archive}:/image.tar:ro`, '-e', `SEAWALL_TOKEN=${await console.token('ci')}`];
    const words = ['scan', '--input', '/image.tar', '--console', console.url];
    const { code, stdout, stderr } = await harbour.docker(
      'run',
      '--rm',
      '--network',
      'host',
      ...given,
      'seawall/cli',
      ...words,
    );
    expectThat([0, 1, 3].includes(code), `the scan ended with ${code}: ${stdout}${stderr}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function firstRanked(harbour: Harbour): Promise<string> {
  const began = performance.now();
  return await withConsole(harbour, {}, async (console) => {
    const said = await console.logs();
    expectThat(said.includes(`${console.url}/sign-in#`), `no sign-in link is printed: ${said}`);
    expectThat(
      / {2}SEAWALL_TOKEN=seawall-join_\S+ \\\n {2}docker run -d /.test(said),
      `no command for the agent: ${said}`,
    );
    await publish(harbour, console);
    const token = await console.token('administrator');
    const ranked = async () => (await console.ask(listVulnerabilities, token)).vulnerabilities[0];
    const { id } = await until('a ranked finding', ranked, { seconds: firstFinding, every: 500 });
    const seconds = (performance.now() - began) / 1000;
    expectThat(seconds < firstFinding, `the first ranked finding took ${seconds.toFixed(0)} s`);
    return `${harbour.store} ${seconds.toFixed(0)} s (${id})`;
  });
}

const stores: readonly EngineStore[] = ['docker', 'containerd'];
/** What a careful person gives a container. */
const bare = ['--cap-drop', 'ALL', '--read-only', '--tmpfs', '/tmp', '--security-opt', 'no-new-privileges'];

async function names(console: ConsoleContainer, token: string): Promise<readonly string[]> {
  return (await console.ask(listUsers, token)).users.map(({ name }) => name);
}

/** The console by one command. */
export const consoleCases: readonly LabCase<Deployment>[] = [
  {
    id: 'I1',
    title: 'from one command to the first ranked finding in under 2 minutes with local feeds, on both stores',
    async run({ harbour }) {
      const times: string[] = [];
      for (const store of stores) times.push(await firstRanked(await harbour(store)));
      return times.join(', ');
    },
  },
  {
    id: 'I2',
    title: 'the console runs as any user, without capabilities, on a read-only root, without new privileges',
    protectedBy: 'libnss_wrapper, which gives PostgreSQL’s initdb a name for the user',
    async run({ harbour, armed }) {
      const ground = await harbour('docker');
      const unnamed = armed ? [] : ['-v', '/dev/null:/usr/lib/x86_64-linux-gnu/libnss_wrapper.so:ro'];
      const said: string[] = [];
      for (const user of [[], ['--user', '12345:12345']]) {
        await withConsole(ground, { options: [...bare, ...user, ...unnamed] }, async (console) => {
          const users = await ground.must('top', console.name, '-eo', 'uid,pid');
          const [uid = '', ...others] = [...new Set(users.match(/^\d+/gm))];
          expectThat(others.length === 0 && uid === (user[1]?.split(':')[0] ?? '65532'), `it runs as ${users}`);
          expectThat((await names(console, await console.token('administrator'))).length > 0, 'it has no user');
          said.push(uid);
        });
      }
      return `as ${said.join(' and ')}`;
    },
  },
  {
    id: 'I3',
    title: `SIGTERM ends the console within ${patience} s, with a database that needs no recovery`,
    protectedBy: 'the first process of the container, which hands signals on',
    async run({ harbour, armed }) {
      const ground = await harbour('docker');
      return await withConsole(ground, { first: armed ? 'tini' : 'shell' }, async (console) => {
        const began = performance.now();
        await ground.must('stop', '--time', String(patience), console.name);
        const seconds = (performance.now() - began) / 1000;
        const code = await ground.must('inspect', '--format', '{{.State.ExitCode}}', console.name);
        expectThat(code === '0', `it ended with ${code} after ${seconds.toFixed(1)} s`);
        await ground.must('start', console.name);
        await console.served();
        const recovery = await postgresLog(ground, console);
        expectThat(!recovery.includes('was not properly shut down'), `PostgreSQL recovers: ${recovery}`);
        return `${seconds.toFixed(1)} s`;
      });
    },
  },
  {
    id: 'I4',
    title: `after each of ${kills} kills at random times the console starts again, and nothing is lost`,
    protectedBy: 'the volume',
    minutes: 15,
    async run({ harbour, armed }) {
      const ground = await harbour('docker');
      return await withConsole(ground, {}, async (console) => {
        const made: string[] = [];
        let worst = 0;
        let token = await console.token('administrator');
        for (let kill = 1; kill <= kills; kill += 1) {
          const name = `sailor-${kill}`;
          await console.ask(createUser, token, { body: { name, role: 'auditor' } });
          made.push(name);
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 1500));
          await ground.must('kill', console.name);
          if (armed) await ground.must('start', console.name);
          else await again(ground, console);
          // A kill in the middle of the next start as well, now and then.
          if (kill % 3 === 0) {
            await new Promise((resolve) => setTimeout(resolve, Math.random() * 1500));
            await ground.docker('kill', console.name);
            await ground.must('start', console.name);
          }
          const began = performance.now();
          await console.served();
          worst = Math.max(worst, performance.now() - began);
          if (!armed) token = await console.token('administrator');
          const found = await names(console, token);
          const lost = made.filter((one) => !found.includes(one));
          expectThat(lost.length === 0, `after kill ${kill} these users are lost: ${lost.join()}`);
        }
        return `${made.length} users written before ${kills} kills; served ${(worst / 1000).toFixed(1)} s after a start at the latest`;
      });
    },
  },
  {
    id: 'I5',
    title: 'two consoles work on one host, with other names and ports',
    async run({ harbour }) {
      const ground = await harbour('docker');
      return await withConsole(ground, {}, async (first) =>
        withConsole(ground, {}, async (second) => {
          const tokens = [await first.token('administrator'), await second.token('administrator')] as const;
          await first.ask(createUser, tokens[0], { body: { name: 'of-the-first', role: 'auditor' } });
          expectThat((await names(first, tokens[0])).includes('of-the-first'), 'the first lost its user');
          expectThat(!(await names(second, tokens[1])).includes('of-the-first'), 'the second has the first one’s user');
          return `${first.url}, ${second.url}`;
        }),
      );
    },
  },
  {
    id: 'I9',
    title: 'the image without a database works on one elsewhere, beside the console that has it',
    async run({ harbour }) {
      const ground = await harbour('docker');
      return await withConsole(ground, {}, async (first) => {
        const token = await first.token('administrator');
        await first.ask(createUser, token, { body: { name: 'of-the-first', role: 'auditor' } });
        const url = 'postgresql://seawall@localhost/seawall?host=/first/postgres/run';
        const settings = [`SEAWALL_DATABASE_URL=${url}`, 'SEAWALL_KEY_FILE=/first/keys/master.key'];
        const options = ['-v', `${first.volume}:/first`, ...settings.flatMap((one) => ['-e', one])];
        return await withConsole(ground, { image: 'seawall/console-without-database', options }, async (second) => {
          expectThat((await names(second, token)).includes('of-the-first'), 'it works on another database');
          return undefined;
        });
      });
    },
  },
];

/** The same command, as if there had been no volume. */
async function again(harbour: Harbour, console: ConsoleContainer): Promise<void> {
  await harbour.must('rm', console.name);
  await harbour.must('volume', 'rm', '-f', console.volume);
  await console.run();
}

/** What PostgreSQL wrote: nothing below a warning. */
async function postgresLog(harbour: Harbour, { volume }: ConsoleContainer): Promise<string> {
  const script = 'while read -r line; do echo "$line"; done < /var/lib/seawall/postgres/postgres.log';
  return await harbour.must(
    'run',
    '--rm',
    '-v',
    `${volume}:/var/lib/seawall`,
    '--network',
    'none',
    '--entrypoint',
    '/bin/sh',
    'seawall/console',
    '-c',
    script,
  );
}
