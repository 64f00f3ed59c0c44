import { byWay, draftText, newDraft } from '../../src/push/draft';
import type { Draft } from '../../src/push/draft';
import { actionsOf, restDraft, summaryOf, unknownDraft } from '../../src/push/push';
import type { DeliveryStatus, Push } from '../../src/push/push';
import type { ActResult, SendResult } from '../../src/push/pushService';
import { faultCases } from './faultCases';
import type { FaultCase } from './faultCases';
import { crowd, FaultStage, firstId } from './faultStage';
import type { Proof, ProofReport } from './proof';
import { stateOf } from './pushWindow';
import type { PushWindow } from './pushWindow';

const pushMethod = 'pull.application.push.add';

const notifyMethod = 'im.notify.personal.add';

/** What is sent. A batch greets each by name; its fault hits one of three requests. */
const shapes = [
  ...(['one push', 'array of 50', 'batch of 50', 'batch with one bad command'] as const),
  ...(['one notification', 'batch of 50 notifications'] as const),
] as const;
type Shape = (typeof shapes)[number];
/** After its first request, two of a push are on the wire: one of them meets the fault, or both. */
const places = ['first call', 'in the middle', 'two at once'] as const;
type Place = (typeof places)[number];

export interface Cell {
  fault: string;
  shape: Shape;
  place: Place;
  /** What was shown at first, e.g. `partly: 50 accepted, 50 unknown, 30 notSent`. */
  shown: string;
  /** The most pushes that anybody got of one that was meant, after everything left was sent too. */
  most: number;
  ms: number;
  failures: string[];
}

/** What was shown, person by person; people about whom nothing was said are absent. */
type Statuses = ReadonlyMap<number, DeliveryStatus>;

/** One cell of the matrix. */
export async function runCell(
  stage: FaultStage,
  fault: FaultCase,
  shape: Shape,
  place: Place,
): Promise<Cell> {
  const started = performance.now();
  const window = await stage.begin();
  const { drafts, service } = window;
  const failures: string[] = [];
  const check = (holds: boolean, sentence: string): void => {
    if (!holds) {
      failures.push(sentence);
    }
  };
  const alone = isAlone(shape);
  const nth = place === 'first call' ? 1 : 2;
  const method = alone ? (isBell(shape) ? notifyMethod : pushMethod) : 'batch';

  // Single calls stand in the middle of others of their kind, batches in the middle of one push.
  if (alone && nth === 2) {
    await expectAccepted(stage, window, draftOf(shape, 'earlier'), check);
  }
  const draft = draftOf(shape, 'this');
  drafts.open(byWay(draft, 'push'));
  const times = place === 'two at once' ? 2 : 1;
  stage.plant(fault, method, alone ? 1 : nth, times);
  if (shape === 'batch with one bad command') {
    const error = { action: 'status', status: 400, error: 'TEXT_ERROR' } as const;
    stage.sandbox.addFaults({ ...error, method: pushMethod, call: (nth - 1) * 50 + 17 });
  }
  const result = await service.send(draft, { origin: 'form' });
  const met = stage.met;
  await stage.clear();

  const statuses = statusesOf(result);
  const wire = new Set(met.flat());
  if (fault.ends === 'open') {
    // What the client cannot know is of these requests; of those that hang, a slow machine may make one more.
    check(
      met.length >= 1 && (met.length <= times || fault.endless === true),
      `${met.length} met it`,
    );
  }
  compare(stage, draft, statuses, check);
  for (const [id, status] of statuses) {
    check(
      status !== 'unknown' || (fault.ends === 'open' && wire.has(id)),
      `${id} is unknown though it can be known`,
    );
  }
  // A request that is told twice that its token is too old has nothing left to try.
  const metTwice = new Set(met.map(String)).size < met.length;
  if (fault.ends === 'done' && !(fault.name === '401 expired' && metTwice)) {
    const bad = shape === 'batch with one bad command' ? 1 : 0;
    const accepted = [...statuses.values()].filter((status) => status === 'accepted').length;
    check(accepted === draft.recipients.length - bad, `only ${accepted} accepted`);
  }
  check(stage.replaced === 0, 'a notification was sent once more, in the place of the first');
  check(stage.strayRequests === 0, 'something was sent to another site');
  check(stage.reusedConnections === 0, 'a connection was used twice');
  const push = 'push' in result ? result.push : undefined;
  await checkDisk(window, push, statuses, check);
  await sendWhatIsLeft(stage, window, draft, { push, isByAction: place !== 'first call' }, check);
  if (alone && nth === 2) {
    await expectAccepted(stage, window, draftOf(shape, 'later'), check);
  }
  check(stage.replaced === 0, 'in the end a notification was sent once more');
  const most = Math.max(0, ...stage.phones().values());
  check(most <= 1, `somebody got ${most} of one push`);
  return {
    fault: fault.name,
    shape,
    place,
    shown: words(result, statuses),
    most,
    ms: Math.round(performance.now() - started),
    failures,
  };
}

