import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dockerArchive, type MadeImage } from '../image.ts';
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

/** The images; their common ground is made once, under `.cache/test-images`. Needs root, mmdebstrap and gcc. */
export function serverImages(): ServerImages {
  const folder = join(sources, '../../../.cache/test-images/servers-v1');
  if (!existsSync(folder)) makeGround(folder);
  const ground = readFileSync(join(folder, 'ground.tar'));
  const application = applicationLayer();
  return {
    nginx: dockerArchive([ground], {
      names: ['surge/gate:1'],
      config: {
        config: {
          Entrypoint: ['/usr/sbin/nginx', '-g', 'daemon off;'],
          Healthcheck: { Test: ['CMD-SHELL', 'curl -fso /dev/null http://127.0.0.1:$PORT/'], Interval: 2_000_000_000 },
        },
      },
    }),
    tomcat: tomcat('surge/gauge:1', [ground, application]),
    tomcatRebuilt: tomcat('surge/gauge:2', [ground, application, makeTar([file('etc/build', '2')])]),
    tomcatChanged: tomcat('surge/gauge:3', [
      ground,
      application,
      makeTar([file('usr/local/bin/tide', intruderBytes('tide-2'), 0o755)]),
    ]),
    redis: dockerArchive([ground], {
      names: ['surge/cache:1'],
      config: { config: { Entrypoint: ['/usr/bin/redis-server', '--save', '', '--bind', '127.0.0.1'] } },
    }),
  };
}

/** Works in a folder of its own that takes its place when it is whole; the first of two makers wins. */
function makeGround(folder: string): void {
  mkdirSync(join(folder, '..'), { recursive: true });
  const work = mkdtempSync(`${folder}.`);
  try {
    const hooks = ['--customize-hook=rm -rf "$1"/var/lib/tomcat10/webapps/* "$1"/var/cache/apt/*'];
    const words = ['--quiet', '--variant=minbase', `--include=${included}`, ...hooks];
    execFileSync('mmdebstrap', [...words, 'trixie', join(work, 'ground.tar')], { stdio: 'pipe' });
    renameSync(work, folder);
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
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

function tomcat(name: string, layers: readonly Uint8Array[]): MadeImage {
  return dockerArchive(layers, {
    names: [name],
    config: {
      config: {
        Entrypoint: ['/usr/share/tomcat10/bin/catalina.sh', 'run'],
        Env: [
          'PATH=/usr/local/bin:/usr/bin:/bin',
          'CATALINA_BASE=/var/lib/tomcat10',
          'JAVA_HOME=/usr/lib/jvm/java-21-openjdk-amd64',
        ],
      },
    },
  });
}

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
