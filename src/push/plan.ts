import { batchSize } from '../bitrix24/restBatch';
import { canTravelInBatch } from '../bitrix24/push';
import { isNotification, templateOf } from './draft';
import type { Draft } from './draft';
import { fillTemplate, missingFacts } from './personalText';
import type { Template, TextPerson } from './personalText';

/** One text and everybody who gets it. */
export interface PlannedPush {
  text: string;
  ids: readonly number[];
}

/** How a draft goes over the wire. */
export interface PushPlan {
  /** Each is one HTTP request: a plain call for one push, a batch for several. */
  requests: readonly (readonly PlannedPush[])[];
  summary: PlanSummary;
}

/** "312 people, 40 texts, 1 request" */
export interface PlanSummary {
  people: number;
  texts: number;
  requests: number;
  /** People for whom a place in the text stays empty, because a fact is missing and has no fallback. */
  blanks: number;
}

/**
 * Plans a push to these people, each of whom is reached once. People with equal texts share one push, so without
 * placeholders it is one call, however many they are. Pure, and fast enough for tens of thousands.
 */
export function planPush(template: Template, people: readonly TextPerson[], avatar = ''): PushPlan {
  const unique = new Map(people.map((person) => [person.id, person]));
  const byText = new Map<string, number[]>();
  let blanks = 0;
  if (template.personal) {
    for (const [id, person] of unique) {
      const text = fillTemplate(template, person);
      const equal = byText.get(text);
      if (equal) {
        equal.push(id);
      } else {
        byText.set(text, [id]);
      }
      blanks += missingFacts(template, person).length > 0 ? 1 : 0;
    }
  } else {
    byText.set(fillTemplate(template), [...unique.keys()]);
  }

  const pushes = [...byText].map(([text, ids]) => ({ text, ids }));
  const requests = requestsOf(pushes, ({ text }) => canTravelInBatch(text, avatar));
  return {
    requests,
    summary: { people: unique.size, texts: byText.size, requests: requests.length, blanks },
  };
}

/** Plans the same draft by its way. A notification takes a command for each person. */
export function planDraft(draft: Draft, people: readonly TextPerson[]): PushPlan {
  const plan = planPush(templateOf(draft), people, isNotification(draft) ? '' : draft.avatar);
  if (!isNotification(draft)) {
    return plan;
  }
  const each = plan.requests
    .flat()
    .flatMap(({ text, ids }) => ids.map((id): PlannedPush => ({ text, ids: [id] })));
  const requests = requestsOf(each, ({ text }) => canTravelInBatch(text));
  return { requests, summary: { ...plan.summary, requests: requests.length } };
}

/** Batches, and in between a plain call for whatever a batch would garble. */
function requestsOf(
  pushes: readonly PlannedPush[],
  canTravel: (push: PlannedPush) => boolean,
): PlannedPush[][] {
  const requests: PlannedPush[][] = [];
  let batch: PlannedPush[] = [];
  for (const push of pushes) {
    if (!canTravel(push)) {
      requests.push([push]);
      continue;
    }
    if (batch.length === 0 || batch.length === batchSize) {
      batch = [];
      requests.push(batch);
    }
    batch.push(push);
  }
  return requests;
}