interface Corner {
  shape: Shape;
  place: Place;
}
const corners: readonly Corner[] = shapes.flatMap((shape) =>
  places
    .filter((place) => place !== 'two at once' || !isAlone(shape))
    .map((place) => ({ shape, place })),
);
/** For every run of the tests: the least and the most that can go wrong with one fault. */
export const shortCorners: readonly Corner[] = [
  { shape: 'one push', place: 'first call' },
  { shape: 'batch with one bad command', place: 'in the middle' },
  { shape: 'batch of 50', place: 'two at once' },
  { shape: 'one notification', place: 'first call' },
  { shape: 'batch of 50 notifications', place: 'in the middle' },
];

/** Where this fault can be met: some go on by themselves, so that both requests in flight meet them anyway. */
export function cornersOf({ plant }: FaultCase, among: readonly Corner[]): readonly Corner[] {
  const isOnce =
    plant.kind === 'redirect' || (plant.kind === 'sandbox' && plant.times === undefined);
  const isFalse = plant.kind === 'sandbox' && plant.action.action === 'resultFalse';
  return among.filter(
    ({ place, shape }) =>
      (isOnce || place !== 'two at once') &&
      // Bitrix24 documents `false` for a notification that was not made, so it is no fault there.
      !(isFalse && shape === 'one notification'),
  );
}

export const faultMatrixProof: Proof = {
  name: 'matrix',
  async run({ short, say }): Promise<ProofReport> {
    const stage = await FaultStage.open();
    const columns = short ? shortCorners : corners;
    const cells: Cell[] = [];
    try {
      for (let round = 0; round < (short ? 1 : 10); round += 1) {
        for (const fault of faultCases) {
          for (const { shape, place } of cornersOf(fault, columns)) {
            cells.push(await runCell(stage, fault, shape, place));
          }
        }
        say(`${cells.length} cells`);
      }
    } finally {
      await stage.close();
    }
    return {
      cases: cells.length,
      columns: ['fault', ...columns.map(({ shape, place }) => `${shape}, ${place}`), 'most'],
      rows: faultCases.map(({ name }) => {
        const row = cells.filter(({ fault }) => fault === name);
        return [
          name,
          ...columns.map(
            ({ shape, place }) =>
              row.find((cell) => cell.shape === shape && cell.place === place)?.shown ?? '',
          ),
          String(Math.max(...row.map(({ most }) => most))),
        ];
      }),
      failures: cells.flatMap(({ fault, shape, place, failures }) =>
        failures.map((failure) => `${fault}, ${shape}, ${place}: ${failure}`),
      ),
      details: cells,
    };
  },
};

type Check = (holds: boolean, sentence: string) => void;

function isAlone(shape: Shape): boolean {
  return shape === 'one push' || shape === 'array of 50' || shape === 'one notification';
}

function isBell(shape: Shape): boolean {
  return shape === 'one notification' || shape === 'batch of 50 notifications';
}

function draftOf(shape: Shape, label: string): Draft {
  const alone = isAlone(shape);
  const count = !alone ? crowd : shape === 'array of 50' ? 50 : 1;
  return newDraft({
    ...(isBell(shape) && { via: 'notification' }),
    recipients: Array.from({ length: count }, (_, index) => ({ id: firstId + index })),
    text: alone ? `Deployed, ${label} time` : `Hi {name}, ${label} time`,
  });
}

function idsOf(draft: Draft): number[] {
  return draft.recipients.map(({ id }) => id);
}

/** What this person should read. */
function meant(draft: Draft, id: number): string {
  return `${id} ${draftText(draft).replace('Hi ,', `Hi N${id},`)}`;
}

