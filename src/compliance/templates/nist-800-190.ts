import type { Template } from './template.ts';

/** The countermeasures of NIST SP 800-190, section 4, under titles of our own. */
export const nist800190: Template = {
  id: 'nist-800-190',
  title: 'NIST SP 800-190',
  version: 1,
  summary:
    'Application Container Security Guide: countermeasures for images, registries, orchestrators, containers, hosts',
  sections: [
    { id: '4.1.1', title: 'Vulnerabilities of images' },
    { id: '4.1.2', title: 'Configuration of images' },
    { id: '4.1.3', title: 'Malware in images' },
    { id: '4.1.4', title: 'Secrets in images' },
    { id: '4.1.5', title: 'Only trusted images run' },
    { id: '4.2.1', title: 'Encrypted connections to registries' },
    { id: '4.2.2', title: 'No stale images in registries' },
    { id: '4.2.3', title: 'Access to registries' },
    { id: '4.3.1', title: 'Least privilege of administrators' },
    { id: '4.3.2', title: 'Access to the orchestrator' },
    { id: '4.3.3', title: 'Traffic between containers is separated' },
    { id: '4.3.4', title: 'Sensitivity levels are not mixed' },
    { id: '4.3.5', title: 'Trusted nodes' },
    { id: '4.4.1', title: 'Vulnerabilities of the runtime' },
    { id: '4.4.2', title: 'Network access of containers' },
    { id: '4.4.3', title: 'Configuration of containers and runtime' },
    { id: '4.4.4', title: 'Anomalies at run time' },
    { id: '4.4.5', title: 'No rogue containers' },
    { id: '4.5.1', title: 'Small host systems' },
    { id: '4.5.2', title: 'The shared kernel' },
    { id: '4.5.3', title: 'Vulnerabilities of host systems' },
    { id: '4.5.4', title: 'Access to hosts' },
    { id: '4.5.5', title: 'File systems of hosts' },
    { id: '4.6', title: 'Trust rooted in hardware' },
  ],
  sectionsOf: ({ nist }) => nist,
};
