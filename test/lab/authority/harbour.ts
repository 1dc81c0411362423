import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createToken, putCollection } from '#access/contract.ts';
import { Ledger, type LedgerEntry, putAdmissionRule } from '#admission/contract.ts';
import type { SubjectId } from '#base/index.ts';
import { publishScan, type ScanPublication } from '#catalog/contract.ts';
import { analyzers, analyzeTarget } from '#catalog/index.ts';
import { getImage, type ImageDetail, listImages, type ImageRow } from '#explorer/contract.ts';
import { defaultLimits, hostPlatform, openTarget } from '#image/index.ts';
import { createJoinToken } from '#link/contract.ts';
import { putPolicy } from '#policy/contract.ts';
import { lookForProvenance, putTrustedRegistry } from '#provenance/contract.ts';
import { type Incident, listIncidents } from '#runtime/contract.ts';
import { freePort } from '../../journeys/make-scan.ts';
import { joinAsHost, type ReportingHost } from '../../journeys/reporting-host.ts';
import type { OciImage, MadeImage } from '../../make/image.ts';
import { pushImage, startRegistry } from '../../make/registry.ts';
import { vulnerable, soundOpenssl, surgeImage, surgeOciImage } from '../estate/images.ts';
import { type Closers, type LabConsole, openLabConsole, openLabHost } from '../lab-console.ts';
import { type LabOptions, until } from '../lab.ts';
import type { Pier } from '../pier.ts';

/** An image of the lab in the two forms in which it travels: as an archive, and as a registry holds it. */
export interface Cargo {
  /** `registry.example/shop/web:7`. */
  readonly name: string;
  /** Of the config: the subject of the image. */
  readonly digest: SubjectId;
  readonly archive: MadeImage;
  readonly oci: OciImage;
}

/** What the cases work on: one console, a trusted registry, and a real agent with an engine in prod and in dev. */
export interface Harbour extends LabConsole {
  readonly armed: boolean;
  readonly piers: Readonly<Record<'dev' | 'prod', Pier>>;
  /** The console trusts its repositories `HOST/shop` and `HOST/mill`. */
  readonly registry: string;
  /** Where API servers ask. */
  readonly webhookPort: number;
  /** A new image, which no other case uses, in a repository of the trusted registry. */
  cargo(repository: 'shop' | 'mill', content: 'vulnerable' | 'sound'): Cargo;
  load(cargo: Cargo, pier: Pier): Promise<void>;
  /** Loads the image and starts a container of it. Answers the container's id. */
  run(cargo: Cargo, pier: Pier): Promise<string>;
  /** Puts it into the trusted registry, and waits until the console has fetched the manifest. Answers its digest. */
  push(cargo: Cargo): Promise<string>;
  /** What an honest scan of the image finds. */
  scan(cargo: Cargo): Promise<ScanPublication>;
  /** A token of a build. */
  buildToken(name: string, repositories: readonly string[]): Promise<{ readonly id: string; readonly secret: string }>;
  publish(publication: ScanPublication, secret: string): Promise<string>;
  /** Joins an agent that says whatever the case wants it to say. */
  stranger(words: StrangerWords): Promise<ReportingHost>;
  row(digest: SubjectId): Promise<ImageRow | undefined>;
  image(digest: SubjectId): Promise<ImageDetail>;
  /** Of the image in an environment; `undefined` while there is none. */
  verdict(digest: SubjectId, environment: string): Promise<string | undefined>;
  /** What the ledger of a pier's host says of an image in an environment, from the file that its agent keeps. */
  entry(pier: Pier, digest: SubjectId, environment: string): LedgerEntry | undefined;
  incidents(digest: SubjectId): Promise<readonly Incident[]>;
}

export interface StrangerWords {
  readonly host: string;
  /** Missing: `default`. */
  readonly instance?: string;
  /** Pattern of hosts in its join token; missing: any. */
  readonly hosts?: string;
  readonly environments: readonly string[];
  /** Of those, as the agent says; missing: nothing. */
  readonly environment?: string;
}

export async function setUpHarbour({
  armed,
  say,
}: LabOptions): Promise<{ readonly world: Harbour; close(): Promise<void> }> {
  const closers: Closers = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    const webhookPort = await freePort();
    const console = await openLabConsole({ say, closers, words: ['--webhook-port', String(webhookPort)] });
    const registry = await startRegistry();
    closers.push(() => registry.end());
    await openRules(console, registry.host);
    const piers = { dev: await openHost('dev'), prod: await openHost('prod') };
    return { world: worldOf({ console, armed, piers, registry: registry.host, webhookPort, closers }), close };

    async function openHost(name: 'dev' | 'prod'): Promise<Pier> {
      say(`starting an engine and an agent: ${name}`);
      const store = name === 'dev' ? 'containerd' : 'docker';
      return await openLabHost({ name, store, words: ['--no-runtime'] }, console, closers);
    }
  } catch (error) {
    await close();
    throw error;
  }
}

/** Nothing Medium in prod, everything in dev; hosts of prod refuse what fails and what nobody knows. */
async function openRules({ ask }: LabConsole, registry: string): Promise<void> {
  const trusted = { name: 'Harbour', repositories: registry, insecure: true };
  await ask(putTrustedRegistry, { params: { id: 'harbour' }, body: trusted });
  const selects = { environments: ['dev'] };
  await ask(putCollection, { params: { id: 'lab-dev' }, body: { name: 'Dev', description: '', selects } });
  const threshold = { by: 'severity', severity: 'critical' } as const;
  const rule = { kind: 'severity', threshold, onlyFixed: false, unrated: 'alert', effect: 'block' } as const;
  const policy = { name: 'Dev', collections: ['lab-dev'], rules: [rule] };
  await ask(putPolicy, { params: { id: 'lab-dev' }, body: { policy, basedOn: 0 } });
  await ask(putAdmissionRule, { params: { id: 'harbour' }, body: { rule: strict, basedOn: 0 } });
}

