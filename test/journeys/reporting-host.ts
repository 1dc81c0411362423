import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Decision } from '#admission/contract.ts';
import type { BreakGlassFact, GateFact, RoguesFact, TrialsStatement } from '#gate/contract.ts';
import { signedBytesOfTrials } from '#gate/signed-trials.ts';
import { silentLog } from '#base/index.ts';
import type { ScanPublication } from '#catalog/contract.ts';
import type { ComplianceFact } from '#compliance/contract.ts';
import type { CallInput, Endpoint, ReplyOf } from '#http/index.ts';
import type { ContainerFact, HostFact, ImageFact, PresentFact, SubjectFact, UseFact } from '#inventory/contract.ts';
import { type AgentLink, joinConsole, openLink } from '#link/agent/index.ts';
import { type Introduction, protocolVersion } from '#link/contract.ts';
import type { ArmedFact, BehaviourFact, CodeStatement, Detection, SensorFact } from '#runtime/contract.ts';
import { signedBytesOf } from '#runtime/index.ts';

/** A host whose agent says what a test wants it to say, over the link that real agents use. */
export interface ReportingHost {
  /** Id of the agent. */
  readonly agent: string;
  /** Calls what the console serves to agents, by the agent's certificate. */
  readonly ask: <E extends Endpoint>(endpoint: E, input?: Partial<CallInput<E>>) => Promise<ReplyOf<E>>;
  readonly host: (fact?: Partial<HostFact>) => Promise<void>;
  readonly image: (fact: Pick<ImageFact, 'id' | 'subject' | 'names'>) => Promise<void>;
  /** Answers the container's id, the same for the same name. */
  readonly container: (fact: ContainerWords) => Promise<string>;
  readonly subject: (fact: SubjectFact) => Promise<void>;
  readonly use: (fact: UseFact) => Promise<void>;
  readonly present: (fact: PresentFact) => Promise<void>;
  readonly unscanned: (name: string, reason: string) => Promise<void>;
  readonly scan: (publication: ScanPublication) => Promise<void>;
  readonly behaviour: (fact: BehaviourFact) => Promise<void>;
  readonly detection: (fact: Detection) => Promise<void>;
  readonly sensor: (fact: Partial<SensorFact>) => Promise<void>;
  readonly armed: (fact: ArmedFact) => Promise<void>;
  /** Signs a statement by the host's key, as agents do. */
  readonly code: (statement: CodeStatement) => Promise<void>;
  readonly compliance: (fact: ComplianceFact) => Promise<void>;
  readonly decision: (fact: Decision) => Promise<void>;
  readonly gate: (fact: GateFact) => Promise<void>;
  /** Signs a statement by the host's key, as agents do. */
  readonly trials: (statement: TrialsStatement) => Promise<void>;
  readonly rogues: (fact: RoguesFact) => Promise<void>;
  readonly breakGlass: (fact: BreakGlassFact) => Promise<void>;
  /** Waits until the console has stored everything. */
  readonly stored: () => Promise<void>;
  /** Stops the agent; `wake` starts it again with the identity and the spool that it has. */
  readonly rest: () => Promise<void>;
  readonly wake: () => Promise<void>;
  /** Ends the agent; for the console it is silent from then on. */
  readonly close: () => Promise<void>;
}

/** What a test says of a container; the rest is what an ordinary one has. */
export type ContainerWords = Partial<ContainerFact> & Pick<ContainerFact, 'name' | 'image'>;

export interface HostWords {
  readonly console: string;
  /** Secret of a join token. */
  readonly token: string;
  readonly name: string;
  /** Missing: `default`. */
  readonly instance?: string;
  readonly environment?: string;
}

