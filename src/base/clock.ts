/** The only way to ask for the time; handed in, so that a test decides what "now" is. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();
