import type { MalwareSet, ScriptOutcome } from './contract.ts';
import type { Leftover, SecretSeen } from '#secrets/index.ts';
import type { Platform } from '#image/index.ts';

/**
 * An image as checks see it, whichever documents its facts came from. Values are plain and JSON-able; paths are
 * absolute, and those of files canonical across the image's links.
 */
export interface ImageShape extends ImageConfigShape, ImageManifestShape, ImageContentShape {}

/** What the image's config says. */
export interface ImageConfigShape {
  /** User and group as the config writes them: `app`, `1000:1000`; empty: none, so the engine takes root. */
  readonly user: string;
  /** Secrets in values of environment variables. */
  readonly environmentSecrets: readonly SecretSeen[];
  /** Secrets in build steps, build arguments included. */
  readonly historySecrets: readonly SecretSeen[];
  /** Secrets in values of labels. */
  readonly labelSecrets: readonly SecretSeen[];
  /** Environment variables that loaders, shells and TLS libraries obey (`steeringVariables`); their values are no secrets. */
  readonly steering: readonly EnvironmentVariable[];
  /** Ports with their protocol, lower case: `22/tcp`, `8000-8010/udp`. */
  readonly exposedPorts: readonly string[];
  /** Words of the health check: `['CMD', '/probe']`; empty: none. */
  readonly healthCheck: readonly string[];
  /** Paths in the container that get a volume of their own, without `.`, `..` and doubled slashes. */
  readonly volumes: readonly string[];
  /** As written; empty: none, so the engine takes `/`. */
  readonly workingDirectory: string;
  /** Instructions that run when another image is built from this one. */
  readonly onBuild: readonly string[];
  readonly labels: readonly Label[];
  /** RFC 3339; the later of what the config says and the push to the registry, where that is known. */
  readonly created: string;
  /** Build steps, the first one first. */
  readonly steps: readonly ImageStep[];
  /** Layers at the bottom that belong to the base image. */
  readonly baseLayers: number;
  readonly platform: Platform;
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
}

export interface Label {
  readonly name: string;
  readonly value: string;
}

/** One build step, with what builders write around it taken off. */
export interface ImageStep {
  /** As the history has it. */
  readonly createdBy: string;
  /** `RUN`, `ADD`, `COPY`, `ENV` …; missing: no builder of Dockerfiles made the step. */
  readonly instruction?: string;
  /** What follows the instruction; of a `RUN` the shell's command line or the words of the command. */
  readonly text: string;
  /** It made no layer. */
  readonly isEmpty: boolean;
  /** It belongs to the base image, so the owner of this one cannot change it. */
  readonly isBase: boolean;
}

/** What the manifest and the reading of its blobs say. */
export interface ImageManifestShape {
  /** Layers as the manifest names them, the lowest first. */
  readonly layerBlobs: readonly LayerSource[];
  /** Digests that did not match what was read, one sentence each. */
  readonly mismatches: readonly string[];
}

export interface LayerSource {
  readonly mediaType: string;
  /** Addresses outside the registry; mostly none. */
  readonly urls: readonly string[];
}

