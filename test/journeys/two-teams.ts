import { createHash } from 'node:crypto';
import { createToken, putCollection } from '#access/contract.ts';
import { listAdmissionRules, putAdmissionRule } from '#admission/contract.ts';
import { type ImageDigest, isImageDigest, isSubjectId, type SubjectId } from '#base/index.ts';
import { debianPackage, imageScan } from '#catalog/console/testing.ts';
import {
  listComplianceRules,
  putComplianceRule,
  putCustomCheck,
  putOperatorList,
  requestCheckException,
} from '#compliance/contract.ts';
import { addAttestation, saveOwnTemplate } from '#explorer/contract.ts';
import { call, type CallOptions } from '#http/index.ts';
import { createJoinToken } from '#link/contract.ts';
import { putPolicy, requestException } from '#policy/contract.ts';
import { putSigningKey, putTrustedRegistry } from '#provenance/contract.ts';
import { emptyEvidence, modelIdIn } from '#runtime/index.ts';
import { type Detection, listRuntimeRules, putRuntimeRule } from '#runtime/contract.ts';
import { others } from './reader-limits.ts';
import { joinAsHost, type ReportingHost } from './reporting-host.ts';

/** The team whose collection the reader sees; `others` is the one that he does not. */
export const ours = 'selkie';

