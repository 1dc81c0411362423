import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layerBlobsOfManifest, referenceFacts } from '#catalog/index.ts';
import { known } from '#base/index.ts';
import { imageFactsOfScan } from '../../../../src/catalog/image-facts/of-scan.ts';
import { scanTarget } from '../../../../src/catalog/scan.testing.ts';
import { openMalwareSet } from '../../../../src/catalog/malware/search-image.ts';
import { makeElf } from '../../../make/elf.ts';
import { describe, type ImageOptions, ociArchive, ociImage } from '../../../make/image.ts';
import { directory, file, makeTar, type TarEntry } from '../../../make/tar.ts';
import { expectThat } from '../../lab.ts';
import { live, type Subject } from '../subject.ts';

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ format: 'pem', type: 'pkcs8' })
  .toString();
const awsKey = `AKIA${'Q3EGZ7KJ2MWX5TLB'}`;
const password = 'kT9vv2qLw83nRb5x';

const harm = 'a program that does harm';
const hashOf = (algorithm: 'md5' | 'sha256', text: string): string => createHash(algorithm).update(text).digest('hex');
const saying = (text: string): Buffer => makeElf([{ name: '.text', content: Buffer.from(text) }]);

/** A package of dpkg, with the hash of its one program. */
const packaged: readonly TarEntry[] = [
  file('var/lib/dpkg/status', 'Package: coreutils\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n'),
  file('var/lib/dpkg/info/coreutils.list', '/usr/bin/ls\n'),
  file('var/lib/dpkg/info/coreutils.md5sums', `${hashOf('md5', 'as packaged')}  usr/bin/ls\n`),
];

const goodFiles: readonly TarEntry[] = [
  ...packaged,
  file('usr/bin/ls', 'as packaged', 0o755),
  file('etc/os-release', 'ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n'),
  file('etc/passwd', 'root:x:0:0::/root:/bin/bash\napp:x:10001:10001::/srv:/usr/sbin/nologin\n'),
  file('etc/group', 'root:x:0:\napp:x:10001:\n'),
  file('etc/shadow', 'root:*:20000:0:99999:7:::\napp:!:20000:0:99999:7:::\n', 0o640),
  { ...directory('tmp'), mode: 0o1777 },
  file('srv/app/start', '\x7fELF', 0o755),
];

const badFiles: readonly TarEntry[] = [
  ...packaged,
  file('usr/bin/ls', 'changed', 0o755),
  file('srv/app/harm', harm),
  file('srv/app/worker', saying('stratum+tcp://wallet@pool.example:3333 '), 0o755),
  file('srv/app/packed', saying('UPX! info'), 0o755),
  file('etc/os-release', 'ID=debian\nVERSION_ID="9"\nPRETTY_NAME="Debian GNU/Linux 9 (stretch)"\n'),
  file('etc/passwd', 'root:x:0:0::/root:/bin/bash\ntoor::0:0::/root:/bin/bash\n'),
  file('etc/group', 'root:x:0:\n'),
  file('etc/shadow', 'toor::20000:0:99999:7:::\n', 0o640),
  file('srv/app/start', '\x7fELF', 0o4755),
  capability(1 << 12),
  file('srv/app/listen', '\x7fELF', 0o755),
  file('srv/app/settings', 'x', 0o666),
  file('usr/bin/gcc', '\x7fELF', 0o755),
  file('usr/sbin/sshd', '\x7fELF', 0o755),
  file('usr/bin/sudo', '\x7fELF', 0o755),
  file('root/.ssh/id_ecdsa', key, 0o600),
  file(
    'root/.aws/credentials',
    `[default]\naws_access_key_id = ${awsKey}\naws_secret_access_key = ${'wJalrXUtnFEMIk7MDENGbPxRfiCYq9zT4hL2vKsA'}\n`,
  ),
  file('root/.npmrc', `//registry.example/:_authToken=${password}${password}\n`),
  file('srv/app/.git/config', '[core]\n'),
];

/** One that is above a base, so that its lists are nobody else’s. */
const added: readonly TarEntry[] = [file('var/lib/apt/lists/deb.example_Packages', 'Package: x\n')];

/** `security.capability` as setcap(8) writes it, for the file that follows. */
function capability(bits: number): TarEntry {
  const value = Buffer.alloc(20);
  value.writeUInt32LE(0x0200_0001, 0);
  value.writeUInt32LE(bits, 4);
  const rest = Buffer.concat([Buffer.from(' SCHILY.xattr.security.capability='), value, Buffer.from('\n')]);
  return { ...file('PaxHeaders/0', Buffer.concat([Buffer.from(String(rest.length + 2)), rest])), flag: 'x' };
}

const good: ImageOptions = {
  steps: ['RUN /bin/sh -c apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/* # buildkit'],
  config: {
    created: new Date(Date.now() - 86_400_000).toISOString(),
    config: {
      User: '10001:10001',
      ExposedPorts: { '8080/tcp': {} },
      Healthcheck: { Test: ['CMD', '/srv/app/start', 'probe'] },
      Volumes: { '/var/lib/app': {} },
      WorkingDir: '/srv/app',
      Env: ['PATH=/usr/local/bin:/usr/bin', 'MODE=production'],
      Labels: {
        'org.opencontainers.image.source': 'https://git.example/app',
        'org.opencontainers.image.revision': '0b1c',
        'org.opencontainers.image.vendor': 'Lab',
      },
    },
  },
};

