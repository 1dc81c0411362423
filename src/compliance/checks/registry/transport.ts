import { failIfAny } from '../../judgement.ts';
import { dayOf, daysSince } from '../days.ts';
import { registryCheck } from './registry-check.ts';

/** How a registry, and what stands in for it, is reached. */
export const transportChecks = [
  registryCheck({
    id: 'REG-001',
    title: 'The registry answers only over TLS, with a trusted certificate',
    why: 'Otherwise anyone on the way can serve any image under its names, and read passwords.',
    remedy: { registry: 'Give it a certificate of an authority that hosts trust, and close the ports without TLS' },
    severity: 'high',
    nist: ['4.2.1'],
    cis: ['2.5'],
    version: 1,
    needs: ['encryption'],
    judge: ({ encryption: { tls, plainPorts } }) =>
      failIfAny([
        ...(tls === 'trusted' ? [] : [tls === 'none' ? 'no TLS' : 'a certificate that hosts do not trust']),
        ...plainPorts.map((port) => `port ${port} without TLS`),
      ]),
  }),
  registryCheck({
    id: 'REG-002',
    title: 'The registry’s certificate and protocol are up to date',
    why: 'An expired certificate teaches people to switch verification off; old protocols can be broken.',
    remedy: { registry: 'Renew the certificate with the registry’s name in it, and allow TLS 1.2 and 1.3 only' },
    severity: 'medium',
    nist: ['4.2.1'],
    cis: ['2.5'],
    version: 1,
    needs: ['certificate'],
    asksTime: true,
    judge: ({ certificate: { protocol, validTo, namesHost } }, { now }) => {
      const days = -daysSince(validTo, now);
      return failIfAny([
        ...(['TLSv1.2', 'TLSv1.3'].includes(protocol) ? [] : [protocol]),
        ...(days > 30 ? [] : [`the certificate ${days > 0 ? 'ends' : 'ended'} on ${dayOf(validTo)}`]),
        ...(namesHost ? [] : ['the certificate is of another name']),
      ]);
    },
  }),
  registryCheck({
    id: 'REG-004',
    title: 'containerd verifies the registry',
    why: 'Without verification, any machine on the way can answer in its place.',
    remedy: {
      host: 'Remove skip_verify = true from hosts.toml, name its authority with ca, and use https addresses',
    },
    severity: 'high',
    nist: ['4.2.1'],
    cis: ['2.5'],
    version: 1,
    needs: ['containerdHosts'],
    judge: ({ containerdHosts }) =>
      failIfAny(
        containerdHosts.flatMap(({ path, skipsVerification, addresses }) => [
          ...(skipsVerification ? [`${path} skip_verify`] : []),
          ...addresses.filter((one) => !isEncrypted(one)).map((one) => `${path} ${one}`),
        ]),
      ),
  }),
  registryCheck({
    id: 'REG-005',
    title: 'Mirrors are trusted and encrypted',
    why: 'A mirror answers in place of the registry, and decides which image a tag names.',
    remedy: { engine: 'Remove the mirror from registry-mirrors in daemon.json, or name it by https and approve it' },
    severity: 'high',
    nist: ['4.2.1', '4.1.5'],
    cis: ['2.5'],
    version: 1,
    needs: ['mirrors'],
    lists: ['registry-mirrors'],
    judge: ({ mirrors }, { lists }) =>
      failIfAny(
        mirrors.flatMap((mirror) => {
          if (!isEncrypted(mirror)) return [`${mirror} without TLS`];
          return lists['registry-mirrors'].some((one) => hostOf(one) === hostOf(mirror)) ? [] : [mirror];
        }),
      ),
  }),
  registryCheck({
    id: 'REG-014',
    title: 'The host keeps no registry password in clear text',
    why: 'Whoever reads the file can pull, and often push, as this host.',
    remedy: { host: 'Set credsStore in ~/.docker/config.json, run docker logout and docker login; chmod 0600' },
    severity: 'medium',
    nist: ['4.2.3', '4.1.4'],
    version: 1,
    needs: ['passwordFiles'],
    judge: ({ passwordFiles }) =>
      failIfAny(
        passwordFiles.flatMap(({ path, clear, mode }) => [
          ...clear.map((registry) => `${path} ${registry}`),
          ...((mode & 0o077) === 0 ? [] : [`${path} mode ${mode.toString(8).padStart(4, '0')}`]),
        ]),
      ),
  }),
];

function isEncrypted(address: string): boolean {
  return URL.canParse(address) && new URL(address).protocol === 'https:';
}

/** Host and port, so that `https://mirror.example` and `mirror.example/` are one. */
function hostOf(address: string): string {
  const text = address.includes('://') ? address : `https://${address}`;
  return URL.canParse(text) ? new URL(text).host : address;
}
