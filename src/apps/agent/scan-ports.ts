import { AppError, type Environment, type ImageDigest, type SubjectId } from '#base/index.ts';
import { analyzers, executablesAnalyzer, imageFactsAnalyzer } from '#catalog/index.ts';
import type { ExecutableStore } from '#catalog/agent/index.ts';
import { listWantedScans, type ScanPublication } from '#catalog/contract.ts';
import type { AgentLink } from '#link/agent/index.ts';
import type { AgentConfig } from './config.ts';
import type { HostPackages } from './host-packages.ts';
import { scanInChild } from './scan-child.ts';
import { deliverScan } from './scan-delivery.ts';
import type { ScanReport } from './scan-report.ts';
import type { ScanPorts, ScanTarget } from './scan-target.ts';

export interface ScanTerms {
  readonly config: AgentConfig;
  readonly env: Environment;
  readonly link: AgentLink;
  readonly scans: ScanReport;
  readonly packages: HostPackages;
  readonly executables: ExecutableStore;
  /** Told of each image whose executables are known now. */
  readonly scanned: (digest: ImageDigest) => void;
  readonly targets: ScanPorts['targets'];
}

/** The host and the console as the scanner of an agent meets them. */
export function scanPorts({ config, env, link, scans, packages, executables, scanned, targets }: ScanTerms): ScanPorts {
  const { SEAWALL_TOKEN: _, ...rest } = env;
  const childEnv = { ...rest, DOCKER_HOST: `unix://${config.dockerSocket}` };
  const used = [...analyzers, executablesAnalyzer, imageFactsAnalyzer].map(({ id, version }) => ({ id, version }));
  return {
    targets,
    wanted: async (subjects) =>
      (await link.call(listWantedScans, { body: { subjects: [...subjects], analyzers: used } })).wanted,
    scan: async (target, signal) => {
      const words = ['catalog', target.reference, '--name', target.name, '--until-input-ends', ...config.scanWords];
      const publication = await scanInChild({ words, env: childEnv, signal });
      if (target.kind === 'image') scanned(await keepExecutables(publication, executables));
      return named(publication, target, config);
    },
    isNeeded: ({ kind, isRunning, subject }) =>
      kind === 'image' && isRunning && subject !== undefined && !executables.has(imageDigestOf(subject)),
    async publish(publication, target) {
      await deliverScan(link, publication);
      if (target.kind === 'host') await packages.scanned(target.key);
      if (target.kind === 'named') scans.present(subjectIdOf(publication), namesOf(publication));
    },
  };
}

/** Before it is published: what this host protects itself with depends on no console. */
async function keepExecutables({ subject, catalog }: ScanPublication, store: ExecutableStore): Promise<ImageDigest> {
  if (subject.kind !== 'image' || catalog.executables === undefined)
    throw new AppError('internal', 'The scan of an image lists no executables.');
  await store.write(subject.digest, catalog.executables);
  return subject.digest;
}

function imageDigestOf(subject: SubjectId): ImageDigest {
  return subject as string as ImageDigest;
}

/** The host's file system is called as its agent is, whatever the machine calls itself. */
function named(
  publication: ScanPublication,
  target: ScanTarget,
  { hostSubject, introduction }: AgentConfig,
): ScanPublication {
  const { subject } = publication;
  if (target.kind !== 'host' || subject.kind !== 'file-system') return publication;
  return { ...publication, subject: { ...subject, id: hostSubject, name: introduction.host } };
}

function subjectIdOf({ subject }: ScanPublication): SubjectId {
  return subject.kind === 'image' ? (subject.digest as string as SubjectId) : subject.id;
}

function namesOf({ subject }: ScanPublication): readonly string[] {
  return subject.kind === 'image' ? subject.names : [subject.name];
}
