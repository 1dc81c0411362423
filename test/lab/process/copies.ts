import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Detection } from '#runtime/contract.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Dock } from './dock.ts';
import { quiet } from './quiet.ts';

const protectedBy = 'the sensor with a rule that prevents';
const parts = 20_000;

/** An image of Debian with these files below `/srv`, that starts with these words of a shell. */
async function makeImage(
  dock: Dock,
  name: string,
  { files, words }: { readonly files: Readonly<Record<string, string>>; readonly words: string },
): Promise<void> {
  const folder = join(dock.state, name.replace(/\W/gu, '-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  }
  const made = await dock.pier.docker('create', 'surge/gate:1');
  await dock.pier.docker('cp', `${folder}/.`, `${made}:/srv`);
  const entrypoint = `ENTRYPOINT ${JSON.stringify(['/bin/sh', '-c', words])}`;
  await dock.pier.docker('commit', '--change', entrypoint, '--change', 'HEALTHCHECK NONE', made, name);
  await dock.pier.docker('rm', made);
}

const logsOf = ({ pier }: Dock, id: string) => pier.docker('logs', id);

const isByteCode = ({ file }: Detection) => file?.path.endsWith('.pyc') === true;

/** Starts it, and waits until it has said this. */
async function startUntil(dock: Dock, image: string, said: string): Promise<string> {
  const id = await dock.pier.docker('run', '-d', '--network', 'none', image);
  await until(`“${said}” of ${image}`, async () => (await logsOf(dock, id)).includes(said), {
    seconds: 480,
    every: 500,
  });
  return id;
}

const application = {
  'app/main.py': 'import mod\nprint(mod.word, flush=True)\n',
  'app/mod.py': 'word = "true"\n',
  'app/forge.py': `import importlib.util, marshal, os, sys
about = os.stat('/srv/app/mod.py')
head = importlib.util.MAGIC_NUMBER + b''.join(n.to_bytes(4, 'little') for n in (0, int(about.st_mtime), about.st_size))
open(sys.argv[1], 'wb').write(head + marshal.dumps(compile('word = "forged"', 'mod.py', 'exec')))
`,
};

const ofByteCode = '`npm run test:kernel` writes such byte code in both ways, in sensor-derived.test.ts.';

/** Files that ordinary programs bring about, and that hold nothing but what the image holds or makes. */
export const copyCases: readonly LabCase<Dock>[] = [
  {
    id: 'P60',
    title: `an entrypoint gives ${parts} files to a user, and each of them runs with no refusal`,
    shownBy: '`npm run test:kernel` gives 2,000 scripts away beside 8 busy loops, in sensor-copies-many.test.ts.',
    async run(dock) {
      const files = Object.fromEntries(
        Array.from({ length: parts }, (_, at) => [`parts/${at % 100}/p${at}`, `#!/bin/sh\n: ${at}\n`] as const),
      );
      const run =
        'for p in /srv/parts/*/*; do $p 2>/tmp/why || bad=$((bad + 1)); done; echo "bad $bad" $(cat /tmp/why)';
      const words = `bad=0; chown -R www-data:www-data /srv/parts; ${run}; sleep 3600`;
      await makeImage(dock, 'surge/parts:1', { files, words });
      const since = new Date();
      await dock.rule({ process: 'ignore' }); // in this lab's hours, a model is active before the last file is given away
      const id = await startUntil(dock, 'surge/parts:1', 'bad ').finally(() => dock.rule({}));
      const said = await logsOf(dock, id);
      const reported = async () => (await dock.alerts(id, since)).map(({ message }) => message).slice(0, 3);
      expectThat(said.trim().endsWith('bad 0'), `it said ${said.slice(0, 300)}; ${(await reported()).join(' ')}`);
      await quiet(dock, since, [id]);
      await dock.pier.docker('rm', '-f', id);
      return said.trim();
    },
  },
  {
    id: 'P61',
    title: 'byte code that Python wrote of the image’s modules is read again, and raises nothing',
    shownBy: ofByteCode,
    async run(dock) {
      const once = 'cd /srv/app && python3 main.py';
      await makeImage(dock, 'surge/app:1', {
        files: application,
        words: `${once}; ${once}; ls __pycache__; sleep 3600`,
      });
      const since = new Date();
      const id = await startUntil(dock, 'surge/app:1', '.pyc');
      await quiet(dock, since, [id]);
      const said = (await logsOf(dock, id)).trim().split('\n');
      await dock.pier.docker('rm', '-f', id);
      return said.at(-1);
    },
  },
  {
    id: 'P62',
    title: 'byte code that a session put there instead is not read',
    shownBy: ofByteCode,
    protectedBy,
    async run(dock) {
      const words =
        'cd /srv/app; python3 main.py; until [ -e /tmp/go ]; do sleep 0.2; done; python3 main.py; echo end; sleep 3600';
      await makeImage(dock, 'surge/forged:1', { files: application, words });
      const since = new Date();
      const id = await startUntil(dock, 'surge/forged:1', 'true');
      const forge = 'python3 /srv/app/forge.py $(ls /srv/app/__pycache__/mod.*.pyc) && touch /tmp/go';
      const { code, output } = await dock.inside(id, 'sh', '-c', forge);
      expectThat(code === 0, `the session ended with ${code}: ${output}`);
      await until('the second run', async () => (await logsOf(dock, id)).includes('end'), { seconds: 60 });
      expectThat(!(await logsOf(dock, id)).includes('forged'), 'it was read');
      const alert = await until('its alert', async () => (await dock.alerts(id, since)).find(isByteCode), {
        seconds: 20,
      });
      await dock.pier.docker('rm', '-f', id);
      return alert.message;
    },
  },
];
