import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { clockWords } from '#gate/agent/ledger/clock-words.ts';
import { runToEnd } from '../make/gate.ts';
import { canBuildWrapper } from '../make/wrapper.ts';
import { bad, entry, type Gated, good, hour, ledgerOf, makeGated, rule, settings, strange, willing } from './gated.ts';

describe.runIf(canBuildWrapper() && process.getuid?.() === 0)('the runtime wrapper, where it does not know', () => {
  let gated: Gated;
  beforeAll(() => {
    gated = makeGated();
  });
  beforeEach(() => gated.reset());
  afterEach(() => gated.hangUp());
  afterAll(() => gated.remove());

  test('holds an unknown image until the agent knows it', async () => {
    gated.container('strange', strange);
    gated.writeLedger({ hold: 2000 });
    await gated.answerWith(async (said) => {
      if (said.kind === 'start') await new Promise((resolve) => setTimeout(resolve, 700));
      return willing(said);
    });
    const { code, took } = await gated.call('create', 'strange');
    expect(code).toBe(0);
    expect(took).toBeGreaterThanOrEqual(700);
    expect(gated.said()[0]).toMatchObject({ image: strange, ledger: 'unknown' });
    const [decision] = gated.gate.decisions();
    expect(decision).toMatchObject({ answer: 'allow', cause: 'unknown-image', asked: 'answered' });
    expect(decision?.held).toBeGreaterThanOrEqual(700);
  });

  test.each(['deny', 'allow'] as const)(
    'says %s by the rule when the hold is over, and a second more',
    async (unknown) => {
      gated.container('strange', strange);
      gated.writeLedger({ hold: 500, unknown });
      await gated.answerWith(() => undefined);
      const { code, took } = await gated.call('create', 'strange');
      expect(code).toBe(unknown === 'allow' ? 0 : 1);
      expect(took).toBeGreaterThanOrEqual(1500);
      expect(took).toBeLessThan(1900);
      expect(gated.gate.decisions()).toMatchObject([{ answer: unknown, cause: 'unknown-image', asked: 'late' }]);
    },
  );

  test('waits some seconds of the hold for an agent that is started anew, and asks it again', async () => {
    gated.container('strange', strange);
    gated.writeLedger({ hold: 20_000 });
    let starts = 0;
    const started = gated.call('create', 'strange');
    await new Promise((resolve) => setTimeout(resolve, 600));
    await gated.answerWith((said) => {
      if (said.kind === 'start') starts += 1;
      return starts === 1 ? 'hang-up' : willing(said);
    });
    expect(await started).toMatchObject({ code: 0 });
    expect(starts).toBe(2);
    await gated.hangUp();
    const { code, took } = await gated.call('create', 'strange');
    expect(code).toBe(1);
    expect(took).toBeGreaterThanOrEqual(2900);
    expect(took).toBeLessThan(4000);
  });

  test.each([
    ['400 days before', 400],
    ['365 days beyond the end', -365],
  ])('says that the clock is %s of the ledger, as the agent does', async (says, days) => {
    gated.container('strange', strange);
    const made = Date.now() + days * 24 * hour + hour / 2 - (days < 0 ? 2 * hour : 0);
    const [issuedAt, expiresAt] = [made, made + hour].map((time) => new Date(time).toISOString());
    const ledger = ledgerOf([], { issuedAt: issuedAt ?? '', expiresAt: expiresAt ?? '' });
    gated.gate.ledger({ ledger, breakGlass: [], settings });
    const { code } = await gated.call('create', 'strange');
    expect(code).toBe(1);
    const [decision] = gated.gate.decisions();
    const words = clockWords(ledger, new Date())?.replace(/says .* UTC/, '') ?? '';
    expect(words).toContain(says);
    expect(decision?.reason.replace(/says .* UTC/, '')).toContain(words);
  });

  test('takes what has expired for unknown', async () => {
    gated.container('known', good);
    gated.container('refused', bad);
    const past = new Date(Date.now() - 1000).toISOString();
    await gated.answerWith(willing);
    gated.gate.ledger({
      ledger: ledgerOf([entry(good), entry(bad, { answer: 'deny' })], { expiresAt: past }),
      breakGlass: [],
      settings,
    });
    await gated.call('create', 'known');
    await gated.call('create', 'refused');
    gated.gate.ledger({ ledger: ledgerOf([entry(good, { expiresAt: past })]), breakGlass: [], settings });
    await gated.call('create', 'known');
    const starts = gated.said().filter(({ kind }) => kind === 'start');
    expect(starts.map(({ ledger }) => ledger)).toEqual(['expired', 'expired', 'expired']);
  });

  test('asks the agent where what is known depends on the container', async () => {
    gated.container('known', strange);
    gated.writeLedger({ environments: ['dev'] }, [entry(strange, { environment: 'dev' })]);
    await gated.answerWith(() => ({ answer: 'deny', reason: 'Not in prod.', id: 'x-1' }));
    expect(await gated.call('create', 'known')).toMatchObject({ code: 1 });
    expect(gated.said()[0]).toMatchObject({ ledger: 'ask' });
    expect(gated.gate.decisions()).toMatchObject([{ answer: 'deny', cause: 'verdict' }]);
  });

  test('refuses what one of a container’s environments may refuse, where the agent does not say in which it stands', async () => {
    gated.container('either', strange);
    const entries = [entry(strange, { environment: 'dev' }), entry(strange, { answer: 'deny', rule })];
    gated.writeLedger({ environments: ['dev'], unknown: 'allow' }, entries);
    const refused = await gated.call('create', 'either');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('CVE-2026-1');
    expect(refused.stderr).toContain('seawall gate status');
    gated.writeLedger({ environments: ['dev'], unknown: 'allow' }, [entry(strange, { environment: 'dev' })]);
    expect(await gated.call('create', 'either')).toMatchObject({ code: 0 });
    expect(gated.gate.decisions()).toMatchObject([
      { answer: 'deny', cause: 'verdict', effect: 'block', rule, asked: 'away' },
      { answer: 'allow', cause: 'unknown-image', asked: 'away' },
    ]);
  });

  test('starts nothing unknown whose settings nobody judged, where they must be judged', async () => {
    gated.container('strange', strange);
    gated.writeLedger({ unknown: 'allow', settings: 'judged', agentAway: 'deny' });
    const refused = await gated.call('create', 'strange');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('settings');
    gated.writeLedger({ unknown: 'allow', settings: 'judged', agentAway: 'allow' });
    expect(await gated.call('create', 'strange')).toMatchObject({ code: 0 });
    expect(gated.gate.decisions()).toMatchObject([
      { answer: 'deny', cause: 'gate-fault' },
      { answer: 'allow', cause: 'unknown-image' },
    ]);
  });

  test('starts no step of a build whose base nobody approved, whatever holds for unknown images', async () => {
    const bundle = join(gated.engineRoot, 'buildkit/executor/step');
    mkdirSync(bundle, { recursive: true });
    gated.writeLedger({ unknown: 'allow', builds: 'approved-base' });
    expect(await runToEnd(gated.gate.wrapper, ['run', '--bundle', bundle, 'step'])).toMatchObject({ code: 1 });
    expect(gated.gate.decisions()).toMatchObject([{ answer: 'deny', cause: 'build' }]);
  });

  test.each([
    ['missing', (file: string) => rmSync(file)],
    ['cut', (file: string) => truncateSync(file, 100)],
    [
      'damaged',
      (file: string) => writeFileSync(file, Buffer.concat([readFileSync(file).subarray(0, -1), Buffer.from('!')])),
    ],
    ['empty', (file: string) => truncateSync(file, 0)],
    ['another’s', (file: string) => chownSync(file, 1000, 1000)],
    ['writable by others', (file: string) => chmodSync(file, 0o666)],
    ['a folder', (file: string) => (rmSync(file), mkdirSync(file))],
    ['a link', (file: string) => (renameSync(file, `${file}.real`), symlinkSync(`${file}.real`, file))],
  ] as const)('answers by the host’s rule when the ledger is %s, unless the agent knows', async (_, spoil) => {
    gated.container('known', good);
    const { ledgerFile } = gated.gate;
    spoil(ledgerFile);
    try {
      const refused = await gated.call('create', 'known');
      expect(refused.code).toBe(1);
      expect(refused.took).toBeLessThan(1500);
      gated.gate.configure({ broken: 'allow' });
      expect(await gated.call('create', 'known')).toMatchObject({ code: 0 });
      await gated.answerWith(willing);
      gated.gate.configure({ broken: 'deny' });
      expect(await gated.call('create', 'known')).toMatchObject({ code: 0 });
      expect(gated.said()[0]).toMatchObject({ ledger: 'corrupt', image: good });
      expect(gated.gate.decisions().map(({ answer, cause }) => [answer, cause])).toEqual([
        ['deny', 'gate-fault'],
        ['allow', 'gate-fault'],
        ['allow', 'gate-fault'],
      ]);
    } finally {
      rmSync(ledgerFile, { recursive: true, force: true });
    }
  });

  test.each(['deny', 'allow'] as const)(
    'says %s by the host’s own rule while no ledger of the console is there, and starts what is the product’s own',
    async (broken) => {
      const own = entry(good, { cause: 'own-image' });
      const past = new Date(0).toISOString();
      const bare = ledgerOf([own], { sequence: 0, issuedAt: past, expiresAt: past });
      // What the file says for the unknown does not count: the host's rule may be another one by now.
      const unknown = broken === 'deny' ? 'allow' : 'deny';
      gated.gate.ledger({ ledger: bare, breakGlass: [], settings: { ...settings, unknown, builds: unknown } });
      gated.gate.configure({ broken });
      gated.container('known', good);
      gated.container('strange', strange);
      expect(await gated.call('create', 'known')).toMatchObject({ code: 0 });
      expect(await gated.call('create', 'strange')).toMatchObject({ code: broken === 'allow' ? 0 : 1 });
      const [first, second] = gated.gate.decisions();
      expect(first).toMatchObject({ answer: 'allow', cause: 'own-image' });
      expect(second).toMatchObject({ answer: broken, cause: 'gate-fault', ledgerSequence: 0, asked: 'away' });
      expect(second?.reason).toContain('no admission ledger');
    },
  );

  test('goes by the host’s rule for a container of no engine that it knows', async () => {
    expect(await gated.call('create', 'nobodys')).toMatchObject({ code: 1 });
    gated.gate.configure({ unknownInstance: 'allow' });
    expect(await gated.call('run', 'nobodys')).toMatchObject({ code: 0 });
    expect(gated.gate.decisions()).toMatchObject([
      { answer: 'deny', cause: 'not-admitted', verb: 'create' },
      { answer: 'allow', cause: 'not-admitted', verb: 'run' },
    ]);
  });

  test.each([
    ['no JSON', '{'],
    ['another’s form', '{"form":2,"runc":"/bin/true","unknownInstance":"allow","broken":"allow"}'],
    ['no word', '{"form":1,"runc":"/bin/true","unknownInstance":"allow","broken":"perhaps"}'],
    ['twice a key', '{"form":1,"runc":"/bin/true","unknownInstance":"allow","broken":"deny","broken":"allow"}'],
  ])('starts nothing when gate.json is %s', async (_, text) => {
    gated.container('known', good);
    writeFileSync(join(gated.gate.folder, 'gate.json'), text);
    const { code, stderr } = await gated.call('create', 'known');
    expect(code).toBe(1);
    expect(stderr).toContain('seawall gate install');
    // What runs can still be looked at and ended: there is a runtime where one usually lies.
    writeFileSync(join(gated.gate.folder, 'gate.json'), '{');
    expect((await runToEnd(gated.gate.wrapper, ['--version'])).stdout).toContain('runc version');
  });

  test('starts nothing by a gate.json that others may write', async () => {
    const file = join(gated.gate.folder, 'gate.json');
    chmodSync(file, 0o662);
    expect(await gated.call('create', 'nobodys')).toMatchObject({ code: 1 });
    chmodSync(file, 0o644);
  });

  test('knows no container of an instance whose file cannot be believed', async () => {
    gated.container('known', good);
    const file = join(gated.gate.folder, 'instances/test.json');
    chownSync(file, 1000, 0);
    gated.gate.configure({ unknownInstance: 'allow' });
    expect(await gated.call('create', 'known')).toMatchObject({ code: 1 });
    chownSync(file, 0, 0);
    expect(gated.gate.decisions()).toMatchObject([{ answer: 'deny', cause: 'gate-fault' }]);
  });

  test.each([
    ['no JSON', '{"Image":'],
    ['twice a key', `{"Image":"${good}","Image":"${bad}"}`],
    ['a list', '[]'],
    ['too deep', `{"Image":"${good}","x":${'['.repeat(5000)}${']'.repeat(5000)}}`],
    ['too long', `{"Image":"${good}","x":"${'a'.repeat(5 * 1024 * 1024)}"}`],
    ['with a zero', `{"Image":"${good}"}\0`],
    ['behind text', `{"Image":"${good}"}{}`],
  ])('refuses a container whose file is %s', async (_, text) => {
    writeFileSync(gated.container('hostile', good), text);
    gated.gate.configure({ broken: 'allow' });
    await gated.answerWith(willing);
    expect(await gated.call('create', 'hostile')).toMatchObject({ code: 1 });
    expect(gated.gate.decisions()).toMatchObject([{ answer: 'deny', cause: 'request', image: null }]);
    expect(gated.said()).toEqual([]);
  });

  test('refuses a container whose file is a link, a pipe or a device', async () => {
    const file = gated.container('hostile', good);
    renameSync(file, `${file}.real`);
    symlinkSync(`${file}.real`, file);
    expect(await gated.call('create', 'hostile')).toMatchObject({ code: 1 });
    rmSync(file);
    await runToEnd('mkfifo', [file]);
    expect(await gated.call('create', 'hostile')).toMatchObject({ code: 1 });
    expect(gated.gate.decisions()).toMatchObject([{ cause: 'request' }, { cause: 'request' }]);
  });

  test.each(['', 'app:1', good.slice(0, -1), `${good}0`, good.toUpperCase(), `md5:${'0'.repeat(64)}`])(
    'takes the image “%s” for unknown',
    async (image) => {
      gated.container('strange', image);
      await gated.answerWith(() => ({ answer: 'deny', reason: 'no', id: 'x' }));
      expect(await gated.call('create', 'strange')).toMatchObject({ code: 1 });
      expect(gated.said()[0]).toMatchObject({ image: null, ledger: 'unknown' });
      gated.gate.decisions();
    },
  );

  test.each(['..', '../known', 'a/b', '.hidden'])('looks up no container called %s', async (id) => {
    gated.container('known', good);
    expect(await gated.call('create', id)).toMatchObject({ code: 1 });
    expect(gated.gate.decisions()).toMatchObject([{ cause: 'not-admitted' }]);
  });

  test('keeps its answer when decisions cannot be written', async () => {
    gated.container('refused', bad);
    gated.container('known', good);
    const { spool } = gated.gate;
    const before = readdirSync(spool).length;
    renameSync(spool, `${spool}.away`);
    expect(await gated.call('create', 'refused')).toMatchObject({ code: 1 });
    expect(await gated.call('create', 'known')).toMatchObject({ code: 0 });
    renameSync(`${spool}.away`, spool);
    expect(readdirSync(spool).length).toBe(before);
    expect(statSync(spool).isDirectory()).toBe(true);
  });

  test('keeps its answer on a full disk, and leaves no half of a decision', async () => {
    gated.container('refused', bad);
    gated.container('known', good);
    const { spool } = gated.gate;
    await runToEnd('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', spool]);
    try {
      writeFileSync(join(spool, 'filler'), 'x'.repeat(4096));
      expect(await gated.call('create', 'refused')).toMatchObject({ code: 1 });
      expect(await gated.call('create', 'known')).toMatchObject({ code: 0 });
      expect(readdirSync(spool)).toEqual(['filler']);
    } finally {
      await runToEnd('umount', [spool]);
    }
  });
});
