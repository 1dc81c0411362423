import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectThat, type LabCase } from '../lab.ts';
import { containerRows } from './rows/containers.ts';
import { engineRows } from './rows/engines.ts';
import { hostRows } from './rows/hosts.ts';
import { imageRows } from './rows/images.ts';
import type { World } from './world.ts';

/** Where it is shown that ours does not have a defect: a test with these words in it, or the row of a check in this lab. */
type Shown = readonly [file: string, words: string] | readonly [check: string];

const [container, documents, host, files, engine, config, steps, image] = [
  'checks/container/container.test.ts',
  'checks/container/documents.test.ts',
  'checks/host/host-checks.test.ts',
  'checks/host/file-rows.ts',
  'checks/engine/engine.test.ts',
  'checks/image/config-rows.testing.ts',
  'checks/image/step-rows.testing.ts',
  'checks/image/image.test.ts',
].map((path) => `src/compliance/${path}`) as [string, string, string, string, string, string, string, string];
const facts = 'src/inventory/agent/facts';

/** What other tools get wrong, by what was read in their sources and what their users say, and where ours is shown. */
const defects: Readonly<Record<string, Shown>> = {
  'modes compared as decimal numbers: 0577 passes': [files, "mode: 0o577 })] }, 'fail'"],
  'modes compared as decimal numbers: 0622 passes': [files, "mode: 0o622 })] }, 'fail'"],
  'only the folder itself is sensitive, not one below it': [
    container,
    "mounted('/etc/kubernetes', { writable: true })",
  ],
  'only writable mounts are sensitive': [container, "['CTR-018', 'fail', { mounts: [mounted('/root/.ssh')] }"],
  'the folder of the engine’s data may be mounted': [container, "mounted('/var/lib/docker/overlay2')"],
  'a mount of /run has no socket of the engine': [container, "['CTR-020', 'fail', { mounts: [mounted('/run')] }"],
  'a mount of / has no socket of the engine': [container, "['CTR-020', 'fail', { mounts: [mounted('/')] }"],
  'the socket of containerd may be mounted': [container, "mounted('/run/containerd/containerd.sock')"],
  'no-new-privileges:false passes': ['src/inventory/settings/container/of-engine.test.ts', 'no-new-privileges:false'],
  'any security option counts as a filter of system calls': ['CTR-047'],
  'every host with AppArmor fails for SELinux': [container, "['CTR-004', 'not-applicable'"],
  'users that are root are missed: 0:0': [config, "['0:0', 0, 'fail'"],
  'users that are root are missed: root:root': [config, "['root:root', 0, 'fail'"],
  'users that are root are missed: 0': [config, "['0', 0, 'fail'"],
  'users that are root are missed: 00': [config, "['00', 0, 'fail'"],
  'a user that nobody can name passes: ${VAR}': [image, '$id never answers without its facts'],
  'SSH is looked for by a program inside the container, which may lack it': ['CTR-025'],
  'port 1024 is taken for privileged': [container, "['CTR-026', 'pass', { ports: [port(1024)"],
  'the wildcard of IPv6 is no wildcard': [container, "ports: [port(443, { address: '::' })]"],
  'managers of a swarm are counted by leaders, of which there is one': [
    engine,
    "fails('SWM-001', { swarmManagers: { ...on, count: 4",
  ],
  'a rule of audit counts for another path that begins alike': [host, 'The rules for the shims stay'],
  'accounts are matched by parts of their names': [host, "{ 'engine-accounts': ['daniel', 'da'] }"],
  'the usual filter has a newer name: builtin': [
    `${facts}/engine/recorded.test.ts`,
    "seccompProfile: { value: 'builtin' }",
  ],
  'TLS that is set in a file is not seen': ['DMN-007'],
  'what is not set passes': [engine, 'nothing passes where nothing is known'],
  'which of flag, file and reload counts is guessed': [`${facts}/engine/settings.test.ts`, 'the later over the former'],
  'a rootless engine has its file elsewhere': [
    `${facts}/engine/start-file.test.ts`,
    'a rootless engine has its file at home',
  ],
  'what nobody could assess passes': [documents, 'passes only what does not rest on it'],
  'a file that is not there fails': [host, "['HST-010', { engineDefaults: [], auditedPaths: [] }, 'not-applicable']"],
  'a file in a folder that is shut fails by its mode': [
    host,
    "kubeletFiles: [file('/k', { parents: shut })] }, 'pass'",
  ],
  'the value that was seen is not shown': ['src/compliance/check.test.ts', 'keeps it as evidence'],
  'the tool objects to itself': [`${facts}/host/collect-host.test.ts`, "path: '/usr/sbin/runc', state: 'own'"],
  'steps of the base are blamed on who builds on it': [steps, 'each line stands above a base'],
  'names of packages and of logs are taken for secrets': ['src/secrets/secrets.test.ts', 'libcrypto3=3.1.4-r1'],
  'history does not show whether a download is compared': ['IMG-028'],
  'accounts that nobody can use fail': [
    'src/compliance/checks/image/content-rows.testing.ts',
    "shell: '/usr/sbin/nologin'",
  ],
  'one cause is counted many times': [documents, 'fold what a privileged container brings under one'],
  'a check is asked of what it does not apply to': [config, "state: 'not-applicable' }"],
  'only what was configured counts, not what is in effect': [
    'src/compliance/join.test.ts',
    "['pass', 'fail', 'fail', 'effective'",
  ],
  'an exception goes on without an end': [
    'src/compliance/console/exceptions.test.ts',
    'its end is a transition and an alert',
  ],
  'an exception covers more than was seen': [
    'src/compliance/console/exceptions.test.ts',
    'the value that it names alone',
  ],
  'capabilities of a user who is not root are none': [documents, 'whose effective set is empty'],
  'a data folder that the engine mounts onto itself is a file system': ['HST-001'],
  'a fix that a distribution brought back does not count': [
    'src/gate/agent/install/engine-cases.test.ts',
    '26.1.5+dfsg1-9+deb13u2',
  ],
  'cgroups are read in the form of one version: 1': [
    'src/inventory/agent/container-state.test.ts',
    'memory.limit_in_bytes',
  ],
  'cgroups are read in the form of one version: 2': ['src/inventory/agent/container-state.test.ts', 'memory.max'],
  'a runtime that was diverted is taken for changed': [
    `${facts}/host/collect-host.test.ts`,
    "path: '/usr/sbin/runc.real', state: 'clean'",
  ],
  'a host without systemd has no units to judge': ['FIL-001'],
  'a published port is taken for the engine’s API': [`${facts}/engine/ports.test.ts`, 'holds open for its containers'],
};

/** Each of them, and what a table of the lab or a test says of it. */
export const defectCases: readonly LabCase<World>[] = [
  {
    id: 'D1',
    title: 'each defect of other tools is a test of ours',
    run: async () => {
      const checks = new Set([...containerRows, ...engineRows, ...hostRows, ...imageRows].map(([id]) => id));
      const missing = Object.entries(defects).filter(([, shown]) => !isShown(shown, checks));
      expectThat(missing.length === 0, missing.map(([defect, shown]) => `${defect}: ${shown.join(': ')}`).join('\n'));
      return `${Object.keys(defects).length} defects`;
    },
  },
];

function isShown([where, words]: Shown, checks: ReadonlySet<string>): boolean {
  if (words === undefined) return checks.has(where);
  return readFileSync(join(import.meta.dirname, '../../..', where), 'utf8').includes(words);
}
