import type { Template } from './template.ts';

/** Recommendations of CIS Docker by their numbers; every word is our own. */
export const cisDocker: Template = {
  id: 'cis-docker',
  title: 'CIS Docker 1.6',
  version: 1,
  summary: 'Recommendations of the CIS Docker Benchmark 1.6 by their numbers, in words of our own',
  sections: [
    { id: '1', title: 'Host' },
    { id: '2', title: 'Engine settings' },
    { id: '3', title: 'Files of the engine' },
    { id: '4', title: 'Images and builds' },
    { id: '5', title: 'Containers' },
    { id: '6', title: 'Operation' },
    { id: '7', title: 'Swarm' },
  ],
  sectionsOf: ({ cis = [] }) => [...new Set(cis.filter(isDockers).map((id) => id.split('.', 1)[0] ?? ''))],
};

/** Numbers of CIS Kubernetes carry its name. */
function isDockers(id: string): boolean {
  return /^[1-7](?:\.|$)/.test(id);
}
