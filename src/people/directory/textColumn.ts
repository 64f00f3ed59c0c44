import type { Breather } from './breather';

/** One text for each row, as UTF-8 in one run of bytes; decoded when asked for. */
export interface TextColumnData {
  bytes: Uint8Array;
  /** Where each text begins, and the end. */
  starts: Uint32Array;
}

export async function buildTextColumn(
  count: number,
  textOf: (row: number) => string,
  breather: Breather,
): Promise<TextColumnData> {
  const starts = new Uint32Array(count + 1);
  let bytes = Buffer.alloc(count * 16);
  let at = 0;
  for (let row = 0; row < count; row += 1) {
    const text = textOf(row);
    // UTF-8 takes up to three bytes for each unit of UTF-16.
    if (at + text.length * 3 > bytes.length) {
      bytes = Buffer.concat([bytes], bytes.length * 2 + text.length * 3);
    }
    at += bytes.write(text, at);
    starts[row + 1] = at;
    if (breather.due) {
      await breather.breathe();
    }
  }
  return { bytes: bytes.subarray(0, at), starts };
}

export function textAt({ bytes, starts }: TextColumnData, row: number): string {
  const [from = 0, to = 0] = [starts[row], starts[row + 1]];
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
}
