const whole = new Intl.NumberFormat('en');

/** `12,345` */
export function count(value: number): string {
  return whole.format(value);
}

/** `1 finding`, `12 findings` */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
