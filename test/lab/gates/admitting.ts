import { listAudit } from '#access/contract.ts';
import { opensslVulnerability } from '../estate/images.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { type Dock, ledgerOf, onBoth } from './dock.ts';
import { vulnerableImage, newImage, soundImage } from './images.ts';
import { mustBeRefused, mustRun, start } from './starts.ts';

const vulnerability = new RegExp(opensslVulnerability);
const inDev = ['--label', 'seawall.environment=dev'] as const;

/** Which images start, by what is known of their content. */
export const admissionCases: readonly LabCase<Dock>[] = [
  onBoth(
    {
      id: 'G10',
      title:
        'an image with a Medium finding, never seen before, is refused in prod and runs in dev; rebuilt without it runs',
      protectedBy: 'the gate',
    },
    async (dock, quay) => {
      await dock.install(quay);
      await dock.load(quay, vulnerableImage, soundImage);
      const first = await mustBeRefused(quay, 'surge/pump:1', vulnerability);
      const dev = await mustRun(quay, 'surge/pump:1', ...inDev);
      const sound = await mustRun(quay, 'surge/pump:2');
      const again = await mustBeRefused(quay, 'surge/pump:1', vulnerability);
      return `held ${first.milliseconds} ms, known ${again.milliseconds} ms, allowed ${dev.milliseconds} and ${sound.milliseconds} ms`;
    },
  ),
  onBoth(
    { id: 'G11', title: 'tag, save and load, commit and import launder no image', protectedBy: 'the gate' },
    async (dock, quay) => {
      const { engine } = quay;
      await dock.install(quay);
      await dock.load(quay, vulnerableImage, soundImage);
      await engine.must('tag', 'surge/pump:1', 'trusted.example/shop/pump:2');
      await mustBeRefused(quay, 'trusted.example/shop/pump:2', vulnerability);
      const archive = `${dock.state}/washed-${quay.store}.tar`;
      await engine.must('save', '-o', archive, 'trusted.example/shop/pump:2');
      await engine.must('rmi', '-f', 'trusted.example/shop/pump:2', 'surge/pump:1');
      await engine.must('load', '-q', '-i', archive);
      await mustBeRefused(quay, 'trusted.example/shop/pump:2', vulnerability);
      await engine.must('create', '--name', 'washed', '--network', 'none', 'trusted.example/shop/pump:2');
      await engine.must('commit', 'washed', 'washed/commit:1');
      await mustBeRefused(quay, 'washed/commit:1', vulnerability);
      await engine.must('export', '-o', archive, 'washed');
      await engine.must('import', archive, 'washed/import:1');
      await mustBeRefused(quay, 'washed/import:1', vulnerability);
      await engine.must('rm', '-f', 'washed');
      return undefined;
    },
  ),
  {
    id: 'G12',
    title:
      'with the console down, gate allow lets one digest start until its time is over; the audit trail holds it after',
    shownBy: '`npm test` does the same on one engine, in gate.test.ts.',
    protectedBy: 'the gate',
    async run(dock) {
      const [quay] = dock.quays;
      if (quay === undefined) throw new Error('There is no host.');
      await dock.install(quay);
      const other = newImage('surge/other:1', 'vulnerable');
      await dock.load(quay, vulnerableImage, other);
      for (const image of ['surge/pump:1', 'surge/other:1']) await mustBeRefused(quay, image, vulnerability);
      await dock.console().end('SIGTERM');
      const reason = `the till must open at ${Date.now()}`;
      try {
        const asked = performance.now();
        const said = await quay.gate('allow', vulnerableImage.digest, '--for', '10s', '--reason', reason);
        expectThat(said.code === 0, said.stderr);
        const opened = performance.now();
        const starts = async () => (await start(quay, 'surge/pump:1')).code === 0;
        await until('the start that root allowed', starts, { seconds: 10 });
        const open = Math.round(performance.now() - opened);
        await mustBeRefused(quay, 'surge/other:1', vulnerability);
        await until('the end of its time', async () => !(await starts()), { seconds: 20 });
        expectThat(performance.now() - asked > 10_000, 'its time was over before its end');
        await mustBeRefused(quay, 'surge/pump:1', vulnerability);
        return `opens after ${open} ms`;
      } finally {
        await dock.restartConsole();
        await until(
          'the entry in the audit trail',
          async () =>
            (await dock.ask(listAudit, { query: { search: 'break-glass' } })).entries.some((one) =>
              JSON.stringify(one).includes(reason),
            ),
          { seconds: 40 },
        );
      }
    },
  },
  onBoth(
    {
      id: 'G13',
      title: 'an image pinned as the product’s own starts although it fails a rule',
      shownBy: '`npm test` does the same on one engine, in gate.test.ts.',
    },
    async (dock, quay) => {
      await dock.install(quay);
      const own = newImage('seawall/agent:1', 'vulnerable');
      await dock.load(quay, own);
      await mustBeRefused(quay, 'seawall/agent:1', vulnerability);
      await quay.endAgent();
      quay.startAgent('--own-image', own.digest);
      try {
        await until('the start of the own image', async () => (await start(quay, 'seawall/agent:1')).code === 0, {
          seconds: 20,
        });
        return `ledger ${ledgerOf(quay).sequence}`;
      } finally {
        await quay.endAgent();
        quay.startAgent();
      }
    },
  ),
];
