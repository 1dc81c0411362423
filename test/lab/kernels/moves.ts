import { expectThat, type LabCase } from '../lab.ts';
import { fromMemory } from './from-memory.ts';
import type { Ground } from './ground.ts';
import { imageName } from './image.ts';

const deep = Array.from({ length: 12 }, (_, level) => level + 1).join('/');

/** Makes the folders of a cgroup and moves the shell that runs it there. */
const move = (path: string) => `perl -e '
  my $at = "/cg"; for (split m{/}, "${path}") { $at .= "/$_"; mkdir $at }
  open(my $to, ">", "/cg${path}/cgroup.procs"); print $to getppid(); close($to) or die "$!\\n"'`;

/** A child that clone3 puts into the cgroup becomes a shell with these words; it ends as the child does. */
const intoCgroup = (path: string, words: string) => `perl -e '
  sysopen(my $to, "/cg${path}", 010000000) or die "$!\\n";
  my $how = pack("Q11", 0x200000000, 0, 0, 0, 17, 0, 0, 0, 0, 0, fileno($to));
  my $child = syscall(435, $how, 88);
  if ($child == 0) { exec "sh", "-c", $ARGV[0] }
  waitpid($child, 0); exit($? >> 8 || $? & 127)' '${words.replaceAll("'", `'\\''`)}'`;

/** Cgroups out of the container's own; `other` is that of the container of the other trials. */
const places = [
  { title: 'the root', path: () => '/' },
  { title: 'another container’s', path: (other: string) => other },
  { title: 'a new one', path: () => `/${'ab'.repeat(32)}` },
  { title: 'a deep one', path: () => `/seawall-lab/${deep}` },
] as const;

/** What a privileged container does with its processes. */
export const moveTrials: readonly LabCase<Ground>[] = [
  {
    id: 'G',
    title: 'a program in memory is refused in its container, to whatever cgroup the process was moved or cloned',
    protectedBy: 'the refusal of what the image does not hold',
    async run(ground) {
      await ground.setPolicy();
      const mounts = ['--privileged', '--cgroupns', 'host', '--volume', '/sys/fs/cgroup:/cg'];
      await ground.docker('run', '-d', '--name', 'mover', '--network', 'none', ...mounts, imageName, 'sleep', '6000');
      try {
        for (const { title, path } of places) await leaves(ground, title, path(otherPath(ground.id)));
      } finally {
        await ground.docker('rm', '--force', 'mover');
      }
      return `${places.length} cgroups, moved and by clone3`;
    },
  },
];

/** The guests' engine has systemd make the cgroups. */
function otherPath(id: string): string {
  return `/system.slice/docker-${id}.scope`;
}

async function leaves({ docker, agent }: Ground, title: string, path: string): Promise<void> {
  const id = (await docker('inspect', '--format', '{{.Id}}', 'mover')).stdout;
  const { cgroup } = await agent().until('container', (one) => one.id === id);
  const start = `${move(path)} || exit 125; cat /proc/self/cgroup; ${fromMemory}`;
  for (const [way, script] of [
    ['moved', start],
    ['cloned', intoCgroup(path, `cat /proc/self/cgroup; ${fromMemory}`)],
  ] as const) {
    const before = agent().frames.length;
    const { code, stdout, stderr } = await docker('exec', 'mover', 'sh', '-c', script);
    expectThat(stdout.startsWith(`0::${path}\n`), `${way} to ${title}, it is in ${stdout}: ${stderr}`);
    expectThat(
      code === 126 && /not permitted/u.test(`${stdout}${stderr}`),
      `${way} to ${title}, it ended with ${code}`,
    );
    const since = () => agent().frames.slice(before);
    const reported = await agent().until('exec', (one) => since().includes(one) && one.origin === 'memory');
    expectThat(
      reported.verdict === 'refused' && reported.cgroup === cgroup,
      `${way} to ${title}, it is told as ${reported.verdict}`,
    );
    const frame = await agent().until('move', (one) => since().includes(one));
    expectThat(frame.cgroup === cgroup && frame.toPath === path, `${way} to ${title}, the move is to ${frame.toPath}`);
  }
}
