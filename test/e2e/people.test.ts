import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { generateStaff } from '../../src/sandbox/generatedStaff';
import type { SandboxUser } from '../../src/sandbox/controlApi';
import { Portal } from './support/portal';
import { PushForm } from './support/pushForm';
import { stage } from './support/stage';
import { until } from './support/until';
import type { Workbench } from './support/workbench';

const count = 100_000;
const seed = 7;
const many = 5_000;

/** Keys of a Russian keyboard, and what they write on an English one; those that write letters. */
const russianKeys = new Map(
  Array.from('йцукенгшщзфывапролдячсмить', (letter, at) => [
    letter,
    'qwertyuiopasdfghjklzxcvbnm'.charAt(at),
  ]),
);
/** Letters with one usual spelling. */
const latin = new Map(
  Array.from('абвгдзиклмнопрстуф', (letter, at) => [letter, 'abvgdziklmnoprstuf'.charAt(at)]),
);

function spelt(text: string, letters: ReadonlyMap<string, string>): string | undefined {
  const all = Array.from(text.toLowerCase(), (one) => (one === ' ' ? ' ' : letters.get(one)));
  return all.includes(undefined) ? undefined : all.join('');
}

/** What everybody here is about: the portal's people, and ways to single some of them out. */
class Company {
  readonly people: readonly SandboxUser[];
  readonly departments = generateStaff(count, seed).departments;
  readonly #byName = new Map<string, number>();

  constructor(people: readonly SandboxUser[]) {
    this.people = people;
    for (const { name } of people) {
      this.#byName.set(name, (this.#byName.get(name) ?? 0) + 1);
    }
  }

  /** Those far down the list who get what is sent to them and whose name nobody shares, `fit` besides. */
  *namesakesOfNobody(fit: (user: SandboxUser) => boolean): Generator<SandboxUser> {
    for (const user of this.people) {
      const { id, name, active, extranet } = user;
      const isAlone = this.#byName.get(name) === 1;
      if (id > count / 2 && isAlone && active && !extranet && isReachable(user) && fit(user)) {
        yield user;
      }
    }
  }

  below(id: number): number[] {
    const children = this.departments.filter(({ parent }) => parent === id);
    return [id, ...children.flatMap((child) => this.below(child.id))];
  }