const publicKey = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----`;

/** What a team has on its host. */
export interface TeamHost {
  readonly host: ReportingHost;
  readonly digest: ImageDigest;
  readonly subject: SubjectId;
  readonly model: string;
}

/** A secret of a token that sees the collection of a team alone. */
export async function readerOf(team: string, options: CallOptions): Promise<string> {
  const body = { name: `reader of ${team}`, role: 'developer' as const, collections: [team] };
  return (await call(createToken, { body }, options)).secret;
}

/** A host with an image, a container of it and what is told of both. */
export async function joinTeam(
  team: string,
  { link, options }: { readonly link: string; readonly options: CallOptions },
): Promise<TeamHost> {
  await call(putCollection, { params: { id: team }, body: { name: team, selects: { hosts: [`${team}-*`] } } }, options);
  const { secret } = await call(createJoinToken, { body: { name: team, environments: ['unassigned'] } }, options);
  const host = await joinAsHost({ console: link, token: secret, name: `${team}-1` });
  const digest = digestOf(team);
  const name = `registry.${team}.example/${team}/app:1`;
  const image = { id: digest, name };
  const key = { digest, entrypoint: [`/usr/bin/${team}`] };
  const subject: string = digest;
  if (!isSubjectId(subject)) throw new Error(subject);
  await host.host();
  await host.image({ id: digest, subject, names: [name] });
  const id = await host.container({ name: `${team}-app`, image, subject, command: key.entrypoint });
  await host.scan(imageScan({ content: team, names: [name], packages: [debianPackage(`lib${team}`, '1.0-1')] }));
  await host.unscanned(`${team}/other:1`, 'It could not be read.');
  await host.behaviour({ key, evidence: emptyEvidence });
  await host.detection(dropped(team, { id, digest, image: name }));
  await host.sensor({});
  await host.gate({ wrapper: 'installed', authorization: 'on', problems: [] });
  await host.decision({
    id: `${team}-1`,
    time: new Date(Date.now() - 60_000).toISOString(),
    gate: 'runtime-wrapper',
    ring: 2,
    action: 'start',
    subject: name,
    digest,
    answer: 'allow',
    effect: 'alert',
    cause: 'unknown-image',
    evidence: [],
    reason: 'Nothing is known of it.',
    milliseconds: 1,
  });
  await host.stored();
  return { host, digest, subject, model: modelIdIn(key, undefined) };
}

function digestOf(text: string): ImageDigest {
  const found = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  if (!isImageDigest(found)) throw new Error(found);
  return found;
}

function dropped(
  team: string,
  { id, digest, image }: { readonly id: string; readonly digest: ImageDigest; readonly image: string },
): Detection {
  return {
    id: `${team}-1`,
    time: new Date(Date.now() - 60_000).toISOString(),
    detector: 'drift',
    dimension: 'process',
    severity: 'high',
    class: 'forbidden',
    notice: false,
    effect: 'alert',
    outcome: 'observed',
    container: { id, name: `${team}-app`, image },
    imageDigest: digest,
    entrypoint: [`/usr/bin/${team}`],
    session: 'entry',
    process: { path: '/tmp/x', sha256: 'a'.repeat(64), argv: ['/tmp/x'], uid: 0 },
    ancestors: [],
    expected: 'It starts nothing.',
    seen: '/tmp/x',
    message: 'It started /tmp/x, which is not in its image.',
    remedy: 'Start it anew.',
    count: 1,
  };
}

/** What people write for a team: rules of each kind, exceptions, and what holds for the estate but names the team. */
export async function writeFor(team: string, options: CallOptions): Promise<void> {
  const scope = { name: `Rule of ${team}`, collections: [team] };
  const put = { params: { id: team } };
  const policy = { ...scope, description: `Of ${team}`, state: 'on' as const, rules: [] };
  await call(putPolicy, { ...put, body: { basedOn: 0, policy } }, options);
  const lastOf = <Rule extends object>(rules: readonly { readonly rule: Rule }[]) => {
    const { id: _id, version: _version, ...text } = { ...rules.at(-1)?.rule } as Rule & { id: string; version: number };
    return text;
  };
  const admission = { ...lastOf((await call(listAdmissionRules, {}, options)).rules), ...scope };
  await call(putAdmissionRule, { ...put, body: { basedOn: 0, rule: admission as never } }, options);
  const compliance = { ...lastOf((await call(listComplianceRules, {}, options)).rules), ...scope };
  await call(putComplianceRule, { ...put, body: { basedOn: 0, rule: compliance as never } }, options);
  const runtime = { ...lastOf((await call(listRuntimeRules, {}, options)).rules), ...scope };
  await call(putRuntimeRule, { ...put, body: { basedOn: 0, rule: runtime as never } }, options);
  await writeExceptions(team, options);
  await writeTrust(team, options);
}

async function writeExceptions(team: string, options: CallOptions): Promise<void> {
  const expiresAt = new Date(Date.now() + 20 * 86_400_000).toISOString();
  const asked = { collections: [team], explanation: `${team} mends it`, expiresAt, reason: 'fix-planned' as const };
  const of = { advisory: 'CVE-2020-0001', package: { type: 'deb' as const, name: `lib${team}`, version: '1.0-1' } };
  await call(requestException, { body: { ...asked, ...of } }, options);
  await call(requestCheckException, { body: { ...asked, check: 'CTR-001', values: [team] } }, options);
}

async function writeTrust(team: string, options: CallOptions): Promise<void> {
  const put = { params: { id: team } };
  const registry = { name: `Registry of ${team}`, repositories: `registry.${team}.example`, insecure: false };
  await call(putTrustedRegistry, { ...put, body: { ...registry, user: `robot-${team}`, password: 'x' } }, options);
  await call(putSigningKey, { ...put, body: { name: `Key of ${team}`, pem: publicKey } }, options);
}

/** What holds for the whole estate, and names the other team. */
export async function writeForAll(options: CallOptions): Promise<void> {
  const expiresAt = new Date(Date.now() + 20 * 86_400_000).toISOString();
  const attested = { kind: 'secret-store', document: `wiki/${others}`, author: others, expiresAt };
  await call(addAttestation, { body: attested }, options);
  await call(
    putOperatorList,
    { params: { id: 'own-setuid-programs' }, body: { entries: [`/opt/${others}`], basedOn: 0 } },
    options,
  );
  const check = {
    title: 'Named as agreed',
    why: 'Names tell who runs it.',
    remedy: { docker: 'Name it anew.' },
    severity: 'low' as const,
    nist: [],
    subject: 'container' as const,
    expression: `size("${others}") > 0`,
  };
  await call(putCustomCheck, { params: { id: 'custom-names' }, body: { check, basedOn: 0 } }, options);
  const text = `# by ${others}\nid: own-shop\ntitle: Our shop\nsummary: What we ask of it\ncontrols:\n  - {id: S-1, title: Doors, text: Doors are locked., notAssessed: It is about doors.}\n`;
  await call(saveOwnTemplate, { body: { text, basedOn: 0 } }, options);
}
