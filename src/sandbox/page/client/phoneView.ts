/// <reference lib="dom" />
import type { RecordedPush, SandboxUser } from '../../controlApi';
import type { DomTools } from './domTools';
import type { PhoneFacts } from './phoneFacts';

export type MakePhone = ReturnType<typeof phoneMaker>;
export type PhoneView = ReturnType<MakePhone>;

/** Runs in the browser. Makes one person's phone: heading, lock screen, pushes, and why one is missing. */
export function phoneMaker(dom: DomTools, facts: PhoneFacts, openSettings: (id: number) => void) {
  const { el, setText } = dom;

  return function makePhone(id: number) {
    const opened = new Set<string>();
    let person: SandboxUser | null = null;
    let named: readonly RecordedPush[] = [];
    let freshAfter = 0;
    let drawn = '';
    let drawnFace = '';
    let now = 0;

    const face = el('span', { class: 'face-slot' });
    const name = el('h3', { attrs: { id: `person-${id}` } });
    const line = el('p', { class: 'line' });
    const settings = el('button', { class: 'settings', attrs: { type: 'button' } }, '⋯');
    const time = el('span', { class: 'time' });
    const date = el('span', { class: 'date' });
    const pushes = el('div', { class: 'pushes' });
    const note = el('div', { class: 'note' });
    const screen = el(
      'div',
      { class: 'screen' },
      el('span', { class: 'camera', attrs: { 'aria-hidden': 'true' } }),
      el('div', { class: 'clock', attrs: { 'aria-hidden': 'true' } }, time, date),
      pushes,
      note,
    );
    const element = el(
      'article',
      { attrs: { 'data-user-id': String(id), 'aria-labelledby': name.id } },
      el('header', {}, face, el('div', { class: 'who' }, name, line), settings),
      el('div', { class: 'case' }, screen),
    );
    settings.addEventListener('click', () => openSettings(id));
    screen.addEventListener('click', (event) => {
      const onButton = event.target instanceof Element && event.target.closest('button') !== null;
      if (!onButton && document.getSelection()?.isCollapsed !== false) {
        openSettings(id);
      }
    });

    /** Takes over the person and the pushes that name them, the newest first. */
    function update(
      user: SandboxUser,
      pushesNamingThem: readonly RecordedPush[],
      seen: number,
      at: number,
    ): void {
      person = user;
      named = pushesNamingThem;
      freshAfter = seen;
      const look = user.active ? user.device : `${user.device} dismissed`;
      element.className = `phone ${look}`;
      setText(name, user.name);
      setText(line, facts.personLine(user));
      settings.setAttribute('aria-label', `Change the phone of ${user.name}`);
      if (drawnFace !== `${user.photo} ${user.name}`) {
        drawnFace = `${user.photo} ${user.name}`;
        const photo = dom.picture(user.photo, facts.initials(user.name), `face hue-${id % 6}`);
        face.replaceChildren(photo);
      }
      now = at;
      const wanted = fingerprint(user);
      if (wanted !== drawn) {
        drawn = wanted;
        draw(user);
      }
      tick(at);
    }

    /** Moves the clock and the ages of the pushes. */
    function tick(at: number): void {
      now = at;
      setText(time, facts.clock(now, false));
      const day = { weekday: 'long', day: 'numeric', month: 'long' } as const;
      setText(date, new Date(now).toLocaleDateString('en-GB', day));
      for (const stamp of pushes.querySelectorAll('time')) {
        setText(stamp, facts.ago(stamp.dateTime, now));
      }
    }

    /** All that decides what is drawn below the clock. */
    function fingerprint(user: SandboxUser): string {
      const fates = named.map((push) => [push.id, push.time, facts.fateOf(push, user)]);
      return JSON.stringify([fates, user.device, [...opened]]);
    }

    function draw(user: SandboxUser): void {
      const fates = named.map((push) => ({ push, fate: facts.fateOf(push, user) }));
      const shown = user.device === 'none' ? [] : fates.filter(({ fate }) => fate.is === 'shown');
      const groups = new Map<string, RecordedPush[]>();
      for (const { push } of shown) {
        groups.set(push.clientId, [...(groups.get(push.clientId) ?? []), push]);
      }
      const focus = focusedKey();
      pushes.replaceChildren(
        ...[...groups].map(([clientId, group]) => drawGroup(clientId, group, user)),
      );
      restoreFocus(focus);
      drawNote(fates[0] ? facts.whyNot(fates[0].fate) : null, user);
      // Only now is it known what is longer than a lock screen shows.
      requestAnimationFrame(measure);
    }

    function drawGroup(clientId: string, group: RecordedPush[], user: SandboxUser): HTMLElement {
      const key = `group ${clientId}`;
      const open = opened.has(key);
      const closedCount = user.device === 'ios' ? 1 : 2;
      const hiddenCount = open ? 0 : Math.max(0, group.length - closedCount);
      const items = group.map((push, index) => {
        const item = drawPush(push, user);
        item.hidden = !open && index >= closedCount;
        return item;
      });
      const section = el(
        'section',
        { class: hiddenCount > 0 ? 'group stacked' : 'group' },
        ...items,
      );
      if (group.length > closedCount) {
        const words = open ? 'Show less' : `${hiddenCount} earlier`;
        const toggle = toggleButton(key, words, open, user);
        toggle.className = 'stack';
        section.append(toggle);
      }
      return section;
    }

    function drawPush(push: RecordedPush, user: SandboxUser): HTMLElement {
      const platform = user.device === 'android' ? 'android' : 'ios';
      const { text, cut } = push.shown[platform];
      const key = `push ${push.id}`;
      const open = opened.has(key);
      const more = toggleButton(key, open ? 'Less' : 'More', open, user);
      more.classList.add('more');
      more.hidden = !open;
      // A phone fetches only what has a full address; the rest becomes the tile.
      const avatar = /^https?:\/\//i.test(push.avatar) ? push.avatar : '';
      return el(
        'article',
        {
          class: push.id > freshAfter ? 'push fresh' : 'push',
          attrs: { 'data-push-id': String(push.id) },
        },
        dom.picture(avatar, facts.initials(push.appName).slice(0, 1), 'avatar'),
        el(
          'div',
          { class: 'content' },
          el('span', { class: 'sender', text: push.appName, attrs: { dir: 'auto' } }),
          el('time', {
            text: facts.ago(push.time, now),
            attrs: { datetime: push.time, title: new Date(push.time).toLocaleString('en-GB') },
          }),
          el('p', { class: open ? 'text open' : 'text', text, attrs: { dir: 'auto' } }),
          ...(cut ? [el('p', { class: 'cut', text: 'cut at 4,096 bytes' })] : []),
          more,
        ),
      );
    }

    function toggleButton(
      key: string,
      words: string,
      open: boolean,
      user: SandboxUser,
    ): HTMLButtonElement {
      const button = el('button', {
        text: words,
        attrs: { type: 'button', 'aria-expanded': String(open), 'data-key': key },
      });
      button.addEventListener('click', () => {
        if (!opened.delete(key)) {
          opened.add(key);
        }
        draw(user);
      });
      return button;
    }

    function drawNote(why: string | null, user: SandboxUser): void {
      const text = why ?? (user.device === 'none' ? 'No phone with the Bitrix24 app.' : '');
      const kind = why === null ? 'quiet' : 'why';
      const before = note.firstElementChild;
      if (text === '') {
        note.replaceChildren();
      } else if (before?.className !== kind || before.textContent !== text) {
        note.replaceChildren(el('p', { class: kind, text }));
      }
    }

    function measure(): void {
      for (const item of pushes.querySelectorAll('.push')) {
        const text = item.querySelector('.text');
        const more = item.querySelector<HTMLElement>('.more');
        if (text && more && !text.classList.contains('open')) {
          more.hidden = text.scrollHeight <= text.clientHeight + 1;
        }
      }
      // What scrolls must be reachable by the keyboard.
      if (pushes.scrollHeight > pushes.clientHeight + 1) {
        pushes.tabIndex = 0;
        pushes.setAttribute('role', 'region');
        pushes.setAttribute('aria-label', `Pushes on the phone of ${person?.name ?? String(id)}`);
      } else {
        for (const attribute of ['tabindex', 'role', 'aria-label']) {
          pushes.removeAttribute(attribute);
        }
      }
    }

    function focusedKey(): string | null {
      const focused = document.activeElement;
      return pushes.contains(focused) ? (focused?.getAttribute('data-key') ?? null) : null;
    }

    function restoreFocus(key: string | null): void {
      if (key !== null) {
        const buttons = [...pushes.querySelectorAll<HTMLElement>('[data-key]')];
        buttons
          .find((button) => button.getAttribute('data-key') === key)
          ?.focus({ preventScroll: true });
      }
    }

    return { element, update, tick, measure };
  };
}
