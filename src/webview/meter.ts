import type { PlatformBudget, PushBudget, PushPlatform } from '../bitrix24/pushSize';
import { h, icon, setText } from './dom';
import type { Words } from './words';

/** Nearly full: less than this share of the room is left. */
const nearShare = 0.1;

interface Row {
  row: HTMLElement;
  fill: HTMLElement;
  value: HTMLElement;
  /** What the colour and the icon say, for screen readers. */
  remark: HTMLElement;
}
type Level = 'ok' | 'near' | 'over';
const labels = { ios: 'iphone', android: 'android' } as const;
const remarks = { ok: undefined, near: 'bytesNear', over: 'bytesOver' } as const;

/** How much of one push the text fills, on either platform. Read on demand; only its overflow is spoken. */
export class Meter {
  readonly element: HTMLElement;
  readonly #words: Words;
  readonly #rows: Record<PushPlatform, Row>;

  constructor(words: Words, id: string) {
    this.#words = words;
    this.#rows = { ios: this.#row('ios'), android: this.#row('android') };
    this.element = h('div', { class: 'meter', id }, this.#rows.ios.row, this.#rows.android.row);
  }

  /** `empty` is the same push without its text: what the user has no hand in. */
  render(budget: PushBudget, empty: PushBudget): void {
    for (const platform of ['ios', 'android'] as const) {
      const { row, fill, value, remark } = this.#rows[platform];
      const room = budget[platform].limitBytes - empty[platform].usedBytes;
      const used = budget[platform].usedBytes - empty[platform].usedBytes;
      const level = levelOf(budget[platform], used, room);
      row.dataset['level'] = level;
      fill.style.inlineSize = `${Math.min(100, (100 * used) / Math.max(1, room))}%`;
      setText(value, this.#words.text('bytes', used, room));
      const key = remarks[level];
      setText(remark, key ? this.#words.text(key) : '');
    }
  }

  #row(platform: PushPlatform): Row {
    const fill = h('span', { class: 'meter-fill' });
    const value = h('span');
    const remark = h('span', { class: 'sr-only' });
    const row = h(
      'div',
      { class: 'meter-row' },
      h('span', { class: 'meter-label' }, this.#words.text(labels[platform])),
      h('span', { class: 'meter-track', 'aria-hidden': 'true' }, fill),
      h('span', { class: 'meter-value' }, icon('warning'), value, ' ', remark),
    );
    return { row, fill, value, remark };
  }
}

function levelOf(budget: PlatformBudget, used: number, room: number): Level {
  if (!budget.fits) {
    return 'over';
  }
  return used > room * (1 - nearShare) ? 'near' : 'ok';
}
