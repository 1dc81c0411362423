import type { ArchiveEvidence } from '../../contract.ts';
import type { KnownNames } from '../../ecosystem.ts';

/** What bears out that a jar is of a group: how much, and by what. */
export interface Support {
  /** 4: its origin is this very group; 3: who owns the group's domain; 2: most agrees; 1: nothing contradicts it. */
  readonly level: 1 | 2 | 3 | 4;
  readonly by: 'class folders' | 'manifest';
}

/** Domains under which many projects publish that have nothing to do with each other: the third name tells whose it is. */
const shared = new Set(
  (
    'com.amazonaws com.github com.google com.ibm com.microsoft com.oracle com.sun io.github jakarta.ee net.java net.sf ' +
    'net.sourceforge org.apache org.codehaus org.eclipse org.glassfish org.jboss org.jvnet org.ow2 org.wso2'
  ).split(' '),
);

/** Words that many projects name their parts by; a name of such words alone says nothing about whose it is. */
const common = new Set(
  (
    'agent annotations api app application backend base boot bootstrap client cli common commons config connector core ' +
    'data db demo dist domain driver engine example ext extension framework frontend gateway http impl internal io java ' +
    'jdbc json launcher lib library log logging main manager model module parent plugin processor proxy rest runtime ' +
    'sdk security server service services shared spi spring starter support test tests tool tools ui util utilities ' +
    'utils web webapp xml'
  ).split(' '),
);

/** Roots of packages that belong to the language or to nobody. */
const foreignRoots = new Set(['com', 'edu', 'io', 'jakarta', 'java', 'javax', 'net', 'org', 'sun']);

/** What bears out that a jar with this evidence is `group:artifact`, its name being the artifact's; `undefined`: nothing. */
export function supportFor(group: string, artifact: string, evidence: ArchiveEvidence): Support | undefined {
  const folders = evidence.folders.map((folder) => folder.split('/'));
  const hints = evidence.groups.map((hint) => hint.split('.'));
  const ofFolders = levelOf(folders, { group, artifact });
  const ofManifest = hintLevel(hints, { group, artifact });
  if (ofFolders >= ofManifest && ofFolders > 0) return { level: ofFolders as Support['level'], by: 'class folders' };
  return ofManifest > 0 ? { level: ofManifest as Support['level'], by: 'manifest' } : undefined;
}

interface Coordinates {
  readonly group: string;
  readonly artifact: string;
}

type Names = readonly string[];

/** How much one folder of classes bears out coordinates, 0 for nothing. */
export function folderLevel(folder: string, one: Coordinates): number {
  return levelOf([folder.split('/')], one);
}

function levelOf(folders: readonly Names[], one: Coordinates): number {
  const names = one.group.split('.');
  const most = Math.max(0, ...folders.map((folder) => sharedNames(names, folder)));
  const isCommon = isCommonName(one.artifact);
  if (most >= needed(names, isCommon)) return most === names.length ? 4 : 3;
  const ofProject = Math.max(0, ...folders.map((folder) => projectLevel(folder, one)));
  if (ofProject === 4) return 4;
  if (ofProject > 0 || isCommon) return isCommon ? 0 : ofProject;
  return most >= 2 || folders.some((folder) => folder[0] === one.artifact) ? 1 : 0;
}

/** How many leading names must agree: two, three under a shared domain, all where the artifact's name is anybody's. */
function needed(names: Names, isCommon: boolean): number {
  const enough = shared.has(names.slice(0, 2).join('.')) ? 3 : 2;
  return isCommon ? Math.max(names.length, enough) : enough;
}

/**
 * Groups that do not begin as their folders do. 4: the group is the project's name alone, and so the folder's (`log4j`
 * in `org/apache/log4j`). 2: the folder of the project spells the artifact (`httpclient` in `org/apache/http/client`),
 * or is a name of the group (`okhttp3` of `com.squareup.okhttp3`).
 */
function projectLevel(folder: Names, one: Coordinates): 0 | 2 | 4 {
  const names = one.group.split('.');
  const isShared = shared.has(folder.slice(0, 2).join('.'));
  const hasDomain = isShared || isDomain(folder[0]);
  const project = folder.slice(isShared ? 2 : hasDomain ? 1 : 0);
  const [root = ''] = project;
  if (root === '' || foreignRoots.has(root)) return 0;
  const artifact = folded(one.artifact);
  const spells = (text: string): boolean => text.length > 1 && folded(project.join('')).startsWith(text);
  if (names.length === 1) return plainLevel(one, { root, spells, isShared, hasDomain });
  if (isShared) return sharedNames(names, folder) >= 2 && spells(artifact) ? 2 : 0;
  if (common.has(root)) return 0;
  if (names.slice(1).includes(root)) return 2;
  return folded(root) === artifact && folded(one.group).includes(artifact) ? 2 : 0;
}

/**
 * A group without a dot. Projects that have a domain of their own mostly publish under it by now (`org.jline:jline`, once
 * `jline:jline`), so there a folder of that domain alone does not tell the old name.
 */
function plainLevel(
  { group, artifact }: Coordinates,
  folder: {
    readonly root: string;
    readonly spells: (text: string) => boolean;
    readonly isShared: boolean;
    readonly hasDomain: boolean;
  },
): 0 | 2 | 4 {
  const agrees = folder.isShared ? folder.spells(folded(group)) : folded(folder.root) === folded(group);
  if (!agrees || common.has(group)) return 0;
  if (folded(group) !== folded(artifact)) return 2;
  return folder.isShared || !folder.hasDomain ? 4 : 0;
}

/** Names that the manifest gives: a group, one with the artifact (`org.apache.tomcat-catalina`), or a module below the group. */
function hintLevel(hints: readonly Names[], { group, artifact }: Coordinates): number {
  const names = group.split('.');
  const whole = [...names.slice(0, -1), artifact].join('.');
  const isNamedAfterGroup = names.length > 1 && artifact.startsWith(`${names.at(-1)}-`);
  const levels = hints.map((hint) => {
    if (isNamedAfterGroup && hint.join('.') === whole) return 3;
    const agreeing = sharedNames(names, hint);
    if (names.length > 1 && agreeing >= needed(names, isCommonName(artifact))) return agreeing === names.length ? 4 : 3;
    if (agreeing >= 2 && folded(hint.slice(2).join('')) === folded(artifact)) return 2;
    return names.length === 1 && hint.length > 1 ? projectLevel(hint, { group, artifact }) : 0;
  });
  return Math.max(0, ...levels);
}

/** Whether a name is made of words and numbers that any project may use. */
function isCommonName(artifact: string): boolean {
  const words = artifact.toLowerCase().match(/[a-z]+/g) ?? [];
  return words.every((word) => common.has(word));
}

function sharedNames(left: Names, right: Names): number {
  const differs = left.findIndex((name, at) => name.toLowerCase() !== right[at]?.toLowerCase());
  return differs < 0 ? left.length : differs;
}

/** The first name of a package that is a domain's. */
function isDomain(name = ''): boolean {
  return /^(?:[a-z]{2,3}|info|tech|cloud|name)$/.test(name);
}

function folded(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** The publisher that advisories name whose classes a jar holds: the longest of its folders that is a group. */
export function publisherOf(
  { folders }: Pick<ArchiveEvidence, 'folders'>,
  { hasGroup }: Pick<KnownNames, 'hasGroup'>,
): string | undefined {
  for (const folder of folders) {
    const names = folder.split('/');
    for (let count = names.length; count > 1; count -= 1) {
      const group = names.slice(0, count).join('.');
      if (hasGroup(group)) return group;
    }
  }
  return undefined;
}
