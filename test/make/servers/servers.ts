import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { largeArchive, type MadeImage, sha256 } from '../image.ts';
import { madeOnce } from '../made-once.ts';
import { directory, file, makeTar } from '../tar.ts';

/** Servers as people run them: nginx, Tomcat with an application that has a hole, redis; all on one Debian 13. */
export interface ServerImages {
  readonly nginx: MadeImage;
  readonly tomcat: MadeImage;
  readonly redis: MadeImage;
  /** The Tomcat image's next builds: the same files under another digest, and with one changed program. */
  readonly tomcatRebuilt: MadeImage;
  readonly tomcatChanged: MadeImage;
}

const sources = import.meta.dirname;
const included =
  'nginx-light,tomcat10,openjdk-21-jre-headless,redis-server,redis-tools,python3-minimal,curl,logrotate,netcat-openbsd';

/** Programs that labs let into containers, compiled here. */
export interface Intruders {
  /** Static; see `intruder.c`. */
  readonly program: string;
  readonly library: string;
}

export function makeIntruders(folder: string): Intruders {
  const program = join(folder, 'intruder');
  const library = join(folder, 'preload.so');
  execFileSync('gcc', ['-O2', '-static', '-pthread', '-o', program, join(sources, 'intruder.c')]);
  execFileSync('gcc', ['-O2', '-shared', '-fPIC', '-o', library, join(sources, 'preload.c')]);
  return { program, library };
}

/** Path of the tar that the images stand on: made once, under `.cache/test-images`. Needs root and mmdebstrap. */
export async function serverGround(): Promise<string> {
  const folder = join(sources, '../../../.cache/test-images/servers-v1');
  await madeOnce(folder, makeGround);
  return join(folder, 'ground.tar');
}

/** The images, of those of Tomcat each with a further layer where one is given. Needs gcc, and what their ground needs. */
export async function serverImages(
  last: Partial<Record<'tomcat' | 'tomcatRebuilt' | 'tomcatChanged', Uint8Array>> = {},
): Promise<ServerImages> {
  const ground = await readFile(await serverGround());
  const groundId = sha256(ground);
  const image = (name: string, above: readonly Uint8Array[], config: object): MadeImage =>
    largeArchive([ground, ...above], {
      names: [name],
      diffIds: [groundId, ...above.map(sha256)],
      config: { config },
    });
  const application = applicationLayer();
  const lastOf = (name: keyof typeof last): readonly Uint8Array[] => {
    const layer = last[name];
    return layer === undefined ? [] : [layer];
  };
  return {
    nginx: image('surge/gate:1', [], {
      Entrypoint: ['/usr/sbin/nginx', '-g', 'daemon off;'],
      Healthcheck: { Test: ['CMD-SHELL', 'curl -fso /dev/null http://127.0.0.1:$PORT/'], Interval: 2_000_000_000 },
    }),
    tomcat: image('surge/gauge:1', [application, ...lastOf('tomcat')], tomcat),
    tomcatRebuilt: image(
      'surge/gauge:2',
      [application, makeTar([file('etc/build', '2')]), ...lastOf('tomcatRebuilt')],
      tomcat,
    ),
    tomcatChanged: image(
      'surge/gauge:3',
      [application, makeTar([file('usr/local/bin/tide', intruderBytes('tide-2'), 0o755)]), ...lastOf('tomcatChanged')],
      tomcat,
    ),
    redis: image('surge/cache:1', [], { Entrypoint: ['/usr/bin/redis-server', '--save', '', '--bind', '127.0.0.1'] }),
  };
}

async function makeGround(work: string): Promise<void> {
  const hooks = ['--customize-hook=rm -rf "$1"/var/lib/tomcat10/webapps/* "$1"/var/cache/apt/*'];
  const words = ['--quiet', '--variant=minbase', `--include=${included}`, ...hooks];
  await promisify(execFile)('mmdebstrap', [...words, 'trixie', join(work, 'ground.tar')]);
}

/** Tomcat's application, its helper and the tools of who breaks in. */
function applicationLayer(): Uint8Array {
  return makeTar([
    directory('var/lib/tomcat10/webapps/ROOT'),
    file('var/lib/tomcat10/webapps/ROOT/hole.jsp', readFileSync(join(sources, 'hole.jsp'))),
    file('etc/tomcat10/server.xml', readFileSync(join(sources, 'server.xml'))),
    file('usr/local/bin/tide', intruderBytes('tide-1'), 0o755),
  ]);
}

const tomcat = {
  Entrypoint: ['/usr/share/tomcat10/bin/catalina.sh', 'run'],
  Env: [
    'PATH=/usr/local/bin:/usr/bin:/bin',
    'CATALINA_BASE=/var/lib/tomcat10',
    'JAVA_HOME=/usr/lib/jvm/java-21-openjdk-amd64',
  ],
};

/** The intruder's program with another text in it, so that its hash differs. */
function intruderBytes(text: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-intruder-'));
  try {
    const { program } = makeIntruders(folder);
    return Buffer.concat([readFileSync(program), Buffer.from(text)]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes one to a file that `docker load` reads. */
export function writeArchive(image: MadeImage, path: string): void {
  writeFileSync(path, image.bytes);
}