const strict = {
  name: 'Harbour',
  state: 'on',
  fail: 'block',
  cannotJudge: 'block',
  unknown: 'block',
  holdSeconds: 30,
  builds: 'allow',
  rogue: 'alert',
} as const;

interface Grounds {
  readonly console: LabConsole;
  readonly armed: boolean;
  readonly piers: Harbour['piers'];
  readonly registry: string;
  readonly webhookPort: number;
  readonly closers: Closers;
}

function worldOf({ console, armed, piers, registry, webhookPort, closers }: Grounds): Harbour {
  const { ask, state } = console;
  let made = 0;
  const load: Harbour['load'] = async ({ archive }, pier) => {
    const file = join(state, `image-${pier.name}.tar`);
    writeFileSync(file, archive.bytes);
    await pier.docker('load', '-q', '-i', file);
  };
  const image: Harbour['image'] = (subject) => ask(getImage, { params: { subject } });
  const row: Harbour['row'] = async (digest) =>
    (await ask(listImages, { query: { search: digest } })).images.find(({ subject }) => subject === digest);
  return {
    ...console,
    armed,
    piers,
    registry,
    webhookPort,
    load,
    image,
    row,
    cargo: (repository, content) => makeCargo(`${registry}/${repository}/cargo:${(made += 1)}`, content),
    run: async (cargo, pier) => {
      await load(cargo, pier);
      return await pier.docker('run', '-d', '--network', 'none', cargo.name);
    },
    push: async (cargo) => await pushAndLook(console, cargo),
    scan: (cargo) => scanOf(state, cargo),
    buildToken: async (name, repositories) => {
      const { token, secret } = await ask(createToken, { body: { name, role: 'ci', repositories: [...repositories] } });
      return { id: token.id, secret };
    },
    publish: async (body, secret) => (await ask(publishScan, { body: body as never }, secret)).scan,
    stranger: async (words) => {
      const stranger = await joinStranger(console, words);
      closers.push(() => stranger.close());
      return stranger;
    },
    verdict: async (digest, environment) =>
      (await row(digest))?.placements.find((one) => one.environment === environment)?.verdict,
    entry: (pier, digest, environment) => entryOf(state, pier, { digest, environment }),
    incidents: async (digest) => (await ask(listIncidents, { query: { image: digest } })).incidents,
  };
}

async function joinStranger({ ask, linkPort }: LabConsole, words: StrangerWords): Promise<ReportingHost> {
  const { host, hosts, environments, instance, environment } = words;
  const body = { name: host, environments: [...environments], ...(hosts !== undefined && { hosts }) };
  const { secret } = await ask(createJoinToken, { body });
  return await joinAsHost({
    console: `https://127.0.0.1:${linkPort}`,
    token: secret,
    name: host,
    ...(instance !== undefined && { instance }),
    ...(environment !== undefined && { environment }),
  });
}

function makeCargo(name: string, content: 'vulnerable' | 'sound'): Cargo {
  const options = { name, packages: [content === 'vulnerable' ? vulnerable.openssl : soundOpenssl], build: name };
  const archive = surgeImage(options);
  return { name, digest: archive.digest as string as SubjectId, archive, oci: surgeOciImage(options) };
}

async function pushAndLook({ ask }: LabConsole, { name, digest, oci }: Cargo): Promise<string> {
  const manifest = await pushImage(oci, { name });
  const isProven = async (): Promise<boolean> => {
    const { provenance } = await ask(lookForProvenance, { params: { subject: digest } });
    return provenance.origin.state === 'proven';
  };
  // Before anybody told the console of the image there is nothing to look for.
  await until('the origin', isProven, { seconds: 20, every: 500 }).catch(() => undefined);
  return manifest;
}

async function scanOf(state: string, { name, digest, archive }: Cargo): Promise<ScanPublication> {
  const file = join(state, 'scanned.tar');
  writeFileSync(file, archive.bytes);
  const opened = await openTarget(`archive:${file}`, {
    platform: hostPlatform(process.arch),
    limits: defaultLimits,
    dockerSocket: join(state, 'no.sock'),
  });
  try {
    const options = { analyzers, limits: defaultLimits, executables: 'hashed' } as const;
    const { subject, catalog } = await analyzeTarget(opened, options);
    if (subject.kind !== 'image' || (subject.digest as string) !== digest)
      throw new Error(`${name} is ${subject.kind}`);
    const scanner = { name: 'seawall', version: '0', host: 'builder' };
    return { target: name, subject, catalog, scannedAt: new Date().toISOString(), scanner };
  } finally {
    await opened.close();
  }
}

interface Entry {
  readonly digest: SubjectId;
  readonly environment: string;
}

function entryOf(state: string, pier: Pier, { digest, environment }: Entry): LedgerEntry | undefined {
  const file = join(state, `agent-${pier.name}`, 'gate/ledger.json');
  const { ledger } = JSON.parse(readFileSync(file, 'utf8')) as { readonly ledger: string };
  const { entries } = Ledger.parse(JSON.parse(ledger));
  return entries.find((entry) => (entry.digest as string) === digest && entry.environment === environment);
}
