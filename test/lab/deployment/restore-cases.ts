import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { confirmTokens, createToken, listTokens, revokeToken } from '#access/contract.ts';
import { listDecisions } from '#admission/contract.ts';
import { listAgents } from '#link/contract.ts';
import { mustBeRefused, mustRun } from '../gates/starts.ts';
import { type Closers, withClosers } from '../lab-console.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import {
  backupFolder,
  backupKey,
  type Estate,
  isAssessed,
  isBackedUp,
  openEstate,
  openVault,
  type Reports,
  reportsAt,
  sequenceOn,
  type Vault,
} from './restore-ground.ts';
import type { Deployment } from './world.ts';

const refused = 'surge/pump:1';
const sound = 'surge/pump:2';
const whyRefused = /CVE-2024-4603/;

/** The console destroyed, and back from a backup. */
export const restoreCases: readonly LabCase<Deployment>[] = [
  {
    id: 'R1',
    title:
      'the console destroyed with its volume is back by two commands: agents go on, gates enforce meanwhile, reports on moments before are the same',
    protectedBy: 'the backup that the console took by itself',
    shownBy: '`npm test` does the same without containers, in restore.test.ts.',
    minutes: 40,
    run: (world) => withClosers(async (closers) => destroyed(world, closers)),
  },
];

async function destroyed(world: Deployment, closers: Closers): Promise<string> {
  const ground = await world.harbour('docker');
  const vault = openVault(world.state);
  const estate = await openEstate(world, closers, 'off');
  const { console, shore, ask } = estate;
  await isAssessed(estate);
  // Until they are scanned, both are unknown and refused.
  await until('the verdict on a vulnerable image', () => mustBeRefused(shore, refused, whyRefused), { seconds: 600 });
  await until('the verdict on a sound image', () => mustRun(shore, sound), { seconds: 600 });
  const leaked = await ask(createToken, { body: { name: 'leaked', role: 'auditor' } });
  const moment = new Date().toISOString();
  await ground.must('rm', '-f', console.name);
  const start = [...vault.mounts, ...vault.schedule];
  await console.run({ words: start });
  await console.served();
  await isBackedUp(estate);
  await shore.isHeard(new Date());
  const before = await reportsAt(moment, estate, folderOf(world, 'before'));
  await ask(revokeToken, { params: { id: leaked.token.id } });
  const sequence = await sequenceAfterward(estate);

  await ground.must('rm', '-f', console.name);
  await ground.must('volume', 'rm', console.volume);
  const away = new Date();
  await mustBeRefused(shore, refused, whyRefused);
  await mustRun(shore, sound);
  const began = performance.now();
  if (world.armed) await restore(ground.must, console.volume, vault);
  await console.run({ words: start });
  await console.served();
  const back = Math.round((performance.now() - began) / 1000);

  await tokensAreHeld(estate, leaked);
  await shore.isHeard(new Date());
  const { agents } = await ask(listAgents);
  expectThat(agents.length === 1 && agents[0]?.state === 'live', `agents: ${JSON.stringify(agents)}`);
  const next = await until('a ledger above the one that the host had', async () => above(estate, sequence), {
    seconds: 600,
  });
  await decisionsArrive(estate, away);
  const same = compared(before, await reportsAt(moment, estate, folderOf(world, 'after')));
  await mustBeRefused(shore, refused, whyRefused);
  return `served ${back} s after the restore began; ledger ${sequence} to ${next}; ${same}`;
}

function folderOf({ state }: Deployment, name: string): string {
  const folder = join(state, `reports-${name}`);
  mkdirSync(folder);
  return folder;
}

/** The number of a ledger that the host got after the backup, which the backup knows nothing of. */
async function sequenceAfterward(estate: Estate): Promise<number> {
  const sequence = sequenceOn(estate.shore);
  await estate.rule({ holdSeconds: 20, basedOn: 1 });
  return await until('a ledger of the changed rule', async () => above(estate, sequence), { seconds: 60 });
}

async function above({ shore }: Estate, sequence: number): Promise<number | undefined> {
  const now = sequenceOn(shore);
  return now > sequence ? now : undefined;
}

/** Into an empty volume. */
async function restore(
  must: (...words: readonly string[]) => Promise<string>,
  volume: string,
  vault: Vault,
): Promise<void> {
  const place = ['-v', `${volume}:/var/lib/seawall`, ...vault.mounts];
  const words = ['restore', backupFolder, '--key-file', backupKey];
  await must('run', '--rm', '--network', 'none', ...place, 'seawall/console', ...words);
}

async function tokensAreHeld(
  estate: Estate,
  leaked: { readonly token: { readonly id: string }; readonly secret: string },
): Promise<void> {
  const { ask, console, renewToken, token } = estate;
  for (const held of [token(), leaked.secret]) {
    const said = await console.ask(listTokens, held).then(
      () => 'taken',
      (error: unknown) => codeOf(error),
    );
    expectThat(said === 'token-held', `a token of before is ${said}`);
  }
  await renewToken();
  const { tokens } = await ask(listTokens);
  await ask(revokeToken, { params: { id: leaked.token.id } });
  const ids = tokens
    .filter(({ id, heldSince }) => heldSince !== undefined && id !== leaked.token.id)
    .map(({ id }) => id);
  await ask(confirmTokens, { body: { tokens: ids } });
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
}

async function decisionsArrive({ ask }: Estate, since: Date): Promise<void> {
  const query = { answer: 'deny', since: since.toISOString() } as const;
  const denied = async () => (await ask(listDecisions, { query })).decisions.length > 0;
  await until('the decision of meanwhile', denied, { seconds: 600, every: 500 });
}

/** How everything stood. What else a package holds says when it was written, and what the log holds since. */
const ofThen = /^csv$|^csv\/(?!days)|^evidence\/(?:answers|documents)\//;

/** Throws where a report says something else of how everything stood; answers what else differs. */
function compared(before: Reports, after: Reports): string {
  const differing: string[] = [];
  for (const [format, own] of before) {
    const other = after.get(format) ?? Buffer.alloc(0);
    if (own.equals(other)) continue;
    if (format !== 'package') differing.push(format);
    else differing.push(...filesDiffering(unzipSync(own), unzipSync(other)));
  }
  const changed = differing.filter((name) => ofThen.test(name));
  expectThat(changed.length === 0, `how it stood then is told otherwise in ${changed.join(', ')}`);
  return differing.length === 0 ? 'all reports are the same' : `the reports differ in ${differing.join(', ')} alone`;
}

function filesDiffering(
  own: Readonly<Record<string, Uint8Array>>,
  other: Readonly<Record<string, Uint8Array>>,
): readonly string[] {
  const names = [...new Set([...Object.keys(own), ...Object.keys(other)])];
  return names.filter((name) => !Buffer.from(own[name] ?? []).equals(Buffer.from(other[name] ?? [])));
}
