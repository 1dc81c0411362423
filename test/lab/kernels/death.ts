import { expectThat, type LabCase } from '../lab.ts';
import type { Ground } from './ground.ts';
import { expectReported, refusedIn } from './refused.ts';

const meanwhile = 20;

/** What holds while the sensor is dead. */
export const deathTrial: LabCase<Ground> = {
  id: 'K',
  title: 'with the sensor killed, a dropped program is refused all the same; all is told later, and nothing is lost',
  protectedBy: 'what the kernel holds without the sensor',
  async run(ground) {
    const { sensor, agent, reconnect, shell, setPolicy, cgroup } = ground;
    await setPolicy();
    const epoch = agent().of('sensor-hello').at(-1)?.epoch;
    const losses = agent().of('loss').length;
    await sensor.kill();
    let figures: string;
    try {
      figures = await refusedIn(ground, 'cp /bin/ls /bin/away', '/bin/away /');
      for (let one = 1; one <= meanwhile; one += 1) await shell.say(`sh -c 'exit 0' ${one}`);
    } finally {
      await sensor.start();
      reconnect();
    }
    const hello = await agent().until('sensor-hello');
    expectThat(hello.epoch === epoch, 'the ring was made anew');
    await expectReported(ground, '/bin/away', { reason: 'drift', origin: 'upper' });
    const counted = () =>
      agent()
        .of('exec')
        .filter((one) => one.cgroup === cgroup && /^sh\0-c\0exit 0\0\d+/u.test(one.argv));
    await agent().until('exec', () => counted().length >= meanwhile);
    expectThat(counted().length === meanwhile, `${counted().length} of ${meanwhile} programs were told`);
    const lost = agent().of('loss').length;
    expectThat(lost === 0 && losses === 0, `lost: ${losses} before, ${lost} after`);
    await refusedIn(ground, 'cp /bin/ls /bin/back', '/bin/back /');
    await expectReported(ground, '/bin/back', { reason: 'drift', origin: 'upper' });
    return `${figures}; ${meanwhile} programs meanwhile, all told`;
  },
};
