import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listModels, type ModelSummary } from '#runtime/contract.ts';
import { dockerArchive, type MadeImage } from '../../make/image.ts';
import { directory, file, makeTar, symlink } from '../../make/tar.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Dock } from './dock.ts';

const name = 'surge/applets:1';

/** Works with two applets, and starts another one when a file of the marks asks for it. */
const script = `while :; do
  /bin/ls / >/dev/null || echo "ls $?" >/mark/broken
  wish=
  [ -e /mark/wish ] && read wish </mark/wish
  case "$wish" in
    id) /bin/id >/dev/null; echo "$?" >/mark/answer ;;
    exec) (exec -a busybox /bin/ls id >/dev/null); echo "$?" >/mark/answer ;;
  esac
  /bin/sleep 0.5
done
`;

/** One BusyBox with links, as Alpine has it, beside a shell that is a file of its own. */
function appletsImage(): MadeImage {
  const busybox = readFileSync('/usr/bin/busybox');
  const layer = makeTar([
    directory('bin'),
    directory('mark'),
    file('bin/sh', busybox, 0o755),
    file('bin/busybox', busybox, 0o755),
    ...['ls', 'sleep', 'id', 'cat'].map((applet) => symlink(`bin/${applet}`, 'busybox')),
    file('work.sh', script),
  ]);
  const config = { Env: ['PATH=/bin'], Cmd: ['/bin/sh', '/work.sh'] };
  return dockerArchive([layer], { names: [name], config: { config } });
}

interface Learned {
  readonly id: string;
  readonly digest: string;
}

/** The container whose model is active; made by whoever asks first. */
const learned = new WeakMap<Dock, Promise<Learned>>();

export function learnedApplets(dock: Dock): Promise<Learned> {
  const known = learned.get(dock) ?? start(dock);
  learned.set(dock, known);
  return known;
}

async function start(dock: Dock): Promise<Learned> {
  const image = appletsImage();
  const archive = join(dock.state, 'applets.tar');
  writeFileSync(archive, image.bytes);
  await dock.pier.docker('load', '-q', '-i', archive);
  rmSync(archive);
  const id = await dock.pier.docker('run', '-d', '--network', 'none', '-v', `${dock.marks}:/mark`, name);
  const { digest } = image;
  if (!dock.armed) return { id, digest };
  const isActive = async () => (await modelOf(dock, digest, '/work.sh'))?.state === 'active';
  await until(`an active model of ${name}`, isActive, { seconds: 240, every: 1000 });
  await new Promise((resolve) => setTimeout(resolve, 4000)); // its sensor hears of it
  return { id, digest };
}

async function modelOf({ ask }: Dock, digest: string, word: string): Promise<ModelSummary | undefined> {
  const { models } = await ask(listModels, { query: { image: digest } });
  return models.find(({ key }) => key.entrypoint.includes(word));
}

/** The code with which what was asked for ended. */
async function codeOf({ marks }: Dock, wish: string): Promise<number> {
  const answer = join(marks, 'answer');
  rmSync(answer, { force: true });
  writeFileSync(join(marks, 'wish'), `${wish}\n`);
  try {
    await until(`an answer to ${wish}`, async () => existsSync(answer) && readFileSync(answer, 'utf8') !== '', {
      seconds: 20,
    });
    return Number(readFileSync(answer, 'utf8'));
  } finally {
    rmSync(join(marks, 'wish'), { force: true });
  }
}

export const appletCases: readonly LabCase<Dock>[] = [
  {
    id: 'P460',
    title: 'an applet that was not learned is killed however it is called, and those that were go on',
    protectedBy: 'the sensor with a rule that prevents',
    async run(dock) {
      const { id } = await learnedApplets(dock);
      const since = new Date();
      const codes = [await codeOf(dock, 'id'), await codeOf(dock, 'exec')];
      expectThat(
        codes.every((code) => code === 137),
        `it ended with ${codes.join(' and ')}`,
      );
      const alert = await dock.alert(id, since, { path: '/bin/busybox' });
      expectThat(alert.process.applet === 'id' && alert.outcome === 'killed', JSON.stringify(alert));
      await new Promise((resolve) => setTimeout(resolve, 3000));
      const others = (await dock.alerts(id, since)).filter(({ process }) => process.applet !== 'id');
      expectThat(others.length === 0, `others were told: ${others.map(({ message }) => message).join('; ')}`);
      expectThat(!existsSync(join(dock.marks, 'broken')), 'a learned applet was stopped');
      return alert.message;
    },
  },
  {
    id: 'P461',
    title: 'another command of an image whose model prevents runs undisturbed, and learns from the beginning',
    async run(dock) {
      const { id, digest } = await learnedApplets(dock);
      const line =
        '/bin/id >/dev/null && /bin/cat /work.sh >/dev/null && /bin/busybox id && /bin/sleep 1 && echo whole';
      for (let tries = 0; tries < 3; tries += 1) {
        const said = await dock.pier.docker('run', '--rm', '--network', 'none', name, '/bin/sh', '-c', line);
        expectThat(said.endsWith('whole'), `it said ${said}`);
      }
      await dock.pier.docker('rm', '-f', id);
      if (!dock.armed) return 'nothing watches here';
      const model = await until('its model', () => modelOf(dock, digest, line), { seconds: 30 });
      expectThat(model.state === 'learning', `its model is ${model.state}`);
      return 'three runs, model learning';
    },
  },
];
