import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type BackingFile, findBackingFiles } from '../../../src/runtime/agent/image-files/backing-files.ts';
import { compilePolicy, type ImageTable } from '../../../src/runtime/agent/policies/compile-policy.ts';
import type { ExecFrame } from '../../../src/runtime/agent/wire/frames.ts';
import type { RuntimeRule } from '../../../src/runtime/contract.ts';
import type { PolicyEdge } from '../../../src/runtime/policy-of.ts';
import { docker, type DockerResult } from '../../make/program-image.ts';
import { startBuiltSensor, TestAgent, type TestSensor } from '../../make/sensor.ts';
import { expectThat } from '../lab.ts';
import { imageName, loaderPath } from './image.ts';
import { type ContainerShell, openShell } from './shell.ts';

const engine = { socket: '/var/run/docker.sock' };
const engineRoot = '/var/lib/docker';
/** Programs run 10 to 20 times slower here than outside. */
const seconds = 120;
const tableNumber = 7;

/** What the trials work on: the guest's engine, the sensor, and one container that is told what to do. */
export interface Ground {
  readonly sensor: TestSensor;
  agent(): TestAgent;
  /** Connects anew, after the sensor ended. */
  reconnect(): void;
  /** Its first program, which has a tmpfs at `/x`. */
  readonly shell: ContainerShell;
  /** Id of that container, and the number by which the kernel knows it. */
  readonly id: string;
  readonly cgroup: bigint;
  /** Folder of the image's only layer. */
  readonly layer: string;
  docker(...words: readonly string[]): Promise<DockerResult>;
  /** Says what may run in containers of the image; with edges it is what the model holds. Without arms, it alerts only. */
  setPolicy(edges?: readonly PolicyEdge[]): Promise<void>;
  /** What was told of this program of the container, and is against the policy. */
  reported(path: string): Promise<ExecFrame>;
  close(): Promise<void>;
}

export async function openGround(archive: string, armed: boolean): Promise<Ground> {
  const ask = (...words: readonly string[]) => docker(engine, ...words);
  await ask('load', '--quiet', '--input', archive);
  const format = '{{.Id}} {{.GraphDriver.Data.UpperDir}}';
  const [imageId = '', layer = ''] = (await ask('image', 'inspect', '--format', format, imageName)).stdout.split(' ');
  const files = await filesOf(layer);
  const table = tableOf(files);
  const sensor = await startBuiltSensor(engineRoot, seconds);
  const connect = () => new TestAgent(sensor.socket, { seconds });
  let agent = connect();
  const shell = openShell(['--name', 'main', '--network', 'none', '--tmpfs', '/x:exec', imageName, 'sh']);
  await shell.say('true');
  const { id, cgroup } = await agent.until('container', (one) => one.image === imageId);
  let version = 0;
  return {
    sensor,
    agent: () => agent,
    reconnect: () => {
      agent.close();
      agent = connect();
    },
    shell,
    id,
    cgroup,
    layer,
    docker: ask,
    setPolicy: async (edges) => {
      version += 1;
      const there = await agent.putTable(tableNumber, files);
      if (there.accepted !== 1) throw new Error(`The sensor does not take the table: ${there.reason}`);
      agent.send({ ...policyText({ imageId, table, armed, edges }), policy: 7, version });
      const reply = await agent.until('policy-reply', (one) => one.version === version);
      if (reply.accepted !== 1) throw new Error(`The sensor does not take the policy: ${reply.reason}`);
    },
    reported: (path) =>
      agent.until('exec', (one) => one.cgroup === cgroup && one.path === path && one.verdict !== 'observed'),
    close: async () => {
      await shell.close();
      agent.close();
      await sensor.stop();
    },
  };
}

/** Every file of the layer, as the agent finds those that a scan names: by no path that goes through a link. */
async function filesOf(layer: string): Promise<readonly BackingFile[]> {
  const paths = readdirSync(layer, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && realpathSync(entry.parentPath) === entry.parentPath)
    .map((entry) => join(entry.parentPath, entry.name).slice(layer.length + 1));
  const scanned = paths.map((path) => ({
    path,
    size: statSync(join(layer, path)).size,
    layer: 0,
    sha256: '',
    md5: '',
    elf: { interpreter: loaderPath },
  }));
  const { files, missingCount } = await findBackingFiles(scanned, [layer]);
  expectThat(missingCount === 0, `${missingCount} files of the layer are not found`);
  return files;
}

/** The files under the number that they are put with. */
function tableOf(files: readonly BackingFile[]): ImageTable {
  const inodes = new Map(files.map(({ path, file }) => [path, file.inode]));
  return {
    number: tableNumber,
    isComplete: true,
    inodeOf: (path) => inodes.get(path),
    hasApplets: () => false,
    packedLibraries: [],
    tools: () => [],
  };
}

interface PolicyWish {
  readonly imageId: string;
  readonly table: ImageTable;
  readonly armed: boolean;
  readonly edges: readonly PolicyEdge[] | undefined;
}

function policyText({ imageId, table, armed, edges }: PolicyWish) {
  const effect = armed ? 'prevent' : 'alert';
  const rule: RuntimeRule = {
    id: 'lab',
    version: 1,
    name: 'Lab',
    state: 'on',
    drift: effect,
    code: effect,
    process: effect,
    preventFrom: 'protect-ready',
    execSessions: 'judge',
    neverLearn: [],
  };
  return compilePolicy({
    images: [imageId],
    rule,
    table,
    phase: 'run',
    engineFiles: [],
    ...(edges !== undefined && {
      model: { edges, contents: [], folders: [], unlearned: { boot: effect, run: effect } },
    }),
  });
}
