/// <reference lib="dom" />
import type { LiveSnapshot, PushExcerpt, RecordedNotification } from '../../controlApi';
import type { BbText } from './bbText';
import type { BellView } from './bellView';
import type { ControlClient } from './controlClient';
import type { CurlCommand } from './curlCommand';
import type { DomTools } from './domTools';
import type { PageTexts } from './pageTexts';
import type { PageWords } from './pageWords';
import type { PeopleFilter } from './peopleFilter';
import type { PersonDialog } from './personDialog';
import type { PhoneGrid } from './phoneGrid';
import type { PhoneView } from './phoneView';
import type { RequestsTable } from './requestsTable';
import type { Switchboard } from './switchboard';

/** The classes of the page's script, which cannot import one another in the browser. */
export interface PageParts {
  BbText: typeof BbText;
  BellView: typeof BellView;
  ControlClient: typeof ControlClient;
  CurlCommand: typeof CurlCommand;
  DomTools: typeof DomTools;
  PageTexts: typeof PageTexts;
  PageWords: typeof PageWords;
  PeopleFilter: typeof PeopleFilter;
  PersonDialog: typeof PersonDialog;
  PhoneGrid: typeof PhoneGrid;
  PhonesApp: typeof PhonesApp;
  PhoneView: typeof PhoneView;
  RequestsTable: typeof RequestsTable;
  Switchboard: typeof Switchboard;
}

/** Runs in the browser when the page has been loaded. */
export function startPhonesApp(parts: PageParts): void {
  new parts.PhonesApp(parts).start();
}

/** Runs in the browser. Puts the parts of the page together and draws the latest snapshot with them. */
export class PhonesApp {
  readonly #dom: DomTools;
  readonly #words: PageWords;
  readonly #texts: PageTexts;
  readonly #control: ControlClient;
  readonly #dialog: PersonDialog;
  readonly #switchboard: Switchboard;
  readonly #requests: RequestsTable;
  readonly #grid: PhoneGrid;
  #latest: LiveSnapshot | null = null;
  /** Id of the newest push of the previous drawing; null before the first drawing. Later pushes are announced. */
  #seenPushId: number | null = null;
  #seenNotificationId: number | null = null;
  #isDrawPlanned = false;

