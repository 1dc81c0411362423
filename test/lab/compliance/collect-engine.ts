import { hostSubjects } from '#compliance/agent/index.ts';

/** Run in the network of an engine: prints as JSON what an agent tells of it and of its services. */
const [socket = ''] = process.argv.slice(2);
const subjects = hostSubjects({ socket, host: 'lab', running: () => [], wrapper: () => undefined });
const [engine] = (await subjects.read({ kind: 'engine', id: 'self', name: 'lab' })) ?? [];
const services: object[] = [];
for (const subject of await subjects.all())
  if (subject.kind === 'service') services.push(...((await subjects.read(subject)) ?? []).map(({ fields }) => fields));
process.stdout.write(JSON.stringify({ engine: engine?.fields, services }));
