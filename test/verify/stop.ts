/** Ends the run with a sentence for the person. What was recorded so far is kept. */
export class Stop extends Error {}