  constructor(parts: PageParts) {
    const dom = new parts.DomTools();
    const page = dom.byId('page', HTMLElement);
    const { language, translations, control: controlPath } = page.dataset;
    // The sandbox itself wrote it into the page.
    const table = JSON.parse(translations ?? '{}') as Record<string, string>;
    const words = new parts.PageWords(language ?? 'en', table);
    const texts = new parts.PageTexts(words);
    const control = new parts.ControlClient(controlPath ?? '', words, (message) =>
      this.#showTrouble(message),
    );
    this.#dom = dom;
    this.#words = words;
    this.#texts = texts;
    this.#control = control;
    this.#dialog = new parts.PersonDialog(dom, texts, control);
    this.#switchboard = new parts.Switchboard(dom, words, texts, control, {
      renamedHost: page.dataset['renamedHost'] ?? '',
      controlOrigin: page.dataset['controlOrigin'] ?? '',
    });
    this.#requests = new parts.RequestsTable({
      dom,
      words,
      texts,
      control,
      curl: new parts.CurlCommand(),
      authServer: page.dataset['authServer'] ?? '',
      planDraw: () => this.#planDraw(),
    });
    const bbText = new parts.BbText();
    this.#grid = new parts.PhoneGrid(dom, words, {
      filter: new parts.PeopleFilter(texts),
      control,
      makePhone: (id) => {
        const bell = new parts.BellView(dom, words, texts, bbText, id);
        return new parts.PhoneView(dom, words, texts, bell, id, () => this.#openDialog(id));
      },
      now: () => this.#now(),
      planDraw: () => this.#planDraw(),
      showTrouble: (message) => this.#showTrouble(message),
    });
  }

  start(): void {
    setInterval(() => {
      this.#grid.tick();
      this.#switchboard.tick(this.#now());
    }, 1000);
    this.#control.listen(
      (snapshot) => {
        this.#latest = snapshot;
        this.#grid.take(snapshot);
        this.#requests.take(snapshot);
        this.#planDraw();
      },
      (isConnected) => this.#showConnection(isConnected),
    );
  }

  /** @returns Unix ms by the sandbox's clock. */
  #now(): number {
    return Date.now() + (this.#latest?.state.clockOffset ?? 0) * 1000;
  }

  #openDialog(id: number): void {
    const user = this.#grid.knownUsers().find((one) => one.id === id);
    if (user) {
      this.#dialog.open(user);
    }
  }

  /** Shows what did not work; '' hides the message when everything works again. */
  #showTrouble(message: string): void {
    const trouble = this.#dom.byId('trouble', HTMLElement);
    this.#dom.setText(trouble, message);
    trouble.hidden = message === '';
    if (message !== '') {
      // A switch whose change failed has to go back to the portal's real state.
      this.#planDraw();
    }
  }

  #showConnection(isConnected: boolean): void {
    if (isConnected) {
      this.#showTrouble('');
    }
    const live = this.#dom.byId('live', HTMLElement);
    live.className = isConnected ? 'live on' : 'live';
    this.#dom.setText(live, this.#words.text(isConnected ? 'live' : 'connecting…'));
  }

  /** Draws a little later, so that many changes at one moment are drawn once. */
  #planDraw(): void {
    if (!this.#isDrawPlanned) {
      this.#isDrawPlanned = true;
      setTimeout(() => this.#draw(), 16);
    }
  }

  #draw(): void {
    this.#isDrawPlanned = false;
    if (!this.#latest) {
      return;
    }
    const { pushes } = this.#latest;
    const newestId = pushes.reduce((last, push) => Math.max(last, push.id), 0);
    const seenBefore = this.#seenPushId ?? newestId;
    this.#announce(pushes.filter((push) => push.id > seenBefore));
    this.#announceNotifications(this.#latest.notifications);
    this.#drawHead(this.#latest);
    this.#grid.draw(this.#latest, seenBefore);
    this.#drawUnknown(pushes.find((push) => push.id === newestId));
    this.#requests.update(this.#latest);
    this.#switchboard.update(this.#latest);
    this.#switchboard.tick(this.#now());
    this.#dialog.update(this.#grid.knownUsers());
    this.#seenPushId = newestId;
  }

  #drawHead({ state, pushes }: LiveSnapshot): void {
    this.#dom.setText(
      this.#dom.byId('about', HTMLElement),
      `${new URL(state.portal).host} · ${this.#texts.people(state.peopleCount)} · ${this.#words.text('pushes arrive here instead of on real phones')}`,
    );
    this.#dom.byId('empty', HTMLElement).hidden = pushes.length > 0;
    this.#dom.byId('filter-row', HTMLElement).hidden = state.peopleCount < 9;
  }

  /** Says which ids of the latest push belong to nobody. */
  #drawUnknown(push: PushExcerpt | undefined): void {
    const ids = (push?.dropped ?? [])
      .filter((drop) => drop.reason === 'unknown')
      .map((drop) => drop.id);
    const count = push?.counts.unknown ?? 0;
    const named = ids.slice(0, 20).join(', ');
    const who =
      count > 20
        ? this.#words.text('{0} and {1} more', named, this.#words.number(count - 20))
        : named;
    const isToNobody = push?.counts.recipients === 0;
    const unknown = this.#dom.byId('unknown', HTMLElement);
    unknown.hidden = ids.length === 0 && !isToNobody;
    this.#dom.setText(
      unknown,
      isToNobody
        ? this.#words.text('The latest push named nobody. The API still answered true.')
        : this.#words.text(
            'No such person: {0}. The latest push was sent there too, and the API still answered true.',
            who,
          ),
    );
  }

  /** Tells screen readers of new pushes. */
  #announce(fresh: readonly PushExcerpt[]): void {
    const push = fresh.at(-1);
    if (push) {
      const text = push.text.length > 200 ? `${push.text.slice(0, 200)}…` : push.text;
      const before =
        fresh.length > 1
          ? this.#words.count('{0} new push. The last:|{0} new pushes. The last:', fresh.length)
          : this.#words.text('New push:');
      const count = push.counts.delivered;
      const shown =
        count === 0
          ? this.#words.text('on no phone')
          : this.#words.count('on {0} phone|on {0} phones', count);
      this.#dom.setText(
        this.#dom.byId('announcer', HTMLElement),
        `${before} ${push.appName}, ${text}, ${shown}.`,
      );
    }
  }

  /** Tells screen readers of new notifications. */
  #announceNotifications(notifications: readonly RecordedNotification[]): void {
    const newest = notifications.at(-1);
    const seen = this.#seenNotificationId ?? newest?.id ?? 0;
    const fresh = notifications.filter(({ id }) => id > seen);
    this.#seenNotificationId = Math.max(seen, newest?.id ?? 0);
    if (newest && fresh.length > 0) {
      const sentence = '{0} new notification. The last:|{0} new notifications. The last:';
      const before = this.#words.count(sentence, fresh.length);
      const text = `${before} ${newest.senderName}, ${newest.message.slice(0, 200)}.`;
      this.#dom.setText(this.#dom.byId('announcer', HTMLElement), text);
    }
  }
}
