import { putRuntimeRule } from '#runtime/contract.ts';
import { switchComplianceOff } from '../compliance-off.ts';
import { type Closers, type LabConsole, openLabConsole } from '../lab-console.ts';
import type { LabOptions } from '../lab.ts';
import { type AgentHost, openAgentHost } from './agent-host.ts';
import { type PackageHost, openPackageHost } from './package-host.ts';
import { type Harbours, openHarbours } from './harbours.ts';

/** Seconds of an hour in this lab. The learning method's limits stay as they are. */
const bucketSeconds = 2;

/** What the cases work on: a console, and hosts that come to be when a case asks for one. */
export interface Deployment extends LabConsole, Harbours {
  readonly armed: boolean;
  /** The host whose agent runs in a container, made when a case first asks for it. */
  agentHost(): Promise<AgentHost>;
  /** The machine that gets the package, likewise. */
  packageHost(): Promise<PackageHost>;
}

export async function setUpDeployment({
  armed,
  say,
}: LabOptions): Promise<{ readonly world: Deployment; close(): Promise<void> }> {
  const closers: Closers = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    const env = { SEAWALL_LEARNING_BUCKET_SECONDS: String(bucketSeconds) };
    const console = await openLabConsole({ say, closers, env });
    await switchComplianceOff(console);
    await console.ask(putRuntimeRule, { params: { id: 'shore' }, body: { basedOn: 0, rule: { ...preventing } } });
    let host: Promise<AgentHost> | undefined;
    const agentHost = (): Promise<AgentHost> => (host ??= openAgentHost({ console, armed, say }, closers));
    let machine: Promise<PackageHost> | undefined;
    const packageHost = (): Promise<PackageHost> => (machine ??= openPackageHost({ console, armed, say }, closers));
    const harbours = openHarbours({ say }, closers);
    return { world: { ...console, ...harbours, armed, agentHost, packageHost }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What is not the image's does not run. */
export const preventing = {
  name: 'Protect the shore',
  state: 'on',
  drift: 'prevent',
  code: 'prevent',
  process: 'ignore',
  preventFrom: 'active',
  execSessions: 'record',
  neverLearn: [] as string[],
} as const;
