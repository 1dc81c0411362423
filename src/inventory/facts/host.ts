import type { HostFile, HostFiles } from './host-file.ts';

/** What is told of a host, for checks. No password hashes, no contents of files. */
export interface HostShape extends HostFiles, HostAccounts, HostAudit, HostKernel, HostServices, HostEngine {}

interface HostAccounts {
  /** Accounts of passwd(5). */
  readonly accounts: readonly HostAccount[];
  /** Names of accounts whose password field is empty, in shadow(5) or passwd(5). */
  readonly emptyPasswords: readonly string[];
  /** The group that may use the engine's socket. */
  readonly engineGroup: EngineGroup;
  readonly subordinateUsers: readonly IdRange[];
  readonly subordinateGroups: readonly IdRange[];
  /** Ids of group(5). */
  readonly groupIds: readonly number[];
}

export interface HostAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export interface EngineGroup {
  readonly name: string;
  /** Missing where the host has no such group. */
  readonly gid?: number;
  /** Accounts in it, also those whose primary group it is. */
  readonly members: readonly string[];
}

/** One line of subuid(5). */
export interface IdRange {
  readonly owner: string;
  readonly first: number;
  readonly count: number;
}

interface HostAudit {
  /** Paths whose use the kernel records: one rule each, those that another rule silences left out. */
  readonly auditedPaths: readonly string[];
  readonly auditState: AuditState;
  /** Rules in force, in one way of writing: fields sorted, watches written as fields. */
  readonly auditRules: readonly string[];
  /** Rules that are loaded at boot, in the same way of writing. */
  readonly savedAuditRules: readonly string[];
  readonly loginRecords: LoginRecords;
}

export interface AuditState {
  /** 0 off, 1 on, 2 on and locked until the next boot. */
  readonly enabled: number;
  /** Events that were lost since boot. */
  readonly lost: number;
}

export interface LoginRecords {
  /** Newest login or use of sudo on the host, ISO 8601; missing: none yet. */
  readonly newest?: string;
  /** Newest one that the collector of events has. */
  readonly delivered?: string;
}

/** Kernel parameters that checks ask for, as sysctl(8) names them. */
export const kernelParameters = [
  'kernel.unprivileged_bpf_disabled',
  'kernel.kptr_restrict',
  'kernel.dmesg_restrict',
  'kernel.randomize_va_space',
  'kernel.yama.ptrace_scope',
  'fs.protected_symlinks',
  'fs.protected_hardlinks',
  'fs.suid_dumpable',
] as const;
export type KernelParameter = (typeof kernelParameters)[number];

/** Value of each parameter; `null`: this kernel has no such parameter. */
type KernelParameters = { readonly [Name in KernelParameter]: number | null };

interface HostKernel extends KernelParameters {
  readonly coreDumps: CoreDumps;
  /** Whether another kernel may be loaded and started. */
  readonly kexec: 'disabled' | 'locked-down' | 'allowed' | 'absent';
  readonly kernelIntegrity: KernelIntegrity;
  readonly selinux: 'enforcing' | 'permissive' | 'off';
  readonly modules: readonly KernelModule[];
  /** Mounts of the host but those of containers, by place; of two at one place, the later is in force. */
  readonly mounts: readonly MountPoint[];
  readonly secureBoot: 'on' | 'off' | 'no-uefi';
  readonly rootOfTrust: 'absent' | 'matches' | 'differs';
}

export interface CoreDumps {
  /** `kernel.core_pattern`. */
  readonly pattern: string;
  /** The program that is given the dump; missing: a file is written, or the program does not exist. */
  readonly helper?: HostFile;
}

export interface KernelIntegrity {
  readonly lockdown: 'none' | 'integrity' | 'confidentiality' | 'absent';
  /** Whether IMA refuses files whose signature or hash is wrong. */
  readonly appraisal: 'on' | 'off';
}

export interface KernelModule {
  readonly name: string;
  /** `blocked`: modprobe is told to run something else; `absent`: this kernel was built without it. */
  readonly state: 'loaded' | 'loadable' | 'blocked' | 'absent';
}

export interface MountPoint {
  readonly point: string;
  /** What of its file system is mounted: `/` for all. */
  readonly root: string;
  readonly type: string;
  readonly options: readonly string[];
}