/** Joins a console as an agent does. */
export async function joinAsHost({
  console,
  token,
  name,
  instance = 'default',
  environment,
}: HostWords): Promise<ReportingHost> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'seawall-host-'));
  const place = environment === undefined ? {} : { environment };
  const introduction: Introduction = {
    protocol: protocolVersion,
    host: name,
    instance,
    version: '0.1.0',
    ...place,
  };
  const identity = await joinConsole({ consoleUrl: console, token, stateFolder, introduction });
  const open = () => openLink({ identity, stateFolder, introduction, log: silentLog });
  let link = await open();
  return {
    agent: identity.agent,
    ask: (endpoint, input = {}) => link.call(endpoint, input),
    host: (fact) => link.send('host', { ...ordinaryHost, ...place, ...fact }),
    image: (fact) => link.send('image', { state: 'present', repoDigests: [], ...fact }),
    container: async (words) => {
      const id = createHash('sha256').update(`${name}/${words.name}`).digest('hex');
      await link.send('container', { ...ordinaryContainer(), ...place, id, ...words });
      return id;
    },
    subject: (fact) => link.send('subject', fact),
    use: (fact) => link.send('use', fact),
    present: (fact) => link.send('present', fact),
    unscanned: (image, reason) =>
      link.send('unscanned', { target: image, name: image, state: 'unscanned', code: 'source-unreadable', reason }),
    scan: (publication) => link.send('scan', publication),
    behaviour: (fact) => link.send('behaviour', fact),
    detection: (fact) => link.send('detection', fact),
    sensor: (fact) => link.send('sensor', { ...ordinarySensor, ...fact }),
    armed: (fact) => link.send('armed', fact),
    code: (statement) => link.send('code', signedBy(link, statement, signedBytesOf)),
    compliance: (fact) => link.send('compliance', fact),
    decision: (fact) => link.send('decision', fact),
    gate: (fact) => link.send('gate', fact),
    trials: (statement) => link.send('trials', signedBy(link, statement, signedBytesOfTrials)),
    rogues: (fact) => link.send('rogues', fact),
    breakGlass: (fact) => link.send('break-glass', fact),
    stored: () => link.flushed(),
    rest: () => link.close(),
    wake: async () => {
      link = await open();
    },
    close: async () => {
      await link.close();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

function signedBy(link: AgentLink, statement: object, bytesOf: (text: string) => Buffer) {
  const text = JSON.stringify(statement);
  return { statement: text, ...link.sign(bytesOf(text)) };
}

const ordinaryHost: HostFact = {
  os: 'Debian GNU/Linux 13 (trixie)',
  kernel: '6.12.48+deb13-amd64',
  architecture: 'x86_64',
  cpus: 4,
  memory: 8_589_934_592,
  bootedAt: new Date(Date.now() - 6 * 86_400_000).toISOString(),
  engine: {
    kind: 'docker',
    version: '28.5.1',
    driver: 'overlay2',
    imageStore: 'docker',
    rootFolder: '/var/lib/docker',
    rootless: false,
  },
  allowEnvironments: [],
};

const ordinarySensor: SensorFact = {
  state: 'working',
  version: '0.1.0',
  kernel: '6.12.48+deb13-amd64',
  mechanisms: [
    { name: 'containers armed at birth', active: true },
    { name: 'programs recorded', active: true },
    { name: 'programs refused by BPF LSM', active: false, reason: 'bpf is not among lsm= of the kernel' },
    { name: 'programs refused by fanotify', active: true },
    { name: 'code files judged by fanotify', active: true },
    { name: 'listening ports recorded', active: true },
    { name: 'goes on without its agent', active: true },
  ],
  lost: 0,
  throttled: 0,
};

function ordinaryContainer(): Omit<ContainerFact, 'id' | 'name' | 'image'> {
  const started = new Date(Date.now() - 3_600_000).toISOString();
  return {
    state: 'running',
    createdAt: started,
    startedAt: started,
    command: [],
    labels: {},
    user: '1000',
    privileged: false,
    readOnlyRoot: false,
    capabilities: { added: [], dropped: [] },
    hostNamespaces: [],
    securityOptions: [],
    mounts: [],
    ports: [],
    networks: ['bridge'],
  };
}
