import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { opensslVulnerability } from '../estate/images.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { type Dock, isWithRuntime, onBoth, onEach } from './dock.ts';
import { vulnerableImage, newImage, soundImage, worstVulnerability, worstImage } from './images.ts';
import { sleeping } from './installing.ts';
import type { Quay } from './quay.ts';
import { mustBeRefused, mustRun, type Start, start } from './starts.ts';

const vulnerability = new RegExp(opensslVulnerability);
/** Milliseconds until a start is answered that needs no agent, and one that waits 3 s for an agent that starts anew; the machine may be busy. */
const [ownBudget, awayBudget] = [2500, 6000];

/** Brings the gate up, with the images that it knows. */
async function ready(dock: Dock, quay: Quay): Promise<void> {
  await dock.install(quay);
  await dock.load(quay, vulnerableImage, soundImage);
  await mustRun(quay, 'surge/pump:2');
  if (dock.armed) await mustBeRefused(quay, 'surge/pump:1', vulnerability);
}

async function stateOf({ engine }: Quay, name: string): Promise<string> {
  return (await engine.docker('inspect', '--format', '{{.State.Status}}', name)).stdout.trim();
}

function within(budget: number, { milliseconds }: Start): void {
  expectThat(milliseconds < budget, `it took ${milliseconds} ms`);
}

/** What starts get while parts of the gate are away, full or damaged. */
export const failureCases: readonly LabCase<Dock>[] = [
  onBoth(
    {
      id: 'G20',
      title:
        'with the agent killed, what is known is answered from the ledger, what depends on the environment or is not known is refused within the budget, and started when the agent is back',
      protectedBy: 'the gate',
    },
    async (dock, quay) => {
      await ready(dock, quay);
      const name = `surge/late-${quay.store}:1`;
      await dock.load(quay, worstImage);
      await mustBeRefused(quay, 'surge/pump:0', new RegExp(worstVulnerability));
      await until('the newest ledger with the runtime', async () => isWithRuntime(quay), { seconds: 5 });
      await quay.endAgent('SIGKILL');
      try {
        await dock.load(quay, newImage(name, 'sound'));
        const refused = await mustBeRefused(quay, 'surge/pump:0', new RegExp(worstVulnerability));
        const allowed = await mustRun(quay, 'surge/pump:2');
        const depending = await mustBeRefused(quay, 'surge/pump:1', vulnerability);
        const began = performance.now();
        const late = await quay.engine.docker('run', ...sleeping, '--name', 'late', name);
        const took = Math.round(performance.now() - began);
        expectThat(late.code !== 0 && late.stderr.includes('No verdict for'), `${name}: ${late.stderr}`);
        for (const one of [refused, allowed]) within(ownBudget, one);
        for (const one of [depending, { ...late, milliseconds: took }]) within(awayBudget, one);
        quay.startAgent();
        await until(
          'the start of what was refused for the agent’s absence',
          async () => (await stateOf(quay, 'late')) === 'running',
          { seconds: 40 },
        );
        return `refused in ${refused.milliseconds} ms, allowed in ${allowed.milliseconds} ms, refused for the environment in ${depending.milliseconds} ms, unknown in ${took} ms`;
      } finally {
        await quay.endAgent();
        quay.startAgent();
        await quay.engine.docker('rm', '-f', 'late');
      }
    },
  ),
  onBoth(
    {
      id: 'G21',
      title:
        'with the ledger corrupted and the agent away, starts get what --when-broken says; the agent writes it anew',
      shownBy: '`npm test` does the same on one engine, in gate.test.ts.',
      protectedBy: 'the gate',
    },
    async (dock, quay) => {
      await ready(dock, quay);
      await quay.endAgent('SIGKILL');
      const file = join(quay.state, 'gate/ledger');
      const sound = readFileSync(file);
      try {
        writeFileSync(file, Buffer.from(sound).fill(0x5a, sound.length >> 1));
        await mustBeRefused(quay, 'surge/pump:2', /./);
        await dock.install(quay, '--when-broken', 'allow');
        const open = await mustRun(quay, 'surge/pump:2');
        await dock.install(quay);
        quay.startAgent();
        await until(
          'a start by a ledger that was written anew',
          async () => (await start(quay, 'surge/pump:2')).code === 0,
          { seconds: 30 },
        );
        await mustBeRefused(quay, 'surge/pump:1', vulnerability);
        return `open ${open.milliseconds} ms`;
      } finally {
        await dock.install(quay);
        await quay.endAgent();
        quay.startAgent();
      }
    },
  ),
  onBoth(
    { id: 'G22', title: 'with no room for decisions, the answers stay', protectedBy: 'the gate' },
    async (dock, quay) => {
      await ready(dock, quay);
      const spool = join(quay.state, 'gate/decisions');
      await quay.host.must('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', spool]);
      try {
        await quay.host.run('sh', ['-c', `head -c 100000 /dev/zero > ${spool}/full; true`]);
        const refused = await mustBeRefused(quay, 'surge/pump:1', vulnerability);
        const allowed = await mustRun(quay, 'surge/pump:2');
        for (const one of [refused, allowed]) within(ownBudget, one);
        return `refused in ${refused.milliseconds} ms, allowed in ${allowed.milliseconds} ms`;
      } finally {
        await quay.host.must('umount', ['-l', spool]);
      }
    },
  ),
  {
    id: 'G23',
    title:
      'with the console down, known images are answered as before, and unknown ones as the rule says when the hold is over',
    shownBy: '`npm test` does the same on one engine, in gate.test.ts.',
    protectedBy: 'the gate',
    async run(dock) {
      const [quay] = dock.quays;
      if (quay === undefined) throw new Error('There is no host.');
      await ready(dock, quay);
      const took: number[] = [];
      try {
        for (const unknown of ['block', 'ignore'] as const) {
          await dock.rule({ unknown, holdSeconds: 2 });
          await dock.console().end('SIGTERM');
          try {
            const image = newImage(`surge/new-${unknown}:1`, 'sound');
            await dock.load(quay, image);
            const began = await start(quay, `surge/new-${unknown}:1`);
            expectThat(
              (began.code === 0) === (unknown === 'ignore'),
              `unknown: ${unknown} answers ${began.code}: ${began.stderr}`,
            );
            within(2000 + awayBudget, began);
            took.push(began.milliseconds);
            await mustBeRefused(quay, 'surge/pump:1', vulnerability);
            await mustRun(quay, 'surge/pump:2');
          } finally {
            await dock.restartConsole();
          }
        }
        return `refused in ${took[0]} ms, let through in ${took[1]} ms, of a hold of 2000 ms`;
      } finally {
        await dock.rule();
      }
    },
  },
  bootOrders('block', {
    id: 'G24',
    title: 'both boot orders: what is known starts with the engine; what is not waits for the agent',
    shownBy: '`npm test` does the same on one engine, in gate.test.ts.',
  }),
  bootOrders('ignore', {
    id: 'G24i',
    title: 'both boot orders: what is not known starts with the engine where the rule lets it',
    shownBy: '`npm test` does the same on one engine, in gate.test.ts.',
  }),
];

