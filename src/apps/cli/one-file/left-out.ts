/** A command, with those below it, that the command line as one file does not hold. */
interface LeftOut {
  readonly command: string;
  /** Its modules in `commands/`, which are empty in the one file. */
  readonly modules: RegExp;
  /** Why, and where it is. */
  readonly place: string;
}

const host = 'the Debian package or the tarball';

/** What needs pages, a database, or programs in C beside it. */
export const leftOut: readonly LeftOut[] = [
  {
    command: 'console',
    modules: /^console\.ts$/,
    place: `It needs the pages and PostgreSQL: use the console’s image, ${host}`,
  },
  {
    command: 'backup',
    modules: /^backup\.ts$/,
    place: `It needs the database of the console: use the console’s image, ${host}`,
  },
  {
    command: 'restore',
    modules: /^restore\.ts$/,
    place: `It needs PostgreSQL: use the console’s image, ${host}`,
  },
  {
    command: 'doctor',
    modules: /^doctor\.ts$/,
    place: `It looks at what is installed on a host: use ${host}`,
  },
  { command: 'agent', modules: /^agent\.ts$/, place: `It needs the sensor: use the agent’s image, ${host}` },
  { command: 'gate', modules: /^gate-[a-z]+\.ts$/, place: `It needs the gate’s own programs: use ${host}` },
];
