import type { Limits } from '#base/index.ts';
import { mostHostsListed } from './contract.ts';

/** What bounds one host: what goes beyond is not kept, and an incident says so. Nothing that was kept before is lost by it. */
export const limits = {
  containers: {
    value: 5_000,
    unit: 'containers that have not ended',
    per: 'host',
    answer: 'not kept; an incident',
    why: 'A large host of an orchestrator runs some 750.',
  },
  endedContainers: {
    value: 5_000,
    unit: 'containers that ended',
    per: 'host',
    answer: 'those that ended first are forgotten',
  },
  containerBytes: {
    value: 64 * 1024,
    unit: 'bytes of what is reported of a container, as JSON',
    per: 'container',
    answer: 'not kept; an incident',
    why: 'A container that mounts 100 folders takes some 16 KiB.',
  },
  labels: { value: 250, unit: 'labels', per: 'container', answer: 'not kept; an incident' },
  ports: { value: 1_000, unit: 'ports', per: 'container', answer: 'not kept; an incident' },
  mounts: { value: 250, unit: 'mounts', per: 'container', answer: 'not kept; an incident' },
  storedContainerBytes: {
    value: 64 * 1024 * 1024,
    unit: 'bytes of what is stored of containers',
    per: 'host',
    answer: 'new ones are not kept; an incident',
    why: '5,000 containers of a usual size take some 10 MiB.',
  },
  images: {
    value: 10_000,
    unit: 'images that are present',
    per: 'host',
    answer: 'not kept; an incident',
    why: 'A busy build host holds some 2,000.',
  },
  goneImages: {
    value: 10_000,
    unit: 'images that are gone',
    per: 'host',
    answer: 'those that went first are forgotten',
  },
  imageBytes: {
    value: 64 * 1024,
    unit: 'bytes of what is reported of an image, as JSON',
    per: 'image',
    answer: 'not kept; an incident',
  },
  usedFiles: {
    value: 200_000,
    unit: 'files that processes have loaded',
    per: 'host',
    answer: 'not kept; an incident',
    why: 'A host that runs 100 different images loads some 50,000.',
  },
  unscanned: { value: 10_000, unit: 'targets that could not be scanned', per: 'host', answer: 'not kept; an incident' },
  subjects: {
    value: 1_000,
    unit: 'folders, archives and file systems',
    per: 'host',
    answer: 'not kept; an incident',
  },
  hostsListed: { value: mostHostsListed, unit: 'hosts', per: 'reply', answer: 'the next page has the others' },
} as const satisfies Limits;
