/// <reference lib="dom" />
import type { LiveSnapshot, PushExcerpt, SandboxUser } from '../../controlApi';
import type { ControlClient } from './controlClient';
import type { DomTools } from './domTools';
import type { PageWords } from './pageWords';
import type { PeopleFilter } from './peopleFilter';
import type { PhoneView } from './phoneView';

/** People and the pushes that name them; `users` holds the first of all `matching` people. */
interface FoundPeople {
  users: SandboxUser[];
  matching: number;
  pushes: PushExcerpt[];
}

export interface PhoneGridDeps {
  filter: PeopleFilter;
  control: ControlClient;
  makePhone: (id: number) => PhoneView;
  /** Unix ms by the sandbox's clock. */
  now: () => number;
  planDraw: () => void;
  showTrouble: (message: string) => void;
}

/** Runs in the browser. Draws the phones that the filter box selects. */
export class PhoneGrid {
  readonly #dom: DomTools;
  readonly #words: PageWords;
  readonly #deps: PhoneGridDeps;
  readonly #views = new Map<number, PhoneView>();
  readonly #filterBox: HTMLInputElement;
  #latest: LiveSnapshot | null = null;
  /** The sandbox's answer to the filter; null while the snapshot itself holds everybody who may match. */
  #found: FoundPeople | null = null;
  /** Counts the requests to find people; an answer to an old one is followed by another search. */
  #findsWanted = 0;
  #isFinding = false;

  constructor(dom: DomTools, words: PageWords, deps: PhoneGridDeps) {
    this.#dom = dom;
    this.#words = words;
    this.#deps = deps;
    this.#filterBox = dom.byId('filter', HTMLInputElement);
    this.#filterBox.addEventListener('input', () => {
      if (this.#latest && this.#mustAskSandbox(this.#latest)) {
        void this.#find();
      } else {
        deps.planDraw();
      }
    });
    addEventListener('resize', () => {
      for (const view of this.#views.values()) {
        view.measure();
      }
    });
  }

  /** Takes over a snapshot before it is drawn, and searches again in a portal that it does not hold whole. */
  take(snapshot: LiveSnapshot): void {
    this.#latest = snapshot;
    if (this.#mustAskSandbox(snapshot)) {
      void this.#find();
    }
  }

  /** @returns everybody whom the snapshot describes or the filter has found. */
  knownUsers(): SandboxUser[] {
    return [...(this.#latest?.state.users ?? []), ...(this.#found?.users ?? [])];
  }

  tick(): void {
    for (const view of this.#views.values()) {
      view.tick(this.#deps.now());
    }
  }

  /** @param seenPushId pushes with a greater id appear with an animation. */
  draw(snapshot: LiveSnapshot, seenPushId: number): void {
    const mostPhones = 60;
    // Per phone; older ones scroll off a real lock screen as well.
    const mostPushes = 40;
    const { users, matching, pushes } = this.#select(snapshot, mostPhones);
    const newestFirst = [...pushes].sort((a, b) => b.id - a.id);
    const drawn = users.map((user) => {
      const view = this.#views.get(user.id) ?? this.#deps.makePhone(user.id);
      this.#views.set(user.id, view);
      const naming = newestFirst.filter((push) => push.recipients.includes(user.id));
      const inBell = snapshot.notifications.filter(({ userId }) => userId === user.id).reverse();
      view.update(user, naming.slice(0, mostPushes), inBell, seenPushId, this.#deps.now());
      return view;
    });
    const kept = new Set(users.map((user) => user.id));
    for (const id of [...this.#views.keys()].filter((id) => !kept.has(id))) {
      this.#views.delete(id);
    }
    this.#dom.arrange(
      this.#dom.byId('phones', HTMLElement),
      drawn.map((view) => view.element),
    );
    this.#dom.setText(
      this.#dom.byId('shown-count', HTMLElement),
      matching > users.length
        ? this.#words.text(
            '{0} of {1} phones; filter to see others',
            this.#words.number(users.length),
            this.#words.number(matching),
          )
        : matching === 0
          ? this.#words.text('Nobody matches.')
          : '',
    );
  }

  #select(snapshot: LiveSnapshot, most: number): FoundPeople {
    const { filter } = this.#deps;
    const { state, pushes } = snapshot;
    if (!this.#mustAskSandbox(snapshot)) {
      this.#found = null;
      const ordered = filter.order(state.users, pushes, this.#filterBox.value, most);
      const isFiltered = filter.wordsOf(this.#filterBox.value).length > 0;
      return { ...ordered, matching: isFiltered ? ordered.matching : state.peopleCount, pushes };
    }
    if (!this.#found) {
      // Until the sandbox answers, only people of the snapshot can be shown.
      return { ...filter.order(state.users, pushes, this.#filterBox.value, most), pushes };
    }
    const { users } = filter.order(this.#found.users, this.#found.pushes, '', most);
    return { users, matching: this.#found.matching, pushes: this.#found.pushes };
  }

  /** @returns true if somebody whom the snapshot leaves out may match the filter. */
  #mustAskSandbox({ state }: LiveSnapshot): boolean {
    const words = this.#deps.filter.wordsOf(this.#filterBox.value);
    return words.length > 0 && state.peopleCount > state.users.length;
  }

  /** Asks the sandbox who matches the filter; one request at a time, and the last text wins. */
  async #find(): Promise<void> {
    this.#findsWanted++;
    if (this.#isFinding) {
      return;
    }
    this.#isFinding = true;
    const answering = this.#findsWanted;
    try {
      this.#found = await this.#deps.control.find(this.#filterBox.value, 60);
      this.#deps.planDraw();
    } catch {
      this.#deps.showTrouble(this.#words.text('The sandbox does not answer. Is it still running?'));
    }
    this.#isFinding = false;
    if (this.#findsWanted !== answering && this.#latest && this.#mustAskSandbox(this.#latest)) {
      void this.#find();
    }
  }
}
