/** A stretch of a text with one format. */
export interface BbRun {
  text: string;
  bold: boolean;
  italic: boolean;
  underlined: boolean;
  struck: boolean;
  /** An http or https address; null for no link. */
  link: string | null;
}

/** Runs in the browser and in the sandbox. Reads the BB codes of a notification; others stay as they are written. */
export class BbText {
  /** @returns the runs of the text; line breaks are `\n` in them. */
  parse(message: string): BbRun[] {
    const runs: BbRun[] = [];
    const depth = { b: 0, i: 0, u: 0, s: 0 };
    let link: string | null = null;
    let text = '';
    const endRun = (): void => {
      if (text !== '') {
        runs.push({
          text,
          bold: depth.b > 0,
          italic: depth.i > 0,
          underlined: depth.u > 0,
          struck: depth.s > 0,
          link,
        });
      }
      text = '';
    };
    const lines = message.replace(/#BR#|\[br\]/gi, '\n');
    const codes = /\[(\/?)(b|i|u|s)\]|\[(?:url)(?:=([^\]]*))?\]|\[\/url\]/gi;
    let place = 0;
    for (const match of lines.matchAll(codes)) {
      text += lines.slice(place, match.index);
      place = match.index + match[0].length;
      endRun();
      const mark = match[2]?.toLowerCase();
      if (mark === 'b' || mark === 'i' || mark === 'u' || mark === 's') {
        depth[mark] = Math.max(0, depth[mark] + (match[1] === '/' ? -1 : 1));
      } else {
        const rest = lines.slice(place);
        link = match[0] === '[/url]' ? null : this.#address(match[3] ?? rest.split('[', 1)[0]);
      }
    }
    text += lines.slice(place);
    endRun();
    return runs;
  }

  /** Only addresses of pages may become links. */
  #address(given: string | undefined): string | null {
    return given !== undefined && /^https?:\/\/\S+$/i.test(given.trim()) ? given.trim() : null;
  }
}