  membersOf(departments: readonly number[]): number[] {
    const wanted = new Set(departments);
    return this.people
      .filter(({ active, departments: at }) => active && at.some((one) => wanted.has(one)))
      .map(({ id }) => id);
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Has a phone that shows what comes. */
function isReachable({ device, push, presence, absentDays }: SandboxUser): boolean {
  return device !== 'none' && push && presence === 'offline' && absentDays === 0;
}

const grouped = (people: number): string => people.toLocaleString('en');

describe('100,000 people', function () {
  let company: Company;
  let portal: Portal;
  let workbench: Workbench;
  let host: string;
  let some: Generator<SandboxUser>;

  const next = (): SandboxUser => {
    const { value } = some.next() as IteratorResult<SandboxUser, undefined>;
    assert.ok(value);
    return value;
  };
  const idsOf = (users: readonly SandboxUser[]) => users.map(({ id }) => id).sort((a, b) => a - b);
  const sorted = (ids: Iterable<number>) => [...ids].sort((a, b) => a - b);

  before(async function () {
    this.timeout(180_000);
    const sandbox = await stage.portalOf(count, seed);
    portal = new Portal(sandbox.info);
    host = new URL(sandbox.info.portal).host;
    company = new Company(sandbox.users(Array.from({ length: count }, (_, at) => at + 1)));
    some = company.namesakesOfNobody(() => true);
    workbench = await stage.workbench({
      sandbox,
      shared: true,
      settings: { 'bitrix24Push.groups': { [host]: groups() } },
    });
    await workbench.command('Send Bitrix24 Push');
    await workbench.step('on 127.0.0.1');
    // Opening the picker reads everybody, 2,500 in a request.
    await until(
      'the directory on disk',
      () => {
        const files = readdirSync(stage.directory, { recursive: true, encoding: 'utf8' })
          .filter((name) => name.endsWith('.people'))
          .map((name) => path.join(stage.directory, name));
        // The other portals of this stage have a dozen people.
        return Promise.resolve(files.some((file) => sizeOf(file) > 10 * count));
      },
      120_000,
    );
    await workbench.page.keyboard.press('Escape');
  });
  after(() => stage.close(workbench));
  beforeEach(() => portal.reset());

  const watch = { people: [] as SandboxUser[], department: 0 };
  let thousands: SandboxUser[] = [];

  /** What the workspace's settings hold. */
  function groups(): Record<string, unknown> {
    watch.people = [next(), next()];
    watch.department = company.departments.find(({ id, parent }) => {
      const size = company.membersOf([id]).length;
      return parent !== null && size >= 5 && size <= 40;
    })!.id;
    thousands = company.people
      .filter((user) => user.active && !user.extranet && isReachable(user))
      .slice(0, many);
    return {
      'Ночная смена': {
        people: watch.people.map(({ id }) => id),
        departments: [{ id: watch.department, subdepartments: false }],
      },
      'Пять тысяч': { people: thousands.map(({ id }) => id) },
    };
  }

  /** The only push there is went to these people, of whom the phones of those who can get it show it. */
  async function assertSentTo(ids: readonly number[], text: string): Promise<void> {
    const [push, ...others] = await portal.pushesWhen(1);
    assert.deepEqual(others, []);
    assert.equal(push?.text, text);
    assert.deepEqual(sorted(push.recipients), sorted(ids));
    const reachable = new Set(company.people.filter(isReachable).map(({ id }) => id));
    assert.deepEqual(
      ids.filter((id) => reachable.has(id) && !push.delivered.includes(id)),
      [],
    );
    assert.ok(push.delivered.every((id) => ids.includes(id)));
  }

  /** The form, with nobody in it. */
  async function emptyForm(): Promise<PushForm> {
    const form = await PushForm.in(workbench);
    await until('nobody in the form', async () => {
      const removes = form.frame.locator('.chips .chip-remove');
      if ((await removes.count()) === 0) {
        return true;
      }
      await removes.first().click();
      return false;
    });
    return form;
  }

  /** Says yes, and types how many where that is asked. */
  async function agree(people: number): Promise<void> {
    await workbench
      .button(`Send to ${people.toLocaleString('en')} people`, workbench.dialog)
      .click();
    if (people > 100) {
      await workbench.step('Type how many people will get it');
      await workbench.quickInputBox.fill(String(people));
      await workbench.page.keyboard.press('Enter');
    }
  }

  it('are found by the wrong layout, by other letters and by position; three phones ring', async () => {
    const onOtherLayout = [
      ...company.namesakesOfNobody(({ name }) => spelt(name, russianKeys) !== undefined),
    ][0]!;
    const inLatin = [
      ...company.namesakesOfNobody(
        ({ name, id }) => spelt(name, latin) !== undefined && id !== onOtherLayout.id,
      ),
    ][0]!;
    const director = company.people.find(({ position }) => position === 'Генеральный директор')!;
    const typed: [query: string, who: SandboxUser][] = [
      [spelt(onOtherLayout.name, russianKeys)!, onOtherLayout],
      [spelt(inLatin.name, latin)!, inLatin],
      ['генеральный', director],
    ];
    await workbench.command('Send Bitrix24 Push');
    await workbench.step('(1/4)');
    for (const [query, { name }] of typed) {
      await workbench.quickInputBox.fill(query);
      await workbench.row(name).click();
    }
    assert.equal(await portal.calls('user.search'), 0, 'nobody asked the portal');
    await workbench.quickInputBox.fill('');
    const { keyboard } = workbench.page;
    await keyboard.press('Enter');
    await workbench.step('(2/4)');
    await workbench.quickInputBox.fill('Найдены');
    await keyboard.press('Enter');
    await workbench.step('(3/4)');
    await keyboard.press('Enter');
    await workbench.step('(4/4)');
    await workbench.row('Send to 3 people').click();
    await workbench.dialog.getByText(inLatin.name).waitFor();
    await agree(3);
    await assertSentTo(idsOf([onOtherLayout, inLatin, director]), 'Найдены');
  });

  it('in a department and all below it get a push, as they are there when it is sent', async () => {
    const names = company.departments.map(({ name }) => name);
    const department = company.departments.find(({ id, name }) => {
      const below = company.below(id);
      const size = below.length > 2 ? company.membersOf(below).length : 0;
      return size > 60 && size < 100 && names.filter((other) => other === name).length === 1;
    })!;
    const members = company.membersOf(company.below(department.id));
    const form = await emptyForm();
    await form.to.fill(department.name);
    await form.options.filter({ hasText: department.name }).first().click();
    await form.chips.filter({ hasText: department.name }).waitFor();
    await form.text.fill('Всем отделам');
    // Somebody leaves after everything was read.
    const [leaves = 0, ...stay] = members;
    await portal.patch({ users: [{ id: leaves, active: false }] });
    await form.send.click();
    await agree(stay.length);
    await assertSentTo(stay, 'Всем отделам');
  });

  it('are taken by Enter only when the typed letters are a name: the row that is marked (trial 1.7)', async () => {
    const { keyboard } = workbench.page;
    const names = company.departments.map(({ name }) => name);
    const { name } = company.departments.find(
      (one) => names.filter((other) => other === one.name).length === 1,
    )!;
    const marked = () => form.options.and(form.frame.locator('[aria-selected="true"]'));
    const form = await emptyForm();
    await form.to.fill(name);
    await marked().filter({ hasText: name }).waitFor();
    assert.equal(await form.options.first().getAttribute('aria-selected'), 'true');
    assert.match(await form.options.first().innerText(), /department/);
    await keyboard.press('Enter');
    await form.chips.filter({ hasText: name }).waitFor();
    assert.equal(await form.chips.count(), 1, 'the department of that name, and nobody else');

    // Found by position and by letters of another alphabet: nobody is meant for sure.
    const inLatin = [
      ...company.namesakesOfNobody((one) => spelt(one.name, latin) !== undefined),
    ][0]!;
    for (const [typed, why] of [
      ['генеральный', undefined],
      [spelt(inLatin.name, latin)!, 'similar spelling'],
    ] as const) {
      await form.to.fill(typed);
      await form.options.first().waitFor();
      await until('the list to be about it', async () =>
        why === undefined
          ? (await form.options.first().innerText()).toLowerCase().includes(typed)
          : (await form.options.filter({ hasText: inLatin.name }).innerText()).includes(why),
      );
      assert.equal(await marked().count(), 0);
      await keyboard.press('Enter');
      assert.equal(await form.chips.count(), 1);
    }
    await keyboard.press('ArrowDown');
    await marked().waitFor();
    await keyboard.press('Enter');
    await until('the one chosen by keys', async () => (await form.chips.count()) === 2);
  });

  it('of a group in the workspace’s settings get a push', async () => {
    const expected = sorted(
      new Set([...idsOf(watch.people), ...company.membersOf([watch.department])]),
    );
    const form = await emptyForm();
    await form.to.fill('Ночная');
    const row = form.options.filter({ hasText: 'Ночная смена' });
    assert.match(await row.innerText(), /group from the settings of this workspace/);
    await row.click();
    await form.text.fill('Смена началась');
    await form.send.click();
    await agree(expected.length);
    await assertSentTo(expected, 'Смена началась');
  });

  it('are pasted by id, address and name; who is nobody stays for correction', async () => {
    const [byId, byAddress, byName] = [next(), next(), next()];
    const form = await emptyForm();
    await workbench.page.evaluate(
      (text) => navigator.clipboard.writeText(text),
      `${byId.id}, ${byAddress.email};\n${byName.name}\tНикто Небывалов`,
    );
    await form.to.focus();
    await workbench.page.keyboard.press('Control+V');
    await until('three of them', async () => (await form.chips.count()) === 3);
    assert.equal(await form.to.inputValue(), 'Никто Небывалов');
    await form.text.fill('Троим');
    await form.send.click();
    await form.frame.getByText('Correct or remove “Никто Небывалов”').waitFor();
    assert.deepEqual(await portal.pushes(), []);
    await form.frame.getByRole('button', { name: 'Remove Никто Небывалов' }).click();
    await form.send.click();
    await agree(3);
    await assertSentTo(idsOf([byId, byAddress, byName]), 'Троим');
  });

  it('5,000 of them are one chip with a list, and go in one action that can be undone (trial 8.1)', async () => {
    const { keyboard } = workbench.page;
    const form = await emptyForm();
    await form.to.fill('Пять');
    await form.options.filter({ hasText: 'Пять тысяч' }).click();
    await form.chips.filter({ hasText: '5,000 people' }).waitFor();
    assert.equal(await form.chips.count(), 1);

    // By keys alone: to the chip, into its list, to one person, out of it.
    await form.to.focus();
    await keyboard.press('ArrowLeft');
    await keyboard.press('ArrowLeft');
    await keyboard.press('Enter');
    const list = form.frame.getByRole('group', { name: 'Chosen people' });
    const [, second] = thousands;
    await list.getByRole('searchbox').fill(second!.name);
    await list.getByRole('listitem').first().waitFor();
    await keyboard.press('ArrowDown');
    await keyboard.press('Delete');
    await form.chips.filter({ hasText: '4,999 people' }).waitFor();
    await keyboard.press('Escape');
    await list.waitFor({ state: 'hidden' });

    await form.frame.getByRole('button', { name: 'Clear all' }).click();
    await until('nobody in the form', async () => (await form.chips.count()) === 0);
    await form.frame.getByText('4,999 people removed').first().waitFor();
    await form.frame.getByRole('button', { name: 'Undo' }).click();
    await form.chips.filter({ hasText: '4,999 people' }).waitFor();

    await keyboard.press('Control+A');
    await keyboard.press('Delete');
    await until('nobody in the form', async () => (await form.chips.count()) === 0);
    await keyboard.press('Control+Z');
    await form.chips.filter({ hasText: '4,999 people' }).waitFor();
    await keyboard.press('Backspace');
    await keyboard.press('Backspace');
    await until('nobody in the form', async () => (await form.chips.count()) === 0);
  });

  it('5,000 of them get a text of their own, also when somebody presses Cancel in between', async () => {
    const textFor = ({ firstName, lastName }: SandboxUser) =>
      `Привет, ${firstName}! Пропуск на имя ${firstName} ${lastName}.`;
    const form = await emptyForm();
    await form.to.fill('Пять');
    await form.options.filter({ hasText: 'Пять тысяч' }).click();
    await form.frame.locator('label[for="mode-personal"]').click();
    await form.text.fill('Привет, {name}! Пропуск на имя {full_name}.');
    await form.frame.getByText(/5,000 people, [\d,]+ texts, \d\d requests/).waitFor();
    await form.send.filter({ hasText: 'Send to 5,000 people' }).click();
    await workbench.button('Send to 5,000 people', workbench.dialog).waitFor();
    // After so many requests the portal takes no more, until it is told to.
    await portal.patch({ bucket: { size: 40, drain: 0.001, level: 0 } });
    await agree(many);

    const bar = form.frame.locator('progress');
    const value = () => bar.evaluate((element) => (element as HTMLProgressElement).value);
    const seen = new Set<number>();
    const under = form.frame.locator('.outcome.waiting');
    await until(
      'the portal to be full',
      async () => {
        if (await bar.isVisible()) {
          seen.add(await value());
        }
        return (await under.innerText()).includes('Bitrix24 limits requests');
      },
      60_000,
    );
    assert.equal(await bar.getAttribute('max'), String(many));
    assert.ok(Math.max(...seen) > 0 && Math.max(...seen) < many, [...seen].join());
    await under.getByRole('button', { name: 'Cancel' }).click();
    await form.problem.waitFor();

    const got = (await portal.pushes()).flatMap(({ recipients }) => recipients);
    const left = many - got.length;
    assert.ok(got.length > 0 && left > 0);
    const told = await form.problem.innerText();
    assert.match(
      told,
      new RegExp(`accepted the push for ${grouped(got.length)} of ${grouped(many)} people`),
    );
    assert.match(told, new RegExp(`It was not sent to ${grouped(left)} people`));

    await portal.patch({ bucket: { size: 0 } });
    await form.problem.getByRole('button', { name: `Send to the ${grouped(left)}` }).click();
    // By then this window has had its fifty requests: it waits for the portal's two a second.
    await form.accepted.waitFor({ timeout: 90_000 });

    const texts = new Map<number, string[]>();
    for (const { recipients, text, delivered, dropped } of await portal.pushes()) {
      assert.deepEqual([sorted(delivered), dropped], [sorted(recipients), []]);
      for (const id of recipients) {
        texts.set(id, [...(texts.get(id) ?? []), text]);
      }
    }
    assert.equal(texts.size, many, 'nobody else');
    for (const user of thousands) {
      assert.deepEqual(texts.get(user.id), [textFor(user)], user.name);
    }
  });

  it('are offered as far as this machine knows them while the portal pauses requests, which is said (trial 9.4)', async () => {
    await portal.patch({ bucket: { size: 1, drain: 0.001, level: 1 } });
    const form = await emptyForm();
    const group = form.options.filter({ hasText: 'Ночная смена' });
    const pause = form.frame.getByText('accepts no requests until').first();
    await form.to.fill('Ночная');
    await group.waitFor();
    await pause.waitFor();
    const asked = await portal.calls('user.search');
    for (const typed of ['Ночная с', 'Ночная см', 'Ночная сме']) {
      await form.to.fill(typed);
      await group.waitFor({ timeout: 2_000 });
      await pause.waitFor();
    }
    assert.equal(await portal.calls('user.search'), asked, 'nobody asks a portal that pauses');
    await form.to.press('Enter');
    await until('the group', async () => (await form.chips.count()) === 3);
  });
});