interface HostServices {
  /** Sockets of the host's own network that accept connections. */
  readonly listeners: readonly HostListener[];
  /** Effective settings of sshd; `null`: no sshd is installed. */
  readonly ssh: SshSettings | null;
  readonly clock: HostClock;
  /** What happens to packets for the host that no rule speaks of, for each protocol in use. */
  readonly inputFilters: readonly InputFilter[];
  readonly logs: HostLogs;
  /** What installs security updates by itself. */
  readonly updaters: readonly string[];
  /** What watches files for change, with its baseline; `null`: nothing does. */
  readonly integrityWatch: IntegrityWatch | null;
  readonly system: HostSystem;
  /** Settings in force of the kubelet; `null`: none is installed. */
  readonly kubelet: KubeletSettings | null;
  /** Manifests that the kubelet starts without asking the cluster. */
  readonly staticPods: readonly StaticPod[];
}

export interface HostListener {
  readonly protocol: 'tcp' | 'tcp6';
  readonly address: string;
  readonly port: number;
  /** Path of the program; missing where no process that holds it was found. */
  readonly program?: string;
  readonly owner: 'host' | 'container';
}

export interface SshSettings {
  readonly permitRootLogin: string;
  readonly passwordAuthentication: string;
  readonly keyboardInteractive: string;
  readonly ciphers: readonly string[];
}

export interface HostClock {
  /** Program that sets it; missing: none runs. */
  readonly service?: string;
  readonly state: 'synchronised' | 'not-synchronised';
}

export interface InputFilter {
  readonly protocol: 'ipv4' | 'ipv6';
  readonly otherwise: 'refused' | 'accepted';
}

export interface HostLogs {
  /** Program that keeps logs; missing: none runs. */
  readonly daemon?: string;
  /** Where it keeps them, and whether that outlives a restart. */
  readonly place: string;
  readonly kept: 'on-disk' | 'in-memory';
}

export interface IntegrityWatch {
  readonly tool: string;
  /** When its baseline was made, ISO 8601. */
  readonly baseline: string;
}

export interface HostSystem {
  /** ID of os-release(5), and `ID-VARIANT_ID` where it has a variant: `fedora`, `fedora-coreos`. */
  readonly ids: readonly string[];
  /** Installed packages; `null`: the host has no list of packages. */
  readonly packages: number | null;
}

export interface KubeletSettings {
  readonly anonymous: 'allowed' | 'refused';
  readonly authorization: string;
  readonly readOnlyPort: number;
  readonly rotateCertificates: 'on' | 'off';
  readonly seccompDefault: 'on' | 'off';
}

export interface StaticPod {
  readonly path: string;
  /** `sha256:…` of the manifest. */
  readonly digest: string;
}

interface HostEngine {
  /** uid that the engine runs as: 0, or the user's of a rootless engine. */
  readonly engineUser: number;
  /** Sockets of the engine whose access list names more users or groups than the mode shows. */
  readonly socketsWithAccessLists: readonly string[];
  readonly dataRootDevice: DataRootDevice;
  /** Modules of mandatory access control that the engine uses. */
  readonly mandatoryAccess: readonly string[];
  readonly cgroupVersion: number;
  readonly programVerification: readonly VerifiedProgram[];
  /** Running tasks of containerd. */
  readonly containerdTasks: readonly ContainerdTasks[];
  readonly unusedImages: readonly UnusedImage[];
  readonly stoppedContainers: readonly StoppedContainer[];
  /** One entry for each running container. */
  readonly sensitivities: readonly ContainerSensitivity[];
}

export interface DataRootDevice {
  readonly path: string;
  /** Device numbers of the folder and of the folder above it. */
  readonly device: number;
  readonly parentDevice: number;
}

export interface VerifiedProgram {
  readonly path: string;
  /** `own`: the wrapper of Seawall, with the hash that was installed. */
  readonly state: 'clean' | 'own' | 'changed' | 'unowned';
}

export interface ContainerdTasks {
  readonly namespace: string;
  /** Whether any runs there. */
  readonly tasks: 'running' | 'none';
}

/** An image that no container, running or stopped, was made from. */
export interface UnusedImage {
  /** A name of it, or its digest where it has none. */
  readonly name: string;
  /** When it was last used or came to the host, ISO 8601. */
  readonly lastUsed: string;
}

export interface StoppedContainer {
  readonly name: string;
  /** ISO 8601. */
  readonly stopped: string;
}

export interface ContainerSensitivity {
  readonly container: string;
  /** Value of its label `seawall.sensitivity`. */
  readonly level?: string;
}