/** What its files say, all layers laid over each other. */
export interface ImageContentShape {
  /** Id that `user` has; of a name by the image's /etc/passwd. */
  readonly userId: number;
  /** Lines of /etc/passwd. */
  readonly accounts: readonly Account[];
  /** Lines of /etc/group. */
  readonly groups: readonly Group[];
  /** Accounts whose password is empty in /etc/shadow, or in /etc/passwd where that holds passwords. */
  readonly emptyPasswords: readonly string[];
  /** Regular files with the setuid or the setgid bit. */
  readonly specialModes: readonly ModeOfFile[];
  /** Regular files with capabilities of their own. */
  readonly fileCapabilities: readonly CapabilitiesOfFile[];
  /** Regular files, and folders without the sticky bit, that everyone may write; not those in temporary folders. */
  readonly worldWritable: readonly WorldWritable[];
  /** Files that package managers keep for their next run: package lists, downloaded packages. */
  readonly packageCaches: readonly FileInLayer[];
  /** Secrets in files of every layer, removed ones included; not in those that a package owns unmodified. */
  readonly fileSecrets: readonly SecretSeen[];
  /** Files and folders of development that no application needs. */
  readonly leftovers: readonly Leftover[];
  /** Certificates of the bundle that programs take as roots. */
  readonly trustedRoots: readonly TrustedRoot[];
  /** What a user's set of hashes and rules found in all layers. */
  readonly malware: MalwareFound;
  /** How scripts ended that people wrote, over all files as the layers leave them. */
  readonly scripts: readonly ScriptOutcome[];
  /** Miners of cryptocurrency, and files that name their pools. */
  readonly miners: readonly MinerFile[];
  /** Machine programs whose code is compressed or encrypted. */
  readonly packed: readonly PackedProgram[];
  /** Programs of operating system packages whose content is not the package's. */
  readonly modifiedFiles: readonly string[];
  readonly release: Release;
  /** Day on which security fixes of the release end for everybody, `2028-06-30`. */
  readonly supportEnds: string;
  readonly packages: readonly InstalledPackage[];
  /** Paths of files that may be executed. */
  readonly programs: readonly string[];
}

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Login shell; empty: /bin/sh. */
  readonly shell: string;
}

export interface Group {
  readonly name: string;
  readonly gid: number;
}

interface OwnedFile {
  readonly path: string;
  /** Name of the operating system package that owns it; missing: none does. */
  readonly package?: string | undefined;
}

export interface ModeOfFile extends OwnedFile {
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
}

export interface CapabilitiesOfFile extends OwnedFile {
  /** Upper case without `CAP_`, sorted. */
  readonly capabilities: readonly string[];
}

export interface WorldWritable extends ModeOfFile {
  readonly kind: 'file' | 'directory';
}

export interface MalwareFound {
  readonly set: MalwareSet;
  /** Files that were compared with its hashes, and those that its rules looked at. */
  readonly files: number;
  readonly ruled: number;
  readonly matches: readonly (FileInLayer & { readonly by: 'hash' | 'rule'; readonly name: string })[];
}

export interface MinerFile extends OwnedFile {
  /** It may be executed, or is machine code. */
  readonly isProgram: boolean;
  readonly by: 'name' | 'pool' | 'protocol';
  readonly seen: string;
}

export interface PackedProgram extends OwnedFile {
  readonly by: 'upx' | 'entropy';
  /** Bits a byte of its code; missing: not measured. */
  readonly entropy?: number | undefined;
}

export interface FileInLayer {
  readonly path: string;
  /** Layer that holds it, 0 is the lowest. */
  readonly layer: number;
}

export interface TrustedRoot {
  /** Whom it names, for people. */
  readonly subject: string;
  /** SHA-256 of the certificate, 64 hexadecimal digits. */
  readonly fingerprint: string;
  /** The distribution's own package of roots holds it. */
  readonly isPackaged: boolean;
}

export interface Release {
  /** As in os-release: `debian`. */
  readonly id: string;
  /** As in os-release; missing: a rolling release. */
  readonly version?: string;
  readonly name: string;
}

export interface InstalledPackage {
  /** `deb`, `apk`, `rpm`, `npm` … */
  readonly type: string;
  readonly name: string;
  readonly version: string;
}

/** How an image is named where it is deployed. */
export interface ReferenceShape {
  /** As written. */
  readonly text: string;
  /** `registry.example/team/app`. */
  readonly repository: string;
  /** `latest` where neither a tag nor a digest is written, as engines read it; empty: the digest alone. */
  readonly tag: string;
  /** Digest that the name holds, or that the gate resolved and recorded; empty: none. */
  readonly digest: string;
  /** Platform of the image that it stands for. */
  readonly platform: Platform;
  /** Platform of the host that runs it. */
  readonly hostPlatform: Platform;
}
