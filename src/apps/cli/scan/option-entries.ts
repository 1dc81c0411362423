import type { OptionEntry } from '../command.ts';

/** Options of every command that scans: what may be read, how much of it, and where results are kept. */
export const scanOptions: readonly OptionEntry[] = [
  {
    flags: '--platform <os/architecture>',
    summary: 'platform of a multi-platform image (this machine’s); scan takes all',
  },
  { flags: '--max-unpacked <size>', summary: 'largest unpacked size of a layer or archive, like 4G (16G)' },
  { flags: '--max-entries <number>', summary: 'most entries of a layer (5000000)' },
  { flags: '--max-file <size>', summary: 'largest file that is looked into (512M)' },
  { flags: '--max-depth <number>', summary: 'archives inside archives (16)' },
  { flags: '--max-seconds <number>', summary: 'longest time for one layer (300)' },
  { flags: '--malware-set <folder>', summary: 'hash lists and YARA rules that every file is compared with' },
  { flags: '--no-cache', summary: 'neither use nor keep results of layers' },
  { flags: '--insecure-registry <host>', summary: 'registry that may be asked without TLS', repeated: true },
  { flags: '--registry-ca <file>', summary: 'authorities of registries, besides the system’s (PEM)' },
  {
    flags: '--token-server <registry=host>',
    summary: 'host that also gets the registry’s credentials, to give a token',
    repeated: true,
  },
  { flags: '--registry-user <name>', summary: 'user of the registry, with SEAWALL_REGISTRY_PASSWORD (docker login’s)' },
];

/** Of commands that judge an image by checks of a console too. */
export const scriptOption: OptionEntry = {
  flags: '--allow-scripts',
  summary: 'run scripts of the console’s own checks over the files of the image, confined',
};
