import { expect, test } from 'vitest';
import { codeSighting, execSighting } from '../../testing.ts';
import { allowLineOf, modelHolding, objectionOf } from '../testing.ts';
import { forbiddenTool } from './index.ts';

const sh = '/bin/sh';
const npm = { isScript: true, given: '/usr/local/bin/npm' } as const;

test.each([
  ['a package manager', 'T1072', execSighting('/usr/bin/apt-get', sh)],
  ['npm where it installs', 'T1072', execSighting('/usr/local/bin/node', sh, { ...npm, argv: ['node', 'npm', 'ci'] })],
  ['a runner of packages', 'T1072', execSighting('/usr/local/bin/npx', sh)],
  ['a scanner of networks', 'T1046', execSighting('/usr/bin/nmap', sh)],
  ['a client of other machines', 'T1021.004', execSighting('/usr/bin/ssh', sh)],
  ['a copier', 'T1048', execSighting('/usr/bin/scp', sh)],
  ['a listener to traffic', 'T1040', execSighting('/usr/bin/tcpdump', sh)],
  ['a tunnel', 'T1572', execSighting('/opt/chisel', sh)],
  ['netcat', 'T1095', execSighting('/usr/bin/nc.openbsd', sh)],
  ['netcat in BusyBox', 'T1095', execSighting('/bin/busybox', sh, { argv: ['nc', '-l'] })],
  ['a tool for clusters', 'T1609', execSighting('/usr/local/bin/kubectl', sh)],
  ['a tool for namespaces', 'T1611', execSighting('/usr/bin/nsenter', sh)],
  ['a debugger', 'T1055', execSighting('/usr/bin/gdb', sh)],
  ['a loader of kernel modules', 'T1547.006', execSighting('/sbin/modprobe', sh)],
] as const)('objects to %s', (_, technique, sighting) => {
  expect(objectionOf(forbiddenTool, sighting)).toMatchObject({ severity: 'high', technique });
  expect(forbiddenTool.techniques).toContain(technique);
});

test.each([
  [
    'npm where it starts the application',
    execSighting('/usr/local/bin/node', sh, { ...npm, argv: ['node', 'npm', 'start'] }),
  ],
  ['a downloader, which entry scripts use', execSighting('/usr/bin/curl', sh)],
  ['the first program of a container', execSighting('/usr/bin/ssh')],
  ['a health check', execSighting('/usr/bin/nc', undefined, { session: 'health-check' })],
  ['a name that only begins like one', execSighting('/usr/bin/ncdu', sh)],
  ['an applet that is none', execSighting('/bin/busybox', sh, { argv: ['ls'] })],
  ['code of that name', codeSighting(sh, '/tmp/nmap')],
] as const)('does not object to %s', (_, sighting) => {
  expect(objectionOf(forbiddenTool, sighting)).toBeUndefined();
});

test('a rule adds names, which have no technique', () => {
  const sighting = execSighting('/usr/bin/id', sh);
  expect(objectionOf(forbiddenTool, sighting)).toBeUndefined();
  const added = objectionOf(forbiddenTool, sighting, { neverLearn: ['id'] });
  expect(added?.severity).toBe('high');
  expect(added).not.toHaveProperty('technique');
});

test('is allowed for the program that starts it', () => {
  const known = execSighting('/usr/bin/nmap', '/opt/app/probe');
  expect(allowLineOf(known)).toBe('allow /usr/bin/nmap by=/opt/app/probe args=nmap');
  const index = modelHolding(known);
  expect(objectionOf(forbiddenTool, known, { index })).toBeUndefined();
  expect(objectionOf(forbiddenTool, execSighting('/usr/bin/nmap', sh), { index })).toBeDefined();
});
