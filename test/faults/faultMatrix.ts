import { draftText, emptyDraft } from '../../src/push/draft';
import type { Draft } from '../../src/push/draft';
import { leftOf } from '../../src/push/followUp';
import type { Outbox } from '../../src/push/outbox/outbox';
import type { Outcome } from '../../src/push/outcome';
import type { PushRoad } from '../../src/push/pushRoad';
import { faultCases } from './faultCases';
import type { FaultCase } from './faultCases';
import { crowd, FaultStage, firstId } from './faultStage';
import type { Proof, ProofReport } from './proof';

const push = 'pull.application.push.add';

/** What is sent. A batch greets each by name; its fault hits one of three requests. */
const shapes = ['one push', 'array of 50', 'batch of 50', 'batch with one bad command'] as const;
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

type Fate = 'accepted' | 'refused' | 'notSent' | 'unknown';

/** One cell of the matrix. */
export async function runCell(
  stage: FaultStage,
  fault: FaultCase,
  shape: Shape,
  place: Place,
): Promise<Cell> {
  const started = performance.now();
  const { road, drafts, outbox } = await stage.begin();
  const failures: string[] = [];
  const check = (holds: boolean, sentence: string): void => {
    if (!holds) {
      failures.push(sentence);
    }
  };
  const alone = isAlone(shape);
  const nth = place === 'first call' ? 1 : 2;
  const method = alone ? push : 'batch';

  // Single calls stand in the middle of others of their kind, batches in the middle of one push.
  if (alone && nth === 2) {
    await expectAccepted(stage, road, draftOf(shape, 'earlier'), check);
  }
  const draft = draftOf(shape, 'this');
  drafts.update(draft);
  const times = place === 'two at once' ? 2 : 1;
  stage.plant(fault, method, alone ? 1 : nth, times);
  if (shape === 'batch with one bad command') {
    const error = { action: 'status', status: 400, error: 'TEXT_ERROR' } as const;
    stage.sandbox.addFaults({ ...error, method: push, call: (nth - 1) * 50 + 17 });
  }
  const outcome = await road.send(draft, { origin: 'form' });
  const met = stage.met;
  await stage.clear();

  const fates = fatesOf(outcome, draft);
  const wire = new Set(met.flat());
  if (fault.ends === 'open') {
    // What the client cannot know is of these requests; of those that hang, a slow machine may make one more.
    check(
      met.length >= 1 && (met.length <= times || fault.endless === true),
      `${met.length} met it`,
    );
  }
  compare(stage, draft, fates, check);
  for (const [id, fate] of fates) {
    check(
      fate !== 'unknown' || (fault.ends === 'open' && wire.has(id)),
      `${id} is unknown though it can be known`,
    );
  }
  // A request that is told twice that its token is too old has nothing left to try.
  const metTwice = new Set(met.map(String)).size < met.length;
  if (fault.ends === 'done' && !(fault.name === '401 expired' && metTwice)) {
    const bad = shape === 'batch with one bad command' ? 1 : 0;
    const accepted = [...fates.values()].filter((fate) => fate === 'accepted').length;
    check(accepted === draft.recipients.length - bad, `only ${accepted} accepted`);
  }
  check(stage.strayRequests === 0, 'something was sent to another site');
  await checkDisk(outbox, fates, check);
  await sendWhatIsLeft(stage, road, draft, outcome, check);
  if (alone && nth === 2) {
    await expectAccepted(stage, road, draftOf(shape, 'later'), check);
  }
  const most = Math.max(0, ...stage.phones().values());
  check(most <= 1, `somebody got ${most} of one push`);
  return {
    fault: fault.name,
    shape,
    place,
    shown: words(outcome, fates),
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
];

/** Where this fault can be met: some go on by themselves, so that both requests in flight meet them anyway. */
export function cornersOf({ plant }: FaultCase, among: readonly Corner[]): readonly Corner[] {
  const isOnce =
    plant.kind === 'redirect' || (plant.kind === 'sandbox' && plant.times === undefined);
  return among.filter(({ place }) => isOnce || place !== 'two at once');
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
  return shape === 'one push' || shape === 'array of 50';
}

function draftOf(shape: Shape, label: string): Draft {
  const alone = isAlone(shape);
  const count = shape === 'one push' ? 1 : shape === 'array of 50' ? 50 : crowd;
  return {
    ...emptyDraft,
    recipients: Array.from({ length: count }, (_, index) => ({ id: firstId + index })),
    text: alone ? `Deployed, ${label} time` : `Hi {name}, ${label} time`,
  };
}

function idsOf(draft: Draft): number[] {
  return draft.recipients.map(({ id }) => id);
}

/** What this person should read. */
function meant(draft: Draft, id: number): string {
  return `${id} ${draftText(draft).replace('Hi ,', `Hi N${id},`)}`;
}

/** What was shown, person by person; people of whom nothing was said are absent. */
function fatesOf(outcome: Outcome, draft: Draft): Map<number, Fate> {
  const all = (fate: Fate) => new Map(idsOf(draft).map((id) => [id, fate]));
  switch (outcome.kind) {
    case 'accepted':
    case 'refused':
    case 'notSent':
    case 'unknown':
      return all(outcome.kind);
    case 'partly': {
      const { accepted, refused, notSent, unknown } = outcome;
      return new Map<number, Fate>([
        ...accepted.map((id) => [id, 'accepted'] as const),
        ...refused.map(({ id }) => [id, 'refused'] as const),
        ...notSent.map((id) => [id, 'notSent'] as const),
        ...unknown.map((id) => [id, 'unknown'] as const),
      ]);
    }
    case 'cancelled':
    case 'invalid':
      return new Map();
  }
}

/** What was shown against what the portal knows. */
function compare(
  stage: FaultStage,
  draft: Draft,
  fates: ReadonlyMap<number, Fate>,
  check: Check,
): void {
  const phones = stage.phones();
  for (const id of idsOf(draft)) {
    const got = phones.get(meant(draft, id)) ?? 0;
    const fate = fates.get(id);
    check(fate !== undefined, `nothing was said about ${id}`);
    check(fate !== 'accepted' || got === 1, `${id} is accepted and got ${got}`);
    check(
      (fate !== 'refused' && fate !== 'notSent') || got === 0,
      `${id} is ${String(fate)} and got ${got}`,
    );
  }
}

/** The disk remembers exactly those of whom nobody knows, and a push that nobody got at all waits or is over. */
async function checkDisk(
  outbox: Outbox,
  fates: ReadonlyMap<number, Fate>,
  check: Check,
): Promise<void> {
  const waiting = await outbox.waiting();
  check(waiting.length <= 1, `${waiting.length} pushes wait`);
  const remembered = waiting.flatMap(({ fates: { unknown } }) =>
    unknown.map((id) => `${id} unknown`),
  );
  const expected = [...fates]
    .filter(([, fate]) => fate === 'unknown')
    .map(([id]) => `${id} unknown`);
  check(
    JSON.stringify(remembered.sort()) === JSON.stringify(expected.sort()),
    `${expected.length} are unknown and ${remembered.length} are remembered`,
  );
}

/** As the user would go on: the rest is sent, and those in doubt only by the user's word. */
async function sendWhatIsLeft(
  stage: FaultStage,
  road: PushRoad,
  draft: Draft,
  outcome: Outcome,
  check: Check,
): Promise<void> {
  const { rest, unknown } = leftOf(draft, outcome);
  if (rest) {
    const again = await road.send(rest, { origin: 'form', again: true });
    check(again.kind === 'accepted', `what was left was ${again.kind}`);
    compare(stage, rest, fatesOf(again, rest), check);
  }
  if (unknown) {
    const before = stage.calls;
    const again = await road.send(unknown, { origin: 'form', again: true });
    check(again.kind === 'unknown' && stage.calls === before, 'those in doubt were sent to again');
  }
}

async function expectAccepted(
  stage: FaultStage,
  road: PushRoad,
  draft: Draft,
  check: Check,
): Promise<void> {
  const outcome = await road.send(draft, { origin: 'form' });
  check(outcome.kind === 'accepted', `${draft.text} was ${outcome.kind}`);
  compare(stage, draft, fatesOf(outcome, draft), check);
}

function words(outcome: Outcome, fates: ReadonlyMap<number, Fate>): string {
  if (outcome.kind !== 'partly') {
    return outcome.kind;
  }
  const kinds: readonly Fate[] = ['accepted', 'refused', 'unknown', 'notSent'];
  return kinds
    .map((kind) => [[...fates.values()].filter((fate) => fate === kind).length, kind] as const)
    .filter(([count]) => count > 0)
    .map(([count, kind]) => `${count} ${kind}`)
    .join(', ');
}