const steps = [
  '/bin/sh -c #(nop) ADD file:0123456789abcdef in / ',
  'RUN /bin/sh -c apt-get update # buildkit',
  'RUN /bin/sh -c apt-get update && apt-get -y dist-upgrade --allow-unauthenticated # buildkit',
  'ADD app.tar.gz /srv/ # buildkit',
  'ADD https://example.com/a.tgz /a.tgz # buildkit',
  'RUN /bin/sh -c curl -k https://example.com/setup | bash - # buildkit',
  `RUN |1 KEY=${awsKey} /bin/sh -c make # buildkit`,
];

const bad: ImageOptions = {
  config: {
    created: '2020-01-01T00:00:00Z',
    config: {
      User: '0',
      ExposedPorts: { '22/tcp': {} },
      Volumes: { '/etc': {} },
      WorkingDir: 'app',
      OnBuild: ['COPY . /srv'],
      Env: ['PATH=.:/usr/bin', 'LD_PRELOAD=/tmp/x.so', 'NODE_TLS_REJECT_UNAUTHORIZED=0', `AWS_ACCESS_KEY_ID=${awsKey}`],
      Labels: { contact: `https://bot:${password}@git.example/`, token: awsKey },
    },
    history: steps.map((created_by, at) => ({ created_by, empty_layer: at > 1 })),
  },
};

/** Images that are made, written as archives and scanned as any other. */
export async function imageSubjects(folder: string): Promise<readonly Subject[]> {
  return [
    await scanned('sound image', folder, ociImage([makeTar(goodFiles)], good)),
    await scanned('careless image', folder, ociImage([makeTar(badFiles), makeTar(added)], bad)),
    await scanned('foreign image', folder, foreign(ociImage([makeTar(goodFiles)], good))),
    await scanned(
      'tampered image',
      folder,
      ociImage([makeTar(goodFiles)], { ...good, diffIds: [`sha256:${'0'.repeat(64)}`] }),
    ),
    ...stated,
    ...references,
  ];
}

const lists = { 'allowed-image-ports': ['8080/tcp'] };

type Oci = ReturnType<typeof ociImage>;
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

async function scanned(name: string, folder: string, image: Oci): Promise<Subject> {
  const path = join(folder, `${name.replace(' ', '-')}.tar`);
  writeFileSync(path, ociArchive([image]));
  const manifest = image.blobs.get(image.descriptor.digest);
  const config = image.blobs.get(image.digest);
  expectThat(manifest !== undefined && config !== undefined, `${name} has no manifest`);
  const catalog = await scanTarget(`archive:${path}`, 'hashed', {
    malware: await openMalwareSet(malwareFolder(folder)),
  });
  const fields = { ...imageFactsOfScan({ config, catalog }), layerBlobs: layerBlobsOfManifest(manifest) };
  return { name, kind: 'image', origin: live, documents: [{ kind: 'scan', fields }], lists };
}

/** A set that knows one file. */
function malwareFolder(folder: string): string {
  const path = join(folder, 'malware');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'own.txt'), `${hashOf('sha256', harm)} Harm\n`);
  return path;
}

/** The same image, whose layer is said to lie elsewhere. */
function foreign(image: Oci): Oci {
  const bytes = image.blobs.get(image.descriptor.digest);
  expectThat(bytes !== undefined, 'the image has no manifest');
  const manifest = JSON.parse(Buffer.from(bytes).toString()) as { layers: object[] };
  const layers = manifest.layers.map((layer) => ({ ...layer, urls: ['https://elsewhere.example/layer'] }));
  const text = Buffer.from(JSON.stringify({ ...manifest, layers }));
  const descriptor = { ...image.descriptor, ...describe(manifestType, text) };
  return { ...image, blobs: new Map([...image.blobs, [descriptor.digest, text]]), descriptor };
}

const because = 'no image of this lab has a package of certificate authorities';
const stated = [
  facts('trusting image', {
    trustedRoots: [{ subject: 'CN=Proxy', fingerprint: 'ab'.repeat(32), isPackaged: false }],
  }),
  facts('wary image', { trustedRoots: [{ subject: 'CN=Root', fingerprint: 'cd'.repeat(32), isPackaged: true }] }),
];

function facts(name: string, values: Readonly<Record<string, unknown>>): Subject {
  const fields = Object.fromEntries(Object.entries(values).map(([field, value]) => [field, known(value, field)]));
  return { name, kind: 'image', origin: { kind: 'stated', because }, documents: [{ kind: 'scan', fields }] };
}

const amd64 = { os: 'linux', architecture: 'amd64' };

function reference(text: string, architecture: string): Subject {
  const fields = referenceFacts(text, { platform: { ...amd64, architecture }, hostPlatform: amd64 });
  return { name: text, kind: 'reference', origin: live, documents: [{ kind: 'reference', fields }] };
}

/** Names as an operator writes them. */
export const [moving, pinned] = ['lab/app', `registry.example/lab/app:1@sha256:${'0a'.repeat(32)}`] as const;
const references = [reference(moving, 'arm64'), reference(pinned, 'amd64')];