function statusesOf(result: ActResult): Statuses {
  const people = result.kind === 'push' ? result.push.people : [];
  return new Map(people.map(({ id, status }) => [id, status]));
}

/** What was shown against what the portal knows. */
function compare(stage: FaultStage, draft: Draft, statuses: Statuses, check: Check): void {
  const phones = stage.phones();
  for (const id of idsOf(draft)) {
    const got = phones.get(meant(draft, id)) ?? 0;
    const status = statuses.get(id);
    check(status !== undefined, `nothing was said about ${id}`);
    check(status !== 'pending' && status !== 'sending', `${id} is ${String(status)} in the end`);
    check(status !== 'accepted' || got === 1, `${id} is accepted and got ${got}`);
    check(
      (status !== 'refused' && status !== 'notSent') || got === 0,
      `${id} is ${String(status)} and got ${got}`,
    );
  }
}

/**
 * The disk remembers exactly the people of whom nobody knows, and has the rest in the draft. A push that nobody got
 * at all waits or is over.
 */
async function checkDisk(
  { store, drafts, history }: PushWindow,
  push: Push | undefined,
  statuses: Statuses,
  check: Check,
): Promise<void> {
  const waiting = await store.open();
  check(waiting.length <= 1, `${waiting.length} pushes wait`);
  const remembered = waiting.flatMap(({ people }) =>
    people.filter(({ status }) => status === 'unknown').map(({ id }) => id),
  );
  const expected = [...statuses].filter(([, status]) => status === 'unknown').map(([id]) => id);
  check(
    isSame(remembered, expected),
    `${expected.length} are unknown and ${remembered.length} are remembered`,
  );
  if (push) {
    const onDisk = [...waiting, ...(await history.list())].find(({ id }) => id === push.id);
    check(
      JSON.stringify(onDisk?.people) === JSON.stringify(push.people),
      'the disk says something else than was shown',
    );
    const left = restDraft(push) ?? unknownDraft(push);
    const written = drafts.current.recipients.map(({ id }) => id);
    check(isSame(written, left ? idsOf(left) : []), 'the draft is not what is left to send');
  }
}

/**
 * The test sends the people who are left as the user would: the rest, from the form or by the push's own action, and those in doubt
 * only by the user's word.
 */
async function sendWhatIsLeft(
  stage: FaultStage,
  { service }: PushWindow,
  draft: Draft,
  { push, isByAction }: { push: Push | undefined; isByAction: boolean },
  check: Check,
): Promise<void> {
  const rest = push ? restDraft(push) : draft;
  const unknown = push && unknownDraft(push);
  if (rest) {
    const action = push && actionsOf(push).find((one) => one === 'retry' || one === 'sendToRest');
    const again = await (push && action && isByAction
      ? service.act(push.id, action)
      : service.send(rest, { origin: 'form', again: true }));
    check(stateOf(again) === 'accepted', `what was left was ${stateOf(again)}`);
    compare(stage, rest, statusesOf(again), check);
  }
  if (unknown) {
    const before = stage.calls;
    const again = await service.send(unknown, { origin: 'form', again: true });
    check(
      again.kind === 'stillUnknown' && stage.calls === before,
      'those in doubt were sent to again',
    );
  }
}

async function expectAccepted(
  stage: FaultStage,
  { service }: PushWindow,
  draft: Draft,
  check: Check,
): Promise<void> {
  const result = await service.send(draft, { origin: 'form' });
  check(stateOf(result) === 'accepted', `${draft.text} was ${stateOf(result)}`);
  compare(stage, draft, statusesOf(result), check);
}

function words(result: SendResult, statuses: Statuses): string {
  if (result.kind !== 'push' || summaryOf(result.push).state !== 'partly') {
    return stateOf(result);
  }
  const kinds: readonly DeliveryStatus[] = ['accepted', 'refused', 'unknown', 'notSent'];
  return kinds
    .map(
      (kind) => [[...statuses.values()].filter((status) => status === kind).length, kind] as const,
    )
    .filter(([count]) => count > 0)
    .map(([count, kind]) => `${count} ${kind}`)
    .join(', ');
}

function isSame(some: readonly number[], others: readonly number[]): boolean {
  const sorted = (ids: readonly number[]) => JSON.stringify(ids.toSorted((a, b) => a - b));
  return sorted(some) === sorted(others);
}
