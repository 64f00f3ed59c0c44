import type { Announcer } from './announcer';
import type { Messaging } from './messaging';
import type { PageModel } from './pageModel';
import type { Words } from './words';

/** What the parts of the form share. */
export interface Page {
  readonly words: Words;
  readonly model: PageModel;
  readonly messaging: Messaging;
  readonly announcer: Announcer;
  /** Changes the draft and draws the form again. */
  change(...args: Parameters<PageModel['change']>): void;
  /** Draws the form again. */
  render(): void;
}

/** A part of the form: an element, and how to bring it up to date. */
export interface Part {
  readonly element: HTMLElement;
  render(): void;
}