const always = ['-d', '--network', 'none', '--restart', 'always', '--stop-timeout', '0'] as const;

function bootOrders(unknown: 'block' | 'ignore', about: Omit<LabCase<Dock>, 'run' | 'protectedBy'>): LabCase<Dock> {
  return {
    ...about,
    protectedBy: 'the gate',
    async run(dock) {
      try {
        await onEach(dock, async (quay) => {
          await ready(dock, quay);
          await quay.engine.must('run', ...always, '--name', 'known', 'surge/pump:2');
          return undefined;
        });
        await dock.rule({ unknown, holdSeconds: 2 });
        return await onEach(dock, (quay) => bootInBothOrders(dock, quay, unknown));
      } finally {
        await onEach(dock, async (quay) => {
          await quay.endAgent();
          quay.startAgent();
          await quay.engine.docker('rm', '-f', 'known', 'novel');
          return undefined;
        });
        await dock.rule();
      }
    },
  };
}

async function bootInBothOrders(dock: Dock, quay: Quay, unknown: 'block' | 'ignore'): Promise<undefined> {
  const { engine, store } = quay;
  const runs = async (name: string): Promise<boolean> => (await stateOf(quay, name)) === 'running';
  await quay.endAgent('SIGKILL');
  const name = `surge/novel-${store}-${unknown}:1`;
  await dock.load(quay, newImage(name, 'sound'));
  await engine.docker('run', ...always, '--name', 'novel', name);
  await engine.stop();
  await engine.start();
  await until('the known one', () => runs('known'), { seconds: 15 });
  expectThat(
    (await runs('novel')) === (unknown === 'ignore'),
    `engine first, unknown: ${unknown}: it is ${await stateOf(quay, 'novel')}`,
  );
  quay.startAgent();
  await until('the novel one', () => runs('novel'), { seconds: 40 });
  await engine.stop();
  await engine.start();
  for (const one of ['known', 'novel']) await until(`${one}, agent first`, () => runs(one), { seconds: 20 });
  await engine.must('rm', '-f', 'novel');
  return undefined;
}
