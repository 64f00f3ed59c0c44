import { limits } from '../compose/protocol';

/** Ids in what was typed or pasted ("3, 5; 12"), and what is left when not all of it is ids. */
export function typedIds(typed: string): { ids: number[]; rest: string } {
  const ids: number[] = [];
  const rest: string[] = [];
  for (const part of typed.split(/[\s,;]+/u).filter((candidate) => candidate !== '')) {
    const id = Number(part);
    if (
      /^\d+$/.test(part) &&
      Number.isSafeInteger(id) &&
      id > 0 &&
      ids.length < limits.recipients
    ) {
      ids.push(id);
    } else {
      rest.push(part);
    }
  }
  return { ids, rest: rest.join(' ') };
}
