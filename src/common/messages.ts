/** A question that must be answered before going on. Plain text: nothing in it may become a link. */
export interface Question {
  /** One sentence that names what is asked about. */
  message: string;
  detail?: string | undefined;
  /** Localised labels of the answers besides Cancel, the safe or likely one first. */
  answers: readonly string[];
}

/** Speaks to the user. The notifier is the only implementation in VS Code. */
export interface Messages {
  /** Asks in a modal dialog; resolves to the chosen answer, or undefined when cancelled. */
  ask(question: Question): Promise<string | undefined>;
  /** Shows a short message without buttons. */
  inform(message: string): void;
}
