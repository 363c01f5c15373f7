const MAX = 64;

/** What a device calls itself, made fit to show: one line, printable, short. Undefined when nothing is left. */
export function cleanDeviceName(given: string | undefined): string | undefined {
  const name = [
    ...(given ?? '')
      .normalize('NFC')
      .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
      .trim(),
  ]
    .slice(0, MAX)
    .join('');
  return name === '' ? undefined : name;
}
