import { isAppError, type SubjectId } from '#base/index.ts';
import { type Incident, listIncidents } from '#runtime/contract.ts';
import type { ReportingHost } from '../../journeys/reporting-host.ts';
import { expectThat, until } from '../lab.ts';
import type { Cargo, Harbour } from './harbour.ts';

/** What became of an attempt: the code and the sentence of the refusal. Throws when it was taken. */
export async function refusalOf(what: string, attempt: Promise<unknown>): Promise<{ code: string; message: string }> {
  const refusal = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  expectThat(refusal !== undefined, `${what}: taken`);
  if (!isAppError(refusal)) throw refusal;
  return { code: refusal.code, message: refusal.message };
}

/** Reports the host and that it holds the image, and waits until both are stored. */
export async function holds(host: ReportingHost, { digest, name }: Cargo, names: string[] = [name]): Promise<void> {
  await host.host();
  await host.image({ id: digest, subject: digest, names });
  await host.stored();
}

/** The incident of an image whose title says all of these words. */
export async function incidentOf(
  { incidents }: Harbour,
  digest: SubjectId,
  words: readonly string[],
): Promise<Incident> {
  return await until(
    `an incident of ${words.join(' and ')}`,
    async () => (await incidents(digest)).find(({ title }) => words.every((word) => title.includes(word))),
    { seconds: 20 },
  );
}

/** The incident that the console opens when the agent of a host claims what it may not. */
export async function claimBy({ ask }: Harbour, host: string): Promise<Incident> {
  return await until(
    `an incident of ${host}`,
    async () =>
      (await ask(listIncidents, { query: { search: host } })).incidents.find(({ title }) => title.includes('Refused')),
    { seconds: 20 },
  );
}

/** Whether a scan by this publisher counts somewhere. */
export async function countsOf({ image }: Harbour, digest: SubjectId, publisher: string): Promise<boolean> {
  const { scans } = await image(digest);
  return scans.some(({ counts, publisher: { name } }) => name === publisher && counts.length > 0);
}

/** Why the newest scan of a publisher counts nowhere. */
export async function silenceOf({ image }: Harbour, digest: SubjectId, publisher: string): Promise<string | undefined> {
  const { scans } = await image(digest);
  return scans.find(({ publisher: { name } }) => name === publisher)?.silenced;
}

/** Takes a layer of a pushed image out of the registry: the console cannot pull it then, and settles nothing by that. */
export async function makeUnpullable({ name, oci }: Cargo): Promise<void> {
  const [host, ...path] = name.slice(0, name.lastIndexOf(':')).split('/');
  const layer = [...oci.blobs.keys()].at(-1);
  const { status } = await fetch(`http://${host}/v2/${path.join('/')}/blobs/${layer}`, { method: 'DELETE' });
  expectThat(status === 202, `the registry keeps the layer: ${status}`);
}
