import { type Field, type FieldsOf, known, messageOf, missing } from '#base/index.ts';
import { parseImageName, repositoryOf, servedAt } from '#image/index.ts';
import type { RegistryShape } from '../../../facts/index.ts';
import { anonymousListing, anonymousRead, anonymousWrite, digestOf } from './anonymous.ts';
import type { Ask } from './ask.ts';
import { containerdHosts } from './containerd-hosts.ts';
import { passwordFiles } from './password-files.ts';
import { answersInClear, type ConnectTls } from './transport.ts';

export interface RegistryQuestion {
  /** `registry.example:5000`. */
  readonly host: string;
  /** Root folder of the host. */
  readonly root: string;
  readonly ask: Ask;
  readonly connect: ConnectTls;
  /** Repositories that are known to be there, with a tag of each. */
  readonly repositories: readonly { readonly repository: string; readonly tag: string }[];
  /** What runs here of this registry, by tag. */
  readonly deployed: readonly { readonly repository: string; readonly tag: string; readonly digest: string }[];
  /** Mirrors that engines of the host ask in place of this registry. */
  readonly mirrors: readonly string[];
  /** Names of images on the host with their digests: `registry.example/team/shop@sha256:…`. */
  readonly repoDigests: readonly string[];
}

/** Repository in which an upload is begun where none is known; nothing is ever put there. */
const probeRepository = 'seawall/probe';
/** Repositories and tags that are asked for; where there are more, none is: a part proves nothing. */
const mostQuestions = 200;

/** Everything that a host can tell of a registry. What only the console knows is missing here. */
export async function collectRegistry(question: RegistryQuestion): Promise<FieldsOf<RegistryShape>> {
  const { host, root, ask, connect } = question;
  const server = servedAt(host);
  const { name, port } = splitHost(server);
  const tls = await connect(name, port);
  const base = `${tls === 'no-tls' ? 'http' : 'https'}://${server}`;
  const hostsFiles = await looked('hosts.toml of containerd', () => containerdHosts(root, host));
  const inClear = await plainPorts(ask, name, port);
  return {
    host: known(host, 'name of the registry'),
    ...transportFields(tls, inClear, host),
    containerdHosts: hostsFiles,
    mirrors: mirrorsOf(question.mirrors, hostsFiles, host),
    anonymousReads: await reads(question, base),
    anonymousWrite: await probed(`POST ${base}/v2/…/blobs/uploads/`, () =>
      anonymousWrite(ask, base, question.repositories[0]?.repository ?? probeRepository),
    ),
    anonymousListing: await probed(`GET ${base}/v2/_catalog`, () => anonymousListing(ask, base)),
    deployedTags: await deployedTags(question, base),
    passwordFiles: await looked('~/.docker/config.json', () => passwordFiles(root)),
    pulledFrom: known(pulledFrom(question), 'RepoDigests'),
    ...ofConsole,
  };
}

/** Repositories of this registry, and what is no name at all. */
function pulledFrom({ host, repoDigests }: RegistryQuestion): readonly string[] {
  const names = repoDigests.flatMap((text) => {
    const name = parseImageName(text);
    if (name === undefined) return [text];
    return name.domain === host ? [repositoryOf(name)] : [];
  });
  return [...new Set(names)];
}

/** What a host cannot know. */
const ofConsole = {
  tagChanges: missing('only the console keeps which digests a tag had'),
  tags: missing('only the console keeps when tags were pushed'),
  tagVerdicts: missing('only the console judges the images of a registry'),
  pushGrants: missing('the registry’s own interface for rights is not read'),
  lastAuditEvent: missing('the registry sends no notifications to the console'),
};

function transportFields(
  tls: Awaited<ReturnType<ConnectTls>>,
  ports: readonly number[],
  host: string,
): FieldsOf<Pick<RegistryShape, 'encryption' | 'certificate'>> {
  const at = `TLS handshake with ${host}`;
  if (tls === 'no-answer') {
    const none = missing(`${host} does not answer from this host`);
    return { encryption: none, certificate: none };
  }
  if (tls === 'no-tls')
    return {
      encryption: known({ tls: 'none', plainPorts: ports }, at),
      certificate: missing(`${host} has no certificate: it speaks no TLS`),
    };
  const { isTrusted, ...certificate } = tls;
  return {
    encryption: known({ tls: isTrusted ? 'trusted' : 'untrusted', plainPorts: ports }, at),
    certificate: known(certificate, at),
  };
}

async function plainPorts(ask: Ask, name: string, port: number): Promise<readonly number[]> {
  const candidates = [...new Set([port, 80, 5000])].filter((one) => one !== 443);
  const answers = await Promise.all(
    candidates.map(async (one) => ((await answersInClear(ask, name, one)) === true ? [one] : [])),
  );
  return answers.flat();
}

function mirrorsOf(
  ofEngines: readonly string[],
  files: Field<RegistryShape['containerdHosts']>,
  host: string,
): Field<readonly string[]> {
  if (files.kind === 'missing') return files;
  const own = files.value
    .flatMap(({ addresses }) => addresses)
    .filter((one) => !URL.canParse(one) || new URL(one).host !== host);
  return known([...new Set([...ofEngines, ...own])], '/info RegistryConfig.Mirrors, hosts.toml');
}

async function reads(
  { ask, repositories }: RegistryQuestion,
  base: string,
): Promise<Field<RegistryShape['anonymousReads']>> {
  if (repositories.length === 0) return missing('no repository of this registry is known');
  return await probed(`GET ${base}/v2/…/manifests/…`, async () => {
    const answers: { repository: string; answer: RegistryShape['anonymousWrite'] }[] = [];
    for (const one of bounded(repositories)) {
      const answer = await anonymousRead(ask, base, one);
      if (answer === undefined) return undefined;
      answers.push({ repository: one.repository, answer });
    }
    return answers;
  });
}

async function deployedTags(
  { ask, host, deployed }: RegistryQuestion,
  base: string,
): Promise<Field<RegistryShape['deployedTags']>> {
  return await probed(`HEAD ${base}/v2/…/manifests/…`, async () => {
    const tags: RegistryShape['deployedTags'][number][] = [];
    for (const { repository, tag, digest } of bounded(deployed)) {
      const current = await digestOf(ask, base, { repository, tag });
      if (current === undefined) return undefined;
      tags.push({ name: `${host}/${repository}:${tag}`, deployed: digest, current });
    }
    return tags;
  });
}

function bounded<Item>(items: readonly Item[]): readonly Item[] {
  if (items.length > mostQuestions) throw new Error(`there are more than ${mostQuestions}`);
  return items;
}

async function probed<Value>(at: string, probe: () => Promise<Value | undefined>): Promise<Field<Value>> {
  const field = await looked(at, probe);
  if (field.kind === 'missing') return field;
  return field.value === undefined ? missing(`${at} gave no telling answer`) : known(field.value, at);
}

async function looked<Value>(at: string, look: () => Promise<Value>): Promise<Field<Value>> {
  try {
    return known(await look(), at);
  } catch (error) {
    return missing(`${at} could not be read: ${messageOf(error)}`);
  }
}

/** `registry.example:5000` → name and port; 443 where none is written. */
function splitHost(host: string): { readonly name: string; readonly port: number } {
  const url = new URL(`https://${host}`);
  const name = url.hostname.replaceAll(/[[\]]/g, '');
  return { name, port: url.port === '' ? 443 : Number(url.port) };
}
