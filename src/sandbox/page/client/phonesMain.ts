/// <reference lib="dom" />
import type { LiveSnapshot, PushExcerpt, SandboxUser } from '../../controlApi';
import type { controlClient } from './controlClient';
import type { domTools } from './domTools';
import type { personDialog } from './personDialog';
import type { phoneFacts } from './phoneFacts';
import type { phoneMaker, PhoneView } from './phoneView';
import type { requestsTable } from './requestsTable';
import type { switchboard } from './switchboard';

/** Runs in the browser. Puts the page's parts together and keeps them as the latest snapshot has them. */
export function phonesMain(parts: {
  domTools: typeof domTools;
  phoneFacts: typeof phoneFacts;
  controlClient: typeof controlClient;
  phoneMaker: typeof phoneMaker;
  personDialog: typeof personDialog;
  switchboard: typeof switchboard;
  requestsTable: typeof requestsTable;
}): void {
  interface Found {
    users: SandboxUser[];
    matching: number;
    pushes: PushExcerpt[];
  }

  const mostPhones = 60;
  /** Per phone; older ones scroll off a real lock screen as well. */
  const mostPushes = 40;
  const filterFrom = 9;
  const dom = parts.domTools();
  const facts = parts.phoneFacts();

  const page = dom.byId('page', HTMLElement);
  const trouble = dom.byId('trouble', HTMLElement);
  const live = dom.byId('live', HTMLElement);
  const announcer = dom.byId('announcer', HTMLElement);
  const phones = dom.byId('phones', HTMLElement);
  const filter = dom.byId('filter', HTMLInputElement);
  const unknown = dom.byId('unknown', HTMLElement);

  const control = parts.controlClient(page.dataset['control'] ?? '', tell);
  const dialog = parts.personDialog(dom, facts, control);
  const board = parts.switchboard(dom, facts, control, page.dataset['renamedHost'] ?? '');
  const requests = parts.requestsTable(dom, facts);
  const makePhone = parts.phoneMaker(dom, facts, (id) => {
    const known = [...(latest?.state.users ?? []), ...(found?.users ?? [])];
    const user = known.find((one) => one.id === id);
    if (user) {
      dialog.open(user);
    }
  });

  const views = new Map<number, PhoneView>();
  let latest: LiveSnapshot | null = null;
  /** Whom the sandbox found for the filter, where the snapshot does not have everybody. */
  let found: Found | null = null;
  /** How often it was to be asked, and whether an answer is under way. */
  let findsWanted = 0;
  let isFinding = false;
  /** The newest push that was there before; what comes later is announced. */
  let seen: number | null = null;
  let planned = false;

  /** What did not work, '' when it works again. */
  function tell(message: string): void {
    dom.setText(trouble, message);
    trouble.hidden = message === '';
    if (message !== '') {
      // The switch that was clicked goes back to what is true.
      plan();
    }
  }

  function now(): number {
    return Date.now() + (latest?.state.clockOffset ?? 0) * 1000;
  }

  function draw(): void {
    planned = false;
    if (!latest) {
      return;
    }
    const { state, pushes } = latest;
    const newest = pushes.reduce((last, push) => Math.max(last, push.id), 0);
    const seenBefore = seen ?? newest;
    announce(pushes.filter((push) => push.id > seenBefore));
    drawHead(latest);
    drawPhones(latest, seenBefore);
    drawUnknown(pushes.find((push) => push.id === newest));
    requests.update(latest);
    board.update(latest);
    board.tick(now());
    dialog.update([...state.users, ...(found?.users ?? [])]);
    seen = newest;
  }

  function drawHead({ state, pushes }: LiveSnapshot): void {
    dom.setText(
      dom.byId('about', HTMLElement),
      `${new URL(state.portal).host} · ${facts.people(state.peopleCount)} · pushes arrive here instead of on real phones`,
    );
    dom.byId('empty', HTMLElement).hidden = pushes.length > 0;
    dom.byId('filter-row', HTMLElement).hidden = state.peopleCount < filterFrom;
  }

  /** Does the snapshot leave out people whom the filter may mean? */
  function mustAsk(snapshot: LiveSnapshot): boolean {
    const words = facts.wordsOf(filter.value);
    return words.length > 0 && snapshot.state.peopleCount > snapshot.state.users.length;
  }

  /** Asks the sandbox whom the filter means; one question at a time, and the last one counts. */
  async function find(): Promise<void> {
    findsWanted++;
    if (isFinding) {
      return;
    }
    isFinding = true;
    const answering = findsWanted;
    try {
      found = await control.find(filter.value, mostPhones);
      plan();
    } catch {
      tell('The sandbox does not answer. Is it still running?');
    }
    isFinding = false;
    if (findsWanted !== answering && latest && mustAsk(latest)) {
      void find();
    }
  }

  /** What the phones are drawn from. */
  function whomToDraw(snapshot: LiveSnapshot): Found {
    const { state, pushes } = snapshot;
    if (!mustAsk(snapshot)) {
      found = null;
      const ordered = facts.phoneOrder(snapshot, filter.value, mostPhones);
      const isAsked = facts.wordsOf(filter.value).length > 0;
      return { ...ordered, matching: isAsked ? ordered.matching : state.peopleCount, pushes };
    }
    if (!found) {
      // Until the answer comes, those who are known here.
      return { ...facts.phoneOrder(snapshot, filter.value, mostPhones), pushes };
    }
    const among = { ...snapshot, state: { ...state, users: found.users }, pushes: found.pushes };
    const { users } = facts.phoneOrder(among, '', mostPhones);
    return { users, matching: found.matching, pushes: found.pushes };
  }

  function drawPhones(snapshot: LiveSnapshot, seenBefore: number): void {
    const { users, matching, pushes } = whomToDraw(snapshot);
    const newestFirst = [...pushes].sort((a, b) => b.id - a.id);
    const drawn = users.map((user) => {
      const view = views.get(user.id) ?? makePhone(user.id);
      views.set(user.id, view);
      const naming = newestFirst.filter((push) => push.recipients.includes(user.id));
      view.update(user, naming.slice(0, mostPushes), seenBefore, now());
      return view;
    });
    const kept = new Set(users.map((user) => user.id));
    for (const id of [...views.keys()].filter((id) => !kept.has(id))) {
      views.delete(id);
    }
    dom.arrange(
      phones,
      drawn.map((view) => view.element),
    );
    dom.setText(
      dom.byId('shown-count', HTMLElement),
      matching > users.length
        ? `${users.length} of ${matching.toLocaleString('en')} phones; filter to see others`
        : matching === 0
          ? 'Nobody matches'
          : '',
    );
  }

  function drawUnknown(push: PushExcerpt | undefined): void {
    const ids = (push?.dropped ?? [])
      .filter((drop) => drop.reason === 'unknown')
      .map((drop) => drop.id);
    const count = push?.counts.unknown ?? 0;
    const many = count > 20 ? ` and ${(count - 20).toLocaleString('en')} more` : '';
    const nobody = push?.counts.recipients === 0;
    unknown.hidden = ids.length === 0 && !nobody;
    dom.setText(
      unknown,
      nobody
        ? 'The latest push named nobody. The API still answered true.'
        : `No such person: ${ids.slice(0, 20).join(', ')}${many}. The latest push was sent there too, and the API still answered true.`,
    );
  }

  function announce(fresh: PushExcerpt[]): void {
    const push = fresh.at(-1);
    if (push) {
      const text = push.text.length > 200 ? `${push.text.slice(0, 200)}…` : push.text;
      const before = fresh.length > 1 ? `${fresh.length} new pushes. The last: ` : 'New push: ';
      const count = push.counts.delivered;
      const shown = count === 0 ? 'on no phone' : count === 1 ? 'on 1 phone' : `on ${count} phones`;
      dom.setText(announcer, `${before}${push.appName}, ${text}, ${shown}.`);
    }
  }

  function plan(): void {
    // Many changes in a moment are drawn once.
    if (!planned) {
      planned = true;
      setTimeout(draw, 16);
    }
  }

  filter.addEventListener('input', () => {
    if (latest && mustAsk(latest)) {
      void find();
    } else {
      plan();
    }
  });
  addEventListener('resize', () => {
    for (const view of views.values()) {
      view.measure();
    }
  });
  setInterval(() => {
    for (const view of views.values()) {
      view.tick(now());
    }
    board.tick(now());
  }, 1000);
  control.listen(
    (snapshot) => {
      latest = snapshot;
      if (mustAsk(snapshot)) {
        void find();
      }
      plan();
    },
    (on) => {
      if (on) {
        tell('');
      }
      live.className = on ? 'live on' : 'live';
      dom.setText(live, on ? 'live' : 'connecting…');
    },
  );
}
