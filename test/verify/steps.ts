import type { Tolerance } from './compare';
import { pushSteps } from './pushSteps';
import { restSteps } from './restSteps';
import { signInAgainSteps, signInSteps, tokenSteps } from './signInSteps';
import type { Step } from './step';

/** The times of an answer are compared by the step `server-time` alone. */
const timeAside = /^time$|result_time/;

/** All steps in their order. */
export const steps: readonly Step[] = [
  ...signInSteps,
  ...restSteps,
  ...pushSteps,
  ...tokenSteps,
  ...signInAgainSteps,
];

/** Returns what may differ in a step; a recording of an older version may have steps that are gone. */
export function toleranceOf(id: string): Tolerance {
  const tolerance = steps.find((step) => step.id === id)?.tolerance;
  return { ...tolerance, ignored: tolerance?.ignored ?? timeAside };
}

export function keepsTexts(id: string): boolean {
  return steps.find((step) => step.id === id)?.keepsTexts ?? false;
}
