import type { Environment, SubjectId } from '#base/index.ts';
import { analyzers } from '#catalog/index.ts';
import { listWantedScans, type ScanPublication } from '#catalog/contract.ts';
import type { AgentLink } from '#link/agent/index.ts';
import type { AgentConfig } from './config.ts';
import type { HostPackages } from './host-packages.ts';
import { scanInChild } from './scan-child.ts';
import type { ScanReport } from './scan-report.ts';
import type { ScanPorts, ScanTarget } from './scan-target.ts';

export interface ScanTerms {
  readonly config: AgentConfig;
  readonly env: Environment;
  readonly link: AgentLink;
  readonly scans: ScanReport;
  readonly packages: HostPackages;
  readonly targets: ScanPorts['targets'];
}

/** The host and the console as the scanner of an agent meets them. */
export function scanPorts({ config, env, link, scans, packages, targets }: ScanTerms): ScanPorts {
  const { SEAWALL_TOKEN: _, ...rest } = env;
  const childEnv = { ...rest, DOCKER_HOST: `unix://${config.dockerSocket}` };
  const used = analyzers.map(({ id, version }) => ({ id, version }));
  return {
    targets,
    wanted: async (subjects) =>
      (await link.call(listWantedScans, { body: { subjects: [...subjects], analyzers: used } })).wanted,
    scan: async (target, signal) => {
      const words = ['catalog', target.reference, '--name', target.name, '--until-input-ends', ...config.scanWords];
      return named(await scanInChild({ words, env: childEnv, signal }), target, config);
    },
    async publish(publication, target) {
      await link.send('scan', publication);
      if (target.kind === 'host') await packages.scanned(target.key);
      if (target.kind === 'named') scans.present(subjectIdOf(publication), namesOf(publication));
    },
  };
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
