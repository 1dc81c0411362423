import { readFileSync } from 'node:fs';
import type { Fields } from '#compliance/index.ts';
import type { Origin, Subject } from '../subject.ts';

const of = 'Debian 13 with systemd and Docker 26.1.5 under Debian’s kernel 6.12, in the states of recordings/states.sh';
const origin: Origin = { kind: 'recorded', of };

/** What the machine is called here, by the state in which it was recorded. */
const hosts = {
  neglected: 'neglected debian',
  unsaved: 'debian without saved rules',
  tidy: 'debian in order',
} as const;

/** A real machine, as the product’s collectors told of it in each state. */
export function recordedMachine(): readonly Subject[] {
  return Object.entries(hosts).map(([state, name]) => ({
    name,
    kind: 'host',
    origin,
    documents: [{ kind: 'host', fields: recordingOf<Fields>(state) }],
  }));
}

/** Containers of that machine, whose engine uses AppArmor. */
export function recordedContainers(): readonly Subject[] {
  const found = recordingOf<readonly Pick<Subject, 'documents'>[]>('containers');
  return ['apparmor', 'apparmor-off'].map((name, at) => ({
    name,
    kind: 'container',
    origin,
    documents: found[at]?.documents ?? [],
  }));
}

function recordingOf<Recording>(name: string): Recording {
  const place = new URL(`../recordings/debian-13-${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(place, 'utf8')) as Recording;
}
