/** Something in a text that looks like a secret, and where: UTF-16 units. */
export interface FoundSecret {
  kind: string;
  start: number;
  end: number;
}

export type FindSecrets = (text: string) => Promise<readonly FoundSecret[]>;

const shown = 4;

/** Each of these (by default the whole text) as its first characters and dots. */
export function maskSecrets(
  text: string,
  secrets: readonly Pick<FoundSecret, 'start' | 'end'>[] = [{ start: 0, end: text.length }],
): string {
  let masked = '';
  let from = 0;
  for (const { start, end } of secrets) {
    if (start >= from) {
      const length = Math.min(shown, Math.floor((end - start) / 4));
      masked += `${text.slice(from, start)}${text.slice(start, start + length)}…`;
      from = end;
    }
  }
  return masked + text.slice(from);
}
